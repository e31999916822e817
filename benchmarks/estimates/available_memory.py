"""How much memory there is for a training and for a world: of this machine, or of its GPUs."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path

from ..executors.local_workers import accelerators

CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclasses.dataclass(frozen=True)
class Memory:
    """Bytes, and of what they are."""

    bytes: float
    place: str


def of_machine() -> Memory:
    """What this process may take of the machine's memory; without end where no system says."""
    found = []
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
            found.append(int(Path(path).read_text("ascii")))
    with contextlib.suppress(ImportError, OSError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        found += [soft] if soft != resource.RLIM_INFINITY else []
    return Memory(float(min(found, default=float("inf"))), "this machine")


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
