"""What packages offer as worlds, models, findings, policies and tools, by their entry points;
nothing is loaded.

zebroid's own stand in its ``pyproject.toml`` as anybody's do, under the groups ``zebroid.worlds``,
``zebroid.models``, ``zebroid.policies`` and ``zebroid.tools``. Nobody else may take their ids.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, distributions
from typing import Any

from .errors import UserError
from .sources import line

GROUPS = {  # of entry points -> what they are
    "zebroid.worlds": "world",
    "zebroid.models": "model",
    "zebroid.findings": "finding",
    "zebroid.policies": "policy",
    "zebroid.tools": "tool",
}
OURS = str(__package__)  # the name of this package, and of its distribution


@dataclasses.dataclass(frozen=True)
class Plugin:
    """What an installed package offers; found, not loaded."""

    # one of GROUPS; empty where the entry points of a package cannot be read
    kind: str
    name: str
    value: str  # the entry point: a module, or module:attribute
    distribution: str
    version: str
    flaw: str = ""  # why it cannot be used, whatever it holds

    def __str__(self) -> str:
        return f"{self.value!r} of {self.distribution} {self.version}".rstrip()

    def load(self) -> Any:
        """What the entry point names. Raises whatever its code raises."""
        group = next(group for group, kind in GROUPS.items() if kind == self.kind)
        return EntryPoint(self.name, self.value, group).load()


@functools.cache
def built_in(kind: str) -> Mapping[str, Plugin]:
    """Id -> the world or model of this id that comes with zebroid."""
    for package in distributions(name=OURS):
        found = [p for p in _offers(package) if p.value.startswith(f"{OURS}.")]
        if found:
            return {plugin.name: plugin for plugin in found if plugin.kind == kind}
    raise UserError(
        f"{OURS} is installed without its worlds and models, by an older version; install it again:"
        " pip install, with -e . in a checkout"
    )


def plugins() -> Iterator[Plugin]:
    """Everything that other installed packages offer, in the order in which they are found.

    One that takes the id of a built-in world or model says so by its flaw.
    """
    seen: set[str] = set()
    for package in distributions():
        try:
            found = [*_offers(package)]
        except Exception as error:  # one package's broken file is not another's trouble
            with contextlib.suppress(Exception):
                if "zebroid." in (package.read_text("entry_points.txt") or ""):
                    flaw = f"cannot be read: {line(error)}; mend or uninstall it"
                    yield Plugin("", "", "entry_points.txt", *_package(package), flaw)
            continue
        name = found[0].distribution if found else ""
        for plugin in found if name not in {*seen, OURS} else ():
            if plugin.name in built_in(plugin.kind):
                cure = f"uninstall {name}, or have its makers name it as theirs: 'acme.name-v1'"
                flaw = f"refused: {plugin.name!r} is built in, which stays as it is; {cure}"
                plugin = dataclasses.replace(plugin, flaw=flaw)
            yield plugin
        seen.add(name)  # a package may lie on the path twice


def _offers(package: Distribution) -> Iterator[Plugin]:
    # most packages offer nothing: to read a file takes half as long as to parse it
    if f"{OURS}." not in (package.read_text("entry_points.txt") or ""):
        return
    points = [point for point in package.entry_points if point.group in GROUPS]
    if points:
        name, version = _package(package)
        for point in points:
            yield Plugin(GROUPS[point.group], point.name, point.value, name, version)


def _package(package: Distribution) -> tuple[str, str]:
    """Name and version; metadata may be as broken as any file."""
    try:
        return str(package.metadata["Name"] or "a package without a name"), str(package.version)
    except Exception:
        return "a package without metadata", ""
