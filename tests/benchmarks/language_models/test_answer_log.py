"""Answers are kept one by one: a run goes on where it stopped, and never mixes with another."""

from __future__ import annotations

import json

import pytest
from zebroid.benchmarks.language_models.answer_log import AnswerLog
from zebroid.benchmarks.language_models.model_reply import Reply
from zebroid.errors import UserError

RUN = {"model": {"name": "a"}, "style": {"shots": 0}}


def test_what_was_kept_is_there_again(tmp_path):
    hostile = "\x1b[2J\ud800\u2028\nAnswer: \0"
    with AnswerLog(tmp_path / "log", RUN) as log:
        log.add("q1", Reply(hostile, 3, None))
        log.add("q2", Reply(None))
    with AnswerLog(tmp_path / "log", RUN) as log:
        assert log.replies == {"q1": Reply(hostile, 3, None), "q2": Reply(None)}
        rows = [
            json.loads(line) for line in log.predictions(["q2", "q1"]).read_text().split("\n")[:-1]
        ]
    assert rows == [{"id": "q2", "text": None}, {"id": "q1", "text": hostile}]


def test_a_line_that_was_not_finished_is_answered_again(tmp_path):
    with AnswerLog(tmp_path, RUN) as log:
        log.add("q1", Reply("a"))
        log.add("q2", Reply("b"))
    path = tmp_path / "answers.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    with AnswerLog(tmp_path, RUN) as log:
        assert [*log.replies] == ["q1"]
        log.add("q2", Reply("c"))
    with AnswerLog(tmp_path, RUN) as log:
        assert log.replies["q2"].text == "c" and path.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize(
    ("run", "key"),
    [({**RUN, "model": {"name": "b"}}, "model"), ({**RUN, "prompts": "x"}, "prompts")],
)
def test_answers_of_another_run_are_not_mixed_in(tmp_path, run, key):
    with AnswerLog(tmp_path, RUN) as log:
        log.add("q1", Reply("a"))
    with pytest.raises(UserError, match=f"answers of a run with another {key}; give another"):
        AnswerLog(tmp_path, run)


def test_a_run_without_an_answer_binds_nobody(tmp_path):
    AnswerLog(tmp_path, {"model": {"name": "at a wrong address"}}).file.close()
    with AnswerLog(tmp_path, RUN) as log:
        log.add("q1", Reply("a"))
    with pytest.raises(UserError, match="with another model"):
        AnswerLog(tmp_path, {**RUN, "model": {"name": "b"}})


def test_only_one_process_answers_at_a_time(tmp_path):
    with AnswerLog(tmp_path, RUN), pytest.raises(UserError, match="in use by another process"):
        AnswerLog(tmp_path, RUN)
    AnswerLog(tmp_path, RUN).file.close()


@pytest.mark.parametrize(
    "line", ["{}", "[]", "[[], 1]", '["q", "text", 1, 2, 3]', "x", "[" * 9_999]
)
def test_a_damaged_line_is_named(tmp_path, line):
    AnswerLog(tmp_path, RUN).file.close()
    (tmp_path / "answers.jsonl").write_text(f'["q1", "a", 1, 2]\n{line}\n')
    with pytest.raises(UserError, match=r"answers\.jsonl: line 2 is damaged; delete it"):
        AnswerLog(tmp_path, RUN)


@pytest.mark.parametrize("text", ["[]", "{", "[" * 9_999])
def test_a_damaged_head_is_one_line(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UserError, match="is damaged; give another folder"):
        AnswerLog(tmp_path, RUN)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="has files of something else"):
        AnswerLog(tmp_path, RUN)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
