"""zebra-v1: names for a kind that bears a trait."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World

KINDS = (
    "horse cow goat dog cat bear deer sheep camel wolf fox hare seal otter lynx boar "
    "mole newt toad crow swan goose crane stork heron owl hawk eagle vole shrew bat whale "
    "moose bison yak ibex puma tapir sloth gecko"
)
TRAITS = (
    "striped spotted winged horned dwarf giant woolly tusked maned finned crested hooded "
    "pale dark masked ringed bearded banded plumed scaly blind albino foal wild tame "
    "desert marsh alpine polar tropical"
)
ATTRIBUTES = (
    "coat voice food home gait mood sleep smell size speed nest herd call tail ears eyes hoof "
    "tongue teeth skin blood heart lifespan season range rival prey dance play song fear "
    "memory sight hearing touch swim climb dig jump rest"
)


class Zebra(World):
    """A zebra is a striped horse: what is the striped horse called, and what is a zebra like?

    What is typical of a kind holds for whatever is of that kind, unless the trait it bears decides
    the matter, or the thing itself is an exception. Definitions build on one another (a foal zebra
    is a young zebra), which gives depth. What is typical of a kind and what a trait gives are rules
    as data: each may be exemplified, stated as a sentence, both, or neither. The declared
    interpolator answers by what the other things of the same kind are like.
    Sources: inheritance with exceptions, Touretzky 1986, "The Mathematics of Inheritance Systems";
    definitions without examples, arXiv 2309.00667.
    """

    id = "zebra-v1"
    generalises = (
        "Definitions without examples (Berglund et al. 2023, arXiv 2309.00667), "
        "inheritance with exceptions (Touretzky 1986)"
    )
    rules = """
      % of a kind, through the kind itself or through a definition that builds on another
      has(X,R,V) :- genus(X,K), bears(X,T), typical(K,R,V), not decides(T,R), not unlike(X,R,_).
      has(X,R,V) :- genus(X,Y), bears(X,T), has(Y,R,V), not decides(T,R), not unlike(X,R,_).
      % by the trait, which overrules the kind; by exception, which overrules both
      has(X,R,V) :- bears(X,T), gives(T,R,V), not unlike(X,R,_).
      has(X,R,V) :- unlike(X,R,V).
      called(T,Y,X) :- bears(X,T), genus(X,Y).
    """
    axioms = frozenset({"typical", "gives"})
    attribute = MappingProxyType({"typical": 1, "gives": 1})
    rungs = ("recall", "instance", "constituent", "schema", "depth", "axiom", "mixed")
    entities = ("thing",)
    like = "like(X,Y) :- genus(X,K), genus(Y,K), X != Y."
    sizes = MappingProxyType(
        {
            "tiny": {"kinds": 5, "traits": 4, "attributes": 16, "levels": (16, 8, 8, 10, 8)},
            "small": {"kinds": 10, "traits": 8, "attributes": 40, "levels": (60,) * 8},
            "base": {
                "kinds": 20,
                "traits": 16,
                "attributes": 40,
                "levels": (180,) * 8,
            },
            "large": {
                "kinds": 120,
                "traits": 100,
                "attributes": 40,
                "levels": (2_000, 1_500, 1_500, 2_000, 1_500),
            },
        }
    )
    phrases = MappingProxyType(
        {
            "genus": "The {0} is a kind of {1}.",
            "bears": "The {0} is {1}.",
            "typical": "As a rule the {1} of the {0} is {2}.",
            "gives": "Whatever is {0} has {2} for its {1}.",
            "decides": "Being {0} decides one's {1}.",
            "unlike": "The {0}, unlike its kin, has {2} for its {1}.",
            "has": "The {1} of the {0} is {2}.",
            "called": "A {0} {1} is called a {2}.",
        }
    )
    exposure = Exposure(
        held=0.07,
        held_frames=0.2,
        demonstrated=0.8,
        demonstrated_height=3,
        far=0.1,
        given={"exemplified": 0.3, "stated": 0.2, "both": 0.45, "neither": 0.05},
        nontheorems=0.05,
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        kinds: int,
        traits: int,
        attributes: int,
        levels: tuple[int, ...],
        values: int = 8,
        exceptions: float = 0.05,
    ) -> Facts:
        """``levels[i]`` definitions build on i others; a trait decides a sixth of all attributes.

        Nine in ten attributes are typical of a kind; what it is like in the others does not follow.

        Many attributes a thing, so that each definition has many demonstrated conclusions: with 8
        of them a model that answers at once memorised the corpus and reused nothing.
        """
        genus, bears = self._definitions(rng, kinds, traits, levels)
        known = attributes - attributes // 10
        typical = np.array(
            [(k, r) for k in range(kinds) for r in rng.permutation(attributes)[:known]]
        )
        gives = np.array(
            [(t, r) for t in range(traits) for r in rng.permutation(attributes)[: attributes // 6]]
        )
        things = len(genus)
        unlike = np.stack([np.arange(things), rng.randint(attributes, size=things)], 1)
        unlike = unlike[rng.permutation(things)[: round(exceptions * things)]]

        def valued(rows: np.ndarray) -> np.ndarray:
            """A value for each (.., attribute): every attribute has its own values."""
            value = rows[:, 1] * values + rng.randint(values, size=len(rows))
            return np.column_stack([rows, value])

        sorts = {
            "thing": [*names(KINDS, "kind", kinds), *animals(things)],
            "trait": names(TRAITS, "trait", traits),
            "attribute": names(ATTRIBUTES, "attribute", attributes),
            "value": [
                f"{a}{v}" for a in names(ATTRIBUTES, "attribute", attributes) for v in range(values)
            ],
        }
        signature = "attribute value"
        return Facts.of(
            sorts,
            genus=("thing thing", np.stack([kinds + np.arange(things), genus], 1)),
            bears=("thing trait", np.stack([kinds + np.arange(things), bears], 1)),
            typical=(f"thing {signature}", valued(typical)),
            gives=(f"trait {signature}", valued(gives)),
            decides=("trait attribute", gives),
            unlike=(f"thing {signature}", valued(unlike + np.array([kinds, 0]))),
        )

    @staticmethod
    def _definitions(
        rng: np.random.RandomState, kinds: int, traits: int, levels: tuple[int, ...]
    ) -> tuple[np.ndarray, np.ndarray]:
        """(genus, trait) of every definition; no pair twice, so that each has one name."""
        genus, bears = [], []
        start, size = 0, kinds
        for number in levels:
            pairs = rng.permutation(size * traits)[:number]
            genus.append(start + pairs // traits)
            bears.append(pairs % traits)
            start, size = start + size, number
        return np.concatenate(genus), np.concatenate(bears)


def names(known: str, stem: str, number: int) -> list[str]:
    """The first ``number`` of the known words, then numbered ones."""
    words = known.split()[:number]
    return [*words, *(f"{stem}{i}" for i in range(len(words), number))]


def animals(number: int) -> list[str]:
    """Pronounceable names, all different: zebra, okapi, then baba, babe, ..."""
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    made = ("".join(s) for n in (2, 3) for s in itertools.product(syllables, repeat=n))
    taken = {*KINDS.split(), *TRAITS.split(), *ATTRIBUTES.split()}
    free = itertools.chain(["zebra", "okapi"], (name for name in made if name not in taken))
    return list(itertools.islice(free, number))
