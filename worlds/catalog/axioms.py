"""axioms-v1: rules as data, exemplified, stated as sentences, both or neither."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed, people

RELATIONS = (
    "doctor baker barber tailor teacher lawyer grocer tenant editor mentor pilot driver nurse "
    "cook butler painter rival friend cousin heir landlord neighbour partner plumber banker judge "
    "coach agent porter tutor guard guide host guest scribe singer dancer patron critic dentist"
)


def given(exemplified: int, stated: int, both: int, neither: int = 0) -> dict[str, float]:
    """Numbers of rules, as the shares that an exposure wants."""
    numbers = dict(exemplified=exemplified, stated=stated, both=both, neither=neither)
    return {way: n / sum(numbers.values()) for way, n in numbers.items() if n}


def swept(both: int) -> Exposure:
    """Of the base world's 576 rules 480 are exemplified, ``both`` of these are stated as well."""
    return Exposure(held=0.05, demonstrated=0.93, given=given(480 - both, 64, both, 32))


BASE = {"persons": 50, "relations": 24, "definitions": 576}
SWEEP = {f"both-{n}": swept(n) for n in (0, 4, 16, 64, 256)}


class Axioms(World):
    """Coined words for the relation of a relation: one's baba is the baker of one's doctor.

    Each definition is a rule as data, comp(R1,R2,R3), with a word R3 of its own. It is exemplified
    (who is whose baba), stated as a sentence, both, or neither. On `axiom` the definition was
    stated and no example of it given. A model trained from scratch can learn what a stated
    definition is for only from those that are stated and exemplified, so their number is an axis:
    `both-0` to `both-256` are the world `base` under that many; all have the same facts, as many
    examples and as many definitions only stated. Only `axiom` above the twin "shuffled rules", in
    which each stated definition bears the word of any of them, proves that sentences were read.

    Relations are permutations of the people, so that no word favours an answer. There are 18
    examples for each fact of a relation at size base, for with 5.6 a small decoder memorised them
    and composed nothing.

    `out-of-context` has the numbers of "Taken out of context" (arXiv 2309.00667): 3 definitions
    stated and exemplified, by 50 examples each, 7 only stated, each stated in 300 ways: under 100
    cue words for each of its three places.

    Rungs: `instance`, another's baba; `constituent`, by way of a fact that no example used;
    `axiom`, a word of which only the definition was stated.
    """

    id = "axioms-v1"
    generalises = "Taken out of context (Berglund et al. 2023, arXiv 2309.00667)"
    rules = "is_called(X,R3,Z) :- comp(R1,R2,R3), rel(X,R1,Y), rel(Y,R2,Z)."
    axioms = frozenset({"comp"})
    # a definition is read in every direction: the word is given and its parts are wanted too
    queries = MappingProxyType({"comp": (2, 0, 1)})
    rungs = ("recall", "instance", "constituent", "axiom")
    beyond_association = (("axiom", "is_called"),)
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"persons": 12, "relations": 5, "definitions": 25},
            "small": {"persons": 32, "relations": 12, "definitions": 144},
            "base": BASE,
            "large": {"persons": 100, "relations": 40, "definitions": 1_600},
            **dict.fromkeys(SWEEP, BASE),
            "out-of-context": {"persons": 50, "relations": 5, "definitions": 10},
        }
    )
    drawn_as = MappingProxyType(dict.fromkeys(SWEEP, "base"))
    phrases = MappingProxyType(
        {
            "rel": "{0}'s {1} is {2}.",
            "is_called": "The {1} of {0} is {2}.",
            "comp": "One's {2} is the {1} of one's {0}.",
        }
    )
    exposure = Exposure(held=0.05, demonstrated=0.9, given=given(8, 3, 12, 2))
    exposures = MappingProxyType(
        {
            "small": Exposure(held=0.15, demonstrated=0.9, given=given(60, 20, 60, 4)),
            "base": swept(both=240),
            "large": Exposure(held=0.05, demonstrated=0.95, given=given(700, 150, 700, 50)),
            **SWEEP,
            "out-of-context": Exposure(
                held=0.0, demonstrated=1.0, given=given(0, 7, 3), wordings=100
            ),
        }
    )

    def sample(
        self, rng: np.random.RandomState, *, persons: int, relations: int, definitions: int
    ) -> Facts:
        """``definitions`` of the ``relations`` squared pairs have a word."""
        tail = np.stack([rng.permutation(persons) for _ in range(relations)], axis=1)
        head, relation = np.indices((persons, relations))
        pairs = np.array(list(itertools.product(range(relations), repeat=2)))
        chosen = rng.permutation(len(pairs))[:definitions]
        comp = np.column_stack([pairs[chosen], np.arange(definitions)])
        return Facts.of(
            {
                "person": people(persons),
                "relation": listed(RELATIONS, "role", relations),
                "word": coined(definitions),
            },
            rel=("person relation person", np.stack([head, relation, tail], -1).reshape(-1, 3)),
            comp=("relation relation word", comp),
        )
