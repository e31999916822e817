"""The page of replicated findings, from the kept results of ``zebroid replicate``.

    <!-- replications table FOLDER -->   a row a finding: published, here, null, verdict, minutes
    <!-- replications figure FOLDER -->  every claim and null with its interval
    <!-- replications each FOLDER -->    a paragraph and a figure a finding

FOLDER is relative to the page's. A finding without a result there is *not run*, with its cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from ...eval.figures.score_figures import STYLE
from ...eval.verdicts.replication import Claim, Effect, Judged, Null, Quantity, over_table
from ..docs.writing import doc_blocks, page_files
from ..docs.writing.markdown_table import markdown_table
from .catalogue import built_in
from .finding import Finding
from .finding_figure import ABOUT, finding_figure, sides
from .finding_result import FindingResult, judged, results

KIND = "replications"
NOT_RUN = "not run"
END = 1.6  # of the axis of differences; what lies beyond stands as text
Verdicts = Mapping[str, tuple[str, str]]


def main(words: list[str] | None = None) -> int:
    """Fills the page that is given."""
    return doc_blocks.command(words, __doc__ or "", KIND, tables)


def tables(root: Path) -> dict[str, doc_blocks.Make]:
    """Those of a page in this folder."""
    return {
        "table": lambda folder: _table(root / folder),
        "figure": lambda folder: _figure(root, root / folder),
        "each": lambda folder: _each(root, root / folder),
    }


def _read(folder: Path) -> tuple[dict[str, FindingResult], dict[str, Judged], Verdicts]:
    """Results, what each says by itself, and the verdicts over the whole table."""
    known, kept = built_in(), results(folder)
    kept = {name: kept[name] for name in known if name in kept}
    found = {name: judged(known[name], result) for name, result in kept.items()}
    return kept, found, over_table(found)


def _table(folder: Path) -> Iterator[str]:
    kept, _, verdicts = _read(folder)
    rows = []
    for name, finding in built_in().items():
        seen = " (seen)" if finding.seen else ""
        if name not in kept:
            cost = f"about {finding.minutes:g}"
            rows.append([finding.title + seen, finding.published, "", "", NOT_RUN, cost])
            continue
        result, verdict = kept[name], verdicts[name][0]
        here = _sides(finding.claims, result.measured)
        nulls = _sides(finding.nulls, result.measured)
        minutes = f"{result.minutes:.1f}"
        rows.append(
            [finding.title + seen, finding.published, here, nulls, f"**{verdict}**", minutes]
        )
    count: dict[str, int] = {}
    for name in built_in():
        word = verdicts[name][0] if name in verdicts else NOT_RUN
        count[word] = count.get(word, 0) + 1
    yield f"{len(rows)} findings: " + ", ".join(f"{n} {word}" for word, n in count.items()) + "."
    yield ""
    header = ["finding", "published", "here", "null", "verdict", "minutes"]
    yield from markdown_table(header, rows, right=[5])


def _sides(pairs: Iterable[Claim | Null], quantities: Mapping[str, Quantity]) -> str:
    """Mean over worlds of every quantity that is compared, each once."""
    names = [name for name in sides(pairs) if isinstance(name, str)]
    return ", ".join(f"{name} {_mean(quantities[name]):.2f}" for name in names)


def _mean(quantity: Quantity) -> float:
    return sum(quantity.values.values()) / len(quantity.values)


def _each(root: Path, folder: Path) -> Iterator[str]:
    kept, found, verdicts = _read(folder)
    if kept:
        yield ABOUT
        yield ""
    for name, finding in built_in().items():
        yield f"### {name}"
        yield ""
        yield f"{finding.title}. Published: {finding.published} ({finding.source})."
        yield f"Falsified by {finding.falsified}."
        if finding.seen:
            yield f"*Seen* before the criterion was written: {finding.seen}."
        yield f"Criterion `{finding.criterion[:16]}`."
        yield from _outcome(finding, kept.get(name), found.get(name), verdicts.get(name))
        yield ""
        if name in kept:
            drawn = finding_figure(finding, kept[name])
            yield from page_files.figure(root, f"{KIND}-{name}", drawn, f"{name}, by world")


def _outcome(
    finding: Finding,
    result: FindingResult | None,
    found: Judged | None,
    verdict: tuple[str, str] | None,
) -> Iterator[str]:
    if result is None or found is None or verdict is None:
        yield f"**Not run**: about {finding.minutes:g} minutes on two cores."
        return
    worlds = found.claims[0].worlds
    yield f"**{verdict[0].capitalize()}**: {verdict[1]}. {worlds} worlds."
    yield ""
    for claim, effect, power in zip(finding.claims, found.claims, found.power):
        margin = f" by more than {claim.margin:g}" if claim.margin else ""
        yield (
            f"- {_name(claim.more)} above {_name(claim.less)}{margin}: {_beyond(effect)}; power "
            f"{power:.2f} for the published effect."
        )
    for null, effect in zip(finding.nulls, found.nulls):
        yield (
            f"- Null: {_name(null.more)} above {_name(null.less)} by at most {null.bound:g}: "
            f"{_beyond(effect)}."
        )


def _name(side: str | float) -> str:
    return f"*{side}*" if isinstance(side, str) else f"{side:g}"


def _beyond(effect: Effect) -> str:
    return f"{effect} beyond that"


def _figure(root: Path, folder: Path) -> Iterator[str]:
    kept, found, _ = _read(folder)
    if not kept:
        yield "Not measured yet."
        return
    rows = [(name, "claim", i, e) for name, j in found.items() for i, e in enumerate(j.claims, 1)]
    rows += [(name, "null", i, e) for name, j in found.items() for i, e in enumerate(j.nulls, 1)]
    rows.sort(key=lambda row: [*found].index(row[0]))
    yield from page_files.figure(root, KIND, _drawn(rows), "claims and nulls with their intervals")
    header = ["finding", "kind", "number", "mean", "low", "high", "worlds"]
    values = [[n, k, i, e.mean, e.low, e.high, e.worlds] for n, k, i, e in rows]
    yield from page_files.data(root, KIND, header, values)


def _drawn(rows: list[tuple[str, str, int, Effect]]) -> Figure:
    """Claims hold to the right of 0, nulls vanish to the left of it."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.2, 0.7 + 0.22 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for y, (_, kind, _, e) in enumerate(rows):
            face = "black" if kind == "claim" else "white"
            axes.plot([e.low, e.high], [y, y], color="black", linewidth=1)
            axes.plot(e.mean, y, "o", color="black", markerfacecolor=face, markersize=4)
            if abs(e.mean) > END:
                side = {"x": 0.98, "ha": "right"} if e.mean > 0 else {"x": 0.02, "ha": "left"}
                text = f"{e} →" if e.mean > 0 else f"← {e}"
                place = axes.get_yaxis_transform()
                axes.text(y=y, s=text, va="center", fontsize=7, transform=place, **side)
        axes.axvline(0, color="0.5", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [f"{n} {k} {i}" for n, k, i, _ in rows], fontsize=7)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-END, END)
        axes.set_xlabel("difference beyond margin (claims, filled) or bound (nulls, open)")
    return figure
