"""taxonomy-v2: what a kind is like, as its kind is, unless it is an exception."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import listed

ORDERS = MappingProxyType(  # the two upper levels; what is below has names made up
    {
        "bird": "penguin eagle duck owl swan",
        "mammal": "okapi horse bat whale bear",
        "fish": "shark eel trout seahorse carp",
        "reptile": "snake turtle gecko crocodile chameleon",
        "amphibian": "frog toad newt salamander axolotl",
        "insect": "beetle ant moth wasp cricket",
        "arachnid": "spider scorpion mite tick harvestman",
        "mollusc": "snail slug squid oyster octopus",
    }
)
ATTRIBUTES = (
    "coat voice food home gait mood sleep smell size speed nest herd call tail ears eyes hoof "
    "tongue teeth skin blood heart lifespan season range rival prey dance play song fear "
    "memory sight hearing touch swim climb dig jump rest"
)
VALUES = MappingProxyType(  # of the first attributes; those of others are numbered
    {
        "coat": "fur feathers scales spines armour slime wool bristles hide down",
        "voice": "barking singing hissing croaking whistling roaring clicking humming mute howling",
        "food": "grass leaves seeds insects worms meat nectar fruit algae roots",
        "home": "burrow hollow cave reef swamp meadow canopy dune river tundra",
        "gait": "walking running waddling flying swimming crawling hopping climbing gliding still",
    }
)


VERBS = ("eats", "fears", "follows", "mimics", "shelters")  # links that no rule reads


class Taxonomy(World):
    """Inheritance down a tree of kinds: a penguin is a bird, and birds fly; but penguins waddle.

    What holds of a kind holds of all kinds below it, down to the nearest exception, which either
    says otherwise or merely cancels (then the answer is NONE). Every attribute has values of its
    own, dealt among the uppermost kinds. The declared interpolator answers as the majority of the
    order is stated to be: it makes penguins fly.
    Beside each "is a kind of" stand five statements that no rule reads: the penguin eats the shark,
    and is not like it for that. Which of them counts only the predicate tells.
    Sources: Touretzky 1986, "The Mathematics of Inheritance Systems"; put to language models as
    Leap-of-Thought (arXiv 2006.06609) and, over made-up kinds, as PrOntoQA (arXiv 2210.01240).
    constituent: a kind placed in the tree, and no conclusion ever drawn from that. depth:
    from higher above than demonstrated.
    """

    id = "taxonomy-v2"
    generalises = "Leap-of-Thought (arXiv 2006.06609), PrOntoQA (arXiv 2210.01240)"
    rules = """
      % as the kind above, unless it is an exception: so the nearest exception wins
      has(X,A,V) :- isa(X,K), has(K,A,V), not own(X,A).
    """
    rungs = ("recall", "instance", "constituent", "depth", "mixed")
    beyond_association = (("constituent", "has"), ("depth", "has"))
    entities = ("kind",)
    familiar = frozenset({"has"})  # what is new is where a kind stands in the tree
    like = """
      below(X) :- isa(X,_).
      order(X,K) :- isa(X,K), not below(K).
      order(X,K) :- isa(X,Y), order(Y,K).
      like(X,Y) :- order(X,K), order(Y,K), X != Y.
    """
    sizes = MappingProxyType(
        {
            "tiny": {"levels": (8, 16, 16, 16, 16, 16), "attributes": 8, "values": 12},
            "small": {"levels": (30, 60, 80, 90, 90, 90, 90), "attributes": 16},
            "base": {"levels": (40, 100, 150, 200, 250, 250, 250, 250), "attributes": 40},
            "large": {
                "levels": (600, 1_200, 1_800, 2_400, 2_400, 2_400, 2_400),
                "attributes": 40,
            },
        }
    )
    phrases = MappingProxyType(
        {
            "isa": "The {0} is a kind of {1}.",
            "has": "The {1} of the {0}: {2}.",
            "own": "In its {1} the {0} is an exception.",
            **{verb: f"The {{0}} {verb} the {{1}}." for verb in VERBS},
        }
    )
    exposure = Exposure(
        held=0.15, demonstrated=0.4, demonstrated_height=2, nontheorems=0.05, far=0.02
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        levels: tuple[int, ...],
        attributes: int,
        values: int = 40,
        known: float = 0.8,
        exceptions: float = 0.15,
        cancelled: float = 0.2,
    ) -> Facts:
        """Of the uppermost kinds a share of the attributes is ``known``; every kind below is an
        exception with a share of them, of which some are merely ``cancelled``."""
        above = self._tree(rng, levels)
        first, shape = levels[0], (sum(levels), attributes)
        new, shift = rng.randint(values, size=shape), rng.randint(1, values, size=shape)
        for attribute in range(attributes):  # each value of as many as any other
            dealt = np.resize(rng.permutation(values), first)
            new[:first, attribute] = rng.permutation(dealt)
        gone = rng.random_sample(shape) < cancelled
        speaks = (
            rng.random_sample(shape)
            < np.where(np.arange(shape[0]) < first, known, exceptions)[:, None]
        )
        value = np.where(speaks, new, -1)  # -1: none
        own = np.zeros(shape, bool)
        for x in range(first, len(value)):
            inherited = value[above[x]]
            own[x] = speaks[x] & (inherited >= 0)
            value[x] = np.where(speaks[x], value[x], inherited)
            value[x, own[x]] = np.where(gone[x], -1, (inherited + shift[x]) % values)[own[x]]
        kind, attribute = np.nonzero(speaks & (value >= 0))
        # below the kinds with names of their own neither number nor name tells where one stands
        upper = sum(levels[:2])
        place = np.append(np.arange(upper), upper + rng.permutation(len(value) - upper))
        attribute_names = listed(ATTRIBUTES, "attribute", attributes)
        below = np.arange(first, len(above))
        return Facts.of(
            {
                "kind": kinds(levels),
                "attribute": attribute_names,
                "value": [v for a in attribute_names for v in listed(VALUES.get(a, ""), a, values)],
            },
            isa=("kind kind", place[np.stack([below, above[below]], 1)]),
            **{verb: ("kind kind", place[_elsewhere(rng, above, levels)]) for verb in VERBS},
            own=("kind attribute", [(place[k], a) for k, a in np.argwhere(own)]),
            has=(
                "kind attribute value",
                np.stack([place[kind], attribute, attribute * values + value[kind, attribute]], 1),
            ),
        )

    @staticmethod
    def _tree(rng: np.random.RandomState, levels: tuple[int, ...]) -> NDArray[np.int64]:
        """[kinds] the kind above, each above as many; of the second level as the names have it."""
        above = [np.full(levels[0], -1), np.arange(levels[1]) * levels[0] // levels[1]]
        start = levels[0]
        for upper, number in itertools.pairwise(levels[1:]):
            above.append(start + np.resize(rng.permutation(upper), number))
            start += upper
        return np.concatenate(above)


def _elsewhere(
    rng: np.random.RandomState, above: NDArray[np.int64], levels: tuple[int, ...]
) -> NDArray[np.int64]:
    """[n, 2] (kind, a kind of its parent's level that is not its parent), each of these as often as
    it is a parent: nothing but the predicate tells these links from those of the tree."""
    rows, start = [], levels[0]
    for number in levels[1:]:
        own = above[start : start + number]
        other = rng.permutation(own)
        for _ in range(20 * number):  # enough but where one parent has most of the level
            wrong = np.flatnonzero(own == other)
            if not len(wrong):
                break
            i, j = int(wrong[0]), rng.randint(number)
            if other[j] != own[i] and other[i] != own[j]:
                other[[i, j]] = other[[j, i]]
        rows.append(np.stack([np.arange(start, start + number), other], 1)[own != other])
        start += number
    return np.concatenate(rows)


def kinds(levels: tuple[int, ...]) -> list[str]:
    """Names of all kinds, level by level."""
    per_order = levels[1] // levels[0]
    known = [k for kinds in ORDERS.values() for k in kinds.split()[:per_order]]
    taken = {*ORDERS, *known, *ATTRIBUTES.split()}
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    length = 2 if sum(levels) < 3_000 else 3
    made = ["".join(s) for s in itertools.product(syllables, repeat=length)]
    # a stride prime to their number: neighbours have unlike names
    mixed = (f"{made[i * 1_009 % len(made)]}n" for i in range(len(made)))
    free = (name for name in mixed if name not in taken)
    out: list[str] = []
    for real, number in ((list(ORDERS), levels[0]), (known, levels[1]), ([], sum(levels[2:]))):
        out += real[:number]
        out += itertools.islice(free, max(0, number - len(real)))
    return out
