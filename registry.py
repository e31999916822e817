"""Ids to things: worlds, models and suites by versioned name, with "did you mean".

Importing this module imports no world, no model and no JAX, and nothing is imported before it is
asked for by name. Built-in worlds are the files of ``worlds/catalog``, built-in models the presets
of ``presets.py``, built-in suites the files of ``benchmarks/suites``. Third parties add
theirs by the entry points ``zebroid.worlds`` (``acme.zebra-v1 = "acme.zebra"``: a module with one
World, or ``module:Class``) and ``zebroid.models`` (``acme.net = "acme.net:SPEC"``: a spec, as
``models/spec.py`` defines it), or give the path of a Python file that defines one world or one
spec. Such a file is known by the id of the world, or the type of the spec, and the digest of its
content (``acme.seed-v1@1a2b3c4d5e6f``), wherever it lies.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import identity, sources
from .errors import InvalidModel, InvalidWorld, UnknownName, UserError, suggest
from .models import spec_records
from .sources import line, named

if TYPE_CHECKING:
    from .worlds.world import World

ROOT = Path(__file__).resolve().parent
WORLD_ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*-v\d+")
LOADED: dict[str, World] = {}  # what make() and sized() made in this process, by name
GROUPS = {"zebroid.worlds": "world", "zebroid.models": "model"}  # of entry points -> what they are


@dataclasses.dataclass(frozen=True)
class Plugin:
    """A world or a model that an installed package offers; found, not loaded."""

    kind: str  # "world" or "model"; empty where the package's entry points cannot be read
    name: str
    value: str  # the entry point: a module, or module:attribute
    distribution: str
    version: str
    flaw: str = ""  # why its entry points cannot be read

    def __str__(self) -> str:
        return f"{self.value!r} of {self.distribution} {self.version}".rstrip()


@dataclasses.dataclass(frozen=True)
class Found:
    """A world or the spec of a model, and what it is known by."""

    thing: Any
    name: str  # an id, a model's name; of a file: the id or type, and the digest of its content
    path: str = ""  # absolute; empty: not given as a file

    def record(self) -> dict[str, Any]:
        """Of a spec: all that decides what the model is. What a file defines itself is known by
        the file's content too."""
        found = identity.record(self.thing)
        if self.path and spec_records.rebuilt(found) is None:
            found["type"] = self.name
        return found


def worlds() -> tuple[str, ...]:
    """Ids of all worlds that can be made by name; plugins are named, not loaded."""
    return tuple(sorted({*_catalog(), *_plugins("world")}))


def make(name: str) -> World:
    """The world of a versioned id (``zebra-v1``) or of a Python file (``./my_world.py``)."""
    found, size = _find(name)
    if size:
        raise UserError(f"{name!r} names a size; make the world {name[: -len(size) - 1]!r} alone")
    LOADED[found.name] = found.thing
    return found.thing


def sized(name: str) -> tuple[World, str]:
    """The world and the size that ``zebra-v1/small`` or ``./my_world.py/tiny`` names.

    Without a size: ``tiny``, or the world's first if it has no tiny one.
    """
    found, size = find_world(name)
    return found.thing, size


def find_world(name: str) -> tuple[Found, str]:
    """The same, with what the world is known by."""
    found, size = _find(name)
    world = found.thing
    LOADED[found.name] = world
    if size and size not in world.sizes:
        raise suggest(f"size of {world.id}", size, world.sizes)
    return found, size or ("tiny" if "tiny" in world.sizes else next(iter(world.sizes)))


@functools.lru_cache(256)
def builtin(id: str) -> World | None:
    """The built-in world of this id, or None: whatever the name, nothing else is imported."""
    file = _catalog().get(id)
    if file is None:
        return None
    module = importlib.import_module(f".worlds.catalog.{file.stem}", __package__)
    return _only_world(module, f"worlds/catalog/{file.stem}.py")()


def models() -> Mapping[str, str]:
    """Names of all models -> their specs as text; plugins are named, not loaded."""
    found = {name: str(spec) for name, spec in spec_records.presets().MODELS.items()}
    return found | {name: str(own[0]) for name, own in _plugins("model").items()}


def model(name: str) -> Any:
    """The spec, a frozen dataclass, of a model's name or of a Python file (``./net.py``)."""
    return find_model(name).thing


def find_model(name: str) -> Found:
    """The same, with what the model is known by."""
    if name.endswith(".py"):
        source, digest = sources.read(name, "model")
        path = str(Path(name).resolve())
        spec = spec_records.from_file(path, source)
        return Found(spec, f"{spec.type}@{digest}", path)
    builtin, plugins = spec_records.presets().MODELS, _plugins("model")
    if "@" in name:
        raise _file_gone("model", name)
    if name not in builtin and name not in plugins:
        raise suggest("model", name, {*builtin, *plugins})
    plugin = _unique(name, plugins, "models/architectures/presets.py" if name in builtin else None)
    if plugin is None:
        return Found(builtin[name], name)
    with named(f"plugin {name!r} = {plugin}", InvalidModel):
        found = _load(plugin)
        spec = found() if inspect.isclass(found) else found
    return Found(spec_records.checked(spec, f"plugin {name!r} = {plugin}"), name)


def plugins() -> Iterator[Plugin]:
    """Everything that installed packages offer, in the order in which they are found."""
    seen: set[str] = set()
    for package in distributions():
        try:
            points = [point for point in package.entry_points if point.group in GROUPS]
        except Exception as error:  # one package's broken file is not another's trouble
            with contextlib.suppress(Exception):
                if "zebroid." in (package.read_text("entry_points.txt") or ""):
                    flaw = f"cannot be read: {line(error)}; mend or uninstall it"
                    yield Plugin("", "", "entry_points.txt", *_package(package), flaw)
            continue
        name, version = _package(package) if points else ("", "")
        for point in points if name not in seen else ():  # a package may lie on the path twice
            yield Plugin(GROUPS[point.group], point.name, point.value, name, version)
        seen.add(name)


def suites() -> tuple[str, ...]:
    """Names of the suites that come with zebroid."""
    return tuple(sorted(path.stem for path in (ROOT / "benchmarks" / "suites").glob("*.toml")))


def suite(name: str) -> Path:
    """The file of a suite, by its name or by the path of a TOML file."""
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise UnknownName(
                f"no suite file {name!r}; give an existing file, or one of {suites()}"
            )
        return Path(name)
    if name not in suites():
        raise suggest("suite", name, suites())
    return ROOT / "benchmarks" / "suites" / f"{name}.toml"


def _find(name: str) -> tuple[Found, str]:
    """World and size, where the name gives one, else an empty size."""
    by_path = re.fullmatch(r"(.+\.py)(?:/([^/]+))?", name)
    if by_path:
        source, digest = sources.read(by_path[1], "world")
        with named(f"world file {by_path[1]!r}", InvalidWorld):
            module = sources.module(by_path[1], source)
        world = _made(_only_world(module, by_path[1]), by_path[1])
        path = str(Path(by_path[1]).resolve())
        return Found(world, f"{world.id}@{digest}", path), by_path[2] or ""
    id, _, size = name.partition("/")
    builtin, plugins = _catalog(), _plugins("world")
    if "@" in id:
        raise _file_gone("world", id)
    if id not in builtin and id not in plugins:
        raise suggest("world", id, {*builtin, *plugins})
    source = f"worlds/catalog/{builtin[id].stem}.py" if id in builtin else None
    plugin = _unique(id, plugins, source)
    if plugin is None:
        module = importlib.import_module(f".worlds.catalog.{builtin[id].stem}", __package__)
        return Found(_only_world(module, str(source))(), id), size
    with named(f"plugin {id!r} = {plugin}", InvalidWorld):
        found = _load(plugin)
    world = _only_world(found, str(plugin)) if isinstance(found, ModuleType) else found
    if not _is_world(world) or world.id != id:
        raise InvalidWorld(
            f"plugin {id!r} = {plugin} gives {getattr(world, 'id', world)!r}; "
            "an entry point's name is the id of the world that it gives"
        )
    if "." not in id or not WORLD_ID.fullmatch(id):
        raise InvalidWorld(
            f"plugin {id!r} = {plugin}: name it by maker and version: 'acme.zebra-v1'"
        )
    return Found(_made(world, f"plugin {id!r} = {plugin}"), id), size


def _made(world: type[World], source: str) -> World:
    with named(source, InvalidWorld):
        made = world()
        if not [*map(str, made.sizes)]:
            raise InvalidWorld("sizes is empty; name one, or leave sizes out")
        return made


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


def _plugins(kind: str) -> dict[str, list[Plugin]]:
    """Name -> the plugins of that name, usually one; none is loaded."""
    found: dict[str, list[Plugin]] = {}
    for plugin in plugins():
        if plugin.kind == kind:
            found.setdefault(plugin.name, []).append(plugin)
    return found


def _package(package: Distribution) -> tuple[str, str]:
    """Name and version; metadata may be as broken as any file."""
    try:
        return str(package.metadata["Name"] or "a package without a name"), str(package.version)
    except Exception:
        return "a package without metadata", ""


def _unique(name: str, plugins: Mapping[str, list[Plugin]], builtin: str | None) -> Plugin | None:
    """The one plugin of this name; None where it is built in; both are an error."""
    sources = [builtin] if builtin else []
    sources += [str(plugin) for plugin in plugins.get(name, [])]
    if len(sources) > 1:
        raise UserError(
            f"{name!r} is defined twice, by {' and by '.join(sources)}; uninstall one of them"
        )
    return None if builtin else plugins[name][0]


def _load(plugin: Plugin) -> Any:
    """What the entry point names."""
    group = next(group for group, kind in GROUPS.items() if kind == plugin.kind)
    return EntryPoint(plugin.name, plugin.value, group).load()


def _file_gone(kind: str, name: str) -> UserError:
    return UnknownName(f"{kind} {name!r} was given as a file; give the file itself")


def _is_world(thing: Any) -> bool:
    """By name: importing the class itself would import NumPy."""
    return inspect.isclass(thing) and any(c.__qualname__ == "World" for c in thing.__mro__[1:])


def _only_world(module: ModuleType, source: str) -> type[World]:
    """The one World subclass that a module defines itself (not those it imports)."""
    found: list[Any] = [
        member
        for member in vars(module).values()
        if _is_world(member) and member.__module__ == module.__name__
    ]
    if len(found) != 1:
        names = ", ".join(member.__name__ for member in found) or "none"
        raise InvalidWorld(f"{source} must define exactly one World; found {names}")
    id = getattr(found[0], "id", "")
    if not WORLD_ID.fullmatch(id):
        raise InvalidWorld(
            f"{source}: world id {id!r} must be a versioned name such as 'zebra-v1' "
            "(third parties: 'acme.zebra-v1')"
        )
    return found[0]
