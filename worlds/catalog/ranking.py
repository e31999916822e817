"""ranking-v1: who of two has more of an attribute, by value or through somebody alike."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .comparison import bridges
from .names import listed, people

ATTRIBUTES = (
    "height weight age income speed strength patience courage wit charm luck skill fame wealth "
    "memory stamina reach temper appetite thrift"
)
LABELS = ("less", "equal", "greater")
# 2,000 of the 20,000 values, though no rule's first example may use one that is held
GROKKED = Exposure(held=0.10003, phi=7.2)
COMPLEX = Exposure(held=0.0, demonstrated=0.0)  # the comparisons that the paper shows are sampled
Rows = NDArray[np.int64]


class Ranking(World):
    """Ann's height is 3 and Ben's is 5, so Ann's is less; and so is that of whoever is like Ann.

    Of some entities the value of an attribute is stated, of others only that it's the same as that
    of a known one (a bridge), of a few nothing: what involves these has no answer. The order of
    the values is never stated; it shows in comparisons alone.

    Rungs: `instance`, two entities that were compared with others; `constituent`, a value or a
    bridge that no demonstrated comparison used (out-of-distribution entities; the cells of `unseen`
    say whether the first, the second or both); `schema`, a kind of comparison never demonstrated:
    say, that a bridged speed is less than a stated one. Chance is high, as in the original: who is
    high is mostly greater, so likeness to what was demonstrated is worth something too. Where the
    answer is by how much, on a circle, neither helps: `comparison-v2`.

    `grokked` is the world of arXiv 2405.15071: 1,000 entities, 20 attributes, 20 values, a tenth of
    the values held out of every demonstrated comparison, and 7.2 of these per remaining value. It
    has 20 million questions and takes 6 GB. `complex` is the harder world of the same paper: for
    each attribute a tenth of the entities have no value stated, only 108,000 comparisons with
    known ones beside 436,914 among those; questions are how two of them compare, through two
    bridges (rung `schema`). For each the first equal comparison is its bridge. The original
    counts bounds too (less than somebody who is less than somebody), from which a few pairs more
    would follow. It takes 10 GB. `grokked-10` and `complex-10` have a tenth of the entities.
    """

    id = "ranking-v1"
    generalises = "GrokkedTransformer, comparison (Wang et al. 2024, arXiv 2405.15071)"
    rules = """
      % whoever is the same as somebody in an attribute has that one's value
      value(X,A,V) :- same(A,X,B), value(B,A,V).
      % values are ordered as they are declared: 0, 1, 2, ...
      compare(A,E,F,less) :- value(E,A,V), value(F,A,W), V < W.
      compare(A,E,F,greater) :- value(E,A,V), value(F,A,W), V > W.
      compare(A,E,F,equal) :- value(E,A,V), value(F,A,V), E != F.
    """
    schema = MappingProxyType({2: ("A",), 3: ("A",), 4: ("A",)})
    few_answers = frozenset({"compare"})  # less, equal, greater
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    entities = ("label",)  # no prompt has one: a label stands beside everybody, and betrays nothing
    sizes = MappingProxyType(
        {
            "tiny": {"entities": 12, "attributes": 6, "values": 6},
            "small": {"entities": 40, "attributes": 12, "values": 12},
            "base": {"entities": 120, "attributes": 20, "values": 20},
            "large": {"entities": 400, "attributes": 20, "values": 20},
            "grokked": {"entities": 1_000, "attributes": 20, "values": 20, "known": 1.0},
            "grokked-10": {"entities": 100, "attributes": 20, "values": 20, "known": 1.0},
            "complex": {
                "entities": 1_000,
                "attributes": 20,
                "values": 20,
                "known": 0.9,
                "alike": 0.0,
                "compared": (0.027, 0.03),
            },
            "complex-10": {
                "entities": 100,
                "attributes": 20,
                "values": 20,
                "known": 0.9,
                "alike": 0.0,
                "compared": (0.27, 0.3),
            },
        }
    )
    phrases = MappingProxyType(
        {
            "value": "{0}'s {1} is {2}.",
            "same": "{1}'s {0} is the same as {2}'s.",
            "compare": "Compared with {2}'s, {1}'s {0} is {3}.",
        }
    )
    exposure = Exposure(held=0.1, held_frames=0.1, phi=9.0, demonstrated_height=2, nontheorems=0.03)
    exposures = MappingProxyType(
        {
            "tiny": dataclasses.replace(exposure, phi=6.0),
            "grokked": GROKKED,
            "grokked-10": GROKKED,
            "complex": COMPLEX,
            "complex-10": COMPLEX,
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        entities: int,
        attributes: int,
        values: int,
        known: float = 0.8,
        alike: float = 0.15,
        compared: tuple[float, float] = (0.0, 0.0),
    ) -> Facts:
        """Of each attribute: the share ``known`` has its value stated, ``alike`` one bridge.

        ``compared``: the shares that are stated of the comparisons among known entities, and of
        those of a known one with one that is not; of the latter the equal ones are bridges.
        """
        table = rng.randint(values, size=(attributes, entities))
        order = np.argsort(rng.random_sample((attributes, entities)), axis=1)
        stated = round(known * entities)
        bridged = stated + round(alike * entities)
        is_known = np.zeros((attributes, entities), bool)
        np.put_along_axis(is_known, order[:, :stated], True, axis=1)
        same = [bridges(rng, table, order, stated, bridged)]
        comparisons = np.zeros((0, 4), np.int64)
        if any(compared):
            comparisons = _comparisons(rng, table, is_known, compared)
            more, comparisons = _as_bridges(comparisons, is_known)
            same.append(more)
        attribute, entity = np.nonzero(is_known)
        return Facts.of(
            {
                "entity": people(entities),
                "attribute": listed(ATTRIBUTES, "attribute", attributes),
                "degree": [str(v) for v in range(values)],
                "label": LABELS,
            },
            value=(
                "entity attribute degree",
                np.column_stack([entity, attribute, table[attribute, entity]]),
            ),
            same=("attribute entity entity", np.concatenate(same)),
            compare=("attribute entity entity label", comparisons),
        )


def _comparisons(
    rng: np.random.RandomState,
    table: Rows,
    is_known: NDArray[np.bool_],
    shares: tuple[float, float],
) -> Rows:
    """[n, 4] (attribute, entity, other, label): these shares of the comparisons with known ones."""
    parts = []
    among = is_known[:, :, None] & is_known[:, None]
    among[:, np.arange(table.shape[1]), np.arange(table.shape[1])] = False
    across = is_known[:, :, None] ^ is_known[:, None]
    for pairs, share in zip((among, across), shares):
        found = np.flatnonzero(pairs)
        chosen = rng.permutation(found)[: round(share * len(found))]
        a, e, f = np.unravel_index(chosen, pairs.shape)
        label = 1 + np.sign(table[a, e] - table[a, f])
        parts.append(np.column_stack([a, e, f, label]))
    return np.concatenate(parts)


def _as_bridges(comparisons: Rows, is_known: NDArray[np.bool_]) -> tuple[Rows, Rows]:
    """(bridges [m, 3], the other comparisons): of each unknown entity the first equal one."""
    attribute, one, other, label = comparisons.T
    first, second = is_known[attribute, one], is_known[attribute, other]
    across = np.flatnonzero((label == LABELS.index("equal")) & (first != second))
    unknown = np.where(first, other, one)[across]
    known = np.where(first, one, other)[across]
    _, bridging = np.unique(np.stack([attribute[across], unknown], 1), axis=0, return_index=True)
    bridges = np.column_stack([attribute[across], unknown, known])[bridging]
    return bridges, np.delete(comparisons, across[bridging], axis=0)
