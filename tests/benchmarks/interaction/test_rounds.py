"""Rounds are runs of the runner: kept, resumed, in a receipt, and tables hold what happened."""

from __future__ import annotations

import dataclasses
import json

import duckdb
import pytest
from zebroid.benchmarks.config.scenario_file import load
from zebroid.benchmarks.interaction import rounds
from zebroid.benchmarks.job import Job
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.sweeps.measured_rates import measured
from zebroid.benchmarks.verification.verify import verify
from zebroid.errors import UserError
from zebroid.worlds.interventions.added_facts import AddedFacts

CELLS = """
[suite]
id = "{id}"
title = "Tiny rounds"
cost_minutes = 0.1
expected = "nothing"

[beyond]
{beyond}

[[cells]]
world = "composition-v1/tiny[entities=8,relations=5]"
mode = "chain"
model = "decoder-xs"
plan = "short"
questions = 100
exposure = {{ coverage = {coverage}, demonstrated = 0.5 }}

[plans.short]
steps = 10
batch = 8
evaluations = 1
samples = 4
"""
PRODUCTION = 'protocol = "production"\nrounds = 2\nfilters = ["unfiltered", "verified"]\n'
ACQUISITION = (
    'protocol = "acquisition"\nrounds = 2\nqueries = 4\npolicies = ["random", "uncertainty"]\n'
)
ACQUISITION += "draws = 2\n"


@pytest.fixture
def learning(trained, monkeypatch):
    """The cells that were trained; of a round's model every second open question is answered, of
    the next all."""
    real = run.train_cell

    def train_cell(cell, corpora, watch, draft=None, layout="", **options):
        result = real(cell, corpora, watch, draft, layout, **options)
        answer = result.run.answer.copy()
        if not cell.exposure.interventions:
            answer[:, :, ::2] = -1
        return dataclasses.replace(result, run=dataclasses.replace(result.run, answer=answer))

    monkeypatch.setattr(run, "train_cell", train_cell)
    return trained


@pytest.fixture
def job(tmp_path, learning):
    """job(protocol's table, coverage) -> a job whose training takes no time."""

    def make(beyond, coverage=1.0, id="tiny-rounds", only=()):
        path = tmp_path / f"{id}.toml"
        path.write_text(CELLS.format(beyond=beyond, coverage=coverage, id=id))
        return Job.of(str(path), "", tmp_path / "runs", only, "")

    return make


def played(job):
    """The suite of all rounds and the folder of their tables; no receipt is made."""
    suite, status = rounds.played(job)
    assert status == 0
    return suite, job.folder


def rows(path, sql):
    return duckdb.execute(sql.format(f"read_parquet('{path}')")).fetchall()


def test_rounds_of_production_are_cells_and_tables(job, trained):
    suite, folder = played(job(PRODUCTION))
    assert len(trained) == 6  # round 0, the control, and two rounds of each filter
    assert {c.digest for c in suite.cells} == {c.digest for c in trained}
    added = [c.exposure.interventions for c in trained if c.exposure.interventions]
    labels = [one.label for (one,) in added if isinstance(one, AddedFacts)]
    assert sorted(labels) == sorted(
        f"{name}, round {turn}" for name in ("unfiltered", "verified") for turn in (1, 2)
    )
    path = folder / "rounds.parquet"
    held = rows(
        path,
        "SELECT branch, round, any_value(added_true), any_value(added_false), any_value(flops) "
        "FROM {} WHERE model <> 'symbolic' GROUP BY ALL ORDER BY ALL",
    )
    of = {(branch, turn): rest for branch, turn, *rest in held}
    assert of["verified", 2][1] == 0 < of["verified", 1][0] < of["verified", 2][0]
    assert of["unfiltered", 2][1] > 0  # the pretended model errs in a tenth
    # as many steps, on rows that are no shorter than added ones: the control spends no less
    assert 0 < of["unfiltered", 2][2] <= of[rounds.MORE, 2][2]
    leaked = "SELECT count(*) FROM {} WHERE scored AND added > 0 AND model <> 'symbolic'"
    assert rows(path, leaked) == [(0,)]
    counted = "SELECT branch, count(*), sum(holds::INT) FROM {} GROUP BY branch ORDER BY branch"
    facts = rows(folder / "conclusions.parquet", counted)
    assert [f[0] for f in facts] == ["unfiltered", "verified"]
    assert facts[0][1] == sum(of["unfiltered", 2][:2]) and facts[1][1] == facts[1][2]
    # of each true one the question is known that it answers, and its distance
    whence = "SELECT DISTINCT distance > 0, rung = '' FROM {} WHERE holds"
    assert rows(folder / "conclusions.parquet", whence) == [(True, False)]


@pytest.mark.long
def test_a_receipt_holds_the_cells_of_all_rounds(job, trained, tmp_path):
    assert job(PRODUCTION.replace('"unfiltered", ', "")).run() == 0
    (path,) = (tmp_path / "runs").glob("tiny-rounds-*/receipt.json")
    content = json.loads(path.read_text())
    assert len(content["cells"]) == len(trained) == 4
    passed = [found.check for found in verify(path) if found.passed]
    # the pretended model's answers are not those of the texts that it writes, and that is found
    assert passed == ["receipt", "files", "suite", "corpora"]
    assert len({panel["name"] for panel in content["panels"]}) == len(content["panels"])


def test_a_run_that_was_interrupted_goes_on_where_it_was(job, trained, monkeypatch):
    real, seen = run.train_cell, []

    def stops(cell, *given, **options):
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(cell)
        return real(cell, *given, **options)

    monkeypatch.setattr(run, "train_cell", stops)
    assert rounds.played(job(PRODUCTION))[1] == 130 and len(trained) == 3
    monkeypatch.setattr(run, "train_cell", real)
    _, folder = played(job(PRODUCTION))
    assert len(trained) == 6
    first = (folder / "rounds.parquet").read_bytes()
    assert played(job(PRODUCTION))[1] == folder and len(trained) == 6  # all are kept
    assert (folder / "rounds.parquet").read_bytes() == first


def test_rounds_of_queries_state_what_the_world_answered(job, trained):
    _, folder = played(job(ACQUISITION, coverage=0.6))
    assert len(trained) == 5
    found = rows(
        folder / "rounds.parquet",
        "SELECT DISTINCT branch, round, queries, added_true, added_false FROM {} ORDER BY ALL",
    )
    assert found == [
        (b, turn, 2 * turn, 2 * turn, 0) for b in ("random", "uncertainty") for turn in (0, 1, 2)
    ]
    draws = rows(
        folder / "queries.parquet",
        "SELECT branch, draw, max(queries), max(share) FROM {} GROUP BY ALL ORDER BY ALL",
    )
    assert [d[:3] for d in draws] == [(b, d, 4) for b in ("random", "uncertainty") for d in (0, 1)]
    assert all(0 < d[3] <= 1 for d in draws)
    assert (folder / "waits.parquet").is_file()
    plan = load()
    rated = measured(plan, [folder])
    assert rated.queries.worth.source.startswith("measured: queries by 'random' for each by")
    assert rated.queries.worth != plan.queries.worth and rated.conclusions == plan.conclusions


def test_rates_of_a_forecast_come_from_the_rounds_of_production(job, tmp_path):
    _, folder = played(job(PRODUCTION))
    plan = load()
    rate = measured(plan, [folder]).conclusions.yearly
    before, after, more, held = rows(
        folder / "rounds.parquet",
        """
        SELECT max(CASE WHEN round = 0 THEN added_true + added_false END),
               max(CASE WHEN round = 1 THEN added_true + added_false END),
               max(CASE WHEN round = 2 THEN added_true + added_false END),
               list(DISTINCT statements ORDER BY statements)
        FROM {} WHERE branch = 'unfiltered'""",
    )[0]
    each = [(after - before) / held[0], (more - after) / held[1]]
    assert rate.value == pytest.approx(sum(each) / 2) and rate.low <= rate.value <= rate.high
    with pytest.raises(UserError, match="give the folder of a receipt of a suite with rounds"):
        measured(plan, [tmp_path])
    (tmp_path / "rounds.parquet").write_text("nonsense")
    with pytest.raises(UserError, match="is no table of rounds") as caught:
        measured(plan, [tmp_path])
    assert "\n" not in str(caught.value)


def test_votes_and_pass_at_k_stand_over_their_flops(job):
    path = played(job('protocol = "voting"\n'))[1] / "test_time.parquet"
    found = rows(
        path,
        'SELECT way, number, flops, "right" / questions FROM {} '
        "WHERE rung = 'constituent' ORDER BY way, number",
    )
    of = {(way, number): rest for way, number, *rest in found}
    assert {*of} == {("greedy", 1), *((w, n) for w in ("vote", "any") for n in (1, 2, 4))}
    flops = of["greedy", 1][0]
    assert all(rest[0] == pytest.approx(n * flops) for (_, n), rest in of.items())
    assert of["any", 4][1] >= of["any", 2][1] >= of["any", 1][1]
    assert of["any", 4][1] >= of["vote", 4][1]


@pytest.mark.parametrize(
    ("beyond", "problem"),
    [
        (PRODUCTION.replace("rounds = 2", "rounds = 0"), "greater than or equal to 1"),
        (PRODUCTION.replace("unfiltered", "unfilterd"), "beyond"),
        (PRODUCTION + "round = 2\n", "round"),
        ('protocol = "prodution"\n', "protocol"),
        (ACQUISITION.replace("queries = 4", "queries = -1"), "queries"),
    ],
)
def test_a_slip_in_the_table_is_named(job, beyond, problem):
    with pytest.raises(UserError, match=problem) as caught:
        job(beyond)
    assert "\n" not in str(caught.value)


def test_a_part_of_a_suite_with_rounds_and_an_unknown_policy_are_refused(job, trained):
    with pytest.raises(UserError, match="a suite with rounds is run whole"):
        whole = job(PRODUCTION)
        rounds.run(type(whole)(whole.suite, whole.cells[:0], whole.out))
    with pytest.raises(UserError, match="unknown policy 'randon'; did you mean 'random'"):
        rounds.run(job(ACQUISITION.replace('"random"', '"randon"'), coverage=0.6))
    assert not trained  # said before anything is trained


def test_a_preview_says_that_rounds_follow(job, capsys):
    assert job(PRODUCTION).preview() == 0
    assert "these are round 0, from which production goes on" in capsys.readouterr().out
