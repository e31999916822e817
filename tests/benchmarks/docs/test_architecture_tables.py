"""Models beside each other at equal cost: read off the curves of a receipt."""

from __future__ import annotations

import csv
import dataclasses
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import zebroid as package
from zebroid.benchmarks.config.panel_names import named
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.docs import architecture_tables
from zebroid.benchmarks.docs.writing.doc_blocks import pattern
from zebroid.benchmarks.receipts.curves import read
from zebroid.eval.stats.curve import Curve

PAGE = """# Page
<!-- results models kept composition-v1/tiny (demonstrated 0.9) direct -->
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
    np.testing.assert_allclose(architecture_tables.at(curve, 1e7), [0.5, 0.3])
    np.testing.assert_allclose(architecture_tables.at(curve, 1e9), [1.0, 0.4])


def data(page):
    """(model, rung, at) -> its row, of the data file that the page links."""
    (path,) = re.findall(r"\]\((data/[^)]+\.csv)\)", page.read_text())
    with (page.parent / path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    return {(r["model"], r["rung"], r.get("at") or int(r["step"])): r for r in rows}


def figure(page):
    (path,) = re.findall(r"\]\((figures/[^)]+\.svg)\)", page.read_text())
    return (page.parent / path).read_text("utf-8")


def test_models_stand_at_their_end_and_where_the_cheapest_ended(page):
    assert architecture_tables.main([str(page)]) == 0
    names = "composition-v1/tiny (demonstrated 0.9)", "direct"
    configurations = [a for a in read(page.parent / "kept") if (a.panel.name, a.cell.mode) == names]
    least = min(configuration.flops[-1] for configuration in configurations)
    rows = data(page)
    for reference in ("reuser", "inductor", "deducer"):
        assert float(rows[reference, "instance", "ceiling"]["mean"]) == 1
    assert len(configurations) == 3
    for configuration in configurations:
        end, equal = (
            rows[configuration.cell.model, "instance", f"equal {k}"] for k in ("examples", "FLOPs")
        )
        curve = configuration.accuracy["instance"]
        assert int(end["parameters"]) == configuration.parameters and end["seeds"] == "5"
        assert float(end["mean"]) == pytest.approx(curve.runs[:, -1].mean(), abs=1e-4)
        then = architecture_tables.at(curve, least).mean()
        assert float(equal["mean"]) == pytest.approx(then, abs=1e-4)
        assert float(end["low"]) <= float(end["mean"]) <= float(end["high"])
        assert configuration.cell.model in figure(page)
    assert architecture_tables.cheapest(configurations) == least


def test_what_a_receipt_lacks_is_named(page, capsys):
    page.write_text(PAGE.replace("kept", "none"))
    assert architecture_tables.main([str(page)]) == 0 and "no receipt in `none`" in page.read_text()
    page.write_text(PAGE.replace(" direct", " spoken"))
    assert architecture_tables.main([str(page)]) == 2
    assert (
        "has no models of 'composition-v1/tiny (demonstrated 0.9) spoken'"
        in capsys.readouterr().err
    )


def test_the_docs_name_the_panels_of_the_suites():
    folder = Path(package.__file__).resolve().parent / "docs" / "results"
    pages = [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]
    blocks = [m[2] for page in pages for m in pattern(architecture_tables.KIND).finditer(page)]
    suites = {re.findall(r"(?:\.\./receipts|data)/(\S+)", block)[0] for block in blocks}
    assert suites == {"headline-v2", "learning-rates-v1", "which-hop-v1"}
    panels = {
        suite: {
            f"{name} {mode}"
            for name, cells in named(load_suite(suite).cells)
            for mode in dict.fromkeys(cell.mode for cell in cells)
        }
        for suite in suites
    }
    there: dict[str, set[str]] = {suite: set() for suite in suites}
    for block in blocks:
        suite, which = re.findall(r"(?:\.\./receipts|data)/(\S+) (.+)", block)[0]
        assert which in panels[suite], block
        there[suite].add(which)
    assert there["which-hop-v1"] == panels["which-hop-v1"]


def test_a_model_of_several_plans_is_named_with_its_plan():
    cells = [("loops", "long"), ("loops", "decayed"), ("plain", "long")]
    configurations: list[Any] = [
        SimpleNamespace(cell=SimpleNamespace(model=m, plan=p), failed=int(p == "decayed"), runs=3)
        for m, p in cells
    ]
    names = ["loops, long", "loops, decayed (1 of 3 failed)", "plain"]
    assert architecture_tables.names(configurations) == names


def test_what_is_new_is_kept_apart_and_over_training(page):
    page.write_text(PAGE.replace("results models", "results apart"))
    assert architecture_tables.main([str(page)]) == 0
    names = "composition-v1/tiny (demonstrated 0.9)", "direct"
    configurations = [a for a in read(page.parent / "kept") if (a.panel.name, a.cell.mode) == names]
    rows = data(page)
    cells = sorted(configurations[0].apart, key=lambda cell: (cell.count("out"), cell))
    assert cells and all(cell.startswith("constituent ") for cell in cells)
    assert list(dict.fromkeys(rung for _, rung, _ in rows)) == ["instance", *cells]
    for configuration in configurations:
        for cell in cells:
            mean = configuration.apart[cell].runs[:, -1].mean()
            message = rows[configuration.cell.model, cell, "equal examples"]
            assert float(message["mean"]) == pytest.approx(mean, abs=1e-4)
    page.write_text(PAGE.replace("results models", f"results over {cells[0].replace(' ', '-')}"))
    assert architecture_tables.main([str(page)]) == 0
    rows = data(page)
    for configuration in configurations:
        steps = (configuration.read / configuration.cell.recipe.batch).astype(int)
        expected = configuration.apart[cells[0]].runs.mean(0)
        message = [rows[configuration.cell.model, cells[0], n]["mean"] for n in steps]
        np.testing.assert_allclose(np.array(message, float), expected, atol=1e-4)


def test_a_rung_that_is_not_there_is_named(page, capsys):
    page.write_text(PAGE.replace("results models", "results over instanse"))
    assert architecture_tables.main([str(page)]) == 2
    assert "did you mean 'instance'?" in capsys.readouterr().err


def test_of_all_plans_of_a_model_the_one_with_most_right_is_bold(page, swept):
    name, found = "composition-v1/tiny (demonstrated 0.9)", read(swept)
    one, two, *_ = [c for c in found if (c.panel.name, c.cell.mode) == (name, "direct")]

    def under(configuration, plan, model):
        cell = dataclasses.replace(configuration.cell, plan=plan, model=model)
        return dataclasses.replace(configuration, cell=cell)

    weak, strong = sorted((one, two), key=lambda c: c.accuracy["instance"].runs[:, -1].mean())
    lines = [
        *architecture_tables.plans(
            [under(weak, "low", "m"), under(strong, "high", "m"), under(weak, "low", "n")]
        )
    ]
    written = {line.split("|")[1].strip(): line.split("|")[2:4] for line in lines[2:]}
    low, high = (text.strip() for text in written["`m`"])
    assert high.startswith("**") and high.endswith("**") and not low.startswith("*")
    ends = [strong.accuracy[n].runs[:, -1].mean() for n in ("recall", "instance")]
    assert high.strip("*") == ", ".join(f"{end:.2f}" for end in ends)
    assert [text.strip() for text in written["`n`"]] == [f"**{low}**", "–"]
