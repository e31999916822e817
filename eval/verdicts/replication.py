"""Does a published finding hold here? An ordinal criterion over paired differences, and its null.

A finding is some *claims*, each that one quantity is above another by more than a margin, and some
*nulls*, differences that must vanish where the effect has no cause. Both are paired over worlds.

- *reproduced*: every claim surely holds (Holm within the finding, Benjamini-Hochberg over the
  table), and every null surely vanishes.
- *not reproduced*: some claim surely does not hold: its difference is surely on the other side, or
  it was not found with power .8 for the published effect, which the interval excludes.
- *invalid*: some null surely does not vanish; whatever the claims say is then no evidence.
- *undecided* else, with the number of worlds that would decide.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from ..stats.intervals import LEVEL, WORLDS
from ..stats.paired import Difference, holm, of_gaps
from ..stats.power import ENOUGH, power, worlds_needed, worlds_to_bound

REPRODUCED, NOT, UNDECIDED, INVALID = "reproduced", "not reproduced", "undecided", "invalid"
SURE = 1 - LEVEL


@dataclasses.dataclass(frozen=True)
class Quantity:
    """One quantity in each of some worlds, and how many questions stand behind it."""

    values: Mapping[str, float]  # world -> value
    # world -> questions of which the value is a share; 0: it is no share of questions
    questions: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Claim:
    """That ``more`` is above ``less`` by over ``margin``: names of quantities, or numbers."""

    more: str | float
    less: str | float
    published: float  # the published difference, of which power is computed
    margin: float = 0.0  # below 0: "not below by more than that"


@dataclasses.dataclass(frozen=True)
class Null:
    """That ``more`` is not above ``less`` by over ``bound``."""

    more: str | float
    less: str | float
    bound: float


@dataclasses.dataclass(frozen=True)
class Effect(Difference):
    """A paired difference over W worlds, less the margin or the bound."""

    spread: float  # of one world: the standard error times sqrt(W)
    worlds: int


@dataclasses.dataclass(frozen=True)
class Judged:
    """A finding, as far as it can be judged by itself; ``over_table`` has the last word."""

    verdict: str
    why: str
    claims: tuple[Effect, ...]
    nulls: tuple[Effect, ...]
    corrected: tuple[float, ...]  # p of each claim, Holm
    power: tuple[float, ...]  # of each claim, for the published effect

    @property
    def p(self) -> float:
        """That of the finding: every claim has to hold."""
        pairs = zip(self.claims, self.corrected)
        return max((p if effect.mean > 0 else 1.0 for effect, p in pairs), default=1.0)


def effect(
    more: str | float, less: str | float, off: float, quantities: Mapping[str, Quantity]
) -> Effect:
    """``more`` minus ``less`` minus ``off``, over the worlds that both have.

    The error is at least that of drawing the questions, as everywhere (``stats.intervals``): equal
    values in all worlds are no proof. Raises KeyError for an unknown quantity, ValueError where
    fewer worlds are shared than are a unit.
    """
    sides = [quantities[q] if isinstance(q, str) else None for q in (more, less)]
    shared = [
        w for w in next(s for s in sides if s).values if all(w in s.values for s in sides if s)
    ]
    if len(shared) < WORLDS:
        raise ValueError(f"{len(shared)} worlds have both {more} and {less}; expected {WORLDS}")
    values = [
        np.array([s.values[w] for w in shared]) if s else np.full(len(shared), float(number))
        for s, number in zip(sides, (more, less))
    ]
    gaps = values[0] - values[1] - off
    n, drawn = len(gaps), sum(_drawn(s, shared) for s in sides if s)
    least = float(np.sqrt(drawn)) / n
    spread = float(max(gaps.std(ddof=1), least * np.sqrt(n)))
    return Effect(**vars(of_gaps(gaps, least)), spread=spread, worlds=n)


def _drawn(quantity: Quantity, worlds: Sequence[str]) -> float:
    """Sum over worlds of the variance that lies in drawing the questions (Agresti & Coull 1998)."""
    total = 0.0
    for world in worlds:
        n = quantity.questions.get(world, 0)
        if n:
            share = (quantity.values[world] * n + 2) / (n + 4)
            total += share * (1 - share) / (n + 4)
    return total


def judge_finding(
    claims: Sequence[Claim], nulls: Sequence[Null], quantities: Mapping[str, Quantity]
) -> Judged:
    """A finding by itself. Raises as ``effect`` does."""
    effects = [effect(c.more, c.less, c.margin, quantities) for c in claims]
    vanishing = [effect(n.more, n.less, n.bound, quantities) for n in nulls]
    corrected = holm([e.p for e in effects])
    level = SURE / max(len(claims), 1)
    powers = [
        power(max(c.published - c.margin, 0.0), e.spread, e.worlds, level)
        for c, e in zip(claims, effects)
    ]
    verdict, why = _decide(claims, effects, vanishing, corrected, powers)
    return Judged(verdict, why, (*effects,), (*vanishing,), (*corrected,), (*powers,))


def _decide(
    claims: Sequence[Claim],
    effects: Sequence[Effect],
    nulls: Sequence[Effect],
    corrected: Sequence[float],
    powers: Sequence[float],
) -> tuple[str, str]:
    for number, null in enumerate(nulls, 1):
        if null.low > 0:
            return INVALID, f"null {number} does not vanish: {null} above its bound"
    needed: list[int | None] = []
    for number, (claim, found, p, chance) in enumerate(zip(claims, effects, corrected, powers), 1):
        if p < SURE and found.mean < 0:
            return NOT, f"claim {number} is surely on the other side: {found}"
        if p < SURE:
            continue
        published = claim.published - claim.margin
        if chance >= ENOUGH and found.high < published:
            return NOT, f"claim {number} not found, with power {chance:.2f}: {found}"
        wanted = published if chance < ENOUGH else found.mean
        needed.append(worlds_needed(wanted, found.spread, SURE / len(claims)))
    for null in nulls:
        if null.high > 0:
            needed.append(worlds_to_bound(-null.mean, null.spread))
    if not needed:
        return REPRODUCED, "every claim holds, every null vanishes"
    known = [n for n in needed if n is not None]
    if len(known) < len(needed):
        return UNDECIDED, "no number of worlds would decide at this effect"
    return UNDECIDED, f"would need {max(known)} worlds"


def over_table(found: Mapping[str, Judged]) -> dict[str, tuple[str, str]]:
    """Name -> (verdict, why) with the false-discovery rate held at .05 over all findings of a
    table (Benjamini & Hochberg 1995): what no longer holds then is undecided."""
    corrected = stats.false_discovery_control([j.p for j in found.values()]) if found else []
    out = {}
    for (name, judged), p in zip(found.items(), corrected):
        out[name] = judged.verdict, judged.why
        if judged.verdict == REPRODUCED and p >= SURE:
            out[name] = UNDECIDED, f"p = {p:.3f} among {len(found)} findings of the table"
    return out
