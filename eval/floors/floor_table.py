"""The floors of an instrument: what every strategy that applies no rule gets there.

An *instrument* is a rung and a cue, never pooled: kinship's "which relation" has a chance of .46,
its "who" of .01. All is counted, nothing trained.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from .association import Likeness, StatedNotDemonstrated
from .chance_pools import Commonest, Exclusion, Uniform
from .pivotal import Blinded
from .profile_copy import ProfileCopy
from .reading import Bools, Integers
from .spreading import Spreading
from .strategy import Floats, Scored, Strategy, half

LEAST = 30  # questions below which no score is given
REUSE = 0.9  # a floor above it: the instrument is reuse by likeness and measures no rule
FAMILIES = ("chance", "association", "blinded")  # what a floor is the best of


def strategies() -> tuple[Strategy, ...]:
    """All strategies but the blinded deducers, which are made from a world's rules."""
    chance = (Uniform(), Commonest(), Exclusion())
    return (*chance, StatedNotDemonstrated(), ProfileCopy(), Likeness(), Spreading())


@dataclasses.dataclass(frozen=True)
class Floor:
    """One strategy on one instrument."""

    strategy: str
    family: str
    blind: str
    setting: str  # the best on all questions; hits are of settings chosen on the other half
    at: Integers  # [n] which of the instrument's questions count: all, or pivotal ones if blinded
    hits: Floats  # [n] expected
    pivotal: float | None = None  # the share of these among those whose proof uses the ingredient

    @property
    def n(self) -> int:
        return len(self.hits)

    @property
    def score(self) -> float:
        """Expected accuracy; 0 where no question counts."""
        return float(self.hits.mean()) if len(self.hits) else 0.0


@dataclasses.dataclass(frozen=True)
class Instrument:
    """A rung and a cue with all that can be had there without the rule."""

    rung: str
    cue: str  # empty: of all cues
    n: int
    floors: tuple[Floor, ...]
    uniform: float = 0.0  # any value of the answer's sort

    def best(self, *families: str) -> Floor | None:
        """The best strategy of these families; None where none has enough questions.

        It is chosen on one half of the questions and scored on the other, and the reverse; named is
        the one that is best on all.
        """
        enough = min(LEAST, self.n)
        mine = [f for f in self.floors if f.family in families and f.n >= enough]
        if not mine:
            return None
        named = max(mine, key=lambda f: f.score)
        first = half(self.n)
        at, hits = [], []
        for chosen, scored in ((first, ~first), (~first, first)):
            best = max(mine, key=lambda f: f.hits[chosen[f.at]].mean() if chosen[f.at].any() else 0)
            at.append(best.at[scored[best.at]])
            hits.append(best.hits[scored[best.at]])
        places = np.concatenate(at)
        order = np.argsort(places)
        return dataclasses.replace(named, at=places[order], hits=np.concatenate(hits)[order])

    def scores(self, *families: str) -> float | None:
        """The score of the best of these families, where there is one."""
        best = self.best(*families)
        return best.score if best else None

    def of(self, strategy: str) -> Floor | None:
        """One strategy, where it was measured."""
        return next((f for f in self.floors if f.strategy == strategy), None)

    @functools.cached_property
    def floor(self) -> Floor:
        """The best of chance, association and blinded deducers."""
        found = [f for f in map(self.best, FAMILIES) if f]
        return max(found, key=lambda f: f.score)

    @property
    def reuse(self) -> bool:
        """Whether it measures reuse by likeness."""
        return self.floor.score > REUSE


def floor_of(scored: Scored, where: Bools, counted: Bools, share: float | None = None) -> Floor:
    """One strategy on the questions ``where``, of which those ``counted`` count."""
    hits, setting = scored.on(counted)
    at = np.flatnonzero(counted[where])
    return Floor(scored.name, scored.family, scored.blind, setting, at, hits, share)


def blinded_floors(found: Sequence[Blinded], where: Bools) -> list[Floor]:
    """The blinded deducers whose rule enough of the questions ``where`` use."""
    out = []
    for one in found:
        uses, counted = where & one.uses, where & one.pivotal
        if uses.sum() >= LEAST:
            out.append(floor_of(one.scored, where, counted, float(counted.sum() / uses.sum())))
    return out
