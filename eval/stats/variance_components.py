"""split(values, seeds) -> how much of their variance comes with each of the four seed axes.

The model is the nested one in which the seeds act: y = mean + world + exposure within its world
+ initialisation and batch order within their corpus + rest. The components are found by the method
of moments (Henderson's first, 1953, doi:10.2307/3001853): sums of squares of groups, set equal to
what they are expected to be. Of balanced data that is the analysis of variance. An estimate below
0 is possible, and stands for 0.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AXES = ("world", "exposure", "init", "order")  # in the order of a cell's four seeds
WITHIN = {"world": (0,), "exposure": (0, 1), "init": (0, 1, 2), "order": (0, 1, 3)}
REST = "rest"  # what no axis by itself explains: how initialisation and order go together


@dataclasses.dataclass(frozen=True)
class Component:
    """The variance that comes with some axes, which vary together in these data."""

    axes: tuple[str, ...]  # one, several that cannot be separated, or ("rest",)
    estimate: float  # as the moments give it, which may be below 0
    groups: int  # different seeds of the axes, each within the axes it is nested in

    @property
    def variance(self) -> float:
        """The estimate; 0 where it is below."""
        return max(self.estimate, 0.0)

    @property
    def negative(self) -> bool:
        return self.estimate < 0

    @property
    def name(self) -> str:
        """``init + order``."""
        return " + ".join(self.axes)


@dataclasses.dataclass(frozen=True)
class Split:
    """The components that the data identify, and why each axis that has none does not."""

    components: tuple[Component, ...]
    unidentified: Mapping[str, str]  # axis -> why, in words

    @property
    def total(self) -> float:
        return sum(c.variance for c in self.components)

    def share(self, component: Component) -> float:
        """Of the total; 0 where nothing varies."""
        return component.variance / self.total if self.total > 0 else 0.0


def split(values: Sequence[float], seeds: Sequence[Sequence[int]]) -> Split:
    """Of R runs: ``values`` [R], and the seeds (world, exposure, init, order) of each.

    An axis of one seed is not identified. Axes that vary together (``init`` and ``order`` of most
    suites) have one component together.
    """
    y, s = np.asarray(values, float), np.asarray(seeds, np.int64).reshape(len(values), len(AXES))
    unidentified, merged = {}, dict[bytes, list[str]]()
    groups: dict[bytes, NDArray[np.int64]] = {}
    for number, axis in enumerate(AXES):
        if len(np.unique(s[:, number])) < 2:
            unidentified[axis] = "one seed"
            continue
        group = _numbered(s[:, WITHIN[axis]])
        merged.setdefault(group.tobytes(), []).append(axis)
        groups[group.tobytes()] = group
    single = np.arange(len(y))
    names = [tuple(axes) for axes in merged.values()]
    partitions = [*groups.values()]
    if not any((p == single).all() for p in partitions):
        names, partitions = [*names, (REST,)], [*partitions, single]
    solved = _moments(y, partitions) if len(y) > 1 else [None] * len(partitions)
    components = []
    for axes, partition, estimate in zip(names, partitions, solved):
        if estimate is None:
            unidentified |= {axis: "too few runs" for axis in axes if axis != REST}
        else:
            components.append(Component(axes, estimate, int(partition.max()) + 1))
    return Split(tuple(components), unidentified)


def _numbered(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """[R] the number of each row's group, in the order in which groups first occur."""
    known: dict[tuple[int, ...], int] = {}
    return np.array([known.setdefault(tuple(key), len(known)) for key in keys.tolist()], np.int64)


def _moments(y: Floats, partitions: Sequence[NDArray[np.int64]]) -> list[float | None]:
    """A component for each partition, the last or another of which has single runs as groups.

    None where the equations leave it open.
    """
    n = len(y)
    same = [(p[:, None] == p).astype(float) for p in partitions]  # [R, R] whether in one group
    mean = np.full((n, n), 1 / n)
    # projection onto the means of groups, less that onto the mean of all: 0 for a constant
    forms = [z / z.sum(1, keepdims=True) - mean for z in same]
    squares = np.array([y @ form @ y for form in forms])
    expected = np.array([[float((form * z).sum()) for z in same] for form in forms])
    found, *_ = np.linalg.lstsq(expected, squares, rcond=None)
    rank = np.linalg.matrix_rank(expected)
    out: list[float | None] = []
    for number in range(len(partitions)):
        unit = np.zeros((1, len(partitions)))
        unit[0, number] = 1
        fixed = np.linalg.matrix_rank(np.concatenate([expected, unit])) == rank
        out.append(float(found[number]) if fixed else None)
    return out
