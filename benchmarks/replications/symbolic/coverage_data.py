"""Two-hop data that connect what may stand for what grow faster than the square of the tokens.

As in the source: two tokens give a bridge, the bridge and a third token the answer. Two pairs with
one bridge are *k-equivalent* once k third tokens were seen with both; a model that only exchanges
what was seen to be equivalent can answer what the equivalent pairs of a bridge connect. The number
of data, drawn at random, from which nearly all pairs of a bridge are connected grows as the number
of tokens to the power 2.5 - 0.5 / k, whatever the model.

The null: of each bridge one pair is seen with every third token. Others then need few third tokens
each to be equivalent to it, and how many k asks for must not raise the exponent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from ....eval.verdicts.replication import Claim, Null
from ....seeding import stream
from ..finding import Computed, Finding
from .percolation_threshold import exponent

TOKENS = (25, 50, 100, 200, 400)
CONNECTED = 0.5  # share of a bridge's pairs in one piece
BRIDGES = 6  # behind one mean
STRONG = 3  # shared third tokens


def measure(draw: int, tokens: Sequence[int] = TOKENS, bridges: int = BRIDGES) -> dict[str, float]:
    """Exponents of the data needed in the number of tokens, with one and three shared tokens."""
    found = {}
    for hub in (False, True):
        for k in (1, STRONG):
            needed = []
            for n in tokens:
                rng = stream("coverage data", hub, k, n, draw)
                shares = [_share(rng, n, k, hub) for _ in range(bridges)]
                needed.append(float(np.mean(shares)) * n**3)
            found[f"{k} shared" + (", hub" if hub else "")] = exponent(tokens, needed)
    return found


def _share(rng: np.random.RandomState, n: int, k: int, hub: bool) -> float:
    """The share of all data from which the n pairs of one bridge are connected."""
    order = rng.random_sample((n, n))  # pair and third token: seen from this share on
    if hub:
        order[0] = 0.0
    low, high = 0.0, 1.0
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if connected(order <= middle, k) else (middle, high)
    return high


def connected(seen: NDArray[np.bool_], k: int) -> bool:
    """Whether CONNECTED of the pairs [n, third tokens] are one piece by k shared third tokens."""
    shared = seen.astype(np.float32)
    piece = connected_components(shared @ shared.T >= k, directed=False)[1]
    return bool(np.bincount(piece).max() >= CONNECTED * len(seen))


FINDING = Finding(
    id="coverage-data",
    title="Two-hop data needed to connect what is equivalent grow faster than the square of tokens",
    source="arXiv 2505.20278",
    published="at least quadratic: exponent 2.5 - 0.5 / k, 2 for one shared token, 2.33 for three",
    falsified="an exponent surely below 1.9, or one that rises by less than .1 with k",
    minutes=0.5,
    claims=(
        Claim("1 shared", 1.9, published=0.1),
        Claim("3 shared", "1 shared", margin=0.1, published=0.33),
    ),
    nulls=(Null("3 shared, hub", "1 shared, hub", bound=0.1),),
    measured=Computed(measure, draws=8, unit="exponent of data in tokens"),
    core=True,
)
