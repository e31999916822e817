"""horn-v2: random stratified Horn theories over relations."""

from __future__ import annotations

import dataclasses
import itertools
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .kinship import PEOPLE
from .kinship import names as people

Tails = NDArray[np.int64]  # [entities] whom each bears the relation to, -1: nobody
UPPER = (
    "likes sees chases visits helps needs feeds calls trusts fears follows greets admires teaches "
    "knows hires pays warns blames thanks praises obeys guards envies mocks nurses scolds hugs "
    "tickles misses amuses annoys betrays blesses bores cheats cites courts cures detests doubts"
)
LOWER = "owes lends sells rents ships trades leases pawns swaps mails"


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


class Horn(World):
    """A random theory, rules as data: whoever likes one who sees another fears that other.

    Six fixed rules read what the theory says, `chain(likes,sees,fears)`; which relations stand in
    it is drawn, and so are the number of rules, the length of their bodies, how many recur
    (`chain(sees,fears,fears)`, along an acyclic relation), how many ask for a condition or for its
    absence, and how many relations are distractors, which no rule uses. Conditions are about the
    relations of a lower stratum, themselves derived in part. As in RuDaS (arXiv 1909.07095) one
    relation may be stated of some heads and derived of others. It is stated only where its rule
    does not apply: a question has one answer, and proofs end earlier or later, which gives depth.
    No rule copies a relation: what a conclusion says of its two people no other fact says of them
    in the same direction, so that nothing is to be had from relations that are alike.

    constituent: a fact stated and never used. schema: a rule on the result of another on which it
    was never seen. depth: proofs higher than demonstrated. axiom: a rule stated, never exemplified.
    """

    id = "horn-v2"
    generalises = "RuDaS (arXiv 1909.07095)"
    rules = """
      % the lower stratum, of which conditions are
      link(X,N,Z) :- lower(B,C,N), link(X,B,Y), link(Y,C,Z).
      % bodies of one, two and three atoms; recursive where H is among them
      holds(Y,H,X) :- inverse(B,H), holds(X,B,Y).
      holds(X,H,Z) :- chain(B,C,H), holds(X,B,Y), holds(Y,C,Z).
      holds(X,H,W) :- triple(B,C,D,H), holds(X,B,Y), holds(Y,C,Z), holds(Z,D,W).
      % a condition of the one between, and a negative one
      holds(X,H,Z) :- only(B,C,N,H), holds(X,B,Y), link(Y,N,_), holds(Y,C,Z).
      holds(X,H,Z) :- unless(B,C,N,H), holds(X,B,Y), not link(Y,N,_), holds(Y,C,Z).
    """
    axioms = frozenset(SIGNATURES)
    rungs = ("recall", "instance", "constituent", "schema", "depth", "axiom", "mixed")
    instruments = tuple(
        (rung, "holds") for rung in ("instance", "constituent", "schema", "depth", "axiom")
    )
    beyond_association = instruments
    entities = ("entity",)
    sizes = MappingProxyType(
        {
            "tiny": {"entities": 40, "relations": 8, "rules": 30},
            "small": {"entities": 120, "relations": 14, "rules": 180},
            "base": {"entities": 230, "relations": 20, "rules": 340},
            "large": {"entities": 300, "relations": 60, "rules": 1_500},
            "long": {"entities": 100, "relations": 14, "rules": 140, "lengths": (0.0, 0.3, 0.7)},
            "recursive": {"entities": 100, "relations": 14, "rules": 140, "recursion": 0.5},
            "conditional": {"entities": 100, "relations": 14, "rules": 140, "conditions": 0.6},
            "distracting": {"entities": 100, "relations": 42, "rules": 140, "distractors": 0.67},
        }
    )
    phrases = MappingProxyType(
        {
            "holds": "{0} {1} {2}.",
            "link": "{0} {1} to {2}.",
            "inverse": "Whoever {0} another is one whom that other {1}.",
            "chain": "Whoever {0} one who {1} another {2} that other.",
            "triple": "Whoever {0} one who {1} one who {2} another {3} that other.",
            "only": "Whoever {0} one who {2} to somebody and {1} another {3} that other.",
            "unless": "Whoever {0} one who {2} to nobody and {1} another {3} that other.",
            "lower": "Whoever {0} to one who {1} to another {2} to that other.",
        }
    )
    exposure = Exposure(
        held=0.05,
        held_frames=0.2,
        demonstrated=0.7,
        demonstrated_height=2,
        given={"exemplified": 0.25, "stated": 0.2, "both": 0.55},
        nontheorems=0.05,
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        entities: int,
        relations: int,
        rules: int,
        lengths: tuple[float, float, float] = (0.15, 0.55, 0.3),
        recursion: float = 0.2,
        conditions: float = 0.25,
        distractors: float = 0.15,
        acyclic: int = 3,
        lower: int = 6,
        reused: float = 0.25,
        derived: int = 1,
        known: float = 0.8,
        stated_share: float = 0.9,
    ) -> Facts:
        """``rules`` are drawn over ``relations`` base ones, of which a share are ``distractors``.

        Shares: ``lengths`` of bodies with one, two and three atoms, among rules that neither recur
        nor have ``conditions``, half of which are negative; ``reused``: rules whose head stands in
        bodies; ``known``: entities of whom a base relation is stated; ``stated_share``: those of
        whom a derived one is, where its rule does not apply. Numbers: ``acyclic`` relations to
        recur along, ``lower`` ones for conditions, half of them derived.
        """
        base = relations - round(distractors * relations)
        plain = (1 - recursion - conditions) * np.array(lengths) / sum(lengths)
        shares = np.cumsum([conditions, *plain])  # the rest recurs
        bodies = base + round(reused * rules)
        theory = Theory(rng, entities, base, bodies, derived, stated_share)
        for i in range(base):
            theory.add(None, known) if i >= acyclic else theory.add_acyclic()
        theory.conditions(lower)
        kinds = np.searchsorted(shares, (np.arange(rules) + 0.5) / rules)
        for kind in rng.permutation(kinds).tolist():
            theory.derive(kind) if kind < 4 else theory.recursive()
        for _ in range(relations - base):
            theory.add(None, known)
        sorts = {"entity": [*PEOPLE.split(), *people(entities)][:entities]}
        sorts |= {"upper": words(UPPER, rules + relations), "lower": words(LOWER, lower)}
        signatures = {**SIGNATURES, "holds": "entity upper entity", "link": "entity lower entity"}
        # no id tells what is stated or derived, what stands below what, or what no rule uses
        dealt = {sort: rng.permutation(len(sorts[sort])) for sort in ("upper", "lower")}
        rows = {}
        for predicate, table in {**theory.rules, **theory.facts}.items():
            columns = signatures[predicate].split()
            drawn = np.array(table, np.int64).reshape(-1, len(columns))
            for i, sort in enumerate(columns):
                drawn[:, i] = dealt[sort][drawn[:, i]] if sort in dealt else drawn[:, i]
            rows[predicate] = (signatures[predicate], drawn)
        return Facts.of(sorts, **rows)


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


def words(known: str, number: int) -> list[str]:
    """As many verbs: the known ones, then made-up ones."""
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    made = ["".join(s) + "s" for s in itertools.product(syllables, repeat=2)]
    # a stride prime to their number: neighbours have unlike names
    mixed = (made[i * 1_009 % len(made)] for i in range(len(made)))
    taken = {*UPPER.split(), *LOWER.split()}
    return [*known.split(), *(word for word in mixed if word not in taken)][:number]
