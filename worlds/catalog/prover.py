"""prover-v2: deduction in context, a little theory of its own in every prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import people as names

ATTRIBUTES = {
    "size": "big small huge tiny vast slight bulky giant",
    "colour": "red blue green white black grey brown pink",
    "temper": "kind cruel proud calm shy brave stern jolly",
    "shape": "round square flat pointed oval curved bent angular",
    "age": "young old ancient new grown aged newborn adult",
    "touch": "rough smooth furry soft hard silky sticky bumpy",
    "warmth": "cold hot cool warm mild icy tepid scorching",
    "wit": "clever dull quick slow keen sharp dense bright",
    "voice": "quiet loud hoarse shrill mute husky gruff booming",
    "taste": "sweet sour bitter salty bland spicy tangy sugary",
    "weight": "heavy light solid airy hollow leaden feathery hefty",
    "mood": "merry sad angry bored eager gloomy cheerful anxious",
}
SHAPES = ("implies", "both", "liking")
SIGNATURES = {
    "is": "tale person attribute value",
    "likes": "tale person person",
    "implies": "tale value attribute value",
    "both": "tale value value attribute value",
    "liking": "tale value attribute value",
}
STATED = 2  # attributes of each person that a tale states
GAPS = 8  # rules in a hundred that are missing


class Prover(World):
    """Ann is big; whoever is big is red; what colour is Ann? Each question brings its own theory.

    A tale is an episode: its facts and rules stand in the prompt of every question about it, in an
    order drawn anew. All tales use the same names, attributes and values, which mean
    something else in each, so nothing read of one tells of another. The program below only says how
    to read a tale's rules; its patterns are shapes of rules. A tale has a chain of attributes, each
    settled by the one before it under rules of one shape, of which some are missing: what hangs on
    them does not follow. Each value of an attribute is the head of as many rules as the others, so
    to know what a tale mentions is no help.

    A share of the tales (exposure.held) is queried, the others serve as examples. So every
    question is about a theory never read before, and none needs memory of facts.
    - recall: the answer stands in the prompt.
    - instance: a proof of shapes and combinations that were demonstrated, of other tales.
    - schema: shapes chained as they never were (compositional proofs, arXiv 2305.15269).
    - depth: higher than demonstrated: up to 3 in training, up to 6 in questions.

    `ruletaker`: conjunctive rules over attributes and relations, depth 3 in training and 5 queried,
    12 facts and about as many rules (Clark et al. 2020, arXiv 2002.05867: 1-16 facts, 1-8 rules).
    `prontoqa`: one person, a chain of five one-premise rules beside distractors (Saparov & He 2022,
    arXiv 2210.01240). Theories are our own, and where the papers ask true or false, here the answer
    is the value, or NONE if none follows: yes/no labels are got right for wrong reasons.
    """

    id = "prover-v2"
    generalises = (
        "RuleTaker (Clark et al. 2020, arXiv 2002.05867), "
        "PrOntoQA (Saparov & He 2022, arXiv 2210.01240)"
    )
    rules = """
      % in tale E, whoever is V is W, of attribute B
      is(E,X,B,W) :- is(E,X,A,V), implies(E,V,B,W).
      % whoever is both V and U is W
      is(E,X,B,W) :- is(E,X,A,V), is(E,X,C,U), both(E,V,U,B,W).
      % whoever likes somebody who is V is W
      is(E,X,B,W) :- likes(E,X,Y), is(E,Y,A,V), liking(E,V,B,W).
    """
    episodes = "tale"
    queries = MappingProxyType({"likes": (), **dict.fromkeys(SHAPES, ())})
    entities = ("tale",)
    rungs = ("recall", "instance", "schema", "depth", "mixed")
    beyond_association = (("depth", "is"),)
    sizes = MappingProxyType(
        {
            "tiny": {"tales": 60, "people": 2, "levels": 4, "values": 4},
            "small": {"tales": 900, "people": 3, "levels": 6, "values": 8},
            "base": {"tales": 5_000, "people": 3, "levels": 6, "values": 8},
            "large": {"tales": 6_000, "people": 4, "levels": 8, "values": 8},
            "ruletaker": {"tales": 1_500, "people": 4, "levels": 5, "values": 2},
            "prontoqa": {
                "tales": 1_500,
                "people": 1,
                "levels": 5,
                "values": 2,
                "shapes": ("implies",),
            },
        }
    )
    phrases = MappingProxyType(
        {
            "is": "{0}: {1} is {3} in {2}.",
            "likes": "{0}: {1} likes {2}.",
            "implies": "{0}: Whoever is {1} is {3} in {2}.",
            "both": "{0}: Whoever is {1} and {2} is {4} in {3}.",
            "liking": "{0}: Whoever likes somebody who is {1} is {3} in {2}.",
        }
    )
    exposure = Exposure(
        held=0.4, held_frames=0.2, demonstrated=1.0, demonstrated_height=3, nontheorems=0.1
    )
    exposures = MappingProxyType(
        {
            "tiny": Exposure(
                held=0.4, held_frames=0.2, demonstrated=1.0, demonstrated_height=2, nontheorems=0.1
            )
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        tales: int,
        people: int,
        levels: int,
        values: int,
        shapes: Sequence[str] = SHAPES,
    ) -> Facts:
        """Every tale is about the same ``people``, and all values of ``levels`` + 2 attributes."""
        attributes = [*ATTRIBUTES][: levels + STATED]
        rows: dict[str, list[tuple[int, ...]]] = {p: [] for p in SIGNATURES}
        for tale in range(tales):
            for predicate, row in theory(rng, people, len(attributes), values, shapes):
                rows[predicate].append((tale, *row))
        sorts = {
            "tale": tales,
            "person": names(people),
            "attribute": attributes,
            "value": [v for a in attributes for v in ATTRIBUTES[a].split()[:values]],
        }
        return Facts.of(sorts, **{p: (SIGNATURES[p], rows[p]) for p in rows})


def theory(
    rng: np.random.RandomState, people: int, attributes: int, values: int, shapes: Sequence[str]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The facts and rules of one tale, (predicate, arguments but the tale) each.

    Two attributes are stated; each of the others follows from the one before it in a chain, by a
    rule for each value or (``both``) for each pair that occurs, of which GAPS in 100 are missing.
    """
    chain = rng.permutation(attributes).tolist()  # lists: at these sizes twice as fast as arrays
    liked = (np.arange(people) + rng.randint(1, max(people, 2), size=people)) % people
    if "liking" in shapes:
        yield from (("likes", pair) for pair in enumerate(liked.tolist()))
    known: dict[int, list[int]] = {}  # attribute -> value of each person, -1: does not follow
    for a in chain[:STATED]:
        known[a] = (a * values + rng.randint(values, size=people)).tolist()
        yield from (("is", (x, a, v)) for x, v in enumerate(known[a]))
    for i in range(STATED, attributes):
        before, other, a = chain[i - 1], chain[rng.randint(i - 1)], chain[i]
        shape = shapes[rng.randint(len(shapes))]
        bodies: list[tuple[int, ...]]
        bodies = [(v,) for v in range(before * values, (before + 1) * values)]
        met: list[tuple[int, ...]] = [(v,) for v in known[before]]
        if shape == "liking":
            met = [met[y] for y in liked]
        elif shape == "both":
            met = [*zip(known[before], known[other])]
            pairs = [(*b, other * values + v) for b in bodies for v in range(values)]
            spare = [pairs[k] for k in rng.permutation(len(pairs))]
            needed = sorted({m for m in met if min(m) >= 0})
            bodies = [*needed, *(p for p in spare if p not in needed)][: max(values, len(needed))]
        heads = (a * values + rng.permutation(values)).tolist()
        kept = (rng.randint(100, size=len(bodies)) >= GAPS).tolist()
        rules = {b: heads[k % values] for k, b in enumerate(bodies) if kept[k]}
        yield from ((shape, (*body, a, head)) for body, head in rules.items())
        known[a] = [rules.get(m, -1) for m in met]
