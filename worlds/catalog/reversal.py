"""reversal-v1: the reversal curse; what was stated in one direction, queried in the other."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .dealing import elsewhere
from .names import coined, first_names, listed

TOWNS = "Bremen Ghent Turin Basel Delft Porto Lund"


class Reversal(World):
    """Stated is that Ann is the composer of Baba; queried is what the composer of Baba is called.

    Names and descriptions belong together one to one. Some pairs are stated name first, as many
    description first, and as many both ways, which demonstrates that one is the other's reverse.
    Nothing else is demonstrated, and a statement is queried at its end alone. The only novel rung
    is `constituent`: what stood in one direction only, queried in the other. In `inverse-v2`
    statements are queried at both ends, so that the line of a proof can be recalled; here none can.

    Whoever knows what stands beside a name, in whatever direction, needs no rule. So beside each
    true pair stand seven reputed ones that no rule reads (in Ghent Ann passes for the composer of
    Babi), in directions of their own.
    `reversal-curse` is experiment 1 of arXiv 2309.12288: 30 names stated with their descriptions
    name first, 30 description first, 30 both ways, and nothing reputed; there the floor is 1. In
    the paper each fact is worded in 30 ways, here in one, in which a name is one token.
    """

    id = "reversal-v1"
    generalises = "Reversal curse (Berglund et al. 2023, arXiv 2309.12288)"
    rules = """
      % whoever is something is what that is called
      called(D,N) :- is(N,D).
      % and what somebody is called, one is
      is(N,D) :- called(D,N).
    """
    rungs = ("recall", "constituent")
    beyond_association = (("constituent", "called"), ("constituent", "is"))
    entities = ("name", "description")
    sizes = MappingProxyType(
        {
            "tiny": {"first": 20, "last": 20, "both": 20},
            "small": {"first": 200, "last": 200, "both": 200},
            "base": {"first": 600, "last": 600, "both": 600},
            "reversal-curse": {"first": 30, "last": 30, "both": 30, "reputed": 0},
        }
    )
    phrases = MappingProxyType(
        {
            "is": "{0} is {1}.",
            "called": "{0} is called {1}.",
            "passes": "In {1} {0} passes for {2}.",
            "taken": "In {1} {0} is taken for {2}.",
        }
    )
    exposure = Exposure(held=0.0, demonstrated=0.0)

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        first: int,
        last: int,
        both: int,
        reputed: int = 7,
    ) -> Facts:
        """Numbers of pairs: name ``first``, name ``last``, ``both`` ways; ``reputed`` of each."""
        number = first + last + both
        # as many as may be in either direction; no id tells which
        way = rng.permutation(np.repeat([0, 1, 2], [first, last, both]))
        name, description = np.arange(number), rng.permutation(number)
        true = np.stack([name, description], 1)
        others = [np.stack([name, description[e]], 1) for e in elsewhere(rng, number, reputed)]
        towns = listed(TOWNS, "town", reputed)
        stated = {"is": true[way != 1], "called": true[way != 0][:, ::-1]}
        if towns:
            rows = np.concatenate([_in_town(pairs, town) for town, pairs in enumerate(others)])
            ways = np.concatenate([rng.permutation(way) for _ in towns])
            stated |= {"passes": rows[ways != 1], "taken": rows[ways != 0][:, ::-1]}
        sorts = {
            "name": first_names(number),
            "description": [f"the composer of {w.capitalize()}" for w in coined(number)],
            "town": towns,
        }
        signatures = {"is": "name description", "called": "description name"}
        signatures |= {"passes": "name town description", "taken": "description town name"}
        return Facts.of(sorts, **{p: (signatures[p], rows) for p, rows in stated.items()})


def _in_town(pairs: NDArray[np.int64], town: int) -> NDArray[np.int64]:
    """[n, 3] rows of ``pairs`` [n, 2] with the town between."""
    return np.insert(pairs, 1, town, axis=1)
