"""``zebroid plot``: all figures of any receipt, and a reason for each that is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.receipts.curves import read
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.report import plot
from zebroid.benchmarks.sweeps import analysis as scalings
from zebroid.benchmarks.sweeps.analysis import scaling
from zebroid.errors import UserError
from zebroid.eval.forecasting import forecast as forecasts

HEADLINE = Path(package.__file__).resolve().parent / "docs" / "receipts" / "headline-v2"


def drawn(folder: Path) -> tuple[dict[str, plot.Drawing], list[str]]:
    receipt, left = Receipt.read(folder / "receipt.json"), []
    configurations = read(folder)
    found = list(plot.drawings(receipt, configurations, scaling(configurations), left.append))
    return {one.name: one for one in found}, left


@pytest.fixture(scope="module")
def sweep(swept, sketched):
    return drawn(swept)


@pytest.fixture(scope="module")
def sketched():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plot, "DRAWS", 5)
        patch.setattr(scalings, "VOTES", 5)
        patch.setattr(forecasts, "DRAWS", 20)
        yield


@pytest.mark.long
def test_a_sweep_has_every_kind_of_figure(sweep) -> None:
    names, left = sweep
    assert not left
    kinds = {name.split("-")[0] for name in names}
    assert kinds >= {"ladder", "axis", "isoquants", "readings", "forecast", "percolation"}
    assert {"ladder", "curves", "laws"} <= {name.split("-")[-1] for name in names}
    assert all(one.shows and one.name == one.name.lower() for one in names.values())


def test_the_headline_is_plotted_as_svg_and_png_without_training(
    tmp_path, sketch, rewritten
) -> None:
    one = json.loads((HEADLINE / "receipt.json").read_text())["panels"][0]["name"]
    cut = {"change": lambda content: content.update(panels=content["panels"][:1])}
    small = rewritten(HEADLINE, tmp_path / "small", **cut)
    found, left = drawn(small)
    assert f"{plot.slug(one)}-laws" in found
    found["ladder"].keep(tmp_path / "figures", pixels=True)
    assert (tmp_path / "figures" / "ladder.svg").read_text().startswith("<?xml")
    assert (tmp_path / "figures" / "ladder.png").read_bytes().startswith(b"\x89PNG")
    assert not left


def test_the_command_writes_beside_the_receipt_and_tells_what_is_left_out(
    zebroid, swept, tmp_path, monkeypatch, sketch, rewritten
) -> None:
    monkeypatch.setattr(plot.score_figures, "svg", lambda figure: "<svg></svg>")
    monkeypatch.setattr(plot.score_figures, "png", lambda figure: b"")
    fewer = {"change": lambda c: c.update(cells=c["cells"][:15], panels=c["panels"][:1])}
    folder = rewritten(swept, tmp_path / "fewer", **fewer)
    status, out, err = zebroid("plot", folder)
    assert (status, err) == (0, "")
    assert (folder / "figures" / "ladder.svg").exists()
    reasons = [line for line in out.splitlines() if line.startswith("left out: ")]
    assert len(reasons) == len(set(reasons)) >= 1
    assert not list((folder / "figures").glob("isoquants*"))


def test_too_few_points_have_no_law_and_no_line(swept, tmp_path, rewritten) -> None:
    few = rewritten(swept, tmp_path / "few", "SELECT * FROM old WHERE step < 60")
    configuration = read(few)[0]
    fits = plot.fits_of(configuration)
    assert set(fits.values()) == {
        f"no law: got {len(configuration.flops)} points, expected at least 5"
    }


def test_values_that_are_no_numbers_are_refused_in_one_line(
    zebroid, swept, tmp_path, rewritten
) -> None:
    spoilt = rewritten(
        swept,
        tmp_path / "spoilt",
        "SELECT * REPLACE (CASE WHEN step > 100 THEN 'nan'::DOUBLE ELSE accuracy END AS accuracy) "
        "FROM old",
    )
    status, _, err = zebroid("plot", spoilt)
    assert status == 2 and "not finite numbers" in err and len(err.splitlines()) == 1


def test_bits_that_are_no_numbers_are_left_out_and_accuracy_is_kept(
    swept, tmp_path, rewritten
) -> None:
    unweighed = rewritten(
        swept, tmp_path / "unweighed", "SELECT * REPLACE ('nan'::DOUBLE AS bits) FROM old"
    )
    configuration = read(unweighed)[0]
    assert configuration.accuracy and not configuration.bits


def test_a_failed_run_has_nothing_to_plot(zebroid, swept, tmp_path, rewritten) -> None:
    def fail(content) -> None:
        for cell in content["cells"]:
            cell["failed"] = "loss is not a number"

    failed = rewritten(swept, tmp_path / "failed", "SELECT * FROM old", fail)
    status, _, err = zebroid("plot", failed)
    assert status == 2 and "every cell failed: loss is not a number" in err


def test_a_cell_that_failed_is_left_out_of_its_configuration(swept, tmp_path, rewritten) -> None:
    def fail(content) -> None:
        content["cells"][0]["failed"] = "diverged at step 12"

    first = read(swept)[0].name
    configurations = read(rewritten(swept, tmp_path / "one", "SELECT * FROM old", fail))
    assert [
        len(configuration.seeds) for configuration in configurations if configuration.name == first
    ] == [4]


def test_a_report_of_cells_that_all_failed_says_so(zebroid, suite, monkeypatch, tmp_path) -> None:
    from zebroid.benchmarks.runner import run

    def broken(cell, corpora, watch, draft=None, layout=""):
        raise UserError("no memory left")

    monkeypatch.setattr(run, "train_cell", broken)
    status, _, _ = zebroid("run", suite(), "--out", "out")
    (page,) = tmp_path.glob("out/*/report.html")
    assert status == 1
    text = page.read_text("utf-8")
    assert "no memory left" in text and "Figures left out" in text
