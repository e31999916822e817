"""The same facts and corpora made in other processes, under way while this one checks.

    python -m zebroid.benchmarks.conformance.worlds.subprocesses \
        '{"world": "zebra-v2", "facts": ["tiny:0"], ...}'

draws the facts in the order given (SIZE:WORLD_SEED), then makes the corpora in the order given
(SIZE:WORLD_SEED:EXPOSURE_SEED), and prints a line of JSON for each: of facts their digests, or why
there are none, and the files that they share with other processes; of a corpus its digests, the
seconds it took, and the greatest memory that the process has held so far.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .... import registry
from ....memory import peak_bytes
from ....worlds.datalog.facts import Facts
from ....worlds.draw_limit import draws_within
from ....worlds.world import World
from .circumstances import Circumstances, Watched, take

SEEDS = ("0:0", "0:1")  # world : exposure
DRAWN = (0, 1, 2, 3)  # world seeds; even in number, so that what alternates falls otherwise
LONGEST = 60.0  # seconds that one draw may take
FIRST = Circumstances(hash_seed="1")
SECOND = Circumstances(hash_seed="2", days=1_234, host="elsewhere")  # another year, month, weekday
HASH_SEEDS = (FIRST.hash_seed, SECOND.hash_seed)  # this process's own is as the user has it


class Elsewhere:
    """Processes that draw and make ``sizes``: a context, at whose end none is left.

    The first process goes through sizes and seeds in order, the second the other way round, with
    another hash seed, on another day and host; each has an empty folder of its own to work in.
    """

    def __init__(self, world: str, sizes: Sequence[str], corpora: Sequence[str] = SEEDS) -> None:
        self.world, self.began = world, time.time()
        self.environment = {**os.environ}  # before a world writes into it
        self.folder = tempfile.TemporaryDirectory(prefix="zebroid-check-")
        self.circumstances = [
            dataclasses.replace(one, folder=self._folder()) for one in (FIRST, SECOND)
        ]
        draws = [f"{size}:{seed}" for size in sizes for seed in DRAWN]
        names = [f"{size}:{seeds}" for size in sizes for seeds in corpora]
        self.orders = [draws, draws[::-1]]
        self.processes = [
            self._start(one, order, corpora)
            for one, order, corpora in zip(self.circumstances, self.orders, (names, names[::-1]))
        ]
        self.found: list[tuple[list[Mapping[str, Any]], str]] = []  # lines, and why it failed

    def __enter__(self) -> Elsewhere:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()
        self.folder.cleanup()

    def made(self) -> Sequence[Mapping[str, Any]]:
        """Of each process: ``SIZE:SEEDS`` -> {"digests", "seconds", "megabytes"}.

        Raises RuntimeError with the last line that a process had to tell if it failed.
        """
        for _, why in self._all():
            if why:
                raise RuntimeError(why)
        return [{x["corpus"]: x for x in lines if "corpus" in x} for lines, _ in self._all()]

    def drawn(self) -> Sequence[Mapping[str, Any]]:
        """Of each process: ``SIZE:SEED`` -> {"digests", "error", "shared", "foreign"}.

        Raises RuntimeError with the last line that a process had to tell if it drew nothing.
        """
        for (lines, why), order in zip(self._all(), self.orders):
            if sum("facts" in line for line in lines) < len(order):
                raise RuntimeError(why or "the process ended early")
        return [{x["facts"]: x for x in lines if "facts" in x} for lines, _ in self._all()]

    def alone(self, draw: str, circumstances: Sequence[Circumstances]) -> list[Mapping[str, Any]]:
        """``draw`` (SIZE:SEED) as the only one of a new process, for each of the circumstances.

        A folder that they name is made anew.
        """
        started = [
            self._start(
                dataclasses.replace(one, folder=self._folder() if one.folder else ""), [draw], []
            )
            for one in circumstances
        ]
        found = []
        for process in started:
            lines, why = _lines(process)
            found.append(
                lines[0] if lines else {"digests": {}, "error": why, "shared": [], "foreign": []}
            )
        return found

    def _all(self) -> list[tuple[list[Mapping[str, Any]], str]]:
        for process in self.processes[len(self.found) :]:
            self.found.append(_lines(process))
        return self.found

    def _folder(self) -> str:
        return tempfile.mkdtemp(dir=self.folder.name)

    def _start(
        self, one: Circumstances, draws: Sequence[str], corpora: Sequence[str]
    ) -> subprocess.Popen[str]:
        task = {
            **{"world": self.world, "facts": draws, "corpora": corpora},
            **{"days": one.days, "host": one.host, "began": self.began},
            **{"own": self.folder.name, "common": [tempfile.gettempdir(), "/tmp", "/var/tmp"]},
        }
        return subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "zebroid.benchmarks.conformance.worlds.subprocesses",
                json.dumps(task),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=one.environment(self.environment),
            cwd=one.folder or None,
        )


def _lines(process: subprocess.Popen[str]) -> tuple[list[Mapping[str, Any]], str]:
    """What a process printed, and the last line of why it failed."""
    out, err = process.communicate()
    lines = [json.loads(line) for line in out.splitlines()]
    why = (err.strip() or "no reason given").splitlines()[-1]
    return lines, why if process.returncode else ""


def digests_of(facts: Facts) -> dict[str, str]:
    """What is named of facts where they differ -> its SHA-256: the constants, each predicate."""
    sorts = [[sort, block.start, block.stop] for sort, block in facts.sorts.items()]
    text = json.dumps([facts.constants, sorts]).encode()
    found = {"the constants": hashlib.sha256(text).hexdigest()}
    for predicate, rows in sorted(facts.rows.items()):
        shape = f"{rows.dtype} {rows.shape}".encode()
        found[f"the facts of {predicate}"] = hashlib.sha256(shape + rows.tobytes()).hexdigest()
    return found


def main(task: Mapping[str, Any]) -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a world prints is no line of ours
    take(task["days"], task["host"])
    with draws_within(LONGEST):
        _make(task, out)


def _make(task: Mapping[str, Any], out: TextIO) -> None:
    made = registry.make(task["world"])
    beside = [str(Path(task["world"]).parent)] if task["world"].endswith(".py") else []
    watched = Watched([task["own"]], beside, task["common"], task["began"])
    for name in task["facts"]:
        size, seed = name.split(":")
        line: dict[str, Any] = {"facts": name, "digests": {}, "error": ""}
        try:
            with watched.watch():
                facts = made.facts(size, int(seed))
            line["digests"] = digests_of(facts)
        except Exception as error:  # whatever a stranger's world raises
            line["error"] = f"{type(error).__name__}: {' '.join(str(error).split())}"
        opened = {"shared": watched.shared, "foreign": watched.foreign}
        print(json.dumps({**line, **opened}), file=out, flush=True)
    for name in task["corpora"]:
        print(json.dumps(_corpus(made, name)), file=out, flush=True)


def _corpus(world: World, name: str) -> dict[str, Any]:
    from ....worlds.corpus.build import build_corpus
    from .golden import digests  # who only draws need not wait for these

    size, *seeds = name.split(":")
    began = time.perf_counter()
    corpus = build_corpus(world, size, seeds=(int(seeds[0]), int(seeds[1])))
    seconds = time.perf_counter() - began
    line = {"corpus": name, "digests": digests(corpus), "seconds": seconds}
    return {**line, "megabytes": peak_bytes() / 2**20}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
