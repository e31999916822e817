"""The same corpora made in other processes, under way while this one checks.

    python -m zebroid.worlds.checks.elsewhere WORLD SIZE:WORLD_SEED:EXPOSURE_SEED ...

makes the corpora in the order given and prints a line of JSON for each: its digests, the seconds
it took, and the greatest memory that the process has held so far.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import registry

SEEDS = ("0:0", "0:1")  # world : exposure
HASH_SEEDS = ("1", "2")  # of the processes; this one's own is as the user has it


class Elsewhere:
    """Processes that make the corpora of ``sizes``: a context, at whose end none is left.

    The first process goes through sizes and seeds in order, the second the other way round.
    """

    def __init__(self, world: str, sizes: Sequence[str]) -> None:
        names = [f"{size}:{seeds}" for size in sizes for seeds in SEEDS]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "zebroid.worlds.checks.elsewhere", world, *names[::step]],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONHASHSEED": seed},
            )
            for seed, step in zip(HASH_SEEDS, (1, -1))
        ]
        self.found: list[Mapping[str, Any]] = []

    def __enter__(self) -> Elsewhere:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()

    def made(self) -> Sequence[Mapping[str, Any]]:
        """Of each process: ``SIZE:SEEDS`` -> {"digests", "seconds", "megabytes"}.

        Raises RuntimeError with the last line that a process had to tell if it failed.
        """
        for process in self.processes[len(self.found) :]:
            out, err = process.communicate()
            if process.returncode:
                raise RuntimeError((err.strip() or "no reason given").splitlines()[-1])
            lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
            self.found.append({line["corpus"]: line for line in lines})
        return self.found


def main(world: str, names: Sequence[str]) -> None:
    from ..golden import digests
    from ..state import state

    made = registry.make(world)
    for name in names:
        size, *seeds = name.split(":")
        began = time.perf_counter()
        corpus = state(made, size, seeds=(int(seeds[0]), int(seeds[1])))
        seconds = time.perf_counter() - began
        line = {"corpus": name, "digests": digests(corpus), "seconds": seconds}
        print(json.dumps({**line, "megabytes": megabytes()}), flush=True)


def megabytes() -> float:
    """The greatest memory that this process has held; 0 where the system does not tell.

    Linux tells it of the program; `getrusage` would also count who started it.
    """
    with contextlib.suppress(OSError):
        peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        if peak:
            return int(peak[1]) / 2**10
    with contextlib.suppress(ImportError):  # Windows has no such module
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (2**20 if sys.platform == "darwin" else 2**10)
    return 0.0


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
