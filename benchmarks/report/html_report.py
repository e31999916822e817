"""report.html: the table, the figures, the verdicts, and what they allow one to say."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ...errors import UserError
from ...eval.scoring.controls import Controls, ExceptionScore
from ...eval.scoring.score import Row
from ...eval.stats.intervals import Band
from ...eval.stats.labels import counted
from ..config.suite import Suite
from ..receipts.curves import configurations_of
from ..receipts.panel import Panel, profiles
from ..receipts.receipt import Receipt
from ..runner import atomic_write
from ..sweeps.analysis import Scaling
from . import plot, sweep_section
from .evidence import reach, verdicts
from .html_elements import figure, fold, grid, page, tag
from .table import MARKS, profile_lines, reasons, score, spread, table

LADDER = (  # rung, what is new, what a score above chance says
    ("recall", "nothing: the answer was stated", "it memorised; printed raw"),
    ("instance", "nothing but the combination", "it applies a pattern that it saw at work"),
    ("constituent", "a fact never used in that role", "it uses facts that it only read about"),
    (
        "schema",
        "a combination of relations or kinds never shown",
        "it fills its pattern as it never saw it filled",
    ),
    ("depth", "a proof higher than any shown", "it goes on where the corpus stopped"),
    ("axiom", "a rule that was stated and never exemplified", "it applies a rule that it was told"),
)

CONTROLS = (
    "Nontheorem: nothing follows, though one premise is all that is missing. Unknowable: true in "
    "the world, but not to be known from the corpus; to answer it is a leak. Both are rightly "
    "answered NONE. Discrimination is d', of questions with an answer from those without. Okapi: "
    "an exception, where things of its kind suggest a wrong answer, the lure."
)

PROOFS = (
    "A proof is valid when each of its lines was stated or follows from lines before it by one "
    "step, and the answer follows so from them; then the answer is right. A right answer behind a "
    "proof that is not valid was not earned by what was written."
)


def write(
    path: Path,
    suite: Suite,
    panels: Sequence[Panel],
    receipt: Receipt,
    message: str,
    found: Scaling | None = None,
) -> Path:
    """Writes the page, whole or not at all, and its figures as files in ``figures`` beside it.

    ``told`` is the caption of the tables, ``found`` what a sweep says. The curves of the receipt
    lie in ``path``'s folder already.
    """
    left: list[str] = []
    try:
        configurations = configurations_of(receipt, path)
    except UserError as error:  # every cell failed: the page says so
        configurations = ()
        left.append(str(error))
    drawn = list(plot.drawings(receipt, configurations, found, left.append))
    for drawing in drawn:
        drawing.keep(path.parent / "figures")
    parts = _body(suite, panels, drawn, receipt, message, found, left)
    with atomic_write.file(path) as draft:
        draft.write_text(page(suite.title, parts), "utf-8")
    return path


def _body(
    suite: Suite,
    panels: Sequence[Panel],
    drawn: Sequence[plot.Drawing],
    receipt: Receipt,
    message: str,
    found: Scaling | None,
    left: Sequence[str],
) -> Iterator[str]:
    yield "<header>"
    yield tag("h1", suite.title)
    yield tag("p", message, of="by")
    yield "</header>\n<main>"
    for panel in panels:
        yield tag("p", panel.sentence, of="lead")
    yield tag("p", f"Expected of this suite before it ran: {suite.expected}.", of="note")
    if len(panels) > 1:
        yield from (_drawn(d) for d in drawn if d.name == "ladder")
    if found is not None:
        yield from sweep_section.section(found)
        yield from (_drawn(d) for d in drawn if not d.panel and d.name != "ladder")
    for panel in panels:
        mine = [d for d in drawn if d.panel == panel.name]
        yield from _panel(panel, mine, message, spread(panels))
    yield from _profiles(panels)
    yield from _reading(panels)
    if left:
        caption = "; ".join(dict.fromkeys(left))
        yield tag("p", f"Figures left out: {caption}.", of="note")
    yield from _provenance(suite, receipt)
    yield "</main>"


def _drawn(drawing: plot.Drawing) -> str:
    shows = drawing.shows[0].upper() + drawing.shows[1:]
    return figure(drawing.svg, f"{shows}.")


def _panel(
    panel: Panel, drawn: Sequence[plot.Drawing], message: str, interval: str
) -> Iterator[str]:
    yield tag("h2", panel.name)
    displayed = table(panel)
    if not displayed.columns:
        yield from (tag("p", note, of="note") for note in displayed.notes)
        return
    yield grid(
        "Share of exact answers at the last checkpoint",
        ["", *(f"{r}\n{n:,} questions" for r, n in zip(displayed.columns, displayed.questions))],
        [[line.name, *line.scores] for line in displayed.lines],
        kinds=[line.kind for line in displayed.lines],
    )
    yield from (
        tag("p", n, of="note") for n in (f"{message}. {interval}; {MARKS}.", *displayed.notes)
    )
    yield from map(_drawn, drawn)
    if not panel.models:
        return
    yield from verdicts(panel)
    yield from reach(panel.models)
    written = list(_proofs([*panel.models, *panel.untraced.values()], displayed.columns))
    if written:
        yield grid("Proofs written before the answer", ["", *displayed.columns], written)
        yield tag("p", PROOFS, of="note")
    yield fold("Questions reported apart: cells of unseen premises, impure, mixed", _apart(panel))
    controls = list(_controls(panel.models))
    if controls:
        yield grid("Controls", ["", "share or d'", "questions"], controls)
        yield tag("p", CONTROLS, of="note")


def _proofs(rows: Iterable[Row], rungs: Sequence[str]) -> Iterator[list[str]]:
    """Of each row with proofs: how many hold, and how many of the right answers rest on one."""
    for row in rows:
        if row.proofs:
            found = [row.proofs.get(rung) for rung in rungs]
            valid = [_band(p.valid, "\n") if p else "–" for p in found]
            yield [f"{counted(row)}\nquestions with a valid proof", *valid]
            earned = [_band(p.earned, "\n") if p and p.earned else "–" for p in found]
            yield [f"{counted(row)}\nright answers with a valid proof", *earned]


def _apart(panel: Panel) -> str:
    names = list(dict.fromkeys(name for row in panel.models for name in row.apart))
    header = ["", *(counted(row) for row in panel.models)]
    body = [
        [name, *(score(row.apart[name]) if name in row.apart else "–" for row in panel.models)]
        for name in names
    ]
    return grid("Share of exact answers; out: a premise never used there, in: used", header, body)


def _controls(rows: Iterable[Row]) -> Iterator[list[str]]:
    """False conclusions, false NONEs and d' together: each alone is misleading."""
    for row in rows:
        yield [f"{counted(row)}: malformed answers", _band(row.malformed), "all"]
        for name, found in row.controls.items():
            for field in dataclasses.fields(found):
                band = getattr(found, field.name)
                if isinstance(band, Band):
                    message = field.name.replace("_", " ").replace("nones", "NONEs")
                    yield [
                        f"{counted(row)}: {name}, {message}",
                        _band(band),
                        _queries(found, field.name),
                    ]


def _queries(found: Controls | ExceptionScore, share: str) -> str:
    """How many questions a share of the controls is of."""
    if isinstance(found, ExceptionScore):
        return f"{found.twins if share.startswith('twin') else found.n:,}"
    parts = {"false_nones": [found.theorems], "discrimination": [found.theorems, found.n]}
    return " + ".join(f"{n:,}" for n in parts.get(share, [found.n]))


def _band(band: Band, between: str = " ") -> str:
    mean, low, high = band.at()
    return f"{mean:.2f}{between}[{low:.2f}, {high:.2f}]"


def _profiles(panels: Sequence[Panel]) -> Iterator[str]:
    found = [(panel, profile) for panel in panels for profile in profiles(panel, panels)]
    if not found:
        return
    yield tag("h2", "Profile")
    yield tag(
        "p",
        "Normalised: 0 is chance, 1 is perfect. Reuse is instance; systematicity the mean over "
        "constituent, schema and depth; deduction is axiom above the same questions when the "
        "stated rules were shuffled, for only that difference shows that they were read.",
    )
    lines = profile_lines(found)
    names = [f"{line[0]}\n{panel.name}" for (panel, _), line in zip(found, lines)]
    yield grid(
        "Profile of each model, with 95% intervals",
        ["", "reuse", "systematicity", "deduction"],
        [[name, *line[1:]] for name, line in zip(names, lines)],
    )
    for reason in reasons(found):
        yield tag("p", reason, of="note")


def _reading(panels: Sequence[Panel]) -> Iterator[str]:
    present = {rung for panel in panels for row in panel.rows for rung in row.rungs}
    yield tag("h2", "How to read the ladder")
    yield tag(
        "p",
        "Every rung allows one kind of novelty between what the corpus stated and the answer. In "
        "doubt a thing counts as shown: a rung may understate novelty, never overstate it. Scores "
        "are exact matches of what the model itself wrote, over the whole vocabulary.",
    )
    yield grid(
        "The rungs",
        ["rung", "what is new", "a score above chance says"],
        [row for row in LADDER if row[0] in present],
        text=(1, 2),
    )
    yield tag(
        "p",
        "Ceilings are symbolic: the reuser allows nothing new, the inductor any pattern that was "
        "exemplified, the deducer all that was given. Interpolators answer by likeness alone: "
        "where one of them scores above chance, a model's score there is no sign of a rule. "
        "Chance is the best guess from one or two parts of the prompt. In a chain, writing the "
        "proof turns many questions into recalls in sequence: the tracer shows which.",
    )
    yield tag("h3", "What this does not say")
    yield tag(
        "p",
        "These are small models on synthetic worlds. A plateau here is one at this corpus, "
        "architecture and budget; an interval over questions says nothing of other seeds, one "
        "over runs nothing of other worlds.",
    )


def _provenance(suite: Suite, receipt: Receipt) -> Iterator[str]:
    yield tag("h2", "Provenance")
    commit = receipt.commit[:12] or "none: installed from a package"
    facts: Mapping[str, Any] = {
        "Command": f"zebroid run {suite.command or suite.id}",
        "Suite digest": suite.digest,
        "Commit": commit + (", with uncommitted changes" if receipt.dirty else ""),
        "Versions": ", ".join(f"{k} {v}" for k, v in receipt.versions.items()),
        "Device": "; ".join(sorted({c.device for c in receipt.cells if c.device})) or "none",
        "Finished": receipt.times.finished,
    }
    yield "<dl>"
    for name, value in facts.items():
        yield f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"
    for name, digest in receipt.files.items():
        yield f'<dt><a href="{escape(name)}">{escape(name)}</a></dt><dd>SHA-256 {digest}</dd>'
    yield '<dt><a href="receipt.json">receipt.json</a></dt><dd>all of this page, as data</dd>'
    yield "</dl>"
    rows = [
        [
            c.digest[:16],
            f"{c.cell['world']}/{c.cell['size']}",
            c.cell["mode"],
            c.cell["model"],
            c.cell["plan"],
            "/".join(str(c.cell["seeds"][s]) for s in ("world", "exposure", "init", "order")),
            c.corpus[:12],
            c.failed or f"{receipt.times.seconds.get(c.digest, 0):.0f} s",
        ]
        for c in receipt.cells
    ]
    header = ["cell", "world", "mode", "model", "plan", "seeds w/e/i/o", "corpus", "trained in"]
    yield fold(f"All {len(rows)} cells", grid("Cells", header, rows))
