"""Ids to things: worlds, models and suites by versioned name, with "did you mean".

Importing this module imports no world, no model and no JAX, and nothing is imported before it is
asked for by name. Built-in worlds are the files of ``worlds/catalog``, built-in models the presets
of ``models/presets.py``, built-in suites the files of ``benchmarks/suites``. Third parties add
theirs by the entry points ``zebroid.worlds`` (``acme.zebra-v1 = "acme.zebra"``: a module with one
World, or ``module:Class``) and ``zebroid.models`` (``acme.net = "acme.net:SPEC"``: a spec, as
``models/program.py`` defines it), or give the path of a Python file that defines one world.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import difflib
import functools
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .worlds.world import World

ROOT = Path(__file__).resolve().parent
LISTED = 10  # names that an error lists; a world may have thousands of constants
WORLD_ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*-v\d+")
LOADED: dict[str, World] = {}  # what make() and sized() made in this process, by name
GROUPS = {"zebroid.worlds": "world", "zebroid.models": "model"}  # of entry points -> what they are


class UserError(ValueError):
    """What a user gave is wrong: one line with what was got, what was expected, and the cure."""


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
    return tuple(sorted({*_catalog(), *_plugins("world")}))


def make(name: str) -> World:
    """The world of a versioned id (``zebra-v1``) or of a Python file (``./my_world.py``)."""
    world, size = _find(name)
    if size:
        raise UserError(f"{name!r} names a size; make the world {name[: -len(size) - 1]!r} alone")
    LOADED[name] = world
    return world


def sized(name: str) -> tuple[World, str]:
    """The world and the size that ``zebra-v1/small`` or ``./my_world.py/tiny`` names.

    Without a size: ``tiny``, or the world's first if it has no tiny one.
    """
    world, size = _find(name)
    LOADED[name.removesuffix(f"/{size}")] = world
    if size and size not in world.sizes:
        raise suggest(f"size of {world.id}", size, world.sizes)
    return world, size or ("tiny" if "tiny" in world.sizes else next(iter(world.sizes)))


@functools.lru_cache(256)
def builtin(id: str) -> World | None:
    """The built-in world of this id, or None: whatever the name, nothing else is imported."""
    file = _catalog().get(id)
    if file is None:
        return None
    module = importlib.import_module(f".worlds.catalog.{file.stem}", __package__)
    return _only_world(module, f"worlds/catalog/{file.stem}.py")()


def models() -> Mapping[str, str]:
    """Names of all models -> their specs as text; read from the file, for importing it is slow."""
    found = {name: ast.unparse(spec) for name, spec in _presets().items()}
    return found | {name: str(own[0]) for name, own in _plugins("model").items()}


def model(name: str) -> Any:
    """The spec, a frozen dataclass, that a model's name stands for.  Imports JAX."""
    builtin, plugins = _presets(), _plugins("model")
    if name not in builtin and name not in plugins:
        raise suggest("model", name, {*builtin, *plugins})
    plugin = _unique(name, plugins, "models/presets.py" if name in builtin else None)
    if plugin is None:
        return importlib.import_module(".models.presets", __package__).MODELS[name]
    with _named(f"plugin {name!r} = {plugin}"):
        found = _load(plugin)
        spec = found() if inspect.isclass(found) else found
        hash(spec)  # a spec is part of what a compiled program is known by
    lacking = [n for n in ("build", "flops") if not callable(getattr(spec, n, None))]
    if lacking or not dataclasses.is_dataclass(spec):
        raise UserError(
            f"plugin {name!r} = {plugin} is {type(spec).__name__!r}, "
            + (f"without {lacking[0]}()" if lacking else "no dataclass")
            + "; a model is a frozen dataclass with build() and flops(), see models/program.py"
        )
    return spec


def plugins() -> Iterator[Plugin]:
    """Everything that installed packages offer, in the order in which they are found."""
    seen: set[str] = set()
    for package in distributions():
        try:
            points = [point for point in package.entry_points if point.group in GROUPS]
        except Exception as error:  # one package's broken file is not another's trouble
            with contextlib.suppress(Exception):
                if "zebroid." in (package.read_text("entry_points.txt") or ""):
                    flaw = f"cannot be read: {_line(error)}; mend or uninstall it"
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
            raise UserError(f"no suite file {name!r}; give an existing file, or one of {suites()}")
        return Path(name)
    if name not in suites():
        raise suggest("suite", name, suites())
    return ROOT / "benchmarks" / "suites" / f"{name}.toml"


def _find(name: str) -> tuple[World, str]:
    """World and size, where the name gives one, else an empty size."""
    by_path = re.fullmatch(r"(.+\.py)(?:/([^/]+))?", name)
    if by_path:
        return _made(_from_file(by_path[1]), by_path[1]), by_path[2] or ""
    id, _, size = name.partition("/")
    builtin, plugins = _catalog(), _plugins("world")
    if id not in builtin and id not in plugins:
        raise suggest("world", id, {*builtin, *plugins})
    source = f"worlds/catalog/{builtin[id].stem}.py" if id in builtin else None
    plugin = _unique(id, plugins, source)
    if plugin is None:
        module = importlib.import_module(f".worlds.catalog.{builtin[id].stem}", __package__)
        return _only_world(module, str(source))(), size
    with _named(f"plugin {id!r} = {plugin}"):
        found = _load(plugin)
    world = _only_world(found, str(plugin)) if isinstance(found, ModuleType) else found
    if not _is_world(world) or world.id != id:
        raise UserError(
            f"plugin {id!r} = {plugin} gives {getattr(world, 'id', world)!r}; "
            "an entry point's name is the id of the world that it gives"
        )
    if "." not in id or not WORLD_ID.fullmatch(id):
        raise UserError(f"plugin {id!r} = {plugin}: name it by maker and version: 'acme.zebra-v1'")
    return _made(world, f"plugin {id!r} = {plugin}"), size


def _made(world: type[World], source: str) -> World:
    with _named(source):
        made = world()
        if not [*map(str, made.sizes)]:
            raise UserError("sizes is empty; name one, or leave sizes out")
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


def _presets() -> dict[str, ast.expr]:
    """Name -> expression of the built-in models: the dictionary MODELS of models/presets.py."""
    tree = ast.parse((ROOT / "models" / "presets.py").read_text("utf-8"))
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and target.id == "MODELS" and isinstance(value, ast.Dict):
            return {ast.literal_eval(k): v for k, v in zip(value.keys, value.values) if k}
    raise AssertionError("models/presets.py holds no dictionary MODELS")


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


@contextlib.contextmanager
def _named(source: str) -> Iterator[None]:
    """Whatever a stranger's code raises, as one line that names where it came from."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{source}: {error}") from error
    except (Exception, SystemExit) as error:
        raise UserError(f"{source} does not load: {_line(error)}; mend or remove it") from error


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _from_file(path: str) -> type[World]:
    """The world class of a Python file."""
    file = Path(path)
    if not file.is_file():
        raise UserError(f"no world file {path!r}; give an existing file, or one of {worlds()}")
    spec = importlib.util.spec_from_file_location(f"zebroid_file_{file.resolve()}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    with _named(f"world file {path!r}"):
        spec.loader.exec_module(module)
    return _only_world(module, path)


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
        raise UserError(f"{source} must define exactly one World; found {names}")
    id = getattr(found[0], "id", "")
    if not WORLD_ID.fullmatch(id):
        raise UserError(
            f"{source}: world id {id!r} must be a versioned name such as 'zebra-v1' "
            "(third parties: 'acme.zebra-v1')"
        )
    return found[0]
