"""How many bytes of memory a process may take of this machine."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

UNITS = ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB"))
CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_bytes() -> float:
    """What this process may take of the machine's memory; without end where no system says."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
            found.append(int(Path(path).read_text("ascii")))
    with contextlib.suppress(ImportError, OSError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        found += [soft] if soft != resource.RLIM_INFINITY else []
    return float(min(found, default=float("inf")))


def readable(size: float) -> str:
    """Bytes for people."""
    value, unit = next(((u, name) for u, name in UNITS if size >= u), UNITS[-1])
    number = size / value
    return f"{number:,.0f} {unit}" if number >= 10 else f"{number:.2g} {unit}"
