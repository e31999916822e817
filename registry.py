"""Ids to things: worlds, models and suites by versioned name, with "did you mean".

Importing this module imports no world, no model and no JAX, and nothing is imported before it is
asked for by name. Built-in worlds are the files of ``worlds/catalog``, built-in models the presets
of ``models/presets.py``, built-in suites the files of ``benchmarks/suites``. Third parties add
theirs by the entry points ``zebroid.worlds`` and ``zebroid.models`` (``acme.zebra-v1 =
"acme.zebra"``), or give the path of a Python file that defines one world.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .worlds.world import World

ROOT = Path(__file__).resolve().parent
LISTED = 10  # names that an error lists; a world may have thousands of constants
WORLD_ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*-v\d+")


class UserError(ValueError):
    """What a user gave is wrong: one line with what was got, what was expected, and the cure."""


def suggest(kind: str, name: str, names: Iterable[str]) -> UserError:
    """The error for an unknown ``name``: the closest known one, else the first that are known."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    more = f" and {len(known) - LISTED:,} more" if len(known) > LISTED else ""
    listed = (", ".join(known[:LISTED]) or "none") + more
    cure = f"did you mean {close[0]!r}?" if close else f"known: {listed}"
    return UserError(f"unknown {kind} {name!r}; {cure}")


def worlds() -> tuple[str, ...]:
    """Ids of all worlds that can be made by name; plugins are named, not loaded."""
    return tuple(sorted({*_catalog(), *_plugins("zebroid.worlds")}))


def make(name: str) -> World:
    """The world of a versioned id (``zebra-v1``) or of a Python file (``./my_world.py``)."""
    world, size = _load(name)
    if size:
        raise UserError(f"{name!r} names a size; make the world {name[: -len(size) - 1]!r} alone")
    return world


def sized(name: str) -> tuple[World, str]:
    """The world and the size that ``zebra-v1/small`` or ``./my_world.py/tiny`` names.

    Without a size: ``tiny``, or the world's first if it has no tiny one.
    """
    world, size = _load(name)
    if size and size not in world.sizes:
        raise suggest(f"size of {world.id}", size, world.sizes)
    return world, size or ("tiny" if "tiny" in world.sizes else next(iter(world.sizes)))


def models() -> Mapping[str, str]:
    """Names of all models -> their specs as text; read from the file, for importing it is slow."""
    found = {name: ast.unparse(spec) for name, spec in _presets().items()}
    plugins = _plugins("zebroid.models")
    return found | {name: _origin(points[0]) for name, points in plugins.items()}


def model(name: str) -> Any:
    """The spec, a frozen dataclass, that a model's name stands for.  Imports JAX."""
    builtin, plugins = _presets(), _plugins("zebroid.models")
    if name not in builtin and name not in plugins:
        raise suggest("model", name, {*builtin, *plugins})
    point = _unique(name, plugins, "models/presets.py" if name in builtin else None)
    if point is not None:
        return _plugin(name, point)
    return importlib.import_module(".models.presets", __package__).MODELS[name]


def suites() -> tuple[str, ...]:
    """Names of the suites that come with zebroid."""
    return tuple(sorted(path.stem for path in (ROOT / "benchmarks" / "suites").glob("*.toml")))


def suite(name: str) -> Path:
    """The file of a suite, by its name or by the path of a TOML file."""
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise UserError(f"no suite file {name!r}; give an existing file, or one of {suites()}")
        return Path(name)
    if name not in suites():
        raise suggest("suite", name, suites())
    return ROOT / "benchmarks" / "suites" / f"{name}.toml"


def _load(name: str) -> tuple[World, str]:
    """World and size, where the name gives one, else an empty size."""
    by_path = re.fullmatch(r"(.+\.py)(?:/([^/]+))?", name)
    if by_path:
        return _from_file(by_path[1])(), by_path[2] or ""
    id, _, size = name.partition("/")
    builtin, plugins = _catalog(), _plugins("zebroid.worlds")
    if id not in builtin and id not in plugins:
        raise suggest("world", id, {*builtin, *plugins})
    source = f"worlds/catalog/{builtin[id].stem}.py" if id in builtin else None
    point = _unique(id, plugins, source)
    if point is None:
        module = importlib.import_module(f".worlds.catalog.{builtin[id].stem}", __package__)
        return _only_world(module, str(source))(), size
    found = _plugin(id, point)
    world = _only_world(found, point.value) if isinstance(found, ModuleType) else found
    if getattr(world, "id", None) != id:
        raise UserError(
            f"entry point {id!r} = {point.value!r} gives the world {getattr(world, 'id', world)!r};"
            " its name must be that world's id"
        )
    return world(), size


def _catalog() -> dict[str, Path]:
    """Id -> file of the built-in worlds, by the line ``id = "..."`` of each file."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / "worlds" / "catalog").glob("[!_]*.py")):
        line = re.search(r'^    id(?::[^=]+)? = "([^"]+)"', path.read_text("utf-8"), re.MULTILINE)
        if line is None:
            continue
        if line[1] in found:
            raise UserError(
                f"world {line[1]!r} is defined in {found[line[1]].name} and in {path.name}"
            )
        found[line[1]] = path
    return found


def _presets() -> dict[str, ast.expr]:
    """Name -> expression of the built-in models: the dictionary MODELS of models/presets.py."""
    tree = ast.parse((ROOT / "models" / "presets.py").read_text("utf-8"))
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and target.id == "MODELS" and isinstance(value, ast.Dict):
            return {ast.literal_eval(k): v for k, v in zip(value.keys, value.values) if k}
    raise AssertionError("models/presets.py holds no dictionary MODELS")


def _plugins(group: str) -> dict[str, list[EntryPoint]]:
    """Name -> the entry points of that name, usually one, of installed packages; none is loaded."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        found.setdefault(point.name, []).append(point)
    return found


def _unique(
    name: str, plugins: Mapping[str, list[EntryPoint]], builtin: str | None
) -> EntryPoint | None:
    """The one entry point of this name; None where it is built in; both are an error."""
    sources = [builtin] if builtin else []
    sources += [_origin(point) for point in plugins.get(name, [])]
    if len(sources) > 1:
        raise UserError(
            f"{name!r} is defined twice, by {' and by '.join(sources)}; uninstall one of them"
        )
    return None if builtin else plugins[name][0]


def _origin(point: EntryPoint) -> str:
    package = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
    return f"{point.value!r} of {package}"


def _plugin(name: str, point: EntryPoint) -> Any:
    try:
        return point.load()
    except Exception as error:  # whatever a stranger's module raises
        raise UserError(
            f"plugin {name!r} = {_origin(point)} does not load: {type(error).__name__}: "
            f"{' '.join(str(error).split())}; mend or uninstall it"
        ) from error


def _from_file(path: str) -> type[World]:
    """The world class of a Python file."""
    file = Path(path)
    if not file.is_file():
        raise UserError(f"no world file {path!r}; give an existing file, or one of {worlds()}")
    spec = importlib.util.spec_from_file_location(f"zebroid_file_{file.resolve()}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"world file {path!r} does not load: {type(error).__name__}: "
            f"{' '.join(str(error).split())}; mend the file"
        ) from error
    return _only_world(module, path)


def _only_world(module: ModuleType, source: str) -> type[World]:
    """The one World subclass that a module defines itself (not those it imports)."""
    found: list[Any] = [
        member
        for member in vars(module).values()
        if inspect.isclass(member)
        and member.__module__ == module.__name__
        and any(parent.__qualname__ == "World" for parent in member.__mro__[1:])
    ]
    if len(found) != 1:
        names = ", ".join(member.__name__ for member in found) or "none"
        raise UserError(f"{source} must define exactly one World; found {names}")
    id = getattr(found[0], "id", "")
    if not WORLD_ID.fullmatch(id):
        raise UserError(
            f"{source}: world id {id!r} must be a versioned name such as 'zebra-v1' "
            "(third parties: 'acme.zebra-v1')"
        )
    return found[0]
