"""zebroid ask: questions, answers, what they cost; interrupted and resumed; then scored."""

from __future__ import annotations

import json
import re

import pytest
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.language_models import query_model
from zebroid.benchmarks.runner.corpora import Corpora

from .conftest import completion

WORLD = "composition-v1/tiny"
FEW = ["--questions", "4", "--per-minute", "1000000"]


@pytest.fixture(scope="module")
def portion():
    with Corpora() as corpora:
        return portions(cells_of(WORLD, "", questions=4), corpora)[0]


@pytest.fixture(scope="module")
def right(portion):
    """Question with its blank -> the name of a right answer."""
    corpus, english = portion.corpus, EnglishForms(portion.corpus)
    found = {}
    for q in portion.question_set.questions:
        answers = corpus.answers(int(q)).tolist() or [corpus.none]
        found[english.blank(corpus.prompt[q])] = english.answer(answers[0])
    return found


@pytest.fixture
def oracle(right):
    """Answers every question rightly, and every third in words that are no answer."""

    def answer(number, body):
        blank = re.findall(r"Question: (.+)", body["messages"][-1]["content"])[-1]
        text = f"Let me think.\nAnswer: the {right[blank]}." if number % 3 else "I can't."
        return completion(text, 100, 10)

    return answer


def read(tmp_path):
    return (tmp_path / "log" / "predictions.jsonl").read_text("ascii").splitlines()


@pytest.fixture
def query(zebroid, server, portion, monkeypatch):
    monkeypatch.setattr(query_model, "portions", lambda cells, corpora: [portion])  # drawn once

    def command(*words, model=None, to="log"):
        model = model or f"openai:{server.url}#mock"
        return zebroid("ask", WORLD, "--model", model, "--to", to, *FEW, *words)

    return command


def test_answers_are_predictions_that_score_reads(query, server, oracle, right, zebroid, tmp_path):
    server.answer = oracle
    status, out, err = query("--price-in", "2", "--price-out", "10", "--parallel", "3")
    n = len(right)
    assert status == 0 and len(server.requests) == n > 8
    assert re.search(rf"{n} questions to be answered: about [\d,]+ tokens to read, at most ", err)
    cost = (n * 100 * 2 + n * 10 * 10) / 1e6
    assert f"{n} of {n} answered: {n * 100:,} tokens read, {n * 10} written, ${cost:.4f}" in err
    assert (
        "score it: zebroid score log/predictions.jsonl --world composition-v1/tiny --name mock"
        in out
    )
    words = out.rpartition("score it: zebroid ")[2].split()
    status, out, _ = zebroid(*words, "--name", "mock")
    assert (
        status == 0
        and f"{n // 3} of {n} are malformed, so wrong: {n // 3} no name of the world" in out
    )
    assert (tmp_path / "runs").exists()


def test_a_run_that_stops_goes_on_and_no_question_is_sent_twice(
    query, server, oracle, right, tmp_path
):
    n = len(right)
    server.answer = lambda number, body: (400, {}, b"") if number == 6 else oracle(1, body)
    status, _, err = query("--parallel", "1")
    assert status == 2 and err.count("zebroid: ") == 1 and "the server answers 400" in err
    assert f"5 of {n} answered" in err and not (tmp_path / "log" / "predictions.jsonl").exists()
    server.answer = lambda number, body: oracle(1, body)
    status, _, err = query()
    assert status == 0 and "5 answers are there already" in err and f"{n - 5} questions" in err
    contents = [body["messages"][0]["content"] for _, _, body in server.requests]
    assert len(contents) == n + 1 and len({*contents}) == n
    rows = [json.loads(x) for x in read(tmp_path)]
    assert len(rows) == n and all("Answer:" in row["text"] for row in rows)
    status, _, err = query()  # all is there
    assert status == 0 and len(server.requests) == n + 1 and "0 questions to be answered" in err


def test_an_interrupted_run_keeps_what_it_has(query, server, oracle, right, monkeypatch):
    real = query_model.AnswerLog.add

    def add(log, id, reply):
        real(log, id, reply)
        if len(log.replies) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(query_model.AnswerLog, "add", add)
        server.answer = lambda number, body: oracle(1, body)
        status, _, err = query("--parallel", "1")
    assert status == 130 and "interrupted; the same command goes on" in err
    assert f"3 of {len(right)} answered" in err
    status, _, err = query()
    assert status == 0 and "3 answers are there already" in err


def test_another_style_or_model_needs_another_folder(query, server):
    assert query()[0] == 0
    n = len(server.requests)
    for words, what in ((["--shots", "1"], "style"), (["--max-tokens", "9"], "model")):
        status, _, err = query(*words)
        assert status == 2 and f"with another {what}; give another folder" in err
    assert len(server.requests) == n


def test_a_dry_run_sends_nothing_and_writes_nothing(query, server, tmp_path):
    status, out, _ = query("--dry-run", "--shots", "2", "--proof", "--price-in=3", "--price-out=9")
    assert status == 0 and not server.requests and not (tmp_path / "log").exists()
    assert re.search(r"\d+ questions to be answered: about [\d,]+ tokens to read, at most", out)
    assert ", $" in out and out.count("Proof: The") == 2 and out.count("Facts and rules:") == 3


def test_the_key_is_sent_and_written_nowhere(query, server, monkeypatch, tmp_path, files):
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    server.answer = lambda number, body: completion("Answer: sk-very-secret")
    status, out, err = query("--key-variable", "MY_KEY")
    assert status == 0 and server.requests[0][1]["Authorization"] == "Bearer sk-very-secret"
    assert "sk-very-secret" not in out + err
    found = files(tmp_path)
    assert "log/run.json" in found
    assert not any(b"sk-very-secret" in (tmp_path / name).read_bytes() for name in found)


def test_a_request_has_what_is_given_for_its_body(query, server):
    assert query("--body", "temperature=null", "--body", 'reasoning={"effort": "low"}')[0] == 0
    body = server.requests[0][2]
    assert "temperature" not in body and body["reasoning"] == {"effort": "low"}
    assert body["max_tokens"] == 64


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--model", "gpt"], "expected hf:FOLDER, or openai:URL#NAME"),
        (["--model", "hf:"], "expected hf:FOLDER"),
        (["--model", "hf:nowhere"], "expected a folder with config.json, a tokenizer and"),
        (["--model", "hf:someone/some-model"], "nothing is downloaded"),
        (["--shots", "-1"], "--shots -1: expected 0 to 64"),
        (["--per-minute", "0"], "--per-minute 0: expected 0.01 to"),
        (["--per-minute", "nan"], "--per-minute nan: expected"),
        (["--parallel", "0"], "--parallel 0: expected 1 to 256"),
        (["--retries", "-1"], "--retries -1: expected 0 to 100"),
        (["--timeout", "inf"], "--timeout inf: expected"),
        (["--max-tokens", "-1"], "--max-tokens -1: expected"),
        (["--price-in", "1"], "got one of --price-in and --price-out; give both or none"),
        (["--price-in=-1", "--price-out=1"], "--price-in -1.0: expected dollars per million"),
        (["--body", "temperature"], "expected KEY=JSON, such as temperature=null"),
        (["--body", "a={"], "expected KEY=JSON"),
        (["--body", 'messages="x"'], "of any key but model, messages"),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_is_sent(query, server, words, line, tmp_path):
    status, _, err = query(*words)
    assert status == 2 and line in err and err.count("\n") == 1
    assert not server.requests and not (tmp_path / "log").exists()
