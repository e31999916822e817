"""``zebroid scale``: the axes of a grid, a verdict on each, joint laws, and percolation."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import zebroid as package
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.receipts.curves import read
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.sweeps import analysis as scalings
from zebroid.benchmarks.sweeps.analysis import grid, scaling
from zebroid.benchmarks.sweeps.axes import lines, parts, varied
from zebroid.benchmarks.sweeps.sweep_tables import tables
from zebroid.identity import record
from zebroid.models.architectures.looped import LoopedSpec

pytestmark = pytest.mark.long  # a sweep of many corpora is read

HEADLINE = Path(package.__file__).resolve().parent / "docs" / "receipts" / "headline-v2"


@pytest.fixture(scope="module")
def configurations(swept):
    return read(swept)


@pytest.fixture(scope="module")
def found(configurations):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scalings, "VOTES", 5)
        return scaling(configurations)


@pytest.fixture(scope="module")
def along(found):
    """Axis and line -> rung -> its verdict."""
    return {
        (one.line.axis.name, one.line.name): {v.rung: v for v in one.verdicts}
        for one in found.along
    }


def test_configurations_know_how_much_they_read(configurations) -> None:
    configuration = next(a for a in configurations if a.label == "direct decoder-s")
    assert configuration.amounts is not None and configuration.epochs is not None
    assert configuration.epochs[-1] == pytest.approx(
        3000 * 32 / configuration.amounts.statements.mean()
    )
    displayed = [
        a.amounts.demonstrated.mean() for a in configurations if a.label == "direct decoder-s"
    ]
    assert displayed == sorted(displayed) and displayed[0] < displayed[-1] / 5
    assert configuration.amounts.conclusions["recall"].max() == 0
    assert configuration.amounts.conclusions["instance"].min() > 0


def test_every_axis_of_the_grid_is_found_and_nothing_else(along) -> None:
    axes = [axis for axis, _ in along]
    assert axes.count("data") == 4  # three sizes, and the chain
    assert axes.count("size") == 3  # one for each share demonstrated
    assert axes.count("coverage") == 1
    assert set(axes) == {"data", "size", "coverage"}


def test_ability_rises_with_data_where_it_does_and_is_at_the_floor_where_not(along) -> None:
    mine = along["data", "composition-v1/tiny direct decoder-s"]
    assert mine["instance"].kind == "rising" and mine["instance"].unit == "conclusions demonstrated"
    assert mine["constituent"].kind in ("plateau", "undecided")
    assert mine["constituent"].level < 0.1
    # the chain, on the same corpora, is its positive control
    assert "chain" in mine["constituent"].evidence or mine["constituent"].kind == "undecided"


def test_size_is_given_in_parameters(along) -> None:
    (name,) = (n for axis, n in along if axis == "size" and "0.3 demonstrated" in n)
    verdict = along["size", name]["instance"]
    assert verdict.unit == "parameters"
    if verdict.kind == "undecided" and verdict.budget:
        assert verdict.budget > 3e4 and "parameters" in str(verdict)


def test_few_runs_are_behind_no_verdict_on_an_axis(along) -> None:
    (verdicts,) = (v for (axis, _), v in along.items() if axis == "coverage")
    assert {v.kind for v in verdicts.values()} == {"undecided"}
    assert all("3 runs" in v.evidence or "questions" in v.evidence for v in verdicts.values())


def test_points_of_a_joint_law_are_all_checkpoints_of_all_sizes_and_corpora(
    configurations, found
) -> None:
    grids = {s.name for s in found.surfaces}
    assert "composition-v1/tiny direct" in grids
    mine = [a for a in configurations if a.cell.mode == "direct" and "composition" in a.panel.name]
    points = grid(mine, "instance", "accuracy")
    assert points is not None and points.axes == ("N", "D", "U")
    assert points.x.shape == (3, 9 * 12) and points.runs.shape == (5, 9 * 12)
    assert grid(mine[:1], "instance", "accuracy") is None  # nothing but compute varies


def test_stated_facts_settle_before_what_follows(found) -> None:
    message = [c for a, c in found.exhausted if a.label == "chain" or "decoder-s" in a.label]
    assert message and all(c.ratio[0] > 1 for c in message if c.stated.kind == "bits")


def test_what_a_proof_adds_is_paired_by_run(found) -> None:
    mine = [a for a in found.added if a.rung == "constituent" and "demonstrated 0.9" in a.name]
    (only,) = mine
    assert only.more[1] > 0.3 and only.flops == pytest.approx(1)


def test_models_are_laid_over_the_percolation_of_their_own_worlds(found) -> None:
    (one,) = found.percolated
    assert one.sweep.world == "network-v2/tiny" and one.sweep.recursive
    (model,) = one.models
    assert model.coverages.tolist() == [0.15, 0.25, 0.35, 0.6]
    assert (model.share[0] <= model.most + 1e-9).all()
    follows = one.sweep.at(model.coverages.tolist()).derivable.mean(0)
    assert (model.most <= follows + 1e-9).all()
    assert model.answer in ("at the threshold", "apart from it", "undecided")


def test_all_of_it_goes_into_receipt_and_report(swept) -> None:
    message = Receipt.read(swept / "receipt.json").scaling
    assert message is not None
    assert {"along", "joint", "exhausted", "added", "percolation", "shifts", "notes"} == set(
        message
    )
    first = message["along"][0]
    assert first["levels"][0]["epochs"] > 0 and first["levels"][0]["load"] > 0
    assert {"kind", "budget", "unit"} <= set(first["verdicts"][0])
    page = (swept / "report.html").read_text("utf-8")
    assert "What the sweep says" in page and "Along each axis" in page
    assert "Coverage against percolation" in page


def test_tables_have_a_cell_for_every_column(found) -> None:
    names = [table.name for table in tables(found)]
    assert names == ["axes", "levels", "joint", "exhausted", "added", "percolation"]
    for table in tables(found):
        assert {len(row) for row in table.rows} == {len(table.header)}
        assert table.note and table.title


def test_a_suite_without_an_axis_is_refused_before_anything_is_trained(zebroid, suite) -> None:
    status, _, err = zebroid("scale", suite())
    assert status == 2 and "varies neither data, size nor loops" in err and "zebroid run" in err
    assert len(err.splitlines()) == 1


def test_a_dry_run_of_a_sweep_trains_nothing(zebroid, tmp_path, swept, files) -> None:
    status, out, _ = zebroid("scale", swept.parents[1] / "sweep.toml", "--dry-run", "--out", "o")
    assert status == 0 and "72 cells" in out and not files(tmp_path)


def test_sizes_of_one_world_are_levels_of_its_coverage(swept) -> None:
    cells = load_suite(str(swept.parents[1] / "sweep.toml")).cells
    network = [c for c in cells if c.world == "network-v2"]
    named = [
        dataclasses.replace(c, size=size)
        for c, size in zip(network[::3], ("base", "p-10", "p-20", "p-50"))
    ]
    assert varied(named) == ["coverage"]
    assert {parts(c)["size"] for c in named} == {"base"}


def test_loops_at_test_time_are_an_axis(swept) -> None:
    cell = load_suite(str(swept.parents[1] / "sweep.toml")).cells[0]
    specs = [record(LoopedSpec(width=64, query_loops=loops)) for loops in (2, None, 8)]
    cells = [dataclasses.replace(cell, model=f"m{i}", spec=s) for i, s in enumerate(specs)]
    assert varied(cells) == ["loops"]
    assert [parts(c)["loops"] for c in cells] == [2, 4, 8]


def test_size_data_and_compute_that_grow_together_are_a_diagonal(configurations) -> None:
    ladder = []
    mine = [a for a in configurations if a.cell.mode == "direct" and "composition" in a.panel.name]
    for configuration, displayed, size, steps in zip(
        mine[::4], (0.1, 0.3, 0.9), ["xs", "s", "m"], (1, 2, 4)
    ):
        plan = dataclasses.replace(configuration.cell.recipe, steps=750 * steps)
        exposure = dataclasses.replace(configuration.cell.exposure, demonstrated=displayed)
        cell = dataclasses.replace(configuration.cell, recipe=plan, exposure=exposure)
        ladder.append(dataclasses.replace(configuration, cell=cell, label=f"direct decoder-{size}"))
    (line,) = lines(ladder)[0]
    assert line.axis.name == "joint growth" and list(line.values) == sorted(line.values)
    curve = line.curve("instance")
    assert curve is not None and curve.axes == ("FLOPs",)
    shrinking = [dataclasses.replace(a, parameters=-i) for i, a in enumerate(ladder)]
    assert not lines(shrinking)[0]


def test_a_receipt_without_axes_says_nothing_of_any() -> None:
    found = scaling(read(HEADLINE))
    assert not found.along and not found.surfaces and not found.percolated
    assert {a.rung for a in found.added} == {"instance", "constituent", "schema"}


def test_what_a_receipt_holds_is_what_is_found(swept, found) -> None:
    message = json.loads((swept / "receipt.json").read_text())["scaling"]
    mine = found.along[0]
    assert message["along"][0]["line"] == mine.line.name
    mean = np.array(message["along"][0]["accuracy"]["instance"])
    assert mean == pytest.approx(mine.accuracy["instance"])
