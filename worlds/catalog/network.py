"""network-v2: a semantic network whose stated part runs through the threshold of percolation."""

from __future__ import annotations

import dataclasses
import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed

MONTHS = "January February March April May June July August September October November December"
ROUTES = "road river railway canal"
FEASTS = (
    "harvest fair regatta carnival parade market circus race dance fast vigil jubilee pageant hunt "
    "concert wake tourney bonfire blessing picnic auction muster ball revel"
)
BASE = {"regions": 16, "width": 12, "layers": 12, "feasts": 24}
STATED = Exposure(
    coverage=0.35,
    held=0.02,
    demonstrated=0.6,
    demonstrated_height=2,
    given={"exemplified": 0.4, "stated": 0.2, "both": 0.4},
    nontheorems=0.05,
)
SWEEP = {f"p-{p}": dataclasses.replace(STATED, coverage=p / 100) for p in (10, 15, 20, 30, 50)}


class Network(World):
    """Towns connected through roads and rivers, along which their feasts spread.

    An entity (a town) has a property (the month of a feast) if it is connected to one that has it,
    through paths of any length: month(X,P,V) is inherited along stated connections, and each says
    how many months later the town's feasts are than the other's. By which way a feast spreads is a
    rule as data, passes(M,P). Connections stay within a type (a region). Lags agree on all paths,
    so an answer is unique however many paths lead to it; no two towns need be alike, so that
    likeness doesn't answer, as it does in `alike`, where all feasts keep their month. The table by
    which months are added is stated whole.

    Six connections of each way leave a town, for the layer of towns before it; a feast is stated in
    one layer of each region and spreads to the layers behind. With a share p of all this stated, a
    path branches into 6p others, so what follows from far away appears at p = 1/6: the transition
    of a percolation (arXiv 2408.12578: entities, properties and types, and abilities that emerge
    when what was read links up). `p-10` to `p-50` are the world `base` below, at and above it, each
    with what the one before it states and more; `sparse` has half the connections and its threshold
    at 1/3.

    Rungs: `instance`, a feast of a town as of others; `constituent`, by a connection that no
    demonstrated conclusion used; `depth`, from farther away than was demonstrated; `axiom`, a feast
    of which only the way by which it spreads was stated. Of many towns nothing follows:
    `unknowable`, for want of statements, or `nontheorem`, since no town with this feast lies before
    them.
    """

    id = "network-v2"
    generalises = "Percolation model of emergence (Lubana et al. 2024, arXiv 2408.12578)"
    rules = "month(X,P,V) :- passes(M,P), link(X,M,Y,S), month(Y,P,U), later(U,S,V)."
    axioms = frozenset({"passes"})
    familiar = frozenset({"later"})
    queries = MappingProxyType({"passes": (0, 1), "link": (2, 3)})
    few_answers = frozenset({"month"})
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    beyond_association = (("depth", "month"),)
    entities = ("town",)
    sizes = MappingProxyType(
        {
            "tiny": {"regions": 4, "width": 8, "layers": 7, "feasts": 8},
            "small": {"regions": 12, "width": 10, "layers": 8, "feasts": 24},
            "base": BASE,
            "large": {"regions": 40, "width": 16, "layers": 16, "feasts": 24},
            "single": {"regions": 12, "width": 10, "layers": 8, "feasts": 24, "links": 1},
            **dict.fromkeys(SWEEP, BASE),
            "sparse": BASE | {"links": 3},
            "alike": BASE | {"lags": 1},
        }
    )
    drawn_as = MappingProxyType(dict.fromkeys(SWEEP, "base"))
    phrases = MappingProxyType(
        {
            "link": "By the {1} one comes from {0} to {2}, whose feasts are {3} earlier.",
            "later": "{1} after {0} it is {2}.",
            "passes": "The {1} spreads by the {0}.",
            "month": "The {1} of {0} is in {2}.",
        }
    )
    exposure = STATED
    exposures = MappingProxyType(
        {
            "base": dataclasses.replace(STATED, demonstrated=0.8),
            **SWEEP,
            "sparse": dataclasses.replace(STATED, coverage=0.6),
            "single": dataclasses.replace(STATED, coverage=1.0),
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        regions: int,
        width: int,
        layers: int,
        feasts: int,
        routes: int = 2,
        links: int = 6,
        lags: int = 12,
    ) -> Facts:
        """``layers`` of ``width`` towns in each region; all but the first have ``links`` by way."""
        # no number and no name tells where a town lies
        town = rng.permutation(regions * layers * width).reshape(regions, layers, width)
        late = rng.randint(lags, size=town.size)  # of which a town's months are the sum, with
        common = rng.randint(12, size=(regions, feasts))
        source = rng.randint(layers - 1, size=(regions, feasts))
        link = [
            (x, route, y, (late[x] - late[y]) % 12)
            for region in town
            for before, here in itertools.pairwise(region)
            for x in here
            for route in range(routes)
            for y in rng.permutation(before)[:links]
        ]
        month = [
            (x, p, (common[r, p] + late[x]) % 12)
            for r, p in np.ndindex(regions, feasts)
            for x in town[r, source[r, p]]
        ]
        u, s = np.indices((12, 12)).reshape(2, -1)
        ways = rng.permutation(np.resize(np.arange(routes), feasts))
        return Facts.of(
            {
                "town": [name.capitalize() for name in coined(town.size)],
                "way": listed(ROUTES, "way", routes),
                "feast": listed(FEASTS, "feast", feasts),
                "month": MONTHS.split(),
                "lag": [f"{n} month{'s' * (n != 1)}" for n in range(12)],
            },
            link=("town way town lag", np.array(link)),
            later=("month lag month", np.stack([u, s, (u + s) % 12], 1)),
            passes=("way feast", np.column_stack([ways, np.arange(feasts)])),
            month=("town feast month", month),
        )
