"""Names that look like markup, mathematics or control codes: printed as they are, and no finished
training is lost for one that cannot be displayed."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape
from rich.console import Console
from zebroid.benchmarks import job
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.conformance.framework import Outcome, Report
from zebroid.benchmarks.docs import readme_tables
from zebroid.benchmarks.panels.panel import panels, slug
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.report import plain_console, plot, terminal
from zebroid.benchmarks.report.html_templates import render
from zebroid.benchmarks.report.panel_section import section
from zebroid.benchmarks.report.table import table
from zebroid.benchmarks.runner import progress, run
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Store
from zebroid.eval.figures import score_figures
from zebroid.printable import visible

PLAN = "lr[/2] [red]$x_{1$ :smile: <b>"
ODD = "lr_2=5+x.b-"  # as odd as a plan may be named
TITLE = "[/bold] $\\\\frac{ <suite>"
CAUSE = "no [/red] memory \x1b[31m for $m_{$"
# markup of rich and of HTML, mathematics, formats, emoji, control characters
TEXT = st.text(
    st.sampled_from("ab[]/{}$_^\\<>&:%\x1b\x07\r\n\u202e"), max_size=16
) | st.sampled_from(["[/]", "[red]", "[/red]", "[link=x]", "[@click=x]", ":smile:", PLAN, CAUSE])


REAL_SVG = score_figures.svg  # which `trained` replaces, and without which nothing is drawn


@pytest.fixture
def hostile(suite, trained, sketch, monkeypatch):
    """A suite of a hostile title and odd names; of the two trainings of each plan one fails for a
    hostile cause."""
    train = run.train_cell

    def fails(cell, *rest):
        if cell.seeds.init:
            raise ValueError(CAUSE)
        return train(cell, *rest)

    monkeypatch.setattr(run, "train_cell", fails)
    monkeypatch.setattr(plot.score_figures, "svg", REAL_SVG)
    other = f'[plans."{ODD}2"]\nsteps = 90\nbatch = 32\nevaluations = 4\n'
    changes = {
        '"Tiny <suite>"': f'"{TITLE}"',
        'plan = "short"': f'plan = ["{ODD}", "{ODD}2"]',
        "[plans.short]": f'{other}[plans."{ODD}"]',
        '["direct", "chain"]': '"direct"',
    }
    return suite(**changes)


def test_a_suite_of_hostile_names_gets_its_receipt_and_report(zebroid, hostile, tmp_path):
    status, out, err = zebroid("run", hostile, "--out", "out")
    assert (status, err) == (1, "")
    assert "\x1b" not in out and "\\x1b[31m" in out
    assert out.count("[/red]") >= 2 and f"decoder-xs by plan {ODD}" in " ".join(out.split())
    (folder,) = tmp_path.glob("out/tiny-*")
    receipt = Receipt.read(folder / "receipt.json")
    assert {cell.cell["plan"] for cell in receipt.cells} == {ODD, f"{ODD}2"}
    page = (folder / "report.html").read_text("utf-8")
    assert "<b>" not in page and "lr_2=5+x" in page and "<suite>" not in page
    assert [*folder.glob("figures/*-ladder.svg")]
    assert "could not be made" not in out


@pytest.fixture(scope="module")
def halved(stage, tmp_path_factory):
    """halved(label) -> a panel and one of its cells, all names in them ``label`` where one is
    given: of chain one of two runs failed, of direct both."""
    folder = tmp_path_factory.mktemp("halved")
    (folder / "tiny.toml").write_text(stage.suite)
    cells = load_suite(str(folder / "tiny.toml")).cells

    def train_cell(cell, corpora, watch, draft=None, layout=""):
        if cell.mode == "direct" or cell.seeds.init:
            raise ValueError("no luck")
        return stage.train(cell, corpora, watch, draft)

    with pytest.MonkeyPatch.context() as patch:
        stage.quick(patch)
        patch.setattr(run, "train_cell", train_cell)
        corpora = Corpora()
        outcome = execute(run.InProcess(), cells, Store(folder), corpora=corpora)
        (made,) = panels(cells, outcome, corpora)
        assert made.verdicts

    def named(label=""):
        if not label:
            return made, cells[0]
        rows = tuple(dataclasses.replace(row, label=label) for row in made.models)
        missing_runs = tuple(
            dataclasses.replace(h, label=label, cause=label) for h in made.missing_runs
        )
        trained = {label: next(iter(made.trained.values()))}
        parts = {"models": rows, "untraced": {label: rows[0]}, "missing_runs": missing_runs}
        parts |= {"trained": trained}
        cell = dataclasses.replace(cells[0], world=label, model=label, plan=label)
        return dataclasses.replace(made, name=label, **parts), cell

    return named


def printed(show, kind=plain_console.PlainConsole, **options):
    """What ``show(console)`` prints."""
    file = io.StringIO()
    show(kind(file=file, width=5_000, **options))
    return file.getvalue()


def follow(console, cell, label):
    """All that a watch shows of a cell."""
    with progress.Displayed(console, 1) as watch:
        watch.stage(cell, label)
        watch.step(cell, 1, 2, 1.0, 1.0)
        watch.say(label)
        watch.done(cell, label)


def everything(halved, label):
    """All functions that print labels to a console, each with this one."""
    panel, cell = halved(label)
    outcome = Outcome(label, label, label, "refused", label, label, 0.0)
    listed = Report("world", label, (label,), (outcome,))
    return [
        lambda console: terminal.show(console, [panel], label),
        listed.print,
        lambda console: follow(console, cell, label),
    ]


@settings(deadline=None, max_examples=20)
@given(TEXT)
def test_every_label_is_printed_as_it_is(halved, label):
    for show in everything(halved, label):
        out = printed(show)
        assert all(word in out for word in visible(label).split())
        assert not {"\x1b", "\x07", "\r", "\u202e"} & {*out}


@pytest.mark.parametrize("kind", [Console, plain_console.PlainConsole])
@pytest.mark.parametrize("label", ["lr[/2]", "[red]", "[@click=x]"])
def test_no_console_reads_a_label_as_markup_nor_does_a_live_line(halved, label, kind):
    for show in everything(halved, label):
        assert label in printed(show, kind)
        assert label in printed(show, kind, force_terminal=True)

    def work(console):
        with plain_console.working(console, label) as tell:
            tell(label)

    assert label in printed(work, kind, force_terminal=True)


@settings(deadline=None, max_examples=30)
@given(TEXT.filter(str.strip))
def test_a_report_holds_a_label_as_text(halved, label):
    panel, _ = halved(label)
    page = render("panel.html", panel=section(panel, (), label, label))
    assert "<b>" not in page and f"<h2>{escape(label)}</h2>" in page
    line = readme_tables._markdown(label)
    displayed = visible(label).replace("\\", "")  # escapes of Markdown apart
    assert "\n" not in line and line.replace("\\", "").split() == displayed.split()


@given(st.text(max_size=400))
def test_a_name_of_a_file_is_short_and_plain(name):
    short = slug(name)
    assert 0 < len(short) <= 100 and short[0] != "." and "/" not in short


@pytest.mark.parametrize("broken", ["table", "report", "progress"])
def test_what_cannot_be_displayed_costs_no_receipt(
    zebroid, suite, trained, monkeypatch, tmp_path, broken
):
    def fails(*_, **__):
        raise ValueError("cannot\nbe displayed")

    place, name = {
        "table": (job.terminal, "show"),
        "report": (job.html_report, "write"),
        "progress": (progress.Displayed, "step"),
    }[broken]
    monkeypatch.setattr(place, name, fails)
    status, out, err = zebroid("run", suite(), "--out", "out")
    assert (status, err, len(trained)) == (1, "", 4)
    assert "ValueError: cannot be displayed" in out
    (path,) = tmp_path.glob("out/tiny-*/receipt.json")
    assert not any(cell["failed"] for cell in json.loads(path.read_text())["cells"])


def test_a_closed_output_still_ends_a_run(zebroid, suite, trained, monkeypatch):
    def closed(*_):
        raise BrokenPipeError

    monkeypatch.setattr(progress.Displayed, "step", closed)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert zebroid("run", suite())[0] == 1
    assert len(trained) == 1


def test_a_panel_says_in_table_and_sentence_how_many_runs_failed(halved):
    panel, _ = halved()
    lines = {line.label.partition(" (")[0]: line.failed for line in table(panel).lines}
    assert (lines["chain"], lines["direct"], lines["deducer"]) == (
        "1 of 2 failed",
        "2 of 2 failed",
        "",
    )
    assert panel.sentence.endswith(" direct: 2 of 2 failed.")
