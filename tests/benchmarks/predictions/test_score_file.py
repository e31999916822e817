"""A file of predictions is scored like a run, and every flaw of it is one line."""

from __future__ import annotations

import gzip
import json

import duckdb
import numpy as np
import pytest
from zebroid.benchmarks.attestations.trust import trust_class
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.predictions import collector as collectors
from zebroid.benchmarks.predictions.declared_results import Declared
from zebroid.benchmarks.predictions.flaws import CURES
from zebroid.benchmarks.predictions.score_file import collect, score_file
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.errors import UserError
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.scoring.score import score

WORLD = "composition-v1/tiny"
CELLS = cells_of(WORLD, "", questions=40)


@pytest.fixture(scope="module")
def portion():
    with Corpora() as corpora:
        yield portions(CELLS, corpora)[0]


@pytest.fixture(scope="module")
def right(portion):
    """Id -> the name of a right answer."""
    names = portion.corpus.closure.base.constants
    answers = (portion.corpus.answers(int(q)) for q in portion.question_set.questions)
    return {id: names[a[0]] if len(a) else "none" for id, a in zip(portion.ids, answers)}


@pytest.fixture
def write(tmp_path):
    def written(rows, name="p.jsonl"):
        text = "".join(r if isinstance(r, str) else json.dumps(r) + "\n" for r in rows)
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return written


def rows_of(right, **more):
    return [{"id": id, "answer": name, **more} for id, name in right.items()]


def scored(path, tmp_path, **declared):
    return score_file(path, CELLS, Declared("mine", **declared), tmp_path / "runs")


def test_the_score_is_that_of_the_same_answers_in_an_array(write, right, portion, tmp_path):
    rows = rows_of(right)
    for row in rows[::3]:
        row["answer"] = "none"
    found = scored(write(rows), tmp_path)
    (row,) = found.panels[0].models
    answer = np.full((1, 1, len(rows)), portion.corpus.none, np.int32)
    names = [*portion.corpus.closure.base.constants, "none"]
    answer[0, 0] = [names.index(r["answer"]) for r in rows]
    once = np.ones(1, np.int64)
    mine = Predictions(portion.question_set, answer, None, once, once.astype(float))
    wanted = score([mine], "direct")
    assert {*row.rungs} == {*wanted.rungs} and len(row.rungs) > 2
    for name, rung in row.rungs.items():
        assert rung.accuracy.mean[-1] == wanted.rungs[name].accuracy.mean[-1] < 1
        assert rung.floor.value == wanted.rungs[name].floor.value and rung.bits is None
        assert rung.lift is None or rung.lift.value == wanted.rungs[name].lift.value


def test_the_receipt_can_be_read_and_is_declared(write, right, tmp_path):
    found = scored(write(rows_of(right)), tmp_path, parameters=1_000, flops=1e9)
    receipt = Receipt.read(found.folder / "receipt.json")
    assert receipt.cells[0].cell["model"] == "outside.mine"
    assert receipt.cells[0].parameters == 1_000 and receipt.cells[0].flops == 1e9
    assert trust_class(found.folder, receipt).kind == "declared"
    assert [row.kind for panel in receipt.panels for row in panel.rows].count("model") == 1


def test_a_declared_row_stands_on_the_leaderboard(write, right, tmp_path, zebroid):
    found = scored(write(rows_of(right)), tmp_path)
    status, out, _ = zebroid("leaderboard", found.folder)
    assert status == 0 and "| outside.mine, direct (declared) | 1 | declared | 1 |" in out


def test_answers_in_text_and_by_every_alias_count_alike(write, right, portion):
    english = EnglishForms(portion.corpus)
    forms = ("So.\nAnswer: {}.", " {}", "Answer: the {}")
    rows = []
    for i, (id, name) in enumerate(right.items()):
        word = english.name.get(name, name) if i % 2 else name.upper()
        rows.append({"id": id, "text": forms[i % 3].format(word)})
    found = collect(write(rows), [portion])
    slot = found.slots[0, 1]
    assert portion.question_set.right(slot.answer).all() and not found.causes


def test_malformed_answers_are_counted_by_cause(write, right, portion):
    rows = rows_of(right)
    bad = [None, "", "lol", "entity1 entity2"]
    for row, answer in zip(rows, bad):
        row["answer"] = answer
    found = collect(write(rows), [portion])
    assert dict(found.causes) == {"no text": 2, "no name of the world": 2}
    assert (found.slots[0, 1].answer[:4] == -1).all()


def test_runs_and_steps_are_runs_and_checkpoints(write, right, tmp_path):
    rows = [r for run in (0, 2) for step in (5, 9) for r in rows_of(right, run=run, step=step)]
    np.random.RandomState(0).shuffle(rows)
    found = scored(write(rows), tmp_path)
    assert [c.cell["seeds"]["init"] for c in found.receipt.cells] == [0, 2]
    (row,) = found.panels[0].models
    assert row.steps.tolist() == [5, 9] and row.rungs["recall"].accuracy.runs.shape == (2, 2)


def test_runs_of_different_steps_are_refused(write, right, tmp_path):
    rows = [*rows_of(right, run=0, step=5), *rows_of(right, run=1, step=6)]
    with pytest.raises(UserError, match="run 1 has the steps 6, run 0 5; give all runs the same"):
        scored(write(rows), tmp_path)


def test_bits_are_scored(write, right, tmp_path):
    rows = [{**row, "bits": 0.5 * (i % 3)} for i, row in enumerate(rows_of(right))]
    (row,) = scored(write(rows), tmp_path).panels[0].models
    assert 0 < row.rungs["recall"].bits.mean[-1] < 1


def test_samples_give_pass_at_k(write, right, tmp_path):
    rows = rows_of(right)
    for i, row in enumerate(rows):
        name, row["answer"] = row["answer"], "lol"
        row["samples"] = ["lol", "lol", f"Answer: {name}", "lol"] if i % 2 else ["lol"] * 4
    found = scored(write(rows), tmp_path)
    passes = found.samples["recall"]["pass"]
    assert [*passes] == ["1", "2", "4"]
    assert passes["4"]["share"] == pytest.approx(0.5, abs=0.1)
    assert passes["1"]["share"] == pytest.approx(passes["4"]["share"] / 4)
    kept = json.loads((found.folder / "samples.json").read_text())
    assert kept["samples"] == 4 and {*kept["groups"]} == {*found.samples}


def test_parquet_and_gzip_are_read_alike(write, right, portion, tmp_path):
    path = write(rows_of(right, run=1, step=3))
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    sql = f"COPY (SELECT * FROM read_json('{path}')) TO '{tmp_path}/p.parquet' (FORMAT parquet)"
    duckdb.execute(sql.replace("SELECT *", "SELECT id, answer, run::BIGINT run, step::INT step"))
    found = [
        collect(tmp_path / f"p.{kind}", [portion]) for kind in ("jsonl", "jsonl.gz", "parquet")
    ]
    answers = [one.slots[1, 3].answer for one in found]
    assert all(np.array_equal(a, answers[0]) for a in answers)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("spaces", [",:", ", : "])
def test_every_way_to_write_the_same_lines_is_read_alike(end, spaces, right, portion, tmp_path):
    pair = (", ", ": ") if " " in spaces else (",", ":")
    lines = [json.dumps(row, separators=pair) for row in rows_of(right)]
    lines[3] = json.dumps({**json.loads(lines[3])}, indent=None, separators=(" , ", " : "))
    lines[5] = json.dumps(dict(reversed(json.loads(lines[5]).items())))
    lines[7] = lines[7].replace("entity", "\\u0065ntity")
    path = tmp_path / "p.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + end.join(lines).encode())
    found = collect(path, [portion])
    assert portion.question_set.right(found.slots[0, 1].answer).all()


FLAWS = {
    '{"id": "nobody", "answer": "none"}': "has an unknown id: 'nobody'",
    '{"id": "00000000-000000000000", "answer": "none"}': "has an id of another corpus",
    '{"id": 1000000, "answer": "none"}': "has an id that is no text: 1000000",
    '{"id": 3.7, "answer": "none"}': "has an id that is no text: 3.7",
    '{"answer": "none"}': "lacks id",
    '{"id": "FIRST", "answer": "none"}': "answers a question again",
    '{"id": "LAST"}': "has neither answer nor text",
    '{"id": "LAST", "answer": "none", "text": "none"}': "has both answer and text",
    '{"id": "LAST", "answer": 3}': "has an answer that is no text: 3",
    '{"id": "LAST", "answer": ["none"]}': "has an answer that is no text",
    '{"id": "LAST", "answer": {"a": 1}}': "has an answer that is no text",
    '{"id": "LAST", "id": "LAST", "answer": "none"}': "has a key twice",
    '{"id": "LAST", "anwser": "none"}': "has an unknown key: 'anwser'",
    '{"id": "LAST", "answer": "none", "bits": NaN}': "is no JSON object",
    '{"id": "LAST", "answer": "none", "bits": -1}': "has no bits, others have",
    '{"id": "LAST", "answer": "none", "run": 1.5}': "has a run that is no whole number: 1.5",
    '{"id": "LAST", "answer": "none", "run": true}': "has a run that is no whole number: True",
    '{"id": "LAST", "answer": "none", "run": 1000}': "has a run that is no whole number",
    '{"id": "LAST", "answer": "none", "step": 0}': "has a step that is no whole number: 0",
    '{"id": "LAST", "answer": "none", "step": 99999999999999999999}': "has a step that is no",
    '{"id": "LAST", "answer": "none", "samples": "none"}': "has no samples, others have",
    "[1, 2]": "is no JSON object",
    '{"id": "LAST", "answer": "none"': "is no JSON object",
    '{"id": "LAST", "answer": "none"}, {"id": "LAST", "answer": "none"}': "is no JSON object",
    "": "is blank",
    "{}": "is no JSON object",
    "[" * 100_000: "is no JSON object",
}


@pytest.mark.parametrize("line", FLAWS, ids=lambda line: line[:50])
@pytest.mark.parametrize("times", [1, 3])
def test_a_flaw_is_one_line_with_number_count_and_cure(line, times, write, right, portion):
    rows = rows_of(right)
    last = rows.pop()["id"]
    text = line.replace("LAST", last).replace("FIRST", rows[0]["id"]) + "\n"
    path = write([*rows[:9], *[text] * times, *rows[9:]])
    with pytest.raises(UserError) as error:
        collect(path, [portion])
    message = str(error.value)
    assert message.startswith(f"{path}: line 10 {FLAWS[line]}") and "\n" not in message
    assert ("and 2 more" in message) == (times == 3)
    assert any(message.endswith(f"; {cure}") for cure in CURES.values())
    assert len(message) < 500 + len(str(path))


@pytest.mark.parametrize(
    ("value", "kind"),
    [("-1", "has bits that are no number"), ("1e400", "has bits"), ('"1"', "has bits that are no")],
)
def test_bits_are_numbers_from_0_up(value, kind, write, right, portion):
    rows = rows_of(right, bits=1.5)
    rows[4] = f'{{"id": "{rows[4]["id"]}", "answer": "none", "bits": {value}}}\n'
    with pytest.raises(UserError, match=f"line 5 {kind}"):
        collect(write(rows), [portion])


@pytest.mark.parametrize("value", [[], ["none"], ["none", 3], ["none", None], [["none"], "none"]])
def test_samples_are_equally_many_texts(value, write, right, portion):
    rows = rows_of(right, samples=["none", "none"])
    rows[4]["samples"] = value
    with pytest.raises(UserError, match="line 5 has samples that are no list of texts"):
        collect(write(rows), [portion])


def test_several_kinds_of_flaws_are_counted_behind_the_first(write, right, portion):
    rows = rows_of(right)
    rows[2]["id"], rows[5]["answer"], rows[6]["answer"] = "nobody", 3, 4
    with pytest.raises(UserError, match=r"line 3 has an unknown id.*; 2 other flaws behind"):
        collect(write(rows), [portion])


def test_questions_without_a_prediction_are_counted(write, right, portion):
    rows = rows_of(right)
    with pytest.raises(UserError) as error:
        collect(write(rows[2:]), [portion])
    total = len(rows)
    assert f"2 of {total} questions have no prediction, the first {rows[0]['id']}" in str(
        error.value
    )


def test_other_encodings_are_named_by_line(write, right, portion, tmp_path):
    text = "".join(json.dumps(row) + "\n" for row in rows_of(right)).encode()
    first, rest = text.split(b"\n", 1)
    (tmp_path / "p.jsonl").write_bytes(first + b"\n\xff\xfe" + rest)
    with pytest.raises(UserError, match="line 2 is not UTF-8; write the file as UTF-8"):
        collect(tmp_path / "p.jsonl", [portion])


def test_a_huge_line_ends_the_reading_with_little_memory(right, portion, tmp_path):
    path = tmp_path / "p.jsonl.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UserError, match="line 1 is longer than 1,000,000 bytes"):
        collect(path, [portion])


def test_a_bomb_of_equal_lines_ends_with_its_count(right, portion, tmp_path, monkeypatch):
    monkeypatch.setattr("zebroid.benchmarks.predictions.flaws.MOST", 5_000)
    line = json.dumps(rows_of(right)[0]).encode() + b"\n"
    with gzip.open(tmp_path / "p.jsonl.gz", "wb") as file:
        file.write(line * 1_000_000)
    with pytest.raises(UserError, match="line 2 answers a question again") as error:
        collect(tmp_path / "p.jsonl.gz", [portion])
    assert "and 4,9" in str(error.value) or "and 5," in str(error.value)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("p.csv", b"id,answer", "expected .jsonl, .jsonl.gz or .parquet"),
        ("p.jsonl", b"", "no predictions; give one a line"),
        ("p.jsonl.gz", b"\x1f\x8b\x08", "is no whole gzip file"),
        ("p.jsonl.gz", b"none", "is no whole gzip file"),
        ("p.parquet", b"PAR1", "is no Parquet file to be read"),
    ],
)
def test_other_files_are_refused(name, data, expected, portion, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=expected):
        collect(tmp_path / name, [portion])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["p.jsonl"], "neither a world nor a suite"),
        (["q.jsonl", "--world", WORLD], "q.jsonl: no such file"),
        (["p.jsonl", "--world", WORLD, "--name", "My Model"], "expected at most 40 small letters"),
        (["p.jsonl", "--world", WORLD, "--flops", "nan"], "expected a number from 0"),
        (["p.jsonl", "--world", WORLD, "--suite", "smoke"], "both a world and a suite"),
        (["p.jsonl", "--world", WORLD, "--seed", "1"], "has an id of another corpus"),
    ],
)
def test_what_cannot_be_scored_is_one_line(zebroid, words, expected, write, right):
    write(rows_of(right))
    status, _, err = zebroid("score", *words)
    assert status == 2 and expected in err and err.count("\n") == 1


def test_predictions_of_two_corpora_stand_in_one_file(write, tmp_path):
    cells = cells_of(WORLD, "", seeds=2, questions=40)
    with Corpora() as corpora:
        both = portions(cells, corpora)
        rows = []
        for part in both:
            names = [*part.corpus.closure.base.constants, "none"]
            wanted = part.question_set.members()
            first = dict(zip(reversed(wanted[0].tolist()), reversed(wanted[1].tolist())))
            rows += [{"id": id, "answer": names[first[i]]} for i, id in enumerate(part.ids)]
    np.random.RandomState(0).shuffle(rows)
    found = score_file(write(rows), cells, Declared("mine"), tmp_path / "runs")
    assert len({cell.corpus for cell in found.receipt.cells}) == 2
    assert found.panels[0].models[0].rungs["recall"].accuracy.mean[-1] == 1


def test_what_is_remembered_of_texts_is_bounded(write, right, portion, monkeypatch):
    monkeypatch.setattr(collectors, "CACHED", 10)
    rows = [{"id": id, "text": f"case {i}\nAnswer: {n}"} for i, (id, n) in enumerate(right.items())]
    found = collect(write(rows), [portion])
    assert portion.question_set.right(found.slots[0, 1].answer).all()
