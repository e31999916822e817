"""What produced a number: code, versions, commit, device.  Imports no JAX of its own accord."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from .. import __version__, registry
from . import canonical

LIBRARIES = ("numpy", "scipy", "scikit-learn", "duckdb", "clingo", "jax", "jaxlib", "flax", "optax")


@functools.cache
def versions() -> dict[str, str]:
    """Of zebroid, Python and the libraries that a number may depend on."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {"zebroid": __version__, "python": platform.python_version(), **found}


@functools.cache
def maker(world: str, model: str) -> str:
    """Digest of all that decides a cell's answers beside the cell itself.

    The source of worlds/ and models/, that of a world or model which isn't built in, and the
    versions: a result of other code isn't reused, and an edit of tables costs no training.
    """
    own = [f for part in ("worlds", "models") for f in (registry.ROOT / part).rglob("*.py")]
    own.append(registry.ROOT / "registry.py")
    files = {str(f.relative_to(registry.ROOT)): _hash(f) for f in own}
    if "@" not in world:  # else the name holds the digest of the world's file
        home = Path(inspect.getfile(type(registry.sized(world)[0]))).resolve()
        if not home.is_relative_to(registry.ROOT):
            files["the world's own file"] = _hash(home)
    for plugin in plugins([world], [model]):
        files[f"plugin {plugin.name}"] = source(plugin)
    return canonical.digest([files, versions()])


def plugins(worlds: Iterable[str], models: Iterable[str]) -> list[registry.Plugin]:
    """The plugins among these names, in order of name."""
    named = {("world", name.partition("/")[0]) for name in worlds}
    named |= {("model", name) for name in models}
    found = [plugin for plugin in registry.plugins() if (plugin.kind, plugin.name) in named]
    return sorted(found, key=lambda plugin: (plugin.kind, plugin.name))


def source(plugin: registry.Plugin) -> str:
    """Digest of the Python of a plugin: of its whole package, or its one module; not loaded."""
    top = plugin.value.partition(":")[0].partition(".")[0].strip()
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        spec = None
    folders = [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]
    files = {str(f.relative_to(d)): f for d in folders for f in sorted(d.rglob("*.py"))}
    if spec is not None and spec.origin and not files:
        files = {Path(spec.origin).name: Path(spec.origin)}
    return canonical.digest({name: _hash(file) for name, file in files.items()})


@functools.cache
def commit() -> tuple[str, bool]:
    """(git commit of the package's own repository, or empty; whether files differ from it).

    No remote is read: an address may hold credentials.
    """
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

    from ..models.sharding import Layout, on_cpu

    first, told = jax.devices()[0], [Layout.of(layout).told]
    told += [] if on_cpu() else ["bfloat16"]
    kind = f"{_processor()} x {len(cores())}" if on_cpu() else f"{first.device_kind} x 1"
    return ", ".join([f"{first.platform}: {kind}", *filter(None, told)])


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


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
