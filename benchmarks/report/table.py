"""A panel as a table of text: instruments as columns; floors, ceilings and models as rows.

The same content goes to the terminal and into the report. Nothing is computed here but rounding.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...eval.floors.floor_table import LEAST
from ...eval.scoring.columns import LIKENESS, columns, mark
from ...eval.scoring.rung_score import GroupScore, RungScore
from ...eval.scoring.score import TRAINED, Row
from ...eval.stats.intervals import Band, wider_side
from ...eval.stats.labels import of_runs
from ...worlds.interventions.interventions_given import broken_in_words
from ..panels.panel import Panel

ABSENT = "–"
VALID = "valid proofs"
NORMALISED = "above the floor"
UNTRAINED = "untrained"
BELOW = "below"  # the floor, with the whole interval
FLOORS = {  # label of a row of the panel -> how it is printed, in this order; others follow
    "chance": "chance",
    "association": "association",
    "blinded deducers": "blinded deducers",
    "floor": "floor, the best of these",
    "spreading": "spreading, a test",
}
COMPETITOR = "mlp"  # whose rows are of a learner that is blind to nothing
LIFTED = ("constituent", "schema", "depth", "axiom")  # rungs with a lift and an agreement


@dataclasses.dataclass(frozen=True)
class Line:
    """One row: its label and its kind ("floor", "ceiling", "model", "normalised", "sampled",
    "proof", "missing run")."""

    label: str
    kind: str
    scores: tuple[str, ...]
    detail: tuple[str, ...]  # of each score: interval, floor, n; empty where there is none
    failed: str = ""  # "1 of 3 failed": the mean is of the others

    @property
    def name(self) -> str:
        """The label, and on a line of its own how many runs failed."""
        return f"{self.label}\n{self.failed}" if self.failed else self.label


@dataclasses.dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]  # recall and instruments that any row has
    questions: tuple[int, ...]  # n of each column
    strategies: tuple[str, ...]  # of each column the strategy that is its floor; recall has none
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def table(panel: Panel) -> Table:
    """The scores of a panel at the last checkpoint, raw (1 = all right), beside their floors."""
    names = columns(name for row in panel.rows for name in row.rungs)
    first = {n: next(row.rungs[n] for row in panel.rows if n in row.rungs) for n in names}
    strategies = ["" if s.rung == "recall" else s.floor.strategy for s in first.values()]
    lines = [*_floor_lines(panel.floors, names)]
    lines += [_line(row, row.label, "ceiling", names) for row in panel.ceilings]
    for row in panel.models:
        lines += _model(row, row.label, names)
        if row.label in panel.untraced:
            lines += _model(panel.untraced[row.label], f"{row.label} untraced", names)
    lines += [_proof_line(row, names) for row in panel.models if row.proofs]
    scored = {row.label for row in panel.models}
    for missing_run in panel.missing_runs:
        if missing_run.label not in scored:
            lost = of_runs(missing_run.cells, missing_run.runs)
            empty = (ABSENT,) * len(names), ("",) * len(names)
            lines.append(Line(missing_run.label, "missing run", *empty, lost))
    lines = [line for line in lines if line.kind == "missing run" or set(line.scores) != {ABSENT}]
    return Table(
        panel.name,
        tuple(names),
        tuple(first[n].n for n in names),
        tuple(strategies),
        tuple(lines),
        tuple(_notes(panel, first)),
    )


def spread(panels: Iterable[Panel]) -> str:
    """What "±" is, for the models of these panels."""
    bands = [s.accuracy for p in panels for row in p.models for s in row.rungs.values()]
    over = sorted({band.over for band in bands}) or ["questions"]
    one = {*over} <= {"patterns", "questions"}
    single = ", which says nothing about other seeds" if one else ""
    return f"± is the wider side of a 95% interval over {' and '.join(over)}{single}"


def score(found: GroupScore, marked: bool = True) -> str:
    """``.94±.03``, with a mark where the floor, likeness or suppression would explain it."""
    sign = mark(found) if marked and isinstance(found, RungScore) else ""
    return around(*found.accuracy.at()) + sign


def normalised(found: RungScore) -> str:
    """``.85±.04``: 0 at the floor, 1 where all is right; 0 where the interval includes the floor.

    Recall is raw, what likeness can reuse has none, and a model that has not learned its corpus is
    compared with nothing. What is surely below the floor is marked so: data have the number.
    """
    if found.rung == "recall" or not found.trained:
        return ABSENT
    if found.normalised is None:
        return LIKENESS
    n = found.normalised
    if n.value < 0:
        return BELOW
    return around(n.value, n.low, n.high) if n.value else "0"


def around(mean: float, low: float, high: float) -> str:
    """``.94±.03``."""
    return f"{short(mean)}±{short(wider_side(mean, low, high))}"


def short(value: float) -> str:
    """``.94``, ``-.20``, ``1.00``."""
    return re.sub(r"^(-?)0\.", r"\1.", f"{value:.2f}")


def labelled(row: Row, label: str) -> str:
    """The label of a model, with what sets it apart: it has not learned its corpus."""
    return f"{label} ({UNTRAINED})" if row.untrained else label


def _floor_lines(rows: Sequence[Row], names: Sequence[str]) -> Iterator[Line]:
    """A row for each kind of strategy that applies no rule, the best of them, and the tracer's."""
    order = [*FLOORS]
    for row in sorted(
        rows, key=lambda r: order.index(r.label) if r.label in FLOORS else len(order)
    ):
        found = [row.rungs.get(name) for name in names]
        scores = tuple(ABSENT if s is None else short(s.accuracy.at()[0]) for s in found)
        best = tuple(
            s.floor.strategy if s is not None and row.label == "floor" else "" for s in found
        )
        yield Line(FLOORS.get(row.label, row.label), "floor", scores, best)


def _model(row: Row, label: str, names: Sequence[str]) -> Iterator[Line]:
    """A row of raw scores, one of normalised ones, and where answers are sampled pass@k."""
    yield _line(row, labelled(row, label), "model", names)
    found = [row.rungs.get(name) for name in names]
    cells = tuple(ABSENT if s is None else normalised(s) for s in found)
    yield Line(f"  {NORMALISED}", "normalised", cells, ("",) * len(names))
    given = [row.passes.get(name) for name in names]
    for k in dict.fromkeys(k for p in given if p for k in (1, p.samples)):
        shares = tuple(ABSENT if p is None else around(*p.at[k].at()) for p in given)
        yield Line(f"  pass@{k}, sampled", "sampled", shares, ("",) * len(names))


def _line(row: Row, label: str, kind: str, names: Sequence[str]) -> Line:
    found = [row.rungs.get(name) for name in names]
    return Line(
        label,
        kind,
        tuple(ABSENT if s is None else score(s, marked=kind == "model") for s in found),
        tuple("" if s is None else _detail(s) for s in found),
        of_runs(row.failed, row.runs),
    )


def _proof_line(row: Row, names: Sequence[str]) -> Line:
    found = [row.proofs.get(name) for name in names]
    return Line(
        f"{row.label}: {VALID}",
        "proof",
        tuple(ABSENT if p is None else around(*p.valid.at()) for p in found),
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


def _notes(panel: Panel, first: Mapping[str, RungScore]) -> Iterator[str]:
    named = [f"{n}: {s.floor.strategy}" for n, s in first.items() if s.rung != "recall"]
    if named:
        yield f"floor of {'; '.join(named)}"
    likened = [n for n, s in first.items() if s.rung != "recall" and s.floor.reuse]
    if likened:
        yield f"{LIKENESS} {', '.join(likened)}: likeness alone gets more than .90 there"
    for row in panel.models:
        if row.untrained:
            recall = row.rungs["recall"].accuracy.at()[0]
            yield (
                f"{row.label}: {UNTRAINED}, its recall is {recall:.2f}, below {TRAINED}: it stands "
                "in no comparison"
            )
    for row in panel.models:
        if row.mode == "chain" and not row.proofs:
            yield f"{row.label}: answers alone are scored, for nothing is known of its proofs"
    if any(row.passes for row in panel.models):
        yield "pass@k: one of k sampled answers is right, out of all that were sampled"
    if any(is_competitor(row.label) for row in panel.models):
        yield "mlp: a competitor, trained as long as the others and blind to nothing; no floor"
    if not first and panel.models and panel.models[0].absent:
        why = "; ".join(f"{name}: {text}" for name, text in panel.models[0].absent.items())
        yield f"no column, for which {LEAST} questions are needed: {why}; ask more of each rung"
    left = left_out(panel)
    if left:
        yield f"in no headline: {left}"
    yield from (text.rstrip(".") for text in broken_in_words(panel.cell.exposure.interventions))
    for missing_run in panel.missing_runs:
        yield f"{missing_run.lost}: {missing_run.cause}"
    if any(row.proofs for row in panel.models):
        yield f"{VALID}: share of questions; each line was stated or follows, as does the answer"
        yield "in chain a right answer counts only with a valid proof"
    for label, rest in panel.untraced.items():
        queries = ", ".join(f"{s.n} {name}" for name, s in rest.rungs.items())
        if queries:
            yield f"{label} untraced: the questions that the tracer doesn't solve ({queries})"


def is_competitor(label: str) -> bool:
    """Whether a row is of the MLP on one-hot prompts."""
    return any(word.startswith(COMPETITOR) for word in label.split())


def left_out(panel: Panel) -> str:
    """How many questions of the corpora no headline counts, by why: ``several rungs 3,760``."""
    row = next(iter(panel.ceilings), None)
    counts = row.left_out if row else {}
    return ", ".join(f"{name} {n:,}" for name, n in counts.items() if n)
