"""Models beside each other at equal cost: read off the curves of a receipt."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import zebroid as package
from zebroid.benchmarks import architectures
from zebroid.benchmarks.arms import read
from zebroid.benchmarks.blocks import pattern
from zebroid.benchmarks.panel import named
from zebroid.benchmarks.suite import load
from zebroid.eval.measured import Curve

PAGE = """# Page
<!-- results models kept composition-v1/tiny (shown 0.9) direct -->
<!-- end of results -->
"""


@pytest.fixture
def page(swept, tmp_path):
    shutil.copytree(swept, tmp_path / "kept")
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_between_checkpoints_it_is_read_off_on_a_scale_of_log_flops():
    curve = Curve.of([1e6, 1e8], [[0.0, 1.0], [0.2, 0.4]])
    np.testing.assert_allclose(architectures.at(curve, 1e7), [0.5, 0.3])
    np.testing.assert_allclose(architectures.at(curve, 1e9), [1.0, 0.4])


def table(page):
    """First column -> all columns of its row."""
    lines = [line for line in page.read_text().split("\n") if "|" in line]
    rows = [[part.strip() for part in line.split("|")[1:-1]] for line in lines]
    return {row[0]: row for row in rows}


def test_models_stand_at_their_end_and_where_the_cheapest_ended(page):
    assert architectures.main([str(page)]) == 0
    names = "composition-v1/tiny (shown 0.9)", "direct"
    arms = [a for a in read(page.parent / "kept") if (a.panel.name, a.cell.mode) == names]
    least = min(arm.flops[-1] for arm in arms)
    rows = table(page)
    end, equal = map(rows[""].index, ("instance", "instance, equal FLOPs"))
    assert {"reuser", "inductor", "deducer"} <= set(rows) and len(arms) == 3
    for arm in arms:
        told, curve = rows[arm.cell.model], arm.accuracy["instance"]
        assert told[1] == f"{arm.parameters:,}" and told[3] == "5"
        assert float(told[end].split()[0]) == pytest.approx(curve.runs[:, -1].mean(), abs=0.006)
        then = architectures.at(curve, least).mean()
        assert float(told[equal].split()[0]) == pytest.approx(then, abs=0.006)
    assert architectures.cheapest(arms) == least


def test_what_a_receipt_lacks_is_told(page, capsys):
    page.write_text(PAGE.replace("kept", "none"))
    assert architectures.main([str(page)]) == 0 and "no receipt in `none`" in page.read_text()
    page.write_text(PAGE.replace(" direct", " spoken"))
    assert architectures.main([str(page)]) == 2
    assert "has no models of 'composition-v1/tiny (shown 0.9) spoken'" in capsys.readouterr().err


def test_the_docs_name_the_panels_of_the_suites():
    page = (Path(package.__file__).resolve().parent / "docs" / "results.md").read_text("utf-8")
    told = [match[2] for match in pattern(architectures.KIND).finditer(page)]
    for suite in ("architectures-v1", "looped-v1", "looped-full", "walks-full"):
        panels = [
            f"models receipts/{suite} {name} {mode}"
            for name, cells in named(load(suite).cells)
            for mode in dict.fromkeys(cell.mode for cell in cells)
        ]
        named_there = [name for name in told if name.startswith(f"models receipts/{suite} ")]
        assert sorted(named_there) == sorted(panels)


def test_a_model_of_several_plans_is_told_by_its_plan():
    cells = [("loops", "long"), ("loops", "decayed"), ("plain", "long")]
    arms: list[Any] = [
        SimpleNamespace(cell=SimpleNamespace(model=m, plan=p), failed=int(p == "decayed"), runs=3)
        for m, p in cells
    ]
    names = ["loops, long", "loops, decayed (1 of 3 failed)", "plain"]
    assert architectures.names(arms) == names


def test_what_is_new_is_told_apart_and_over_training(page):
    page.write_text(PAGE.replace("results models", "results apart"))
    assert architectures.main([str(page)]) == 0
    names = "composition-v1/tiny (shown 0.9)", "direct"
    arms = [a for a in read(page.parent / "kept") if (a.panel.name, a.cell.mode) == names]
    rows = table(page)
    cells = ["constituent in-out", "constituent out-in", "constituent out-out"]
    assert rows[""][4:] == cells
    for arm in arms:
        for told, cell in zip(rows[arm.cell.model][4:], cells):
            mean = arm.apart[cell].runs[:, -1].mean()
            assert float(told.split()[0]) == pytest.approx(mean, abs=0.006)
    page.write_text(PAGE.replace("results models", "results over constituent-out-out"))
    assert architectures.main([str(page)]) == 0
    rows, steps = table(page), arms[0].read / arms[0].cell.recipe.batch
    assert [name for name in rows[""] if name][-1] == f"step {int(steps[-1]):,}"
    for arm in arms:
        told = [float(value.split()[0]) for value in rows[arm.cell.model][1:] if value]
        expected = arm.apart["constituent out-out"].runs.mean(0)
        np.testing.assert_allclose(told, expected, atol=0.006)


def test_a_rung_that_is_not_there_is_told(page, capsys):
    page.write_text(PAGE.replace("results models", "results over instanse"))
    assert architectures.main([str(page)]) == 2
    assert "did you mean 'instance'?" in capsys.readouterr().err
