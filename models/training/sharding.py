"""Where a training lies when there are several devices.

- ``single``: on one device.
- ``replicas``: each device trains members of a batch of replicas of its own. The program is that
of a single
  device, and so are the results, bit for bit.
- ``data``: every device holds the model and a share of each batch; gradients are summed.
- ``sharded``: as ``data``, and parameters and the optimizer's moments are spread as well, each
  along its longest axis that the devices divide (arXiv 1910.02054).

The last two are one program over a mesh with one axis, into which XLA inserts what must be sent;
results are those of one device, but for the order of sums. Only they may run over several hosts.
Replicas as one program over a mesh were tried: one compilation instead of one a device, but XLA
makes other code for several devices, and with Muon the last bits differed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ...errors import UserError, suggest
from ..spec import Spec, draws
from .plan import LAYOUTS, VMAP_SIZE, Plan

AXIS = "devices"

T = TypeVar("T")


def mesh(devices: Sequence[Any]) -> Mesh:
    """All these devices on one axis."""
    return Mesh(np.array(devices), (AXIS,))


def whole(mesh: Mesh) -> NamedSharding:
    """The same on every device."""
    return NamedSharding(mesh, PartitionSpec())


def first(mesh: Mesh) -> NamedSharding:
    """The first axis spread: of a batch its rows, of a batch of replicas its members."""
    return NamedSharding(mesh, PartitionSpec(AXIS))


def spread(mesh: Mesh, shape: Sequence[int]) -> NamedSharding:
    """The longest axis that the devices divide, the first of several; else whole."""
    fitting = [(n, -i) for i, n in enumerate(shape) if n and n % mesh.size == 0]
    if not fitting:
        return whole(mesh)
    axis = -max(fitting)[1]
    return NamedSharding(mesh, PartitionSpec(*[None] * axis, AXIS))


@dataclasses.dataclass(frozen=True)
class Layout:
    """A layout on its devices; what it does to the arrays of a program that is being traced."""

    name: str = "single"
    mesh: Mesh | None = None  # of ``data`` and ``sharded`` on more than one device

    @classmethod
    def of(cls, name: str = "") -> Layout:
        """The layout of this name on all devices; by default, ``replicas`` on accelerators.

        Raises UserError where there is none, or where it cannot be.
        """
        if name and name not in LAYOUTS:
            raise suggest("layout", name, LAYOUTS)
        name, hosts = name or ("single" if on_cpu() else "replicas"), jax.process_count()
        if name in ("data", "sharded"):
            devices = jax.devices()
            return cls(name, mesh(devices)) if len(devices) > 1 else SINGLE
        if hosts > 1:
            raise UserError(
                f"layout {name} on {hosts} hosts; give --layout data or sharded, or each host "
                "cells of its own: --cells i/n"
            )
        return cls(name)

    @property
    def sizes(self) -> tuple[int, int]:
        """(how many groups of members are trained at a time, how many members to a group)."""
        if self.mesh is not None:
            return 1, 1
        return len(self.apart), 1 if on_cpu() else VMAP_SIZE

    def side_by_side(self, spec: Spec) -> int:
        """Members to a group: one of a model whose steps draw what they train."""
        return self.sizes[1] if len(draws(spec)) == 1 else 1

    @property
    def apart(self) -> list[Any]:
        """The devices of which each trains by itself."""
        return jax.local_devices() if self.name == "replicas" else jax.local_devices()[:1]

    @property
    def description(self) -> str:
        """For a record, where results may depend on it: ``data over 8 devices``, else empty."""
        return "" if self.mesh is None else f"{self.name} over {self.mesh.size} devices"

    def check(self, plan: Plan) -> None:
        """Raises UserError where a batch, or a microbatch, cannot be shared out."""
        name = "batch" if plan.microbatch is None else "microbatch"
        if self.mesh is not None and getattr(plan, name) % self.mesh.size:
            raise UserError(
                f"plan.{name} {getattr(plan, name)} over {self.mesh.size} devices; give a "
                "multiple, or --layout replicas"
            )

    def rows(self, tree: T) -> T:
        """Rows of a batch, each device its share; all of them where they cannot be shared out."""
        if self.mesh is None:
            return tree
        mesh = self.mesh

        def lay(leaf: jax.Array) -> jax.Array:
            where = whole(mesh) if leaf.shape[0] % mesh.size else first(mesh)
            return jax.lax.with_sharding_constraint(leaf, where)

        return jax.tree.map(lay, tree)

    def gathered(self, tree: T) -> T:
        """All of it on every device."""
        if self.mesh is None:
            return tree
        return jax.lax.with_sharding_constraint(tree, whole(self.mesh))

    def weights(self, tree: T) -> T:
        """Parameters, or what the optimizer keeps beside them."""
        mesh = self.mesh
        if mesh is None or self.name != "sharded":
            return self.gathered(tree)

        def lay(leaf: jax.Array) -> jax.Array:
            return jax.lax.with_sharding_constraint(leaf, spread(mesh, leaf.shape))

        return jax.tree.map(lay, tree)

    def put(self, tree: T) -> T:
        """Arrays from this machine's memory to the devices; every host has the same."""
        if self.mesh is None:
            return jax.tree.map(jax.numpy.asarray, tree)
        where = whole(self.mesh)

        def lay(leaf: Any) -> jax.Array:
            array = np.asarray(leaf)
            return jax.make_array_from_callback(array.shape, where, lambda part: array[part])

        return jax.tree.map(lay, tree)

    def fetched(self, tree: T) -> T:
        """Arrays from the devices, wherever their shares lie, to this machine's memory."""
        if self.mesh is not None:
            tree = jax.jit(lambda leaves: leaves, out_shardings=whole(self.mesh))(tree)
        return jax.tree.map(np.asarray, tree)


SINGLE = Layout()


def on_cpu() -> bool:
    return jax.default_backend() == "cpu"
