"""algebra-v1: operation tables that follow from a few rows, definitions and laws."""

from __future__ import annotations

import dataclasses
import math
from string import ascii_lowercase
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed

Table = NDArray[np.int64]  # [n, n]: the product of row and column
Bools = NDArray[np.bool_]
LAWS = ("associative", "distributive", "commutative", "involutory")
MIX = (0, 1, 0, 1, 2, 0, 1, 3)  # laws of the algebras, over and over


@dataclasses.dataclass(frozen=True)
class Algebra:
    """One table, and the part of it that is stated."""

    law: str
    table: Table
    stated: Bools  # [n, n]
    definitions: dict[int, tuple[int, int]]  # b -> (p, s), of which it is the product


class Algebras(World):
    """Operation tables: groups, semigroups, quandles and magmas, each stated in part.

    Of an algebra of which a law is given, only what doesn't follow is stated. Associativity,
    (ps)x = p(sx), gives the row of an element that is defined as a product from the rows of its
    factors; so does left self-distributivity in a quandle, (ps)(px) = p(sx) (Joyce 1982, "A
    classifying invariant of knots, the knot quandle"). Commutativity gives half of a table, and
    x(xy) = y half of each row. Some cells are left open, so that theorems of every height stand in
    each row; what is open and doesn't follow is never queried.

    Which law an algebra obeys is a rule as data, law(G,L): exemplified by theorems of this algebra,
    stated as a sentence, both, or neither. To complete the partly stated table of a single group,
    with no law stated, is the task of Power et al. 2022 (arXiv 2201.02177).

    Rungs: `instance`, a cell like those demonstrated; `constituent`, by way of a cell or a
    definition that no theorem used; `depth`, definitions upon definitions; `axiom`, the law of an
    algebra of which no theorem was demonstrated.
    """

    id = "algebra-v1"
    generalises = "Completing a group's table (Power et al. 2022, arXiv 2201.02177)"
    rules = """
      % (P S) X = P (S X), where B is defined as P S
      op(G,B,X,Z) :- law(G,associative), built(G,P,S,B), op(G,S,X,Y), op(G,P,Y,Z).
      % (P S) (P X) = P (S X)
      op(G,B,Y,Z) :- law(G,distributive), built(G,P,S,B), op(G,P,X,Y), op(G,S,X,W), op(G,P,W,Z).
      % X Y = Y X
      op(G,Y,X,Z) :- law(G,commutative), op(G,X,Y,Z).
      % X (X Y) = Y
      op(G,X,Z,Y) :- law(G,involutory), op(G,X,Y,Z).
    """
    axioms = frozenset({"law"})
    queries = MappingProxyType({"built": (3, 1, 2)})
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    entities = ("law",)  # no prompt holds one: elements meet in every algebra, which is no shortcut
    sizes = MappingProxyType(
        {
            "tiny": {"algebras": 16, "order": 9},
            "small": {"algebras": 64, "order": 19},
            "base": {"algebras": 120, "order": 21},
            "large": {"algebras": 300, "order": 23},
        }
    )
    phrases = MappingProxyType(
        {
            "op": "In {0}, {1} times {2} is {3}.",
            "built": "In {0}, {3} is defined as {1} times {2}.",
            "law": "The product of {0} is {1}.",
        }
    )
    exposure = Exposure(
        held=0.02,
        demonstrated=0.5,
        demonstrated_height=2,
        given={"exemplified": 0.3, "stated": 0.2, "both": 0.45, "neither": 0.05},
    )

    def sample(
        self, rng: np.random.RandomState, *, algebras: int, order: int, stated: float = 0.8
    ) -> Facts:
        """A cell that doesn't follow from those before it is ``stated`` with this probability."""
        drawn = tables(rng, algebras, order, stated)
        built, cells, laws = [], [], []
        for g, a in enumerate(drawn):
            built += [(g, p, s, b) for b, (p, s) in a.definitions.items()]
            cells += [(g, p, x, a.table[p, x]) for p, x in np.argwhere(a.stated)]
            laws.append((g, LAWS.index(a.law)))
        return Facts.of(
            {
                "algebra": [name.capitalize() for name in coined(algebras)],
                "element": listed(" ".join(ascii_lowercase), "e", order),
                "law": LAWS,
            },
            op=("algebra element element element", cells),
            built=("algebra element element element", built),
            law=("algebra law", laws),
        )


def tables(rng: np.random.RandomState, number: int, order: int, share: float) -> list[Algebra]:
    """Algebras of every law, of at most this odd order: modulo an even one 2 is no unit."""
    return [_drawn(rng, LAWS[MIX[i % len(MIX)]], order, share) for i in range(number)]


def _drawn(rng: np.random.RandomState, law: str, order: int, share: float) -> Algebra:
    """One algebra, its elements named at random."""
    plain = _table(rng, law, order)
    order = len(plain)
    names = rng.permutation(order)
    table = np.empty_like(plain)
    table[np.ix_(names, names)] = names[plain]
    if law in ("associative", "distributive"):
        rows, definitions = _definitions(rng, table)
    else:
        rows, definitions = list(range(order)), {}
    known, stated = np.zeros((2, order, order), bool)
    for p, s in definitions.values():
        known[p, s] = stated[p, s] = True
    for b in rows:
        if b in definitions:
            known[b] = _follows(table, known, *definitions[b], law)
        for x in rng.permutation(order):
            if not known[b, x] and rng.random_sample() < share:
                stated[b, x] = known[b, x] = True
                if law == "involutory":
                    known[b, table[b, x]] = True
                elif law == "commutative":
                    known[x, b] = True
    return Algebra(law, table, stated, definitions)


def _follows(table: Table, known: Bools, p: int, s: int, law: str) -> Bools:
    """[n] which cells of the row of p s follow by the law from the cells that are known."""
    step = known[s] & known[p, table[s]]
    if law == "associative":
        return step
    row = np.zeros(len(table), bool)
    row[table[p]] = step & known[p]  # of p s and p x
    return row


def _definitions(
    rng: np.random.RandomState, table: Table
) -> tuple[list[int], dict[int, tuple[int, int]]]:
    """(elements, generators first; other element -> the generator and the earlier element)."""
    generators = rng.permutation(len(table))[:2].tolist()
    known = list(generators)
    definitions: dict[int, tuple[int, int]] = {}
    while len(known) < len(table):
        new = [(p, s) for p in generators for s in known if table[p, s] not in known]
        if new:
            p, s = new[rng.randint(len(new))]
            known.append(int(table[p, s]))
            definitions[known[-1]] = (p, s)
        else:
            known.append(next(e for e in rng.permutation(len(table)).tolist() if e not in known))
            generators.append(known[-1])
    return [*generators, *definitions], definitions


def _table(rng: np.random.RandomState, law: str, n: int) -> Table:
    """[n, n] of one algebra: the product of row x and column y."""
    x, y = np.indices((n, n))
    if law == "commutative":
        table = rng.randint(n, size=(n, n))
        return np.where(x <= y, table, table.T)
    if law == "involutory":  # every row exchanges pairs, and leaves an odd one as it is
        rows = np.stack([rng.permutation(n) for _ in range(n)])
        table = np.empty((n, n), np.int64)
        for i in range(n):
            table[x[i], rows[i]] = rows[i][np.minimum(y[i] ^ 1, n - 1)]
        return table
    if law == "distributive":  # an Alexander quandle: t and 1 - t are units
        units = [t for t in range(2, n) if math.gcd(t, n) == math.gcd(t - 1, n) == 1]
        t = units[rng.randint(len(units))]
        return ((1 - t) * x + t * y) % n
    group = rng.randint(3)
    if group == 0:
        return (x + y) % n
    if group == 1:
        return x * y % n
    half = n // 2  # dihedral group: rotations, then reflections
    x, y = np.indices((2 * half, 2 * half))
    turn = np.where(x < half, x + y, x - y) % half
    return turn + half * ((x < half) ^ (y < half))
