"""kinship-v2: who is somebody's aunt, if a mother's sister is called so."""

from __future__ import annotations

import dataclasses
import itertools
import math
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .genealogy import WORDS, Village, compositions
from .names import coined

Integers = NDArray[np.int64]


class Kinship(World):
    """Who is what to whom: a few relations are stated, the others follow by composition.

    As rules as data the compositions read `comp(mother,sister,aunt)`, and every question is who
    somebody's aunt is. Terms are classificatory, as among the Kariera (Weil 1949, "Sur l'étude
    algébrique de certains types de lois de mariage"; White 1963, "An Anatomy of Kinship"): nobody
    has two relatives by one term in a family, any two terms make a third or lead back, and in which
    order matters. So they are a group, whose table and whose words differ in every world: 19 terms
    at size small, and 342 compositions, each exemplified, stated, or both.

    Of each elder five relations are stated, to all of the next generation, and of each of these
    two; so ten people are two steps away from an elder, and only both terms and what they
    make together tell which one is meant. One way at most leads from one person to
    another, and so no derivation is circular.

    instance: relations, of a person, as of others. constituent: a relation stated and never used.
    axiom: it was stated what one's mother's sister is, and never exemplified. `long`: each family
    is one chain of 20, of which 2 to 19 relations reduce to one; chains of two and three are
    demonstrated, and a proof of height h reduces up to 2^h.

    `clutrr` follows the paper (CLUTRR, arXiv 1908.06177): families of three generations, four
    children, its words and its 62 compositions (16 rules, for men and women); everybody marries;
    chains of two and three are demonstrated (and fours, as two twos), up to ten are queried, and a
    fifth of the combinations is held out.
    """

    id = "kinship-v2"
    generalises = "CLUTRR (arXiv 1908.06177)"
    rules = """
      % Y is X's mother, and Z is Y's sister: then Z is X's aunt
      kin(X,R,Z) :- kin(X,R1,Y), kin(Y,R2,Z), comp(R1,R2,R).
    """
    axioms = frozenset({"comp"})
    # schema, depth and mixed are those of long chains, at sizes long and clutrr: not promised
    rungs = ("recall", "instance", "constituent", "axiom")
    beyond_association = (("instance", "kin"), ("constituent", "kin"), ("axiom", "kin"))
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"families": 60, "layers": (3, 3, 6)},
            "small": {"families": 120},
            "base": {"families": 500},
            "large": {"families": 3_000},
            "long": {"families": 60, "layers": (1,) * 20},
            "clutrr": {"families": 0, "people": 10_000},
        }
    )
    phrases = MappingProxyType(
        {
            "kin": "{0}'s {1} is {2}.",
            "comp": "The {1} of one's {0} is one's {2}.",
        }
    )
    exposure = Exposure(
        held=0.1,
        demonstrated=0.4,
        given={"exemplified": 0.3, "stated": 0.2, "both": 0.5},
        nontheorems=0.05,
    )
    exposures = MappingProxyType(
        {
            "long": dataclasses.replace(exposure, held=0.02, demonstrated_height=2),
            "clutrr": Exposure(held=0.05, held_frames=0.2, demonstrated=0.8, demonstrated_height=2),
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        families: int,
        layers: tuple[int, ...] = (5, 5, 10),
        people: int = 0,
    ) -> Facts:
        """``families`` of as many as stand in all ``layers``; where there are none, ``people`` of
        CLUTRR's families."""
        if not families:
            return _genealogy(rng, people)
        order = sum(layers)
        every = groups(order)
        times = product(every[rng.randint(len(every))])
        inverse = times.argmin(1)  # 0 is no term, but everybody to themselves
        term = np.append(-1, rng.permutation(order - 1))  # what each element is called
        one, other = (i.ravel() for i in np.indices((order, order)))
        proper = (one > 0) & (other > 0) & (times[one, other] > 0)
        comp = term[np.stack([one, other, times[one, other]], 1)[proper]]
        person = rng.permutation(families * order).reshape(families, order)
        ways = np.array(links(layers))
        stated = []
        for family in person:  # whose i-th is of element i, and where each stands is drawn
            at = rng.permutation(order)
            for x, y in at[ways]:
                stated.append((family[x], term[times[inverse[x], y]], family[y]))  # x r = y
        return Facts.of(
            {
                "person": _named(families * order),
                "relation": coined(order - 1),
            },
            kin=("person relation person", stated),
            comp=("relation relation relation", comp),
        )


def links(layers: tuple[int, ...]) -> list[tuple[int, int]]:
    """(x, y) of whom a relation is stated: everybody in the first layer to everybody in the second,
    and to each in a later one somebody in the layer before, all about as often: so one way leads
    from one to another, if any."""
    start = np.cumsum([0, *layers])
    out = [(x, y) for x in range(layers[0]) for y in range(start[1], start[2])]
    for i in range(2, len(layers)):
        here, before = np.arange(start[i], start[i + 1]), np.arange(start[i - 1], start[i])
        out += [*zip(np.resize(before, len(here)).tolist(), here.tolist())]
    return out


def groups(order: int) -> list[tuple[int, list[int]]]:
    """(m, units): the groups of so many maps x -> a x + b modulo m, a of these units of m, that do
    not commute. There are some of every even order from 6."""
    out: list[tuple[int, list[int]]] = []
    for m in (m for m in range(3, order) if order % m == 0):
        for u in (u for u in range(2, m) if math.gcd(u, m) == 1):
            units = sorted({pow(u, i, m) for i in range(m)})
            if len(units) * m == order and (m, units) not in out:
                out.append((m, units))
    if not out:
        raise ValueError(f"a family of {order}; expected an even number of people, from 6")
    return out


def product(group: tuple[int, list[int]]) -> Integers:
    """[n, n] the table of a group of maps; the one that changes nothing is 0."""
    m, units = group
    maps = [*itertools.product(range(m), units)]  # b, a
    place = {f: i for i, f in enumerate(maps)}
    return np.array([[place[(b + a * d) % m, a * c % m] for d, c in maps] for b, a in maps])


def _genealogy(rng: np.random.RandomState, people: int) -> Facts:
    """Families as in CLUTRR, of parents and children, in its words."""
    village = Village(rng)
    while len(village.sex) < people:
        village.family(generations=3, kids=4, wed=1.0, known=0.5)
    words = [word for pair in WORDS.values() for word in pair]
    person = rng.permutation(people)
    stated = [
        (person[x], words.index(WORDS[k][village.sex[y]]), person[y])
        for x, k, y in village.stated
        if max(x, y) < people
    ]
    comp = [[words.index(w) for w in row] for row in compositions()]
    return Facts.of(
        {"person": _named(people), "relation": words},
        kin=("person relation person", stated),
        comp=("relation relation relation", comp),
    )


def _named(people: int) -> list[str]:
    return [name.capitalize() for name in coined(people, 3)]
