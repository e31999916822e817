"""The standings of a suite as tables: ranked lists, verified and declared rows, their legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...eval.scoring.normalised import Normalised
from ...eval.stats.intervals import wider_side
from ...eval.stats.rank_intervals import Mean, Standing
from ..panels.panel import slug
from ..ranking.column import Column
from ..report.table import ABSENT, short
from .column_scores import MEANING, NO_SCORE, ColumnScore
from .entries import Entry
from .sheet import Item, Line, Sheet, of_texts
from .standings import ALL, Reference, Standings, score, unequal, why_unranked
from .world_tables import model_slug

RANKED = ("ranks", "group")  # behind the model, in ranked lists alone
COSTS = (
    *("trust", "budget", "kind", "parameters", "size class", "FLOPs", "FLOP class", "seconds"),
    *("device", "trials", "public − sealed", "entrant"),
)
# what a reference is, where its kind does not tell
WHAT = {
    "floor": "best without the rule",
    "tracer": "lookups along a demonstrated proof",
    "spreading": "a test of the world",
}
OURS, BASELINE = "◆", "▽"
LEGEND = (
    "A score is (exact answers − floor) / (1 − floor), ± the wider side of its 95% interval over "
    "worlds, paired with the floor: 0 is what the best strategy without the rule gets, 1 is all "
    "right. It is printed 0 where the interval includes 0; the CSV has all digits, unclipped.",
    "The score of a row is the mean over all ranked columns in each world, then over worlds; no "
    "mean is over fewer columns. " + "; ".join(f"{m}: {what}" for m, what in MEANING.items()) + ".",
    "Ranks: the interval of ranks that differences paired by world allow (95%, Holm's correction "
    "over all pairs of the list). Rows of one group are not surely apart from its first. "
    f"{OURS} the architecture comes with zebroid; {BASELINE} a baseline that reads the whole "
    "prompt at once and composes nothing.",
)


def sheets(found: Standings) -> Iterator[Sheet]:
    """All tables of a suite."""
    suite = found.suite
    for one in found.lists:
        title = f"Ranked: {one.name} budget"
        lines = [_line(found, e, ranked=True) for e in one.entries]
        notes = [one.flops]
        for mode, places in one.places.items():
            if mode != ALL and (len(places) > 1 or ALL not in one.places):
                order = ", ".join(f"{p.name} {ranks(p)}" for p in places.values())
                notes.append(f"Ranks by the columns of {mode} alone: {order}.")
        yield _sheet(found, title, RANKED, lines, notes)
    for title, mine in (
        ("Verified, not retrained: no ranks", found.verified),
        ("Declared: neither verified nor retrained", found.declared),
    ):
        if mine:
            lines = [_line(found, e, ranked=False) for e in mine]
            why = [f"{e.label}: {w}" for e in mine if (w := why_unranked(e))]
            notes = [_unranked_note(mine), *([f"Besides: {'; '.join(why)}."] if why else [])]
            yield _sheet(found, title, (), lines, notes)
    if not found.entries:
        yield Sheet(slug(suite.id), f"No entry yet: run {suite.id}", ("model",), ())


def single(found: Standings, entry: Entry) -> Sheet:
    """What one entry has in the columns of a suite, a row each."""
    header = ("column", "mode", "exact answers", "score", "counts in the mean")
    lines = []
    for one in entry.scores:
        accuracy = ABSENT if one.accuracy is None else f"{one.accuracy:.2f}"
        counts = _short(one.mean or 0.0) if one.column.ranked else "no: headroom"
        texts = (one.column.name, one.column.mode, accuracy, _column(one).text, counts)
        lines.append(of_texts(texts))
    place = found.place(entry)
    note = f"Score {number(found.score(entry))}" + (
        f", ranks {ranks(place)}." if place else ", not ranked."
    )
    return Sheet("standing", f"On the board of {found.suite.id}", header, tuple(lines), (note,))


def ranks(place: Standing) -> str:
    """``1–3``, or ``2``."""
    return str(place.first) if place.first == place.last else f"{place.first}–{place.last}"


def number(mean: Mean | Normalised | None) -> str:
    """``.43 ±.05``; without an interval where there are too few worlds for one."""
    if mean is None:
        return ABSENT
    if mean.low is None or mean.high is None:
        return f"{_short(mean.mean)}, no interval"
    return f"{_short(mean.mean)} ±{_short(wider_side(mean.mean, mean.low, mean.high))}"


def _short(value: float) -> str:
    text = short(value)
    return "0" if text in (".00", "-.00") else text


def _unranked_note(mine: Sequence[Entry]) -> str:
    note = "In the order of the score, which is no rank: nobody else has trained these again."
    return note + (f" {differ}." if (differ := unequal(mine)) else "")


def _sheet(
    found: Standings, title: str, extra: Sequence[str], lines: Sequence[Line], notes: Sequence[str]
) -> Sheet:
    columns = [_head(column) for column in found.suite.columns]
    header = ("model", *extra, "score", *found.modes, *columns, *COSTS)
    rows = [_reference(found, r, len(extra)) for r in found.references]
    return Sheet(
        id=slug(f"{found.suite.id}-{title}"),
        title=f"{found.suite.id}: {title}",
        header=header,
        lines=(*lines, *rows),
        notes=tuple(notes),
        strong=header.index("score"),
    )


def _head(column: Column) -> str:
    note = "" if column.ranked else " (headroom, not ranked)"
    return f"{column.name}, {column.mode}{note}"


def _line(found: Standings, entry: Entry, ranked: bool) -> Line:
    cost, place, total = entry.cost, found.place(entry), found.score(entry)
    sealed = found.sealed.get(entry.label)
    marks = OURS * entry.ours + BASELINE * entry.baseline
    page = f"entries/{model_slug(entry.model, entry.entered)}.html"
    note = "" if entry.complete() else ", incomplete"
    ranking: list[Item] = []
    if place:
        ranking = [Item(ranks(place), by=float(place.first))]
        ranking += [Item(str(place.group), by=float(place.group))]
    elif ranked:
        ranking = [Item(ABSENT, by=1e9)] * len(RANKED)
    items = [
        Item(f"{entry.label} {marks}".strip(), link=page),
        *ranking,
        Item(number(total) + note, by=total.mean),
        *(Item(number(score(entry, m)), by=score(entry, m).mean) for m in found.modes),
        *(_column(s) for s in entry.scores),
        Item(entry.entered.trust.kind + (", sealed" if sealed else "") + _status(entry)),
        Item(entry.budget),
        Item(entry.kind),
        Item(f"{cost.parameters:,}" if cost.parameters else ABSENT, by=float(cost.parameters)),
        Item(cost.parameter_class),
        Item(f"{cost.flops:.1e}" if cost.flops else ABSENT, by=cost.flops),
        Item(cost.flop_class),
        Item(f"{cost.seconds:,.0f}", by=cost.seconds),
        Item("; ".join(cost.devices) or ABSENT),
        Item(ABSENT if cost.trials is None else str(cost.trials), by=float(cost.trials or 0)),
        Item(number(sealed.gap) if sealed else ABSENT, by=sealed.gap.mean if sealed else -9.0),
        Item(entry.entered.entrant or ABSENT),
    ]
    return Line(tuple(items))


def _status(entry: Entry) -> str:
    return "" if entry.entered.current else f"; {entry.entered.status}"


def _column(found: ColumnScore) -> Item:
    one = found.normalised
    text = "0" if one is not None and one.value == 0 else number(one)
    if found.mark:
        text = found.mark if found.mark == NO_SCORE else f"{_short(found.value)} {found.mark}"
    return Item(text + (f"; {found.control}" if found.control else ""), by=found.value)


def _reference(found: Standings, one: Reference, extra: int) -> Line:
    # the tracer follows written proofs: it says nothing of answers at once
    scores = [s if one.label != "tracer" or s.column.mode == "chain" else None for s in one.scores]
    means = [s.mean if s else None for s, c in zip(scores, found.suite.columns) if c.ranked]
    known = [mean for mean in means if mean is not None]
    total = sum(known) / len(known) if known and len(known) == len(means) else None
    items = [Item(one.label), *[Item("")] * extra, _mean(total), *[Item("")] * len(found.modes)]
    items += [_mean(s.normalised.mean if s and s.normalised else None) for s in scores]
    what = Item(WHAT.get(one.label, one.kind))
    rest = [Item("")] * len(COSTS)
    rest[COSTS.index("kind")] = what
    return Line((*items, *rest), kind="reference")


def _mean(value: float | None) -> Item:
    return Item(ABSENT, by=-9.0) if value is None else Item(_short(value), by=value)
