"""How each pattern is given: exemplified, stated, both or neither, in the shares of an exposure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from ...seeding import stream
from ..datalog.facts import Bools
from ..exposure import PRESENTATIONS, Exposure
from ..novelty.derivations import Pattern, Proofs
from ..novelty.rungs import read_off


def silent(presentation: Sequence[str]) -> Bools:
    """[P] patterns that are not to be exemplified."""
    return np.array([w in ("stated", "neither") for w in presentation], bool)


@dataclasses.dataclass(frozen=True)
class Draw:
    """The random streams of one exposure, by purpose."""

    world: str
    size: str
    seed: int

    def __call__(self, purpose: str) -> np.random.RandomState:
        return stream(self.world, self.size, purpose, self.seed)


def presentations_of(truth: Proofs, exposure: Exposure, draw: Draw) -> dict[Pattern, str]:
    """How each pattern is given. Patterns that share an axiom fact are given alike.

    In a world with rules as data the shares are over these, and the plain rules, which say how
    the data are used, are exemplified.
    """
    if len(exposure.given) == 1 and "exemplified" in exposure.given:
        return dict.fromkeys(truth.patterns, "exemplified")
    c = truth.closure
    plain = [p for p in truth.patterns if not p[1]]
    data = [p for p in truth.patterns if p[1]]
    fixed = read_off(truth, c.is_base & (truth.best >= 0)).exemplified
    exemplary = {p for p, e in zip(truth.patterns, fixed) if e}
    negated = c.program.negated
    strata: dict[object, list[list[Pattern]]] = {}
    out: dict[Pattern, str] = dict.fromkeys(plain, "exemplified") if data else {}
    for alike in _alike(data or plain):
        rules = tuple(sorted({rule for rule, _ in alike}))
        strata.setdefault(rules if alike[0][1] else "plain", []).append(alike)
    for groups in strata.values():
        left = _apportion(exposure.given, len(groups))
        order = draw("ways").permutation(len(groups))
        forced = [any(p in exemplary for p in groups[i]) for i in order]
        for i in order[np.argsort(~np.array(forced), kind="stable")]:
            refused = set[str]()
            if any(p in exemplary for p in groups[i]):
                refused |= {"stated", "neither"}
            heads = {c.program.rules[rule].head.predicate for rule, _ in groups[i]}
            if negated & (heads | {axiom[0] for _, bound in groups[i] for axiom in bound}):
                refused |= {"neither"}  # what stands under negation is given in full
            free = [w for w in left if w not in refused]
            presentation = free[0] if free else "both"
            if free:
                left.remove(presentation)
            out |= dict.fromkeys(groups[i], presentation)
    return out


def _apportion(shares: Mapping[str, float], total: int) -> list[str]:
    """``total`` presentations in these shares, by largest remainder."""
    presentations = [w for w in PRESENTATIONS if shares.get(w, 0) > 0]
    exact = np.array([shares[w] * total for w in presentations])
    counts = np.floor(exact + 1e-9).astype(int)
    for i in np.argsort(counts - exact, kind="stable")[: total - counts.sum()]:
        counts[i] += 1
    return [w for w, n in zip(presentations, counts) for _ in range(n)]


def _alike(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """Patterns grouped by shared axiom facts."""
    group_of: dict[tuple[str, ...], int] = {}
    groups: list[list[Pattern]] = []
    for pattern in patterns:
        found = sorted({group_of[a] for a in pattern[1] if a in group_of})
        home = found[0] if found else len(groups)
        if not found:
            groups.append([])
        groups[home].append(pattern)
        for other in found[1:]:
            groups[home] += groups[other]
            groups[other] = []
        for p in groups[home]:
            group_of |= dict.fromkeys(p[1], home)
    return [g for g in groups if g]
