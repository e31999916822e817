"""A panel as a table of text: rungs as columns; ceilings, interpolators and models as rows.

The same content goes to the terminal and into the report. Nothing is computed here but rounding.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from ...eval.scoring.profile import GAIN, NAMES, Profile, Share
from ...eval.scoring.score import HEADLINE, Row, RungScore
from ...eval.stats.intervals import Band
from ...eval.stats.labels import of_runs, with_failed
from ..receipts.panel import Panel

ABSENT = "–"
VALID = "valid proofs"
AT_CHANCE, SUPPRESSED = "°", "↓"
MARKS = f"{AT_CHANCE} interval includes chance; {SUPPRESSED} surely below uniform guessing"


@dataclasses.dataclass(frozen=True)
class Line:
    """One row: its label and its kind ("chance", "ceiling", "interpolator", "model", "proof",
    "missing run")."""

    label: str
    kind: str
    scores: tuple[str, ...]
    detail: tuple[str, ...]  # of each score: interval, chance, n; empty where there is none
    failed: str = ""  # "1 of 3 failed": the mean is of the others

    @property
    def name(self) -> str:
        """The label, and on a line of its own how many runs failed."""
        return f"{self.label}\n{self.failed}" if self.failed else self.label


@dataclasses.dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]  # rungs that any row has
    questions: tuple[int, ...]  # n of each column
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def table(panel: Panel) -> Table:
    """The scores of a panel at the last checkpoint, raw (1 = all right), beside chance."""
    rungs = [rung for rung in HEADLINE if any(rung in row.rungs for row in panel.rows)]
    first = {r: next(row.rungs[r] for row in panel.rows if r in row.rungs) for r in rungs}
    chance = tuple(_chance(first[r]) for r in rungs)
    lines = [Line("chance", "chance", chance, tuple(first[r].chance.method for r in rungs))]
    for kind, rows in (
        ("ceiling", panel.ceilings),
        ("interpolator", panel.interpolators),
        ("model", panel.models),
    ):
        for row in rows:
            lines.append(_line(row, row.label, kind, rungs))
            if row.label in panel.untraced and kind == "model":
                rest = panel.untraced[row.label]
                lines.append(_line(rest, f"{row.label} untraced", kind, rungs))
    lines += [_proof_line(row, rungs) for row in panel.models if row.proofs]
    scored = {line.label for line in lines}
    for missing_run in panel.missing_runs:
        if missing_run.label not in scored:
            lost = of_runs(missing_run.cells, missing_run.runs)
            empty = (ABSENT,) * len(rungs), ("",) * len(rungs)
            lines.append(Line(missing_run.label, "missing run", *empty, lost))
    lines = [line for line in lines if line.kind == "missing run" or set(line.scores) != {ABSENT}]
    return Table(
        panel.name,
        tuple(rungs),
        tuple(first[r].n for r in rungs),
        tuple(lines),
        tuple(_notes(panel)),
    )


def spread(panels: Iterable[Panel]) -> str:
    """What "±" is, for the models of these panels."""
    bands = [s.accuracy for p in panels for row in p.models for s in row.rungs.values()]
    over = sorted({band.over for band in bands}) or ["questions"]
    single = ", which says nothing about other seeds" if over == ["questions"] else ""
    return f"± is the wider side of a 95% interval over {' and '.join(over)}{single}"


def score(found: RungScore, marked: bool = True) -> str:
    """``.94±.03``, with a mark where chance, or suppression, would explain it."""
    mean, low, high = found.accuracy.at()
    mark = ""
    if not marked:
        pass
    elif found.surely_suppressed[-1]:
        mark = SUPPRESSED
    elif found.name != "recall" and low <= found.chance.value <= high:
        mark = AT_CHANCE
    return _spread(mean, low, high) + mark


def share(found: Share) -> str:
    """One number of a profile with its interval."""
    if found.absent:
        return ABSENT
    return _spread(found.value, found.low, found.high)


def _spread(mean: float, low: float, high: float) -> str:
    """``.94±.03``: the wider side of the interval stands for both."""
    half = f"{max(high - mean, mean - low):.2f}".removeprefix("0")
    return re.sub(r"^(-?)0\.", r"\1.", f"{mean:.2f}") + f"±{half}"


def profile_lines(found: Sequence[tuple[Panel, Profile]]) -> list[tuple[str, ...]]:
    """(label, reuse, systematicity, deduction) of each, as text.

    A label says how many runs failed of the row that the numbers are means of.
    """
    return [
        (with_failed(p.label, *_lost(panel, p)), *(share(getattr(p, name)) for name in NAMES))
        for panel, p in found
    ]


def _lost(panel: Panel, found: Profile) -> tuple[int, int]:
    """(failed, runs) of the row that a profile is of."""
    own = found.label.removesuffix(GAIN)
    row = next((row for row in panel.models if row.label == own), None)
    return (row.failed, row.runs) if row else (0, 0)


def reasons(found: Sequence[tuple[Panel, Profile]]) -> list[str]:
    """Why numbers of the profiles are absent, once for each panel."""
    message = [
        f"{panel.name}: no {name}: {getattr(profile, name).absent}"
        for panel, profile in found
        for name in NAMES
        if getattr(profile, name).absent
    ]
    return list(dict.fromkeys(message))


def _chance(found: RungScore) -> str:
    """Recall is printed raw: its chance is not subtracted, and not printed."""
    return ABSENT if found.name == "recall" else f"{found.chance.value:.2f}".removeprefix("0")


def _line(row: Row, label: str, kind: str, rungs: Sequence[str]) -> Line:
    found = [row.rungs.get(rung) for rung in rungs]
    return Line(
        label,
        kind,
        tuple(ABSENT if s is None else score(s, marked=kind == "model") for s in found),
        tuple("" if s is None else _detail(s) for s in found),
        of_runs(row.failed, row.runs),
    )


def _proof_line(row: Row, rungs: Sequence[str]) -> Line:
    found = [row.proofs.get(rung) for rung in rungs]
    return Line(
        f"{row.label}: {VALID}",
        "proof",
        tuple(ABSENT if p is None else _spread(*p.valid.at()) for p in found),
        tuple("" if p is None or p.earned is None else _earned(p.earned) for p in found),
        of_runs(row.failed, row.runs),
    )


def _earned(found: Band) -> str:
    mean, low, high = found.at()
    return f"of right answers {mean:.3f} [{low:.3f}, {high:.3f}]"


def _detail(found: RungScore) -> str:
    mean, low, high = found.accuracy.at()
    text = f"{mean:.3f} [{low:.3f}, {high:.3f}] on {found.n} questions"
    if found.bits is not None:
        text += f", {found.bits.at()[0]:.2f} bits"
    return text


def _notes(panel: Panel) -> Iterable[str]:
    for missing_run in panel.missing_runs:
        yield f"{missing_run.lost}: {missing_run.cause}"
    if any(row.proofs for row in panel.models):
        yield f"{VALID}: share of questions; each line was stated or follows, as does the answer"
    for label, rest in panel.untraced.items():
        queries = ", ".join(f"{s.n} {name}" for name, s in rest.rungs.items())
        if queries:
            yield f"{label} untraced: the questions that the tracer doesn't solve ({queries})"
