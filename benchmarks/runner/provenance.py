"""What produced a number: code, versions, commit, device.  Imports no JAX of its own accord."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__, canonical, parameters, registry
from ...models import training_version
from . import atomic_write

if TYPE_CHECKING:
    from ..config.run_config import Cell

LIBRARIES = ("numpy", "scipy", "duckdb", "clingo", "jax", "jaxlib", "flax", "optax")
OURS = (
    "zebroid",
    "python",
    *LIBRARIES,
)  # whatever else has a version in a receipt is a plugin


@functools.cache
def versions() -> dict[str, str]:
    """Of zebroid, Python and the libraries that a number may depend on, those that are there: who
    only scores needs no JAX."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return {"zebroid": __version__, "python": platform.python_version(), **found}


def packages(cells: Sequence[Cell]) -> dict[str, str]:
    """Distribution -> version of the worlds and models of cells that come from others.

    With the version of the content of each world, which a new version of its package may keep.
    """
    content = {("world", cell.world): f", {cell.world} content {cell.content}" for cell in cells}
    models = {parameters.split(cell.model)[0] for cell in cells}
    found: dict[str, str] = {}
    for plugin in plugins([world for _, world in content], models):
        known = found.get(plugin.distribution, plugin.version)
        found[plugin.distribution] = known + content.get((plugin.kind, plugin.name), "")
    return found


def plugins(worlds: Iterable[str], models: Iterable[str]) -> list[registry.Plugin]:
    """The plugins among these names, in order of name."""
    named = {("world", name.partition("/")[0]) for name in worlds}
    named |= {("model", name) for name in models}
    found = [p for p in registry.plugins() if (p.kind, p.name) in named and not p.flaw]
    return sorted(found, key=lambda plugin: (plugin.kind, plugin.name))


@dataclasses.dataclass(frozen=True)
class Environment:
    """By what one training was made, as found when it began; nothing of it can be recomputed."""

    training: str  # the declared version of training
    versions: Mapping[str, str]  # of zebroid, Python, libraries, and plugins of its world and model
    commit: str  # of zebroid's repository; empty: installed from a package
    dirty: bool  # whether files differed from that commit

    @classmethod
    def of(cls, cell: Cell) -> Environment:
        """That of a training of ``cell`` which begins now."""
        return cls(training_version.TRAINING, versions() | packages([cell]), *commit())


def begun(cells: Sequence[Cell], draft: Path | None) -> list[Environment]:
    """What makes each of these trainings, which begin now, or go on where ``draft`` keeps a state.

    One that goes on is of the environment in which it began; where that is another by now, its code
    is of two, and counts as changed. Kept beside ``draft``, and gone with it.
    """
    now = [Environment.of(cell) for cell in cells]
    if draft is None:
        return now
    path = draft.with_name(f"{draft.name}.json")
    content = canonical.text([dataclasses.asdict(one) for one in now])
    try:
        known = json.loads(path.read_text("ascii")) if draft.is_dir() else None
        if known is not None:
            first = [Environment(**one) for one in known]
            pairs = zip(first, now, strict=True)
            return [dataclasses.replace(a, dirty=a.dirty or a != b) for a, b in pairs]
    except (OSError, ValueError, TypeError):  # none is kept: then all began now
        pass
    with atomic_write.file(path) as file:
        file.write_text(content, "ascii")
    return now


def commit() -> tuple[str, bool]:
    """(git commit of the code that this process runs, or empty; whether files differ from it).

    The commit is that at the first call, which a run makes as it begins. Where the repository has
    moved since, code that was loaded before is of the old commit and code loaded later is not: the
    files then differ from it. No remote is read: an address may hold credentials.
    """
    began, now = _began(), _head()
    return began[0], began[1] or now[1] or now[0] != began[0]


@functools.cache
def _began() -> tuple[str, bool]:
    return _head()


def _head() -> tuple[str, bool]:
    if not (registry.ROOT / ".git").exists():
        return "", False
    try:
        head = _git("rev-parse", "HEAD")
        return head, bool(_git("status", "--porcelain"))
    except (OSError, subprocess.SubprocessError):
        return "", False


def device(layout: str = "") -> str:
    """What the models run on, for instance ``cpu: Intel Xeon x 2``.  Imports JAX.

    The number is that of the cores that this process may use: XLA splits sums over as many, so
    the last bits of a result depend on it. What else they may depend on follows: a layout over
    several devices, and bfloat16.
    """
    import jax

    from ...models.training.sharding import Layout, on_cpu

    first, description = jax.devices()[0], [Layout.of(layout).description]
    description += [] if on_cpu() else ["bfloat16"]
    kind = f"{_processor()} x {len(cores())}" if on_cpu() else f"{first.device_kind} x 1"
    return ", ".join([f"{first.platform}: {kind}", *filter(None, description)])


def cores() -> tuple[int, ...]:
    """Numbers of the CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # else the system doesn't say: macOS, Windows
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if sys.platform == "linux" and info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _git(*words: str) -> str:
    command = ["git", "-C", str(registry.ROOT), *words]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=20
    ).stdout.strip()
