"""algebra-v2: the rows of operation tables follow from a few rows, definitions and a law."""

from __future__ import annotations

import dataclasses
import itertools
from string import ascii_lowercase
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed

Integers = NDArray[np.int64]

LAWS = (
    "mirror echo shadow crossing weft ferry hinge bellows seesaw turnstile pendulum shuttle "
    "lantern anvil compass sundial spindle trellis gimbal bobbin pulley windlass capstan sextant"
)


@dataclasses.dataclass(frozen=True)
class Algebra:
    """One table: of a group or of a magma."""

    law: int
    table: Integers  # [n, n] the product of row and column
    stated: NDArray[np.bool_]  # [n, n]
    definitions: tuple[tuple[int, int, int], ...]  # (b, p, s): the row of b, from those of p and s


class Algebras(World):
    """Operation tables: groups and magmas, of which a few rows, definitions and a law are stated.

    The law of an algebra is associativity with a twist a, a map that exchanges pairs of elements:
    what is defined as p after s acts on x as p a(s x). So all rows follow from those of the
    generators, through definitions upon definitions. With this law every abelian group of odd order
    is an algebra, x * y = x - y, whose twist is the change of sign and whose definitions are sums.
    In a magma the rows of the generators are any permutations, and nothing but the law tells the
    others: who has found out how groups are built has half of the tables. The elements are named
    anew in each algebra, and the tables of all twists are stated.

    Which twist an algebra has is a rule as data, law(G,A): exemplified by theorems of this algebra,
    stated as a sentence, both, or neither. To complete the partly stated table of a single group,
    with no law stated, is the task of Power et al. 2022 (arXiv 2201.02177); twisted associativity:
    Makhlouf & Silvestrov 2008, "Hom-algebra structures" (arXiv math/0609501).

    Rungs: `instance`, a cell like those demonstrated; `constituent`, by way of a cell or a
    definition that no theorem used; `depth`, definitions upon definitions; `axiom`, the law of an
    algebra of which no theorem was demonstrated.
    """

    id = "algebra-v2"
    generalises = "Completing a group's table (Power et al. 2022, arXiv 2201.02177)"
    rules = """
      % B, defined as P after S, takes X to P A(S X), where A is the twist of G
      op(G,B,X,Z) :- law(G,A), after(G,B,S), before(G,B,P), op(G,S,X,Y), twist(A,Y,W), op(G,P,W,Z).
    """
    axioms = frozenset({"law"})
    familiar = frozenset({"twist"})
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    beyond_association = (("depth", "op"),)
    entities = ("law",)  # no prompt holds one: elements meet in every algebra, which is no shortcut
    sizes = MappingProxyType(
        {
            "tiny": {"algebras": 14, "order": 13, "levels": (3, 3, 1, 1, 1, 1), "laws": 8},
            "small": {"algebras": 48, "order": 23},
            "base": {"algebras": 120, "order": 25, "levels": (4, 4, *(2,) * 7)},
            "large": {"algebras": 300, "order": 27, "levels": (4, 4, *(2,) * 8)},
        }
    )
    phrases = MappingProxyType(
        {
            "op": "In {0}, {1} times {2} is {3}.",
            "after": "In {0}, {1} is something after {2}.",
            "before": "In {0}, {1} is {2} after something.",
            "law": "The twist of {0} is the {1}.",
            "twist": "The {0} of {1} is {2}.",
        }
    )
    exposure = Exposure(
        held=0.02,
        demonstrated=0.7,
        demonstrated_height=2,
        given={"exemplified": 0.3, "stated": 0.25, "both": 0.4, "neither": 0.05},
    )
    exposures = MappingProxyType({"tiny": dataclasses.replace(exposure, demonstrated=0.8)})

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        algebras: int,
        order: int,
        laws: int = 24,
        levels: tuple[int, ...] = (4, 4, *(2,) * 6),
        stated: float = 0.9,
        broken: float = 0.5,
    ) -> Facts:
        """A cell of a generator is ``stated`` with this probability; any other that does not follow
        from those before it, with ``broken``: so each row has theorems of every height.

        ``levels[i]`` elements are defined by others, with at most i definitions below these; the
        others are the generators. An odd ``order``: a change of sign leaves zero alone.
        """
        twists = [_exchange(rng, order) for _ in range(laws)]
        law = rng.permutation(np.resize(np.arange(laws), algebras))
        group = rng.permutation(algebras) < algebras // 2
        drawn = [
            drawn_algebra(rng, order, levels, int(a), twists[a], bool(g), (stated, broken))
            for a, g in zip(law, group)
        ]
        number = [*enumerate(drawn)]
        cells = [(g, b, x, int(a.table[b, x])) for g, a in number for b, x in np.argwhere(a.stated)]
        return Facts.of(
            {
                "algebra": [name.capitalize() for name in coined(algebras)],
                "element": listed(" ".join(ascii_lowercase), "e", order),
                "law": listed(LAWS, "law", laws),
            },
            op=("algebra element element element", cells),
            before=(
                "algebra element element",
                [(g, b, p) for g, a in number for b, p, _ in a.definitions],
            ),
            after=(
                "algebra element element",
                [(g, b, s) for g, a in number for b, _, s in a.definitions],
            ),
            law=("algebra law", [(g, a.law) for g, a in number]),
            twist=(
                "law element element",
                [(k, y, w) for k, twist in enumerate(twists) for y, w in enumerate(twist)],
            ),
        )


def drawn_algebra(
    rng: np.random.RandomState,
    order: int,
    levels: tuple[int, ...],
    law: int,
    twist: Integers,
    group: bool,
    shares: tuple[float, float],
) -> Algebra:
    """One algebra of this law: a group, its elements named at random, or a magma."""
    if group:
        plus, minus = abelian(order, bool(rng.randint(2)))
        name = _named(rng, twist, minus)
        table, sums = np.empty((2, order, order), np.int64)
        table[np.ix_(name, name)] = name[plus[:, minus]]  # x - y
        sums[np.ix_(name, name)] = name[plus]
        generators, definitions = _defined(rng, order, levels, sums)
    else:
        table = np.stack([rng.permutation(order) for _ in range(order)])
        generators, definitions = _defined(rng, order, levels)
        for b, p, s in definitions:
            table[b] = table[p][twist[table[s]]]
    stated = _stated(rng, table, twist, generators, definitions, shares)
    return Algebra(law, table, stated, definitions)


def _stated(
    rng: np.random.RandomState,
    table: Integers,
    twist: Integers,
    generators: tuple[int, ...],
    definitions: tuple[tuple[int, int, int], ...],
    shares: tuple[float, float],
) -> NDArray[np.bool_]:
    """[n, n] the cells that are stated: these shares, of the generators' rows and of the others, of
    what does not follow from cells before it."""
    known, stated = np.zeros((2, *table.shape), bool)
    for b in generators:
        known[b] = stated[b] = rng.random_sample(len(table)) < shares[0]
    for b, p, s in definitions:
        follows = known[s] & known[p, twist[table[s]]]
        stated[b] = ~follows & (rng.random_sample(len(table)) < shares[1])
        known[b] = follows | stated[b]
    return stated


def _exchange(rng: np.random.RandomState, order: int) -> Integers:
    """[n] a map that exchanges pairs of elements, and leaves one as it is."""
    pairs = rng.permutation(order)
    out = np.empty(order, np.int64)
    out[pairs] = pairs[np.minimum(np.arange(order) ^ 1, order - 1)]
    return out


def abelian(order: int, cyclic: bool) -> tuple[Integers, Integers]:
    """(sums [n, n], negatives [n]) of the cyclic group, or of one as many-sided as can be."""
    sides = [order] if cyclic else _primes(order)
    place = np.array([*itertools.product(*map(range, sides))], np.int64)
    weight = np.cumprod([1, *sides[:0:-1]], dtype=np.int64)[::-1]
    return (place[:, None] + place) % sides @ weight, -place % sides @ weight


def _primes(number: int) -> list[int]:
    """The prime factors of a number.

    >>> _primes(45)
    [3, 3, 5]
    """
    for p in range(2, number):
        if number % p == 0:
            return [p, *_primes(number // p)]
    return [number]


def _named(rng: np.random.RandomState, twist: Integers, minus: Integers) -> Integers:
    """[n] names at random for the elements of a group, such that ``twist`` changes their sign."""
    every, name = np.arange(len(twist)), np.empty(len(twist), np.int64)
    name[minus == every] = every[twist == every]
    one = rng.permutation(every[twist > every])
    one = np.where(rng.randint(2, size=len(one)), twist[one], one)
    name[every[minus > every]], name[minus[minus > every]] = one, twist[one]
    return name


def _defined(
    rng: np.random.RandomState, order: int, levels: tuple[int, ...], sums: Integers | None = None
) -> tuple[tuple[int, ...], tuple[tuple[int, int, int], ...]]:
    """(generators, definitions (b, p, s)): each level from the one before it and the first two.

    With ``sums`` [n, n] an element is defined as the sum of two others, else as anything.
    """
    for _ in range(1_000):
        element = rng.permutation(order).tolist()
        below = [element[: order - sum(levels)]]
        left = element[order - sum(levels) :]
        out: dict[tuple[int, int], int] = {}
        for number in levels:
            last, first = below[-1], list(itertools.chain(*below[:2]))
            pairs = [*itertools.product(last, first), *itertools.product(first, last)]
            here = []
            for i in rng.permutation(len(pairs)):
                p, s = pairs[i]
                b = int(sums[p, s]) if sums is not None else left[-1]
                if b in left and (p, s) not in out:
                    left.remove(b)
                    out[p, s] = b
                    here.append(b)
                if len(here) == number:
                    break
            below.append(here)
        if not left:
            return (*below[0],), tuple((b, p, s) for (p, s), b in out.items())
    raise ValueError(f"levels {levels} of {order} elements; give more generators or fewer levels")
