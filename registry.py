"""Ids to things: worlds, models and suites by versioned name, with "did you mean".

Importing this module imports no world, no model and no JAX, and nothing is imported before it is
needed by name. Worlds and models are entry points, zebroid's own as those of third parties:
``zebroid.worlds`` (``acme.zebra-v1 = "acme.zebra"``: a module with one World, or ``module:Class``)
and ``zebroid.models`` (``acme.net = "acme.net:SPEC"``: a spec, as ``models/spec.py`` defines it),
and so are functions: policies under ``zebroid.policies`` and tools under ``zebroid.tools``.
Built-in suites are the files of ``benchmarks/suites``. The path of a Python file that defines one
world or one spec does for an id. Such a file is known by the id of the world, or the type of the
spec, and the digest of its content (``acme.seed-v1@1a2b3c4d5e6f``), wherever it lies.

Sizes and models may be named with values changed: ``zebra-v2/small[exceptions=0.2]``,
``loops-8[query_loops=12]``.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import identity, parameters, sources
from .entry_points import Plugin, built_in, plugins
from .errors import InvalidModel, InvalidWorld, UnknownName, UserError, suggest
from .models import spec_records
from .sources import named

if TYPE_CHECKING:
    from .worlds.world import World

ROOT = Path(__file__).resolve().parent
WORLD_ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*-v\d+")
LOADED: dict[str, World] = {}  # the worlds that were made in this process, by name


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
            found["type"] = parameters.split(self.name)[0]
        return found


def worlds() -> tuple[str, ...]:
    """Ids of all worlds that can be made by name; none is loaded."""
    return tuple(sorted({*built_in("world"), *_plugins("world")}))


def refused(kind: str) -> Iterator[Plugin]:
    """What other packages offer under the id of a built-in world or model."""
    return (p for p in plugins() if p.kind == kind and p.name in built_in(kind))


def make(name: str, /, **values: Any) -> Any:
    """The world or the model of an id (``zebra-v2``, ``decoder-s``) or a file (``./my_world.py``).

    ``values``: parameters of the world's sizes, or fields of the model's spec, instead of its own:
    ``make("zebra-v2", exceptions=0.2)`` is a world every size of which has as many exceptions,
    and ``make("decoder-s", layers=4)`` a spec. Raises UserError for what does not exist.
    """
    base, _, _ = parameters.split(name)[0].partition("/")
    if base in built_in("model") or (base not in built_in("world") and base in _plugins("model")):
        return find_model(name, values).thing
    if "@" not in name and ".py" not in name and base not in worlds():
        raise suggest("world or model", name, {*worlds(), *built_in("model"), *_plugins("model")})
    try:
        return world(name, **values)
    except _NoWorld:
        if not spec_records.given(name):
            raise
        return find_model(name, values).thing


def world(name: str, /, **values: Any) -> World:
    """The world of a versioned id (``zebra-v2``) or of a Python file (``./my_world.py``).

    ``values``: parameters that hold for all its sizes.
    """
    found, size = _find(name)
    if size:
        raise UserError(f"{name!r} names a size; make the world {name[: -len(size) - 1]!r} alone")
    LOADED[found.name] = found.thing
    return found.thing.with_parameters(**values) if values else found.thing


def sized(name: str) -> tuple[World, str]:
    """The world and the size that ``zebra-v2/small`` or ``./my_world.py/tiny`` names.

    Without a size: ``tiny``, or the world's first if it has no tiny one.
    """
    found, size = find_world(name)
    return found.thing, size


def find_world(name: str) -> tuple[Found, str]:
    """The same, with what the world is known by."""
    found, size = _find(name)
    world = found.thing
    LOADED[found.name] = world
    if size:
        return found, world.named_size(size)
    return found, "tiny" if "tiny" in world.sizes else next(iter(world.sizes))


@functools.lru_cache(256)
def builtin(id: str) -> World | None:
    """The built-in world of this id, or None: whatever the name, nothing else is imported."""
    plugin = built_in("world").get(id)
    return None if plugin is None else plugin.load()()


def models() -> Mapping[str, str]:
    """Names of all models -> their specs as text; plugins are named, not loaded."""
    order = [*vars(spec_records.presets())]  # as they are written: by architecture and size
    own = sorted(built_in("model").values(), key=lambda p: order.index(p.value.partition(":")[2]))
    found = {plugin.name: str(plugin.load()) for plugin in own}
    return found | {name: str(own[0]) for name, own in _plugins("model").items()}


def model(name: str) -> Any:
    """The spec, a frozen dataclass, of a model's name or of a Python file (``./net.py``)."""
    return find_model(name).thing


def find_model(name: str, values: Mapping[str, Any] | None = None) -> Found:
    """The same, with what the model is known by. ``values``: fields of its spec instead of its own.

    The name then says in which fields it differs: ``loops-8[query_loops=12]``.
    """
    builtin = built_in("model")
    base, given = parameters.split(name)
    plugins = {} if base in builtin or base.endswith(".py") else _plugins("model")  # as in _find
    values = {**given, **(values or {})}
    if base.endswith(".py"):
        source, digest = sources.read(base, "model")
        path = str(Path(base).resolve())
        spec, differs = spec_records.changed(spec_records.from_file(path, source), values)
        return Found(spec, parameters.spelled(f"{spec.type}@{digest}", differs), path)
    if "@" in base:
        raise _file_gone("model", base)
    if base not in builtin and base not in plugins:
        raise suggest("model", base, {*builtin, *plugins})
    if base in builtin:
        spec = builtin[base].load()
    else:
        plugin = _unique(base, plugins)
        with named(f"plugin {base!r} = {plugin}", InvalidModel):
            found = plugin.load()
            spec = found() if inspect.isclass(found) else found
        spec = spec_records.checked(spec, f"plugin {base!r} = {plugin}")
    spec, differs = spec_records.changed(spec, values)
    return Found(spec, parameters.spelled(base, differs))


def _function(kind: str, name: str) -> Any:
    """The policy or tool of this name: a function of its group of entry points."""
    builtin = built_in(kind)
    if name in builtin:  # without a look at all other packages, at each call of a tool
        return builtin[name].load()
    plugins = _plugins(kind)
    if name not in plugins:
        raise suggest(kind, name, {*builtin, *plugins})
    plugin = _unique(name, plugins)
    with named(f"plugin {name!r} = {plugin}", UserError):
        found = plugin.load()
    if not callable(found):
        raise UserError(f"plugin {name!r} = {plugin} gives {found!r:.80}; expected a function")
    return found


policy = functools.partial(_function, "policy")  # chooses what to query
tool = functools.partial(_function, "tool")  # answers the calls of a model


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
    if "@" in id:
        raise _file_gone("world", id)
    builtin = built_in("world")
    if id in builtin:  # without a look at all other packages, at each cell of a suite
        return Found(builtin[id].load()(), id), size
    plugins = _plugins("world")
    if id not in plugins:
        raise suggest("world", id, {*builtin, *plugins})
    plugin = _unique(id, plugins)
    with named(f"plugin {id!r} = {plugin}", InvalidWorld):
        found = plugin.load()
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


class _NoWorld(InvalidWorld):
    """A file or module in which no world is defined."""


def _made(world: type[World], source: str) -> World:
    with named(source, InvalidWorld):
        made = world()
        if not [*map(str, made.sizes)]:
            raise InvalidWorld("sizes is empty; name one, or leave sizes out")
        return made


def _plugins(kind: str) -> dict[str, list[Plugin]]:
    """Name -> the plugins of that name, usually one; none is loaded, and none is built in."""
    found: dict[str, list[Plugin]] = {}
    for plugin in plugins():
        if plugin.kind == kind and not plugin.flaw:
            found.setdefault(plugin.name, []).append(plugin)
    return found


def _unique(name: str, plugins: Mapping[str, list[Plugin]]) -> Plugin:
    """The one plugin of this name; two are an error."""
    if len(plugins[name]) > 1:
        sources = " and by ".join(str(plugin) for plugin in plugins[name])
        raise UserError(f"{name!r} is defined twice, by {sources}; uninstall one of them")
    return plugins[name][0]


def _file_gone(kind: str, name: str) -> UserError:
    return UnknownName(f"{kind} {name!r} was given as a file; give the file itself")


def _is_world(thing: Any) -> bool:
    from .worlds.world import World  # NumPy: only where a world is loaded anyway

    return inspect.isclass(thing) and issubclass(thing, World) and thing is not World


def _worlds_of(module: ModuleType) -> list[Any]:
    """World subclasses that a module defines itself, not those it imports."""
    members = [*vars(module).values()]
    return [m for m in members if _is_world(m) and m.__module__ == module.__name__]


def _only_world(module: ModuleType, source: str) -> type[World]:
    """The one World that a module defines."""
    found = _worlds_of(module)
    if len(found) != 1:
        names = ", ".join(member.__name__ for member in found) or "none"
        kind = InvalidWorld if found else _NoWorld
        raise kind(f"{source} must define exactly one World; found {names}")
    id = getattr(found[0], "id", "")
    if not WORLD_ID.fullmatch(id):
        raise InvalidWorld(
            f"{source}: world id {id!r} must be a versioned name such as 'zebra-v2' "
            "(third parties: 'acme.zebra-v1')"
        )
    return found[0]
