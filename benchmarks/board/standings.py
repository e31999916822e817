"""standings(suite, receipts) -> who is ranked, who is only listed, and what stands beside them.

Ranked are entries that somebody else trained again (*retrained*), and models from outside that
were *sealed*: they answered questions of seeds that were drawn after their receipt was in. All
others are listed without ranks. A list holds one kind of model and one budget, and says whether
FLOPs differ in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from ...eval.stats.intervals import WORLDS
from ...eval.stats.rank_intervals import Mean, Standing, ranked
from ..config.suite import Suite
from ..ranking.column import Column
from .column_scores import ColumnScore, of_row
from .entered import Entered
from .entries import TRUST, Budget, Entry, entries
from .sealed import Sealed, sealed_entries

UNEQUAL = 1.05  # the ratio of FLOPs from which a list says that they differ
ALL = ""  # the scope of all modes
REFERENCES = {"floor": "rule-free", "ceiling": "ceiling"}


@dataclasses.dataclass(frozen=True)
class RankedList:
    """Entries of one kind and budget, ranked over all ranked columns and over those of a mode."""

    kind: str
    budget: Budget
    entries: tuple[Entry, ...]  # in the order of the first scope
    places: Mapping[str, Mapping[str, Standing]]  # scope: ALL, or a mode -> label -> its place

    @property
    def name(self) -> str:
        """``from scratch, fixed``."""
        return f"{self.kind}, {self.budget}"

    @property
    def flops(self) -> str:
        """What the FLOPs of its rows are: a list never mixes them silently."""
        found = [e.cost.flops for e in self.entries]
        if min(found) <= 0:
            return "Not every row declares its FLOPs: ranks may compare models of unequal compute."
        if differ := unequal(self.entries):
            return f"{differ}: ranks compare models of unequal compute."
        return f"All rows spent the same compute, {max(found):.1e} FLOPs an entry."


@dataclasses.dataclass(frozen=True)
class Reference:
    """A ceiling, or a strategy that applies no rule."""

    label: str
    kind: str  # of REFERENCES
    scores: tuple[ColumnScore, ...]


@dataclasses.dataclass(frozen=True)
class Standings:
    """The board of a suite."""

    suite: Suite
    lists: tuple[RankedList, ...]
    verified: tuple[Entry, ...]  # by score
    declared: tuple[Entry, ...]
    references: tuple[Reference, ...]
    sealed: Mapping[str, Sealed]  # label of an entry -> its sealed evaluation
    left_out: tuple[str, ...]  # what answered questions of the suite and is no entry, a line each

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All, the ranked first."""
        return (*(e for one in self.lists for e in one.entries), *self.verified, *self.declared)

    @property
    def modes(self) -> list[str]:
        """The modes of ranked columns, where there are several."""
        return _modes(self.suite.columns)

    def place(self, entry: Entry) -> Standing | None:
        """The place of an entry over all ranked columns; None: it has none."""
        found = (one.places.get(ALL, {}).get(entry.label) for one in self.lists)
        return next(filter(None, found), None)

    def score(self, entry: Entry) -> Mean:
        """By which an entry is ranked; of one without a rank its own."""
        place = self.place(entry)
        return place.score if place else score(entry)


def standings(suite: Suite, receipts: Sequence[Entered]) -> Standings:
    """The board of ``suite``. Receipts that have nothing to do with it are left out."""
    found, left = entries(suite, receipts)
    sealed, more = sealed_entries(suite, receipts, found)
    known = {one.entry.entered.digest for one in sealed.values()}
    left = [one for one in (*left, *more) if one.receipt not in known]
    lists: dict[tuple[str, Budget], list[Entry]] = {}
    rest: dict[str, list[Entry]] = {"verified": [], "declared": []}
    for entry in found:
        if ranks(entry, sealed.get(entry.label)):
            lists.setdefault((entry.kind, entry.budget), []).append(entry)
        else:
            kind = entry.entered.trust.kind
            rest["declared" if kind == "declared" else "verified"].append(entry)
    return Standings(
        suite=suite,
        lists=tuple(_ranked(*key, mine, sealed) for key, mine in sorted(lists.items())),
        verified=tuple(sorted(rest["verified"], key=_score, reverse=True)),
        declared=tuple(sorted(rest["declared"], key=_score, reverse=True)),
        references=tuple(_references(suite, found)),
        sealed=sealed,
        left_out=tuple(dict.fromkeys(one.line for one in left)),
    )


def ranks(entry: Entry, sealed: Sealed | None) -> bool:
    """Whether an entry stands in a ranked list: nothing is missing, nothing known against it, and
    somebody else has seen it give its answers."""
    seen = entry.entered.trust.kind == "retrained" or (sealed is not None and sealed.outside)
    return seen and not why_unranked(entry)


def why_unranked(entry: Entry) -> str:
    """What an entry lacks to be ranked, beside somebody else's training; empty: nothing."""
    if not any(map(entry.complete, scopes(entry))):
        return "trainings of the suite are missing"
    if not entry.entered.current:
        return entry.entered.status
    return "" if len(entry.worlds()) >= WORLDS else f"fewer than {WORLDS} worlds"


def scopes(entry: Entry) -> tuple[str, ...]:
    """ALL, and each mode where ranked columns have several."""
    return (ALL, *_modes(s.column for s in entry.scores))


def _modes(columns: Iterable[Column]) -> list[str]:
    found = [*dict.fromkeys(column.mode for column in columns if column.ranked)]
    return found if len(found) > 1 else []


def unequal(found: Iterable[Entry]) -> str:
    """That those entries whose FLOPs are declared differ in them; empty: they do not."""
    flops = [e.cost.flops for e in found if e.cost.flops > 0]
    if not flops or max(flops) <= UNEQUAL * min(flops):
        return ""
    return f"FLOPs differ, from {min(flops):.1e} to {max(flops):.1e} an entry"


def score(entry: Entry, mode: str = ALL) -> Mean:
    """The mean over all ranked columns (of a mode), with its interval over worlds."""
    return Mean.of(entry.worlds(mode))


def _score(entry: Entry) -> tuple[bool, float, str]:
    """The order of a list without ranks: a row that leaves trainings out stands last."""
    return entry.complete(), score(entry).mean, entry.label


def _ranked(
    kind: str, budget: Budget, mine: Sequence[Entry], sealed: Mapping[str, Sealed]
) -> RankedList:
    """A model from outside is ranked by its sealed answers, which nobody could prepare for; in each
    scope those stand that have all of its columns."""
    found = {}
    for mode in scopes(mine[0]):
        worlds = {}
        for entry in filter(lambda e: e.complete(mode), mine):
            one = sealed.get(entry.label)
            by = one.entry if one is not None and one.outside else entry
            # sealed worlds are drawn for each entry alone: paired by their order
            worlds[entry.label] = dict(enumerate(by.worlds(mode).values()))
        if worlds:
            found[mode] = {place.name: place for place in ranked(worlds)}
    order = dict.fromkeys(label for places in found.values() for label in places)
    labels = {entry.label: entry for entry in mine}
    return RankedList(kind, budget, tuple(labels[name] for name in order), found)


def _references(suite: Suite, found: Sequence[Entry]) -> list[Reference]:
    """Ceilings and strategies without the rule, read off a receipt that has every column, of the
    best trust class there is."""
    for entry in sorted(found, key=lambda e: TRUST.index(e.entered.trust.kind)):
        behind = [score.trained for score in entry.scores]
        panels = [t.panel for t in behind if t is not None and t.panel is not None]
        if len(panels) < len(suite.columns):
            continue
        seeds = entry.entered.seeds
        rows: dict[tuple[str, str], list[ColumnScore]] = {}
        for column, panel in zip(suite.columns, panels):
            for row in panel.rows:
                if row.kind in REFERENCES:
                    key = REFERENCES[row.kind], row.label
                    rows.setdefault(key, []).append(of_row(column, row, seeds))
        # the tracer reads proofs as written: it has no row where there are none to be written
        return [
            Reference(label, kind, tuple(scores))
            for (kind, label), scores in rows.items()
            if len(scores) == len(suite.columns)
        ]
    return []
