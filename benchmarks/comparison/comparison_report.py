"""zebroid compare A B: the comparison on the terminal, as CSV and as JSON."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ... import canonical
from ...eval.stats.variance_components import AXES, REST, Component, Split
from ...printable import csv_rows
from ..receipts.untrusted import guarded
from ..report.plain_console import console as plain_console
from ..report.plain_console import plain
from .differences import InstrumentDifference, differences
from .pairing import pairing
from .plain_lines import plain_lines
from .sides import side

FIGURES = ("a", "b", "difference", "low", "high", "p", "p_holm")
COUNTS = ("corpora", "runs", "questions")
TOGETHER = "with"  # another axis, in whose column the component stands


def run(a: str, b: str, form: str) -> None:
    """Prints A minus B as a table, as CSV or as JSON. UserError where they share nothing."""
    one, other = side("A", a), side("B", b)
    with guarded("what A and B answered"):
        found = pairing(one, other)
        scores, few = differences(found)
        lines = [*plain_lines(one, other, found, scores), *few]
    if form == "csv":
        print(as_csv(scores), end="")
    elif form == "json":
        content = {"notes": lines, "differences": [record(score) for score in scores]}
        print(canonical.text(content, indent=1))
    else:
        show(plain_console(), lines, scores)


def show(console: Console, lines: Sequence[str], scores: Sequence[InstrumentDifference]) -> None:
    """What differs, then a table of differences, then one of their variance."""
    for line in lines:
        console.print(line, soft_wrap=True)
    if not scores:
        console.print("no instrument has enough questions in common", soft_wrap=True)
        return
    table = _table("A", "B", "A - B, 95%", "over", "p (Holm)")
    variance = _table(*(f"{axis}" for axis in (*AXES, REST)))
    place = ""
    for score in scores:
        title = f"{score.place} {score.row}".rstrip()
        for displayed in (table, variance) if title != place else ():
            displayed.add_row(plain(title, "bold"))
        place = title
        name = plain(f"  {score.instrument}")
        table.add_row(name, *_figures(score))
        variance.add_row(name, *_shares(score.splits["difference"]))
    console.print(table)
    console.print(_legend(scores), soft_wrap=True)
    if any({*c.axes} & {*AXES} for s in scores for c in s.splits["difference"].components):
        console.print("variance of A - B over the seeds (standard deviation, share of all of it):")
        console.print(variance)
    for line in _variance_notes(scores):
        console.print(line, soft_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _figures(score: InstrumentDifference) -> list[str]:
    found = score.pairs.difference
    p = "<.001" if score.p < 0.001 else f"{score.p:.3f}"[1:] if score.p < 1 else "1"
    over = {"worlds": score.corpora, "runs": score.runs, "questions": score.pairs.questions}
    unit = score.pairs.over
    mark = "*" if score.sure else " "
    return [f"{score.a:.2f}", f"{score.b:.2f}", f"{found}{mark}", f"{over[unit]} {unit}", p]


def _legend(scores: Sequence[InstrumentDifference]) -> str:
    sure = sum(score.sure for score in scores)
    return (
        f"{sure} of {len(scores)} differences are surely not 0 (*): 95% with Holm's correction for "
        f"all {len(scores)}; intervals are paired and uncorrected\n"
    )


def _by_axis(split: Split, figure: Callable[[Component], str]) -> list[str]:
    """A cell for each axis and the rest."""
    out = []
    for axis in (*AXES, REST):
        component = next((c for c in split.components if axis in c.axes), None)
        if component is None:
            out.append("" if axis == REST else "not identified")
        elif component.axes[0] != axis:
            out.append(f"{TOGETHER} {component.axes[0]}")
        else:
            out.append(figure(component))
    return out


def _shares(split: Split) -> list[str]:
    def figure(found: Component) -> str:
        sd = found.variance**0.5
        return f"{sd:.3f} {split.share(found):4.0%}{'-' if found.negative else ''}"

    return _by_axis(split, figure)


def _variance_notes(scores: Sequence[InstrumentDifference]) -> list[str]:
    splits = [score.splits["difference"] for score in scores]
    lines = []
    reasons: dict[str, list[str]] = {}
    for axis, why in dict(pair for s in splits for pair in s.unidentified.items()).items():
        reasons.setdefault(why, []).append(axis)
    lines += [f"not identified, {why}: {', '.join(axes)}" for why, axes in reasons.items()]
    together = dict.fromkeys(c.name for s in splits for c in s.components if len(c.axes) > 1)
    lines += [f"not separable, for they vary together: {names}" for names in together]
    if any(c.negative for s in splits for c in s.components):
        lines.append("-: the estimate is below 0, and counts as 0")
    return lines


def as_csv(scores: Sequence[InstrumentDifference]) -> str:
    """A row a difference; the variance of A - B that comes with each axis."""
    out = io.StringIO()
    names = ("place", "row", "instrument", *FIGURES, "over", *COUNTS)
    rows = []
    for score in scores:
        content = canonical.plain(record(score))
        variances = _by_axis(score.splits["difference"], lambda found: f"{found.variance:.9g}")
        rows.append([*(content[n] for n in names), *variances])
    csv_rows([*names, *(f"variance_{axis}" for axis in (*AXES, REST))], rows, out)
    return out.getvalue()


def record(score: InstrumentDifference) -> dict[str, Any]:
    """JSON-ready content of one difference."""
    found = score.pairs.difference
    return {
        "place": score.place,
        "row": score.row,
        "instrument": score.instrument,
        "a": score.a,
        "b": score.b,
        "difference": found.mean,
        "low": found.low,
        "high": found.high,
        "over": score.pairs.over,
        "corpora": score.corpora,
        "runs": score.runs,
        "questions": score.pairs.questions,
        "p": found.p,
        "p_holm": score.p,
        "variance": {
            of: {
                "components": [
                    dataclasses.asdict(c) | {"variance": c.variance, "share": split.share(c)}
                    for c in split.components
                ],
                "unidentified": dict(split.unidentified),
            }
            for of, split in score.splits.items()
        },
    }
