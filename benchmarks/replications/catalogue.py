"""findings() -> every finding by its id: the files that come with zebroid, and those of others.

A finding whose cells are trained is a file of ``findings``; one that is computed is a module of
``symbolic``, and an entry point of the group ``zebroid.findings``. So are those that other packages
add (``acme.curse = "acme.findings:CURSE"``), each a ``Finding`` or the path of a TOML file. The
path of a TOML file does for an id.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import entry_points, registry
from ...entry_points import Plugin
from ...errors import UnknownName, UserError, suggest
from ...printable import printable
from ...sources import line
from .finding import Finding
from .finding_file import read_finding

FOLDER = Path(__file__).parent / "findings"


@functools.cache
def built_in() -> Mapping[str, Finding]:
    """Those that come with zebroid, the computed ones first."""
    found: list[Finding] = [p.load() for p in entry_points.built_in("finding").values()]
    found += [read_finding(path) for path in sorted(FOLDER.glob("*.toml"))]
    names = [finding.id for finding in found]
    assert len({*names}) == len(names), "two findings share an id"
    return dict(zip(names, found))


def findings() -> dict[str, Finding | str]:
    """Id -> the finding, or one line on why what a package offers is none."""
    out: dict[str, Finding | str] = {**built_in()}
    for plugin in registry.plugins():
        if plugin.kind != "finding":
            continue
        if plugin.name in out:
            if plugin.name not in built_in():
                out[plugin.name] = f"{plugin.name!r} is defined twice; uninstall one of the two"
            continue
        try:
            out[plugin.name] = _load(plugin)
        except Exception as error:  # one that is broken harms no other
            out[plugin.name] = f"broken: {line(error)}"
    return out


def _load(plugin: Plugin) -> Finding:
    found: Any = plugin.load()
    if isinstance(found, str | Path):
        found = read_finding(Path(found))
    if not isinstance(found, Finding):
        raise UserError(f"{plugin} gives {type(found).__name__}; expected a Finding or a path")
    if found.id != plugin.name or "." not in plugin.name:
        raise UserError(
            f"{plugin} gives {found.id!r}; name it by its maker, as the entry point: 'acme.curse'"
        )
    return found


def chosen(names: Sequence[str], core: bool = False, every: bool = False) -> list[Finding]:
    """The findings of these names or files; with ``core`` those of the core, with ``every`` all.

    Raises UserError for what does not exist or is broken.
    """
    if bool(names) + core + every != 1:
        raise UserError("give names of findings, or --core, or --all; --list prints them")
    files = [Path(name) for name in names if name.endswith(".toml")]
    for path in files:
        if not path.is_file():
            raise UnknownName(f"no file {printable(str(path), 200)}; give one that is there")
    known = findings() if every or len(files) < len(names) else {**built_in()}
    wanted = [*known] if every else [*built_in()] if core else [*names]
    out = []
    for name in wanted:
        if name.endswith(".toml"):
            out.append(read_finding(Path(name)))
            continue
        if name not in known:
            raise suggest("finding", name, known)
        found = known[name]
        if isinstance(found, str):
            raise UserError(f"finding {name}: {found}")
        if not core or found.core:
            out.append(found)
    return out
