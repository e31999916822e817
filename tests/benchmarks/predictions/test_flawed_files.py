"""Whatever a file of predictions holds that is none is one line: number, count and cure."""

from __future__ import annotations

import gzip
import json

import pytest
from zebroid.benchmarks.predictions.first_look import glance
from zebroid.benchmarks.predictions.flaws import CURES
from zebroid.benchmarks.predictions.score_file import collect
from zebroid.errors import UserError

FLAWS = {
    '{"id": "nobody", "answer": "none"}': "has an unknown id: 'nobody'",
    '{"id": "00000000-000000000000", "answer": "none"}': "has an id of another corpus",
    '{"id": 1000000, "answer": "none"}': "has an id that is no text: 1000000",
    '{"id": 3.7, "answer": "none"}': "has an id that is no text: 3.7",
    '{"answer": "none"}': "lacks id",
    '{"id": "FIRST", "answer": "none"}': "answers a question again: ",
    '{"id": "LAST"}': "has neither answer nor text",
    '{"id": "LAST", "answer": "none", "text": "none"}': "has both answer and text",
    '{"id": "LAST", "answer": 3}': "has an answer that is no text: 3",
    '{"id": "LAST", "answer": ["none"]}': "has an answer that is no text",
    '{"id": "LAST", "answer": {"a": 1}}': "has an answer that is no text",
    '{"id": "LAST", "id": "LAST", "answer": "none"}': "has a key twice",
    '{"id": "LAST", "anwser": "none"}': "has an unknown key: 'anwser'",
    '{"id": "LAST", "answer": "none", "bits": NaN}': "holds a number that JSON lacks: 'NaN'",
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
def test_a_flaw_is_one_line_with_number_count_and_cure(line, times, write, portion, rows_of):
    rows = rows_of()
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
def test_bits_are_numbers_from_0_up(value, kind, write, portion, rows_of):
    rows = rows_of(bits=1.5)
    rows[4] = f'{{"id": "{rows[4]["id"]}", "answer": "none", "bits": {value}}}\n'
    with pytest.raises(UserError, match=f"line 5 {kind}"):
        collect(write(rows), [portion])


@pytest.mark.parametrize("value", [[], ["none"], ["none", 3], ["none", None], [["none"], "none"]])
def test_samples_are_equally_many_texts(value, write, portion, rows_of):
    rows = rows_of(samples=["none", "none"])
    rows[4]["samples"] = value
    with pytest.raises(UserError, match="line 5 has samples that are no list of texts"):
        collect(write(rows), [portion])


def test_several_kinds_of_flaws_are_counted_behind_the_first(write, portion, rows_of):
    rows = rows_of()
    rows[2]["id"], rows[5]["answer"], rows[6]["answer"] = "nobody", 3, 4
    with pytest.raises(UserError, match=r"line 3 has an unknown id.*; 2 other flaws behind"):
        collect(write(rows), [portion])
    rows[6]["answer"] = "none"
    with pytest.raises(UserError, match="; 1 other flaw behind"):
        collect(write(rows), [portion])


def test_questions_without_a_prediction_are_counted(write, portion, rows_of):
    rows = rows_of()
    with pytest.raises(UserError) as error:
        collect(write(rows[2:]), [portion])
    total = len(rows)
    assert f"2 of {total} questions have no prediction, the first {rows[0]['id']}" in str(
        error.value
    )


def test_other_encodings_are_named_by_line(write, portion, tmp_path, rows_of):
    text = "".join(json.dumps(row) + "\n" for row in rows_of()).encode()
    first, rest = text.split(b"\n", 1)
    (tmp_path / "p.jsonl").write_bytes(first + b"\n\xff\xfe" + rest)
    with pytest.raises(UserError, match="line 2 is not UTF-8; write the file as UTF-8"):
        collect(tmp_path / "p.jsonl", [portion])


def test_a_huge_line_ends_the_reading_with_little_memory(portion, tmp_path):
    path = tmp_path / "p.jsonl.gz"
    with gzip.GzipFile(path, "wb") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UserError, match="line 1 is longer than 1,000,000 bytes"):
        collect(path, [portion])


def test_a_bomb_of_equal_lines_ends_with_its_count(portion, tmp_path, monkeypatch, rows_of):
    monkeypatch.setattr("zebroid.benchmarks.predictions.flaws.MOST", 5_000)
    line = json.dumps(rows_of()[0]).encode() + b"\n"
    with gzip.GzipFile(tmp_path / "p.jsonl.gz", "wb") as file:
        file.write(line * 1_000_000)
    with pytest.raises(UserError, match="line 2 answers a question again") as error:
        collect(tmp_path / "p.jsonl.gz", [portion])
    assert "and 4,9" in str(error.value) or "and 5," in str(error.value)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("p.csv", b"id,answer", "got .csv, expected .jsonl, .jsonl.gz, .parquet"),
        ("p.json.gz", b"{}", "got .json.gz, expected .jsonl"),
        ("predictions", b"{}", "got a name without a suffix, expected .jsonl"),
        ("p.jsonl", b"", "the file is empty, so it holds no predictions; give one a line"),
        ("p.jsonl", b"\x1f\x8b\x08", "it is compressed by gzip; name it .jsonl.gz"),
        ("p.jsonl.gz", b"\x1f\x8b\x08", "is no whole gzip file"),
        ("p.jsonl.gz", b"none", "it is not compressed by gzip; name plain text .jsonl"),
        ("p.parquet", b"PAR1", "is no Parquet file to be read"),
    ],
)
def test_other_files_are_refused(name, data, expected, portion, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=expected):
        collect(tmp_path / name, [portion])


@pytest.mark.parametrize("again", [3, 200])
def test_a_second_answer_is_named_with_the_line_of_the_first(again, write, portion, rows_of):
    rows = rows_of()
    rows.insert(again, rows[1])
    message = f"line {again + 1} answers a question again: '{rows[1]['id']}', as line 2 does;"
    with pytest.raises(UserError, match=message):
        collect(write(rows), [portion])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": "a", "answer": 3}', "line 1 has an answer that is no text: 3, and other"),
        ('{"id": "a", "answer": "b", "bits": Infinity}', "line 1 holds a number that JSON lacks"),
        ("id,answer", "line 1 is no JSON object: 'id,answer'"),
        ('{"id": "a", "anwser": "b"}', "line 1 has an unknown key: 'anwser'"),
    ],
)
def test_the_first_lines_are_looked_at_before_corpora_are_drawn(
    line, expected, zebroid, write, monkeypatch
):
    def drawn(*_):
        raise AssertionError("a corpus is drawn")

    monkeypatch.setattr("zebroid.benchmarks.predictions.score_file.portions", drawn)
    path = write([line + "\n"] * 2)
    status, _, err = zebroid("score", path, "--world", "composition-v1/tiny")
    assert status == 2 and f"{path}: {expected}" in err and err.count("\n") == 1
    assert ", and other lines too; " in err


def test_a_fine_file_of_any_corpus_passes_at_first_sight(write, rows_of):
    glance(write([*rows_of(bits=0.5, run=1), {"id": "00000000-000000000000", "answer": "x"}]))
