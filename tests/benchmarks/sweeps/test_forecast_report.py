"""``zebroid forecast``: from any receipt, with a scenario whose faults are named by their line."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import zebroid
from rich.console import Console
from typer.testing import CliRunner
from zebroid.benchmarks.config.scenario_file import DEFAULT, load
from zebroid.benchmarks.receipts.curves import read
from zebroid.benchmarks.report import forecast_report as forecasts
from zebroid.benchmarks.sweeps import forecast_page
from zebroid.benchmarks.sweeps.forecast_branches import _corpora, _surface
from zebroid.cli import app
from zebroid.errors import UserError
from zebroid.eval.forecasting.forecast import BRANCHES

HEADLINE = Path(zebroid.__file__).resolve().parent / "docs" / "receipts" / "headline-v2"


@pytest.fixture(scope="module")
def configurations():
    return read(HEADLINE)


@pytest.fixture
def copy(tmp_path) -> Path:
    for name in ("receipt.json", "curves.parquet"):
        shutil.copy(HEADLINE / name, tmp_path / name)
    return tmp_path


def rewritten(folder: Path, change) -> Path:
    path = folder / "receipt.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return path


def test_configurations_are_the_rows_of_the_report(configurations) -> None:
    content = json.loads((HEADLINE / "receipt.json").read_text())
    rows = {(p["name"], label) for p in content["panels"] for label in p["verdicts"]}
    assert {
        (configuration.panel.name, configuration.label) for configuration in configurations
    } == rows
    first = configurations[0]
    assert len(first.seeds) == len(first.accuracy["instance"].runs)
    assert "recall" not in first.rungs and "recall" in first.accuracy
    expected_message = content["panels"][0]["rows"]
    mean = next(r for r in expected_message if r["label"] == first.label)["rungs"]["instance"][
        "accuracy"
    ]["mean"]
    assert first.accuracy["instance"].mean[-1] == pytest.approx(mean)


def test_a_receipt_becomes_branches_and_a_figure(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    words = ["forecast", str(HEADLINE), "--rung", "schema"]
    done = CliRunner().invoke(app, [*words, "--out", "f.svg"])
    assert done.exit_code == 0, done.output
    for name in BRANCHES:
        assert name in done.output
    assert done.output.count("pairs of branches are not distinguishable") + done.output.count(
        "distinguishable from"
    )
    assert "forecast" not in {p.name for p in tmp_path.iterdir()} and "default.toml" in done.output
    picture = (tmp_path / "f.svg").read_text()
    assert picture.startswith("<?xml") and "95% intervals" in picture and "schema" in picture
    again = CliRunner().invoke(app, [*words, "--out", "f.png"])
    assert again.exit_code == 0 and (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--row", "composition-v1/laptop: dirct decoder-s"],
            "did you mean 'composition-v1/laptop: direct decoder-s'",
        ),
        (["--rung", "instnace"], "did you mean 'instance'"),
        (["--out", "f.pdf"], "ends in .svg or .png"),
        (["--scenario", "none.toml"], "cannot read none.toml"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(more, message, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["forecast", str(HEADLINE), *more])
    assert isinstance(done.exception, UserError)
    assert message in str(done.exception) and "\n" not in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_receipt_of_failed_cells_is_refused_with_their_cause(copy) -> None:
    def fail(content) -> None:
        for number, cell in enumerate(content["cells"]):
            cell["digest"] = f"{number:016x}" + "0" * 48
            cell["failed"] = "loss is not a number"

    with pytest.raises(UserError, match=r"every cell failed: loss is not a number"):
        read(rewritten(copy, fail))


def test_curves_of_another_receipt_are_refused(copy) -> None:
    (copy / "curves.parquet").write_bytes(b"something else")
    with pytest.raises(UserError, match="not the file of this receipt"):
        read(copy)


def test_a_receipt_without_its_curves_is_refused(copy) -> None:
    (copy / "curves.parquet").unlink()
    with pytest.raises(UserError, match="cannot read"):
        read(copy)
    with pytest.raises(UserError, match="names no curves"):
        read(rewritten(copy, lambda content: content["files"].pop("curves.parquet")))


def test_an_open_verdict_of_the_receipt_is_named(tmp_path, configurations) -> None:
    open_ = next(
        configuration for configuration in configurations if "instance" in configuration.undecided
    )
    console = Console(record=True, width=160, file=io.StringIO())
    row = open_.name
    forecasts.run(HEADLINE, None, row, ["instance"], tmp_path / "f.svg", console)
    text = " ".join(console.export_text().split())
    assert "instance: undecided" in text and "both hypotheses weigh half of all" in text


def test_corpora_that_differ_in_what_they_demonstrate_measure_the_effect_of_data(
    configurations,
) -> None:
    import dataclasses

    first = configurations[0]
    exposures = [dataclasses.replace(first.cell.exposure, demonstrated=s) for s in (0.2, 0.4, 0.8)]
    several = [
        dataclasses.replace(first, cell=dataclasses.replace(first.cell, exposure=e))
        for e in exposures
    ]
    found = _corpora(several[1], [several[2], *several[:2], *configurations[1:]])
    assert [a.cell.exposure.demonstrated for a in found] == [0.2, 0.4, 0.8]
    surface = _surface(found, "instance")
    assert surface is not None and surface.axes == ("FLOPs", "demonstrated")
    assert surface.points == 3 * first.accuracy["instance"].points
    assert set(surface.x[1]) == {0.2, 0.4, 0.8}
    assert not _corpora(first, configurations) and _surface(found[:2], "instance") is None


def test_the_default_scenario_gives_a_source_for_every_number() -> None:
    scenario = load()
    text = DEFAULT.read_text("utf-8")
    assert text.count("source = ") == text.count("value = ")
    assert scenario.compute.growth.low >= 1 and scenario.years > 0
    assert np.isfinite(scenario.compute.landauer)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("low = 4.0", "low = 4.9", "low <= value <= high"),
        ("low = 4.0", 'low = "four"', "compute.growth.low = 'four'"),
        ("value = 4.5\nlow", "valu = 4.5\nlow", "did you mean 'value'"),
        ("value = 4.5\nlow", "low", "compute.growth.value is missing"),
        ("[compute.growth]", "[compute.groth]", "did you mean 'growth'"),
        ("temperature = 300.0", "temperature = -1.0", "kelvins above 0"),
        ("years = 20.0", "years = 0.0", "more than 0 and at most 200"),
        ("years = 20.0", "yeers = 20.0", "did you mean 'years'"),
        ("years = 20.0", "years = nan", "years"),
        ("[scenario]", "[scenarios]", "[scenario] is missing"),
        ("[queries.worth]", "[queries.worth", "not TOML"),
        ("start = 2026.0", 'start = "soon"', "start = 'soon'"),
    ],
)
def test_a_fault_in_a_scenario_is_named_with_its_line(old, new, message, tmp_path) -> None:
    text = DEFAULT.read_text("utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(UserError) as refused:
        load(path)
    wording = str(refused.value)
    assert message in wording and "\n" not in wording
    if "TOML" not in message and "missing" not in message:
        line = int(wording.split(":")[1])
        start = path.read_text()[: path.read_text().index(new)].count("\n") + 1
        assert 0 <= line - start <= 1 or "low <= value" in message


def test_a_table_that_is_none_is_named(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(DEFAULT.read_text("utf-8") + "\n[physics]\nmagic = 1\n")
    with pytest.raises(UserError, match="physics"):
        load(path)


def test_a_page_has_the_branches_with_the_rates_that_were_measured(
    configurations, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(forecast_page, "read", lambda folder: configurations)
    rounds = HEADLINE.parents[1] / "results" / "data" / "beyond" / "production-v1"
    path = tmp_path / "page.md"

    def filled(argument: str) -> tuple[int, str]:
        mark = f"<!-- forecast branches {argument} -->\n<!-- end of forecast -->\n"
        path.write_text(mark)
        return forecast_page.main([str(path)]), path.read_text()

    status, text = filled(f"{HEADLINE} direct decoder-s|instance|{rounds}")
    assert status == 0 and (tmp_path / "figures").is_dir()
    assert text.count("| instance |") == len(BRANCHES)
    assert "- `yearly` 0.102" in text and "measured: statements that 'unfiltered' adds" in text
    assert "assumption" in text, "the worth of an answer is the scenario's"
    status, text = filled(f"{HEADLINE} direct decoder-s")
    assert status == 2 and "expected RECEIPT ROW|RUNG,RUNG|FOLDER,FOLDER" in capsys.readouterr().err
