"""How many bytes of memory a process may take of this machine, and has taken."""

from __future__ import annotations

import contextlib
import os
import re
import sys
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


def peak_bytes() -> float:
    """The most memory that this process has held; 0 where the system does not say.

    Linux counts it for the program; `getrusage` would also count who started it.
    """
    with contextlib.suppress(OSError):
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
        if peak:
            return int(peak[1]) * 1024.0
    with contextlib.suppress(ImportError):  # Windows has no such module
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most * (1.0 if sys.platform == "darwin" else 1024.0)
    return 0.0


def readable(size: float) -> str:
    """Bytes for people."""
    value, unit = next(((u, name) for u, name in UNITS if size >= u), UNITS[-1])
    number = size / value
    return f"{number:,.0f} {unit}" if number >= 10 else f"{number:.2g} {unit}"
