"""Where arrays lie when there are several devices: batches and parameters spread over a mesh.

One axis, ``devices``. Data-parallel: every device holds the model and a share of each batch. Fully
sharded: parameters and the optimizer's moments are spread as well (arXiv 1910.02054). Replicas:
each device trains seeds of its own. XLA inserts what must be sent; results are those of one
device, but for the order of sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ..registry import suggest

AXIS = "devices"
LAYOUTS = ("single", "data", "sharded", "replicas")


def mesh(devices: Sequence[Any]) -> Mesh:
    """All these devices on one axis."""
    return Mesh(np.array(devices), (AXIS,))


def whole(mesh: Mesh) -> NamedSharding:
    """The same on every device."""
    return NamedSharding(mesh, PartitionSpec())


def first(mesh: Mesh) -> NamedSharding:
    """The first axis spread: of a batch its rows, of a fleet its members."""
    return NamedSharding(mesh, PartitionSpec(AXIS))


def spread(mesh: Mesh, shape: Sequence[int], skip: int = 0) -> NamedSharding:
    """The longest axis that the devices divide, after the first ``skip``; else whole."""
    fitting = [(n, -i) for i, n in enumerate(shape) if i >= skip and n and n % mesh.size == 0]
    if not fitting:
        return whole(mesh)
    axis = -max(fitting)[1]
    return NamedSharding(mesh, PartitionSpec(*[None] * axis, AXIS))


def check(layout: str) -> None:
    """Raises UserError for a layout that doesn't exist."""
    if layout not in LAYOUTS:
        raise suggest("layout", layout, LAYOUTS)
