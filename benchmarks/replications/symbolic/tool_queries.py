"""Queries of a tool that link two things: sqrt(n) below the threshold of what is known, few above.

What is known before is a random graph G(n, c/n). A query of a thing names a random neighbour of it
in a complete graph of the truth; queries go in turn to the side of the source and that of the
target, until what is known and what was found links both. Known links of mean degree 0.5 are below
the threshold, of 1.5 above it. The null has even more links, in blocks of four: no giant component,
so the saving must vanish.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ....eval.verdicts.replication import Claim, Null
from ....seeding import stream
from ..finding import Computed, Finding
from .percolation_threshold import exponent

SIZES = (1_000, 10_000, 100_000)
PAIRS = 60  # of source and target behind one mean
BELOW, ABOVE, BLOCK = 0.5, 1.5, 4
Ints = NDArray[np.int64]


def measure(draw: int, sizes: Sequence[int] = SIZES, pairs: int = PAIRS) -> dict[str, float]:
    """Exponents of the mean number of queries in the number of things, and the number itself."""
    found = {}
    for name in ("below", "above", "blocks"):
        means = []
        for n in sizes:
            rng = stream("tool queries", name, n, draw)
            part = _parts(rng, n, name)
            means.append(float(np.mean([queries(rng, part) for _ in range(pairs)])))
        found[name], found[f"queries {name}"] = exponent(sizes, means), means[-1]
    return found


def _parts(rng: np.random.RandomState, n: int, name: str) -> Ints:
    """[n] the component of each thing in what is known."""
    if name == "blocks":
        return np.arange(n) // BLOCK
    degree = {"below": BELOW, "above": ABOVE}[name]
    edges = rng.randint(0, n, (2, rng.binomial(n * (n - 1) // 2, degree / n)))
    graph = coo_matrix((np.ones(edges.shape[1], np.int8), (edges[0], edges[1])), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def queries(rng: np.random.RandomState, part: Ints) -> int:
    """How many queries link a random source with a random target."""
    source, target = rng.randint(0, len(part), 2)
    sides = [{int(part[source])}, {int(part[target])}]
    count = 0
    while not sides[0] & sides[1]:
        sides[count % 2].add(int(part[rng.randint(len(part))]))
        count += 1
    return max(count, 1)  # a logarithm follows


FINDING = Finding(
    id="tool-queries",
    title="A tool needs sqrt(n) queries below the threshold of prior knowledge, a few above it",
    source="arXiv 2510.16609",
    published="Omega(sqrt n) queries below the threshold, O(1) above",
    falsified="an exponent surely below 0.35 below the threshold, or above 0.05 above it",
    minutes=0.2,
    claims=(
        Claim("below", 0.35, published=0.15),
        Claim(0.05, "above", published=0.05),
        Claim("below", "above", margin=0.3, published=0.5),
    ),
    nulls=(Null("below", "blocks", bound=0.1),),
    measured=Computed(measure, draws=8, unit="exponent of queries in the size of the graph"),
    core=True,
    seen="a trial with one draw: 45, 129, 363 queries below, 2.0, 1.9, 2.2 above",
)
