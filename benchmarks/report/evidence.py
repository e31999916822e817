"""What a report says of a panel beyond its table: verdicts with all their evidence, and reach."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from ...eval.scoring.score import Row
from ...eval.stats.labels import counted
from ..receipts.panel import Panel
from .html_elements import fold, grid, tag

REACH = (
    "A rung and height is reached if at least half of its questions are answered rightly, and more "
    "than chance explains; conclusions are the distinct ones of the whole corpus there, times the "
    "share answered. Reach has no end: where it grows at a fixed corpus, compute makes links that "
    "were never shown."
)


def verdicts(panel: Panel) -> Iterator[str]:
    """A verdict per model and rung, and behind one line what laws and hypotheses say."""
    names = {row.label: counted(row) for row in panel.models}
    message = [(names[label], v) for label, found in panel.verdicts.items() for v in found]
    yield grid(
        "Verdict on each rung: does it still rise at the end of this budget?",
        ["", "verdict", "level explained by", "evidence"],
        [[f"{label}: {v.rung}", str(v), v.ceiling, v.evidence] for label, v in message],
        text=(1, 2, 3),
    )
    weighed = [(label, v) for label, v in message if v.laws]
    if weighed:
        lines = "\n\n".join("\n".join([label, *v.lines()]) for label, v in weighed)
        yield fold("Laws, bends, and the two hypotheses beside the points", tag("pre", lines))


def reach(rows: Iterable[Row]) -> Iterator[str]:
    """How high, and how many, the unstated conclusions are that each row answers."""
    message = []
    for row in rows:
        if row.reach is None:
            continue
        high = _interval("{:.1f}", row.reach.height.at())
        many = _interval("{:,.0f}", [10.0**v - 1 for v in row.reach.conclusions.at()])
        grew = [str(c) if c else "–" for c in row.reach.growth(row.flops).values()]
        message.append([counted(row), high, grew[0], many, grew[1]])
    if message:
        header = ["", "greatest height", "its change", "conclusions", "change of their log10"]
        yield grid("Reach: unstated conclusions answered in at least half", header, message)
        yield tag("p", REACH, of="note")


def _interval(text: str, values: Sequence[float]) -> str:
    """Mean, low and high; a single run has no interval."""
    mean, *ends = map(text.format, values)
    return f"{mean}\n[{', '.join(ends)}]" if math.isfinite(values[-1]) else f"{mean}\none run"
