"""Links between entities and properties hang together from about sqrt(n1 n2) of them on.

Pure graph, no model: of a random bipartite graph the number of links at which a giant component
appears, over the number of properties. The null has as many properties of which only the first can
be linked: what is never linked must not move the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....eval.scaling.percolation import critical_edges
from ....eval.verdicts.replication import Claim, Null
from ..finding import Computed, Finding

ENTITIES = 200
PROPERTIES = (200, 400, 800, 1600, 3200)
SEEDS = 10  # graphs behind one threshold


def measure(
    draw: int, properties: Sequence[int] = PROPERTIES, seeds: int = SEEDS
) -> dict[str, float]:
    """Exponents of the threshold in the number of properties, and the threshold in sqrt(n1 n2)."""
    mine = range(draw * seeds, (draw + 1) * seeds)
    found = [critical_edges(ENTITIES, n, mine) for n in properties]
    # as many graphs, with links to the first properties alone
    still = [
        critical_edges(
            ENTITIES, properties[0], range(10_000 * i + mine[0], 10_000 * i + mine[-1] + 1)
        )
        for i in range(len(properties))
    ]
    near = np.sqrt(ENTITIES * np.asarray(properties, float))
    return {
        "exponent": exponent(properties, found),
        "exponent, never linked": exponent(properties, still),
        "ratio": float((np.asarray(found) / near).mean()),
    }


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """Of the power law through points, by least squares in logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


FINDING = Finding(
    id="percolation-threshold",
    title="A network of entities and properties links up at the square root of their product",
    source="arXiv 2408.12578; cond-mat/0007235",
    published="critical links sqrt(n1 n2): exponent 0.5 in the number of properties",
    falsified="an exponent surely outside 0.45 to 0.55",
    minutes=0.2,
    claims=(
        Claim("exponent", 0.45, published=0.05),
        Claim(0.55, "exponent", published=0.05),
    ),
    nulls=(Null("exponent, never linked", 0.0, bound=0.05),),
    measured=Computed(measure, draws=8, unit="exponent of critical links"),
    core=True,
    seen="tests of the percolation module: 0.486 with ten graphs",
)
