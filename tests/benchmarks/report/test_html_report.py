"""What a user reads at the end: the table on a terminal, and a page that needs nothing else."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import numpy as np
import pytest
from zebroid.benchmarks.panels import panel_profiles
from zebroid.benchmarks.receipts.tables.all_tables import FILES
from zebroid.benchmarks.report import plain_console, terminal
from zebroid.benchmarks.report.profile_table import profile_table, share
from zebroid.benchmarks.report.table import normalised, score, table
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.eval.scoring.columns import AT_FLOOR, LIKENESS, SUPPRESSED
from zebroid.eval.scoring.level import Level
from zebroid.eval.scoring.normalised import Normalised
from zebroid.eval.scoring.profile import NO_EVIDENCE, Share
from zebroid.eval.scoring.rung_score import RungScore
from zebroid.eval.stats.intervals import Band

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Checks that tags match, and collects what is in them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attrs for name, attrs in self.seen if name == tag]


FLOOR = Level(0.1, 0.05, "likeness", "association", 0.08, 0.1, 0.02, 0.3)


def rung(mean, low, high, above=(0.5, 0.4, 0.6), floor=FLOOR, name="instance", trained=True):
    """A score whose normalised one is ``above``: mean, low, high; None: reuse by likeness."""
    at, where = np.array([mean]), np.array([low, high])
    band = Band(at, where[:1], where[1:], "questions", at[None], np.zeros(1, int))
    n = above and Normalised(above[0], above[1], above[2], floor.value, "worlds")
    of, cue = name.partition(" ")[::2]
    return RungScore(name, 300, band, None, of, cue, floor, n, trained=trained)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (rung(0.94, 0.91, 0.96), ".94±.03"),
        (rung(1.0, 0.99, 1.0), "1.00±.01"),
        (rung(0.12, 0.09, 0.16, (0.02, -0.01, 0.06)), ".12±.04" + AT_FLOOR),
        (rung(0.01, 0.0, 0.02, (-0.1, -0.2, -0.05)), ".01±.01" + SUPPRESSED),
        (rung(0.12, 0.09, 0.16, (0.02, -0.01, 0.06), name="recall"), ".12±.04"),  # recall is raw
        (rung(0.99, 0.98, 1.0, None), ".99±.01" + LIKENESS),
        (rung(0.01, 0.0, 0.02, (-0.1, -0.2, -0.05), trained=False), ".01±.01" + AT_FLOOR),
    ],
)
def test_a_score_shows_its_interval_and_what_would_explain_it(found, text):
    assert score(found) == text


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (rung(0.55, 0.5, 0.6), ".50±.10"),
        (rung(0.12, 0.09, 0.16, (0.02, -0.01, 0.06)), "0"),  # the interval includes the floor
        (rung(0.01, 0.0, 0.02, (-0.1, -0.2, -0.05)), "below"),
        (rung(0.99, 0.98, 1.0, None), LIKENESS),
        (rung(0.99, 0.98, 1.0, name="recall"), "–"),
        (rung(0.55, 0.5, 0.6, trained=False), "–"),  # it stands in no comparison
    ],
)
def test_what_is_above_the_floor_is_nothing_where_the_interval_includes_it(found, text):
    assert normalised(found) == text


def test_a_number_that_is_absent_is_a_dash_and_one_that_is_no_evidence_in_brackets():
    one = Share("reuse", "instance", "score", -0.09, -0.12, -0.05, "worlds")
    assert share(None) == share(dataclasses.replace(one, value=None, absent="why")) == "–"
    assert share(one) == "-.09±.04"
    assert share(dataclasses.replace(one, note=NO_EVIDENCE)) == "(-.09±.04)"


@pytest.fixture
def panels(suite, trained, tmp_path):
    from zebroid.benchmarks.config.suite import load_suite
    from zebroid.benchmarks.panels.panel import panels
    from zebroid.benchmarks.runner.executor import execute
    from zebroid.benchmarks.runner.result_store import Store

    def build(**changes):
        cells = load_suite(suite(**changes)).cells
        corpora, store = Corpora(), Store(tmp_path / "out")
        return panels(cells, execute(run.InProcess(), cells, store, corpora=corpora), corpora)

    return build


def test_rungs_that_a_world_lacks_are_left_out(panels):
    message = table(panels()[0])
    assert message.columns == ("recall", "instance", "constituent", "schema")
    kinds = list(dict.fromkeys(line.kind for line in message.lines))
    assert [k for k in kinds if k not in ("model", "normalised")] == ["floor", "ceiling", "proof"]
    labels = [line.label for line in message.lines]
    assert labels[:3] == ["chance", "association", "blinded deducers"]
    assert labels[3:6] == ["floor, the best of these", "spreading, a test", "tracer"]
    assert message.strategies[0] == "" and all(message.strategies[1:])
    assert all(len(line.scores) == len(message.columns) for line in message.lines)


def test_panels_of_one_world_are_named_by_what_differs(panels):
    one, two = panels(**{"[plans": "exposure = { held = [0.1, 0.2] }\n[plans"})
    assert (one.name, two.name) == (
        "composition-v1/tiny (held 0.1)",
        "composition-v1/tiny (held 0.2)",
    )


def test_rows_are_named_by_mode_and_by_what_else_differs(panels):
    assert [row.label for row in panels()[0].models] == ["direct", "chain"]
    (both,) = panels(**{'"decoder-xs"': '["decoder-xs", "decoder-s"]'})
    labels = [row.label for row in both.models]
    assert labels[0] == "direct decoder-xs" and len(labels) == 4


def test_seeds_of_one_configuration_are_one_row_over_runs(panels):
    row = panels()[0].models[0]
    assert row.rungs["instance"].accuracy.over == "runs"
    assert len(row.rungs["instance"].accuracy.runs) == 2


def test_proofs_of_a_chain_have_a_line_of_their_own(panels):
    (panel,) = panels()
    message = table(panel)
    (line,) = [line for line in message.lines if line.kind == "proof"]
    assert line.label == "chain: valid proofs"
    row = panel.models[1]
    for rung, displayed in zip(message.columns, line.scores):
        valid, right = row.proofs[rung].valid.mean[0], row.rungs[rung].accuracy.mean[-1]
        assert displayed.startswith(f"{valid:.2f}".removeprefix("0"))
        assert 0 < valid <= right
    assert [note for note in message.notes if note.startswith("valid proofs: share of questions")]
    assert panel.models[0].proofs == {} and panel.ceilings[0].proofs == {}


def test_proofs_that_cannot_be_read_are_not_valid(panels, suite, tmp_path):
    from zebroid.benchmarks.config.suite import load_suite
    from zebroid.benchmarks.runner.result_store import Store

    panels()
    cells = [cell for cell in load_suite(suite()).cells if cell.mode == "chain"]
    result = Store(tmp_path / "out").load(cells[0])
    assert result is not None
    broken = result.run.generated.copy()
    broken[:, ::2, 0] = -1
    other = dataclasses.replace(result, run=dataclasses.replace(result.run, generated=broken))
    before, after = Corpora().proofs(result), Corpora().proofs(other)
    assert before is not None and after is not None
    assert not after[:, ::2].any() and np.array_equal(after[:, 1::2], before[:, 1::2])


def test_piped_output_has_no_control_codes_and_fits(zebroid, suite, trained):
    _, out, _ = zebroid("run", suite(), "--out", "out")
    assert "\x1b" not in out
    wide = [line for line in out.splitlines() if len(line) > plain_console.PIPED]
    assert all(" seed " in line or "/tiny-" in line for line in wide)
    for word in ("chance", "floor", "deducer", "direct", "report.html", "n=40", "seeds:"):
        assert word in out


def test_a_table_of_seven_rungs_fits_eighty_columns(panels, capsys):
    from rich.console import Console

    (panel,) = panels()
    message = table(panel)
    names = ("recall", "instance", "constituent", "schema", "depth", "axiom")
    lines = [dataclasses.replace(line, scores=(".94±.03°",) * len(names)) for line in message.lines]
    wide = dataclasses.replace(message, columns=names, questions=(1000,) * 6, lines=tuple(lines))
    console = Console(width=80)
    console.print(terminal._scores(wide))
    out = capsys.readouterr().out
    assert "…" not in out and max(map(len, out.splitlines())) <= 80


def test_the_page_is_whole_and_needs_nothing_else(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    (path,) = tmp_path.glob("out/*/report.html")
    text = path.read_text("utf-8")
    found = Page(text)
    assert "chain<small>right answers with a valid proof</small>" in text
    assert "Tiny &lt;suite&gt;" in text and "Tiny <suite>" not in text
    for name in ("script", "link", "img", "iframe"):
        assert not found.all(name)
    for _, attrs in found.seen:
        assert not str(attrs.get("src", "")) and "http" not in str(attrs.get("href", ""))
    assert "@import" not in text and "url(http" not in text
    links = {attrs["href"] for attrs in found.all("a")}
    assert links == {"receipt.json", *FILES}
    assert all((path.parent / link).exists() for link in links)
    assert len(found.all("caption")) == len(found.all("table")) > 3
    assert all("scope" in attrs for attrs in found.all("th"))
    assert all(attrs.get("role") == "img" and attrs["aria-label"] for attrs in found.all("svg"))
    assert found.all("html")[0]["lang"] == "en"


def test_the_figures_of_the_page_stand_beside_it_as_files(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    (page,) = tmp_path.glob("out/*/report.html")
    drawn = {path: path.read_text("utf-8") for path in page.parent.glob("figures/*.svg")}
    assert any(path.name.endswith("-ladder.svg") for path in drawn)
    for path, drawing in drawn.items():
        assert path.name == path.name.lower() and " " not in path.name
        inline = drawing[drawing.index("<svg") + len("<svg") :].strip()
        assert inline in page.read_text("utf-8")


def test_a_profile_has_a_row_for_each_model_and_instrument(panels):
    from zebroid.benchmarks.panels.panel_profiles import profiles

    (panel,) = panels()
    found = profile_table([(panel, p) for p in profiles(panel, [panel])])
    assert {row[0] for row in found.rows} <= {"direct", "chain"}
    assert all(len(row) == len(found.header) for row in found.rows)
    assert {row[1] for row in found.rows} <= {"reuse", "recombination", "deduction"}


def test_a_twin_is_found_by_its_configuration_however_its_row_is_labelled(panels):
    (panel,) = panels()
    twin_cell = dataclasses.replace(
        panel.cell, exposure=dataclasses.replace(panel.cell.exposure, twin="shuffled rules")
    )
    renamed = tuple(dataclasses.replace(r, label=f"{r.label} x") for r in panel.models)
    twin = dataclasses.replace(
        panel,
        cell=twin_cell,
        models=renamed,
        trained={f"{label} x": one for label, one in panel.trained.items()},
    )
    found = panel_profiles.profiles(panel, [panel, twin])
    assert len(panel_profiles.profiles(twin, [panel, twin])) == len(renamed)
    assert [p.label for p in found] == [row.label for row in panel.models]
    assert panel_profiles._label(twin, panel.trained["direct"].configuration) == "direct x"
    assert panel_profiles._label(twin, ("direct", "another", "plan")) == ""


def test_a_wide_table_is_printed_in_parts_with_labels(panels):
    (panel,) = panels()
    message = table(panel)
    parts = list(terminal._parts(message, 60))
    assert len(parts) > 1
    assert [name for part in parts for name in part.columns] == [*message.columns]
    assert all(part.lines and len(part.columns) == len(part.lines[0].scores) for part in parts)
    assert len(list(terminal._parts(message, 400))) == 1
