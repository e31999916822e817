"""How many trainings a suite may be, counted before any of its combinations is made.

All bounds lie far above every suite that was ever run; a receipt is held to the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import InvalidSuite

if TYPE_CHECKING:
    from .suite import Grid

CELLS = 5_000  # of one suite, and of its receipt
QUESTIONS = 10_000  # of each rung
SEED = 2**32 - 1  # the largest

Counts = Mapping[str, int]  # axis -> how many values it has


def combinations(grid: Grid) -> Counts:
    """Axis of one table of cells -> how many values are combined there; cells are their product."""
    seeds, exposure = grid.seeds, grid.exposure
    tables = exposure if isinstance(exposure, list) else [exposure]
    paired = len(seeds.all) or len(seeds.world) * len(seeds.exposure) * len(seeds.init)
    return {
        "world": _length(grid.world),
        "mode": _length(grid.mode),
        "model": sum(_products(one) for one in _listed(grid.model)),
        "plan": _length(grid.plan),
        "seeds": paired,
        "exposure": sum(map(_products, tables)),
    }


def largest(counts: Sequence[Counts]) -> int:
    """The number of the table with most combinations, or of the first that has none."""
    products = [math.prod(count.values()) for count in counts]
    return products.index(max(products) if all(products) else 0)


def check_count(counts: Sequence[Counts]) -> None:
    """Raises UserError where all tables together have more combinations than a suite may have, or
    one of them has none."""
    for count in counts:
        if empty := [axis for axis, number in count.items() if not number]:
            raise InvalidSuite(f"{empty[0]} has an empty list, which makes no cell; give a value")
    total = sum(math.prod(count.values()) for count in counts)
    if total <= CELLS:
        return
    axes = counts[largest(counts)]
    ordered = sorted(axes, key=lambda axis: -axes[axis])
    product = " x ".join(f"{axes[axis]:,} of {axis}" for axis in ordered if axes[axis] > 1)
    most = f"{product}, " if len(counts) == 1 else f"here {product}, "
    raise InvalidSuite(
        f"{total:,} cells ({most.removesuffix(', ')}); a suite has at most {CELLS:,}: leave out "
        f"values of {ordered[0]}, or make several suites of it"
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _length(value: Any) -> int:
    return len(_listed(value))


def _products(table: Any) -> int:
    """How many combinations the lists of a table have; 1 of what is no table."""
    return math.prod(map(_length, table.values())) if isinstance(table, dict) else 1
