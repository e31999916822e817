"""What failed is named: in the exit status, the last line, and beside every mean."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import sys

import duckdb
import pytest
from rich.console import Console
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.docs import plateau_tables, readme_blocks
from zebroid.benchmarks.docs.readme_tables import filled
from zebroid.benchmarks.executors import local_workers, multihost_run
from zebroid.benchmarks.receipts.curves import read
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.report import plot, sweep_section
from zebroid.benchmarks.report.receipt_rows import rows_of
from zebroid.benchmarks.runner import executor, run
from zebroid.benchmarks.runner.executor import Outcome, execute
from zebroid.benchmarks.runner.failures import UNKNOWN, failed, summary
from zebroid.benchmarks.runner.result_store import Store
from zebroid.benchmarks.sweeps import sweep_tables
from zebroid.benchmarks.sweeps.analysis import scaling
from zebroid.models.training import multihost as processes

from .. import conftest

SEVEN = {"init = [0, 1], order = [0, 1]": "init = [0,1,2,3,4,5,6], order = [0,1,2,3,4,5,6]"}
NOT_FINITE = "loss not finite at step 7"


@pytest.fixture
def learned(monkeypatch):
    """Trainings get nearly all right: with a tenth wrong, rows would count as untrained."""
    learns = functools.partial(conftest.pretend, wrong=0.02)
    monkeypatch.setattr(conftest, "pretend", learns)


@pytest.fixture
def ill(monkeypatch, trained):
    """ill(why, of) makes trainings fail: by an exception, or by a loss that is not finite."""
    train = run.train_cell

    def make(why, of=lambda cell: True):
        def fails(cell, *rest):
            if of(cell) and why != NOT_FINITE:
                raise ValueError(why)
            result = train(cell, *rest)
            broken = dataclasses.replace(result.run, failed=NOT_FINITE)
            return dataclasses.replace(result, run=broken) if of(cell) else result

        monkeypatch.setattr(run, "train_cell", fails)

    return make


def last(out):
    return out.rstrip("\n").rpartition("\n")[2]


@pytest.mark.parametrize("why", ["no luck", NOT_FINITE])
def test_a_run_that_failed_ends_in_its_name_and_cause(zebroid, suite, ill, why):
    ill(why, lambda cell: cell.mode == "chain" and cell.seeds.init)
    status, out, _ = zebroid("run", suite())
    assert status == 1
    cause = why if why == NOT_FINITE else f"ValueError: {why}"
    name = "composition-v1/tiny chain decoder-xs short seeds 0,0,1,1"
    assert last(out) == f"1 of 4 failed: {name}: {cause}"


def test_a_kept_failure_fails_again_and_a_dry_run_says_so(zebroid, suite, ill, trained):
    ill(NOT_FINITE, lambda cell: cell.mode == "chain")
    first = zebroid("run", suite())
    again = zebroid("run", suite())
    assert (first[0], again[0], len(trained)) == (1, 1, 4)
    assert last(first[1]) == last(again[1]) and last(again[1]).startswith("2 of 4 failed: ")
    status, out, _ = zebroid("run", suite(), "--dry-run")
    assert status == 0 and out.count("  failed   ") == 2 and out.count("  kept     ") == 2
    assert last(out).startswith("kept, not to be trained again: 2 of 4 failed: ")
    assert NOT_FINITE in last(out)


def test_what_is_fine_has_no_such_line(zebroid, suite, trained):
    status, out, _ = zebroid("run", suite())
    assert status == 0 and "failed" not in out
    assert "failed" not in zebroid("run", suite(), "--dry-run")[1]


def test_of_many_failures_five_are_named_and_the_rest_counted(zebroid, suite, ill):
    ill("no\nluck " * 200)
    status, out, _ = zebroid("run", suite(**SEVEN))
    line = last(out)
    assert status == 1 and line.startswith("14 of 14 failed: ") and line.endswith("; and 9 more")
    assert line.count("ValueError: no luck") == 5 and len(line) < 5 * 400


def test_cells_of_several_exposures_are_distinguished(suite):
    cells = load_suite(suite(**{"[plans": "exposure = { held = [0.1, 0.2] }\n[plans"})).cells
    line = summary([(cell, "no luck") for cell in cells[:1] + cells[-1:]], cells)
    assert "(held 0.1)" in line and "(held 0.2)" in line
    assert summary([], cells) == ""


def test_a_cell_of_which_nothing_came_has_failed(suite):
    cells = load_suite(suite()).cells
    assert failed(cells, Outcome((), {})) == [(cell, UNKNOWN) for cell in cells]


def test_what_a_worker_failed_at_before_it_died_keeps_its_cause(suite, monkeypatch, tmp_path):
    cells = load_suite(suite()).cells[:2]
    record = json.dumps({"failed": cells[0].digest, "cause": "no luck"})
    code = f"input(); print({local_workers.SEPARATOR + record!r}, flush=True); raise SystemExit(3)"
    monkeypatch.setattr(local_workers, "COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(executor, "run_batches", lambda cells, size: [[*cells]])
    found = execute(local_workers.LocalWorkers([(0,)]), cells, Store(tmp_path / "out"))
    assert found.failures[cells[0].digest] == "no luck"
    assert found.failures[cells[1].digest].startswith("its process died (exit status 3)")


@pytest.mark.parametrize("why", ["no luck", NOT_FINITE])
def test_a_process_that_helps_another_fails_with_it(zebroid, suite, ill, monkeypatch, why):
    """One that fails itself, and one whose first process keeps a failure."""
    ill(why)
    if why == NOT_FINITE:
        zebroid("run", suite())
    monkeypatch.setattr(multihost_run, "join", lambda where: False)
    monkeypatch.setattr(processes, "leave", lambda: None)
    status, out, _ = zebroid("run", suite(), "--hosts", "127.0.0.1:7000,2/2")
    assert status == 1 and last(out).startswith("4 of 4 failed: ")
    assert multihost_run.KEPT in out if why == NOT_FINITE else f"ValueError: {why}" in out


def test_a_process_that_helps_another_succeeds_with_it(zebroid, suite, trained, monkeypatch):
    monkeypatch.setattr(multihost_run, "join", lambda where: False)
    monkeypatch.setattr(processes, "leave", lambda: None)
    assert zebroid("run", suite(), "--hosts", "127.0.0.1:7000,2/2")[:2] == (0, "")


def test_a_sweep_of_which_all_failed_has_its_receipt(zebroid, suite, ill, tmp_path):
    ill(NOT_FINITE)
    levels = {"[plans": "exposure = { demonstrated = [0.2, 0.4, 0.6] }\n[plans"}
    status, out, err = zebroid("scale", suite(**levels), "--out", "out")
    assert (status, err) == (1, "") and last(out).startswith("12 of 12 failed: ")
    assert "what the sweep says could not be made: " in out
    assert [*tmp_path.glob("out/tiny-*/receipt.json")]


@pytest.fixture
def failing(zebroid, suite, learned, ill, tmp_path):
    """Folder of a receipt in which one of two runs of chain failed."""
    ill("no luck", lambda cell: cell.mode == "chain" and cell.seeds.init)
    zebroid("run", suite(), "--out", "out")
    (folder,) = tmp_path.glob("out/tiny-*")
    return folder


def test_a_receipt_and_all_that_is_made_of_it_says_how_many_failed(zebroid, failing):
    receipt = Receipt.read(failing / "receipt.json")
    (panel,) = receipt.panels
    counts = {row.label: (row.runs, row.failed) for row in panel.rows}
    assert (counts["chain"], counts["direct"], counts["deducer"]) == ((2, 1), (2, 0), (0, 0))
    assert "chain: 1 of 2 failed." in panel.sentence
    assert zebroid("verify", failing)[0] == 0
    page = (failing / "report.html").read_text("utf-8")
    for message in (
        "chain<small>1 of 2 failed</small>",  # scores
        "chain: valid proofs<small>1 of 2 failed</small>",
        '<th scope="row">chain (1 of 2 failed)</th>\n<td class="text">recombination',  # profile
        "chain (1 of 2 failed): instance",  # verdict
        "chain (1 of 2 failed)<small>questions with a valid proof</small>",
        "chain (1 of 2 failed): malformed answers",
        "chain: 1 of 2 failed.</figcaption>",
    ):
        assert message in page, message
    assert "direct (" not in page
    assert "decoder-xs, chain (short), 1 of 2 failed |" in zebroid("board", failing)[1]
    message = filled(
        f"<!-- receipt {failing / 'receipt.json'} -->\n<!-- end of receipt -->", failing
    )
    assert "| **chain (1 of 2 failed)** |" in message and "| **direct** |" in message
    assert "chain (1 of 2 failed)" in str(plateau_tables.verdicts(failing))
    table = [*readme_blocks.headline(failing.parent, failing.name)]
    assert table[0].endswith("| **direct** | **chain** (1 of 2 failed) |")
    assert "4 trainings (1 of 4 failed)." in table[-1]
    assert "4 cells (1 of 4 failed) on 1 corpora" in zebroid("cite", failing)[1]
    with duckdb.connect() as db:
        found = db.sql(
            f"SELECT DISTINCT runs, failed_runs FROM '{failing}/scores.parquet' "
            "WHERE kind = 'model' AND label = 'chain'"
        ).fetchall()
    assert found == [(2, 1)]


def test_a_model_of_which_every_run_failed_is_named_wherever_the_others_are(
    zebroid, suite, ill, tmp_path
):
    ill(f"'{tmp_path}/a b/w.py' is gone; see {tmp_path}/x.log", lambda cell: cell.mode == "chain")
    _, out, _ = zebroid("run", suite(), "--out", "out")
    assert f"{tmp_path}/a b/w.py" in out  # the user sees where
    (folder,) = tmp_path.glob("out/tiny-*")
    (panel,) = Receipt.read(folder / "receipt.json").panels
    for path in folder.rglob("*"):  # others do not
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path
    with duckdb.connect() as db:
        causes = db.sql(f"SELECT failed FROM '{folder}/cells.parquet' WHERE failed IS NOT NULL")
        assert causes.fetchall() == [("ValueError: 'w.py' is gone; see x.log",)] * 2
        rows = db.sql(
            f"SELECT label, runs, failed_runs, mean FROM '{folder}/scores.parquet' "
            "WHERE kind = 'missing run'"
        )
        assert rows.fetchall() == [("chain", 2, 2, None)]
    assert "chain: 2 of 2 failed." in panel.sentence
    assert "chain<small>2 of 2 failed</small>" in (folder / "report.html").read_text("utf-8")
    _, out, _ = zebroid("board", folder)
    assert "Without an answer: decoder-xs, chain (short), 2 of 2 failed, receipt 1." in out
    page = filled(f"<!-- receipt {folder / 'receipt.json'} -->\n<!-- end of receipt -->", folder)
    assert "| **chain (2 of 2 failed)** | – |" in page
    table = [*readme_blocks.headline(folder.parent, folder.name)]
    assert table[0].endswith("| **direct** | **chain** (2 of 2 failed) |")
    assert table[2].endswith("| – |")


def test_a_receipt_without_these_counts_is_refused(zebroid, failing):
    path = failing / "receipt.json"
    content = json.loads(path.read_text())
    for row in content["panels"][0]["rows"]:
        del row["runs"], row["failed"]
    path.write_text(json.dumps(content))
    status, _, err = zebroid("verify", failing)
    assert status == 2 and err.count("\n") == 1 and "rows.0.runs: Field required" in err


@pytest.mark.long
def test_a_false_count_is_not_verified(zebroid, failing):
    path = failing / "receipt.json"
    content = json.loads(path.read_text())
    for row in content["panels"][0]["rows"]:
        row["failed"] = 0
    path.write_text(json.dumps(content))
    status, out, _ = zebroid("verify", failing)
    assert status == 1 and "failed" in out


@pytest.fixture(scope="module")
def lacking(swept, tmp_path_factory):
    """A sweep of which one run of a chain failed."""
    folder = tmp_path_factory.mktemp("lacking")
    content = json.loads((swept / "receipt.json").read_text())
    first = next(cell for cell in content["cells"] if cell["cell"]["mode"] == "chain")
    first["failed"] = "diverged at step 12"
    (folder / "receipt.json").write_text(json.dumps(content))
    (folder / "curves.parquet").write_bytes((swept / "curves.parquet").read_bytes())
    return folder


@pytest.mark.long
def test_a_sweep_says_of_each_mean_how_many_runs_it_lacks(lacking, sketch):
    configurations = read(lacking)
    (configuration,) = (configuration for configuration in configurations if configuration.lost)
    assert (configuration.failed, configuration.runs) == (
        1,
        5,
    ) and configuration.title == f"{configuration.name} (1 of 5 failed)"
    found, receipt = scaling(configurations), Receipt.read(lacking / "receipt.json")
    tables = {table.name: table.rows for table in sweep_tables.tables(found)}
    for name in ("axes", "levels", "joint", "exhausted", "added"):
        message = [row for row in tables[name] if "1 of 5 failed" in str(row)]
        assert message and len(message) < len(tables[name]), name
    file = io.StringIO()
    sweep_section.show(Console(file=file, width=500), receipt, found)
    assert "(1 of 5 failed)" in file.getvalue()
    (line,) = (one for one in sweep_section.record(found)["along"] if one["failed"])
    assert line["runs"] == 4 and sum(level["failed"] for level in line["levels"]) == 1
    (row,) = (r for r in rows_of(configuration.panel, [configuration]) if r.failed)
    assert (row.label, row.runs) == (configuration.label, 5)


@pytest.mark.long
def test_the_captions_of_figures_say_how_many_runs_failed(lacking, sketch, quiet):
    receipt = Receipt.read(lacking / "receipt.json")
    drawn = {}
    for drawing in plot.drawings(receipt, read(lacking), None, lambda why: None):
        drawn[drawing.name] = drawing.shows
        if len(drawn) == 3:
            break
    assert drawn.pop("ladder").endswith(f"; 1 of {len(receipt.cells)} failed")
    assert all(": 1 of 5 failed" in shows for shows in drawn.values())
