"""Random stratified Horn theories over relations, drawn rule by rule, for horn-v2."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Tails = NDArray[np.int64]  # [entities] whom each bears the relation to, -1: nobody
SIGNATURES = MappingProxyType(  # of the rules as data
    {
        "lower": "lower lower lower",
        "inverse": "upper upper",
        "chain": "upper upper upper",
        "triple": "upper upper upper upper",
        "only": "upper upper lower upper",
        "unless": "upper upper lower upper",
    }
)


@dataclasses.dataclass
class Theory:
    """Rules as they are drawn, and what each relation then amounts to: at most one tail a head.

    Where no rule applies a relation is stated, of a share of the heads; the stated tails differ,
    so that most relations are injective. Relations are numbered, in each stratum, as drawn.
    """

    rng: np.random.RandomState
    entities: int
    base: int  # upper relations that no rule derives
    bodies: int  # of the upper relations, the first, that stand in bodies
    derived: int  # the most relations of rules in one body
    stated_share: float
    upper: list[Tails] = dataclasses.field(default_factory=list)
    # the stated part of the upper ones
    stated_tails: list[Tails] = dataclasses.field(default_factory=list)
    lower: list[Tails] = dataclasses.field(default_factory=list)
    chains: list[Tails] = dataclasses.field(default_factory=list)  # of the acyclic ones: heads
    facts: dict[str, list[tuple[int, int, int]]] = dataclasses.field(
        default_factory=lambda: {"holds": [], "link": []}
    )
    rules: dict[str, list[tuple[int, ...]]] = dataclasses.field(
        default_factory=lambda: {rule: [] for rule in SIGNATURES}
    )

    def add(self, found: Tails | None, share: float, stratum: str = "holds") -> None:
        """One relation more: what was ``found`` by its rule, and a stated share of the rest."""
        tails = np.full(self.entities, -1) if found is None else found.copy()
        missing = self.rng.permutation(np.flatnonzero(tails < 0))
        heads = np.sort(missing[: round(share * len(missing))])
        free = np.setdiff1d(np.arange(self.entities), tails)
        tails[heads] = self.rng.permutation(free)[: len(heads)]
        self._tell(tails, heads, stratum)

    def add_acyclic(self, length: int = 8) -> None:
        """A stated relation that leads nowhere back: chains of about this length."""
        order = self.rng.permutation(self.entities)
        linked = self.rng.randint(length, size=self.entities - 1) > 0
        tails = np.full(self.entities, -1)
        tails[order[:-1][linked]] = order[1:][linked]
        self.chains.append(order)
        self._tell(tails, np.flatnonzero(tails >= 0))

    def _tell(self, tails: Tails, heads: Tails, stratum: str = "holds") -> None:
        """One relation more, stated of these heads."""
        relations = self.upper if stratum == "holds" else self.lower
        self.facts[stratum] += [(int(x), len(relations), int(tails[x])) for x in heads]
        relations.append(tails)
        if stratum == "holds":
            self.stated_tails.append(np.where(np.isin(np.arange(self.entities), heads), tails, -1))

    def conditions(self, number: int) -> None:
        """The lower stratum: half of it only stated, half derived too; each of half the heads."""
        for i in range(number):
            if i < number // 2:
                self.add(None, 0.5, "link")
            else:
                first, second = self.rng.randint(i, size=2).tolist()
                self.rules["lower"].append((first, second, i))
                self.add(_then(self.lower[first], self.lower[second]), 0.3, "link")

    def derive(self, length: int) -> None:
        """A rule with a body of ``length`` atoms; of none: with a condition.

        Redrawn until some of its instances rest on stated facts alone, so that it can be seen even
        where no other rule can; what stands in further bodies is stated of some heads, too.
        """
        reused = len(self.upper) < self.bodies
        while True:
            rule, body = self._rule(length)
            plain, found = (
                self._follow(rule, body, self.stated_tails),
                self._follow(rule, body, self.upper),
            )
            rare = not reused or (found >= 0).mean() < 0.85
            if self._copies(rule, body) or not rare:
                continue
            if min((plain >= 0).mean(), (found >= 0).mean()) > 0.08:
                break
        self.rules[rule].append((*body, len(self.upper)))
        self.add(found, share=self.stated_share if reused else 0.0)

    def _copies(self, rule: str, body: list[int]) -> bool:
        """Whether some relation would say the same: of the same body, or of which it is inverse."""
        known = {tuple(b) for *b, _ in self.rules[rule]}
        inverses = {head for _, head in self.rules["inverse"]}
        return tuple(body) in known or (rule == "inverse" and body[0] in inverses)

    def _rule(self, length: int) -> tuple[str, list[int]]:
        """A rule and its body, in which up to ``derived`` relations are themselves derived."""
        body = self.rng.randint(self.base, size=length or 2)
        known = min(self.bodies, len(self.upper))
        for place in self.rng.permutation(len(body))[: self.derived]:
            if known > self.base and self.rng.randint(4):
                body[place] = self.rng.randint(self.base, known)
        if not length:
            rule = "only" if len(self.rules["only"]) < len(self.rules["unless"]) else "unless"
            return rule, [*body.tolist(), int(self.rng.randint(len(self.lower)))]
        return ("inverse", "chain", "triple")[length - 1], body.tolist()

    def _follow(self, rule: str, body: list[int], upper: list[Tails]) -> Tails:
        """Where the rule leads from each head, by what ``upper`` says of its relations; nowhere
        where one head would have several tails."""
        tails = upper[body[0]]
        if rule == "inverse":
            back, heads = np.full(self.entities, -1), np.flatnonzero(tails >= 0)
            if len(np.unique(tails[heads])) == len(heads):
                back[tails[heads]] = heads
            return back
        if rule in ("only", "unless"):
            *body, condition = body
            meets = (self.lower[condition] >= 0) == (rule == "only")
            tails = np.where((tails >= 0) & meets[tails], tails, -1)
        for relation in body[1:]:
            tails = _then(tails, upper[relation])
        return tails

    def recursive(self) -> None:
        """What holds of the tail of an acyclic relation holds of its head, or leads on from it."""
        along, relation = int(self.rng.randint(len(self.chains))), len(self.upper)
        after = int(self.rng.randint(self.base)) if self.rng.randint(3) else None
        if after is None:
            self.rules["chain"].append((along, relation, relation))
        else:
            self.rules["triple"].append((along, relation, after, relation))
        tails, drawn = np.full(self.entities, -1), self.rng.permutation(self.entities)
        heads = []
        for x in self.chains[along][::-1]:
            below = self.upper[along][x]
            tails[x] = tails[below] if below >= 0 else -1
            if after is not None and tails[x] >= 0:
                tails[x] = self.upper[after][tails[x]]
            if tails[x] < 0 and self.rng.random_sample() < self.stated_share:
                tails[x] = drawn[x]
                heads.append(x)
        self._tell(tails, np.sort(np.array(heads, np.int64)))


def _then(first: Tails, second: Tails) -> Tails:
    """The tails of the tails."""
    return np.where(first >= 0, second[first], -1)
