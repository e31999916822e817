"""How much memory there is for a training and for a world: of this machine, or of its GPUs."""

from __future__ import annotations

import dataclasses

from ...memory import machine_bytes
from ..executors.local_workers import accelerators


@dataclasses.dataclass(frozen=True)
class Memory:
    """Bytes, and of what they are."""

    bytes: float
    place: str


def of_machine() -> Memory:
    """What this process may take of the machine's memory; without end where no system says."""
    return Memory(machine_bytes(), "this machine")


def of_devices() -> Memory:
    """That of the devices that train here. Imports JAX, where there are GPUs."""
    if not accelerators():
        return of_machine()
    import jax

    devices = jax.local_devices()
    sizes = [dict(device.memory_stats() or {}).get("bytes_limit", 0) for device in devices]
    if devices[0].platform == "cpu" or not all(sizes):
        return of_machine()
    return Memory(float(sum(sizes)), f"{len(devices)} x {devices[0].device_kind}")
