"""A file of predictions is scored like a run, and every flaw of it is one line."""

from __future__ import annotations

import gzip
import json

import duckdb
import numpy as np
import pytest
from zebroid.benchmarks.attestations.trust import trust_class
from zebroid.benchmarks.config.outside_model import Outside
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.predictions import collector as collectors
from zebroid.benchmarks.predictions import prediction_file
from zebroid.benchmarks.predictions.score_file import collect, score_file
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.report.table import table
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.errors import UserError
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.scoring.score import score

WORLD = "composition-v1/tiny"


@pytest.fixture
def scored(cells, tmp_path):
    def made(path, **declared):
        return score_file(path, cells, Outside("mine", **declared), tmp_path / "runs")

    return made


def test_the_score_is_that_of_the_same_answers_in_an_array(write, portion, rows_of, scored):
    rows = rows_of()
    for row in rows[::3]:
        row["answer"] = "none"
    found = scored(write(rows))
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
        lift = wanted.rungs[name].lift
        assert (rung.lift and rung.lift.value) == (lift and lift.value)


def test_the_receipt_can_be_read_and_is_declared(write, rows_of, scored):
    found = scored(write(rows_of()), parameters=1_000, flops=1e9)
    receipt = Receipt.read(found.folder / "receipt.json")
    assert receipt.cells[0].cell["model"] == "outside.mine"
    assert receipt.cells[0].parameters == 1_000 and receipt.cells[0].flops == 1e9
    assert trust_class(found.folder, receipt).kind == "declared"
    assert [row.kind for panel in receipt.panels for row in panel.rows].count("model") == 1


def test_a_declared_row_stands_on_the_leaderboard(write, zebroid, rows_of, scored):
    found = scored(write(rows_of()))
    status, out, _ = zebroid("board", found.folder)
    assert status == 0 and "| outside.mine, direct (declared) | 1 | declared | 1 |" in out


def test_a_model_is_held_to_its_recall_whatever_is_declared(write, zebroid, rows_of, scored):
    found = scored(write([{**row, "answer": "none"} for row in rows_of()]))
    (row,) = found.panels[0].models
    assert row.untrained and row.runs == 1 and row.load is None
    _, out, _ = zebroid("board", found.folder)
    assert "untrained)" in out


def test_the_table_names_the_model_and_malformed_answers_stand_first(write, zebroid, rows_of):
    rows = rows_of()
    rows[3]["answer"] = rows[4]["answer"] = "entity 1 2"
    path = write(rows)
    words = ("--world", WORLD, "--questions", "40", "--name", "my-gru", "--mode", "chain")
    status, out, _ = zebroid("score", path, *words)
    first = " ".join(out.partition("\n\n")[0].split())
    assert status == 0 and first.startswith(f"2 of {len(rows)} are malformed, so wrong: 2 ")
    assert "the first 'entity 1 2'; a name is one of `answers` in tokens.json" in first
    assert "\nmy-gru chain " in out and "\ndirect" not in out
    assert "my-gru chain: answers alone are scored, for nothing is known of its proofs" in out


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


def test_malformed_answers_are_counted_by_cause(write, portion, rows_of):
    rows = rows_of()
    bad = [None, "", "lol", "entity1 entity2"]
    for row, answer in zip(rows, bad):
        row["answer"] = answer
    found = collect(write(rows), [portion])
    assert dict(found.causes) == {"no text": 2, "no name of the world": 2}
    assert (found.slots[0, 1].answer[:4] == -1).all()


def test_runs_and_steps_are_runs_and_checkpoints(write, rows_of, scored):
    rows = [r for run in (0, 2) for step in (5, 9) for r in rows_of(run=run, step=step)]
    np.random.RandomState(0).shuffle(rows)
    found = scored(write(rows))
    assert [c.cell["seeds"]["init"] for c in found.receipt.cells] == [0, 2]
    (row,) = found.panels[0].models
    assert row.steps.tolist() == [5, 9] and row.rungs["recall"].accuracy.runs.shape == (2, 2)


def test_runs_of_different_steps_are_refused(write, rows_of, scored):
    rows = [*rows_of(run=0, step=5), *rows_of(run=1, step=6)]
    with pytest.raises(UserError, match="run 1 has the steps 6, run 0 5; give all runs the same"):
        scored(write(rows))


def test_bits_are_scored(write, rows_of, scored):
    rows = [{**row, "bits": 0.5 * (i % 3)} for i, row in enumerate(rows_of())]
    (row,) = scored(write(rows)).panels[0].models
    assert 0 < row.rungs["recall"].bits.mean[-1] < 1


def test_samples_give_pass_at_k(write, rows_of, scored):
    rows = rows_of()
    for i, row in enumerate(rows):
        name, row["answer"] = row["answer"], "lol"
        row["samples"] = ["lol", "lol", f"Answer: {name}", "lol"] if i % 2 else ["lol"] * 4
    found = scored(write(rows))
    passes = found.samples["recall"]["pass"]
    assert [*passes] == ["1", "2", "4"]
    assert passes["4"]["mean"] == pytest.approx(0.5, abs=0.1)
    assert passes["1"]["mean"] == pytest.approx(passes["4"]["mean"] / 4)
    kept = json.loads((found.folder / "samples.json").read_text())
    assert kept["samples"] == 4 and {*kept["groups"]} == {*found.samples}


def test_parquet_and_gzip_are_read_alike(write, portion, tmp_path, rows_of):
    path = write(rows_of(run=1, step=3))
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
def test_every_way_to_write_the_same_lines_is_read_alike(
    end, spaces, right, portion, tmp_path, rows_of
):
    pair = (", ", ": ") if " " in spaces else (",", ":")
    lines = [json.dumps(row, separators=pair) for row in rows_of()]
    lines[3] = json.dumps({**json.loads(lines[3])}, indent=None, separators=(" , ", " : "))
    lines[5] = json.dumps(dict(reversed(json.loads(lines[5]).items())))
    lines[7] = lines[7].replace("entity", "\\u0065ntity")
    path = tmp_path / "p.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + end.join(lines).encode())
    found = collect(path, [portion])
    assert portion.question_set.right(found.slots[0, 1].answer).all()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["p.jsonl"], "neither a world nor a suite"),
        (["q.jsonl", "--world", WORLD], "q.jsonl: no such file"),
        (["p.jsonl", "--world", WORLD, "--name", "My Model"], "expected at most 40 small letters"),
        (["p.jsonl", "--world", WORLD, "--flops", "nan"], "expected a number above 0"),
        (["p.jsonl", "--world", WORLD, "--mode", "chains"], "did you mean 'chain'?"),
        (["p.jsonl", "--world", WORLD, "--author", "a\nb"], "expected 1 to 200 letters"),
        (["p.jsonl", "--world", WORLD, "--suite", "smoke"], "both a world and a suite"),
        (["p.jsonl", "--world", WORLD, "--seed", "1"], "has an id of another corpus"),
    ],
)
def test_what_cannot_be_scored_is_one_line(zebroid, words, expected, write, rows_of):
    write(rows_of())
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
    found = score_file(write(rows), cells, Outside("mine"), tmp_path / "runs")
    assert len({cell.corpus for cell in found.receipt.cells}) == 2
    assert found.panels[0].models[0].rungs["recall"].accuracy.mean[-1] == 1


def test_what_is_remembered_of_texts_is_bounded(write, right, portion, monkeypatch):
    monkeypatch.setattr(collectors, "CACHED", 10)
    rows = [{"id": id, "text": f"case {i}\nAnswer: {n}"} for i, (id, n) in enumerate(right.items())]
    found = collect(write(rows), [portion])
    assert portion.question_set.right(found.slots[0, 1].answer).all()


@pytest.mark.parametrize("key", ["answer", "text"])
def test_what_is_forgotten_of_answers_is_read_again(key, write, portion, rows_of, monkeypatch):
    rows = rows_of()
    rows[1]["answer"] = rows[0]["answer"].upper()
    for row, answer in zip(rows[2:], ["lol", rows[1]["answer"], "lol", None, "", "lol lol"]):
        row["answer"] = answer
    for i, row in enumerate(rows[20:]):
        row["answer"] = f"none of {i}"
    path = write([{"id": row["id"], key: row["answer"]} for row in rows])
    whole = collect(path, [portion])
    monkeypatch.setattr(collectors, "CACHED", 10)
    monkeypatch.setattr(prediction_file, "CHUNK", 600)  # a few rows
    found = collect(path, [portion])
    assert np.array_equal(found.slots[0, 1].answer, whole.slots[0, 1].answer)
    assert found.causes == whole.causes
    assert dict(found.causes) == {"no name of the world": len(rows) - 20 + 3, "no text": 2}
    kept = found.known if key == "answer" else found.texts
    assert len(kept[0]) < 40 < len(rows) - 20


def test_the_same_words_are_malformed_as_a_text_and_as_an_answer(write, portion, rows_of):
    rows = rows_of()
    rows[0]["answer"] = rows[2]["answer"] = "So.\nlol"
    rows[1] = {"id": rows[1]["id"], "text": "So.\nlol"}
    assert dict(collect(write(rows), [portion]).causes) == {
        "no name of the world": 2,
        "its last line is no `Answer: …`": 1,
    }


def test_too_few_questions_for_any_column_are_named_with_the_number_needed(write, tmp_path):
    few = cells_of(WORLD, "", questions=7)
    with Corpora() as corpora:
        ids = portions(few, corpora)[0].ids
    path = write([{"id": id, "answer": "none"} for id in ids])
    (panel,) = score_file(path, few, Outside("mine"), tmp_path / "runs").panels
    found = table(panel)
    assert not found.columns
    (note,) = [note for note in found.notes if note.startswith("no column")]
    assert "30 questions are needed: " in note and "constituent: only 7 questions" in note
