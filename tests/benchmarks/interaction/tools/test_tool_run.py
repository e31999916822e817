"""A suite with tools: interrupted while calls are answered it trains nothing again, and its table
is that of a run that nobody stopped."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.interaction.tools import tool_run
from zebroid.benchmarks.job import Job
from zebroid.benchmarks.runner import run
from zebroid.errors import UserError

SUITE = """
[suite]
id = "tiny-tools"
title = "Tiny tools"
cost_minutes = 0.1
expected = "nothing"
keep_weights = true

[beyond]
protocol = "tools"
tools = ["exact"]
lies = [1.0]

[[cells]]
world = "composition-v1/tiny[entities=8,relations=5]"
mode = "tools"
model = "decoder-xs"
plan = "short"
questions = 20
seeds = { all = [0, 1] }

[plans.short]
steps = 5
batch = 8
evaluations = 1
"""


@pytest.fixture
def job(tmp_path):
    """job(out, text) -> a job of the suite."""

    def make(out, text=SUITE, only=()):
        path = tmp_path / "tiny-tools.toml"
        path.write_text(text)
        return Job.of(str(path), "", tmp_path / out, only, "")

    return make


@pytest.mark.slow  # it trains: a pretended training keeps no weights
def test_a_run_stopped_while_calls_are_answered_goes_on_to_the_same_table(job, monkeypatch, capsys):
    whole = job("whole")
    assert whole.run() == 0
    real, trained, answered = run.train_cell, [], []

    def train_cell(cell, *rest, **options):
        trained.append(cell)
        return real(cell, *rest, **options)

    def stopped(how, one, corpora):
        answered.append(one.cell)
        if len(answered) == 2:
            raise KeyboardInterrupt
        return rows(how, one, corpora)

    rows = tool_run.rows
    monkeypatch.setattr(run, "train_cell", train_cell)
    again = job("again")
    with monkeypatch.context() as patch:
        patch.setattr(tool_run, "rows", stopped)
        assert again.run() == 130
    assert "the same command answers calls anew" in capsys.readouterr().out
    assert len(trained) == 2 and not (again.folder / "tools.parquet").exists()
    assert again.run() == 0
    assert len(trained) == 2, "nothing is trained again"
    found, expected = (one.folder / "tools.parquet" for one in (again, whole))
    assert found.read_bytes() == expected.read_bytes()


def test_what_cannot_be_run_with_tools_is_one_line_before_anything_is_trained(job, trained):
    for text, cure in (
        (SUITE.replace("keep_weights = true\n", ""), "set keep_weights"),
        (SUITE.replace('"exact"', '"exakt"'), "did you mean 'exact'"),
        (SUITE.replace("lies = [1.0]", "looks = [2]"), "set exposure.undescribed"),
    ):
        with pytest.raises(UserError, match=cure):
            job("out", text).run()
    with pytest.raises(UserError, match="leave out --only"):
        job("out", only=["seeds.init=0"]).run()
    assert not trained
