"""horn-v2: random stratified Horn theories over relations."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .horn_theory import SIGNATURES, Theory
from .names import GIVEN, full_names

UPPER = (
    "likes sees chases visits helps needs feeds calls trusts fears follows greets admires teaches "
    "knows hires pays warns blames thanks praises obeys guards envies mocks nurses scolds hugs "
    "tickles misses amuses annoys betrays blesses bores cheats cites courts cures detests doubts"
)
LOWER = "owes lends sells rents ships trades leases pawns swaps mails"


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
        sorts = {"entity": [*GIVEN.split(), *full_names(entities)][:entities]}
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


def words(known: str, number: int) -> list[str]:
    """As many verbs: the known ones, then made-up ones."""
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    made = ["".join(s) + "s" for s in itertools.product(syllables, repeat=2)]
    # a stride prime to their number: neighbours have unlike names
    mixed = (made[i * 1_009 % len(made)] for i in range(len(made)))
    taken = {*UPPER.split(), *LOWER.split()}
    return [*known.split(), *(word for word in mixed if word not in taken)][:number]
