"""composition-v1: two hops over a knowledge graph."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World


class Composition(World):
    """The tail of a relation of the tail of a relation: two(H,R1,R2,T).

    By default every relation is a permutation of the entities, which removes the shortcut of
    guessing from the second relation alone (arXiv 2604.07822). Of R relations, a share `held` of
    whose facts no example uses, about 1 / (1 + (R - 1) held) is had without one premise: half at
    `laptop`, a tenth at `wide`. `grokked` is the world of arXiv 2405.15071: 2,000 entities, 200
    relations, out-degree 20, random tails, 5% of the facts held out of every demonstrated two-hop
    fact, and 7.2 of these per remaining one.
    """

    id = "composition-v1"
    generalises = "GrokkedTransformer, composition (Wang et al. 2024, arXiv 2405.15071)"
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T)."
    schema = MappingProxyType({1: ("R1", "R2")})
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    sizes = MappingProxyType(
        {
            "tiny": {"entities": 16, "relations": 8},
            "small": {"entities": 32, "relations": 16},
            "wide": {"entities": 60, "relations": 40},
            "laptop": {"entities": 100, "relations": 10},
            "base": {"entities": 200, "relations": 20},
            "large": {"entities": 1_000, "relations": 20},
            "random-tails": {"entities": 100, "relations": 10, "permutations": False},
            "grokked": {
                "entities": 2_000,
                "relations": 200,
                "out_degree": 20,
                "permutations": False,
            },
        }
    )
    phrases = MappingProxyType(
        {
            "one": "The {1} of {0} is {2}.",
            "two": "The {2} of the {1} of {0} is {3}.",
        }
    )
    exposure = Exposure(held=0.1, held_frames=0.1, demonstrated=0.9)
    exposures = MappingProxyType(
        {
            "wide": Exposure(held=0.3, held_frames=0.1, demonstrated=0.9),
            "laptop": Exposure(held=0.1, held_frames=0.05, demonstrated=0.95),
            "grokked": Exposure(held=0.05, demonstrated=1.0, phi=7.2),
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        entities: int,
        relations: int,
        out_degree: int | None = None,
        permutations: bool = True,
    ) -> Facts:
        """Each head bears ``out_degree`` relations (None: all of them)."""
        degree = relations if out_degree is None else out_degree
        head = np.repeat(np.arange(entities), degree)
        relation = np.argsort(rng.random_sample((entities, relations)), axis=1)[:, :degree].ravel()
        if permutations:  # of which a relation that only some heads bear uses a part
            table = np.argsort(rng.random_sample((relations, entities)), axis=1)
            tail = table[relation, head]
        else:
            tail = rng.randint(entities, size=len(head))
        return Facts.of(
            {"entity": entities, "relation": [f"rel{i}" for i in range(relations)]},
            one=("entity relation entity", np.stack([head, relation, tail], axis=1)),
        )
