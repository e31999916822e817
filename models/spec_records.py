"""Specs of models: what a third party's must be, how a file gives one, and back from a record.

Importing this module imports no model; the built-in ones, and their parts, import no JAX.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from .. import identity, parameters, sources
from ..errors import InvalidModel, suggest
from ..sources import named


def presets() -> ModuleType:
    """``presets.py``: the built-in models, and the TYPES of specs and their parts."""
    return importlib.import_module(".architectures.presets", __package__)


def rebuilt(record: Any) -> Any:
    """The spec whose record this is, where it and all its parts are built in; else None.

    Raises UserError where the record is of another version.
    """
    types = presets().TYPES
    if not isinstance(record, Mapping) or record.get("type") not in [*types]:
        return None
    parts = [value for value in record.values() if isinstance(value, Mapping) and "type" in value]
    if any(part["type"] not in [*types] for part in parts):
        return None
    return identity.restore(types[record["type"]], record, types)


def checked(spec: Any, source: str) -> Any:
    """A spec of third parties. Raises UserError where it is none, or has no identity."""
    lacking = [n for n in ("build", "flops") if not callable(getattr(spec, n, None))]
    if lacking or not dataclasses.is_dataclass(spec):
        raise InvalidModel(
            f"{source} is {type(spec).__name__!r}, "
            + (f"without {lacking[0]}()" if lacking else "no dataclass")
            + "; a model is a frozen dataclass with build() and flops(), see models/spec.py"
        )
    with named(source, InvalidModel):
        hash(spec)  # a spec is part of what a compiled program is known by
        if flaw := identity.flaw(spec, presets().TYPES):
            raise InvalidModel(flaw)
    return spec


@functools.lru_cache(maxsize=64)
def from_file(path: str, source: bytes) -> Any:
    """The one spec of a file: its SPEC, or its one spec class with the defaults.

    Equal files at one place give one class, so that what is compiled for it serves again.
    """
    where = f"model file {path!r}"
    with named(where, InvalidModel):
        module = sources.module(path, source)
        found = defined(module)
        if len(found) != 1:
            names = ", ".join(kind.__name__ for kind in found) or "none"
            raise InvalidModel(
                f"expected one spec dataclass, or one spec named SPEC; found {names}; name a SPEC"
            )
        spec = found[0]() if inspect.isclass(found[0]) else found[0]
    return checked(spec, where)


def given(path: str) -> bool:
    """Whether a Python file gives a spec; it is run for that."""
    source, _ = sources.read(path, "model")
    with named(f"model file {path!r}", InvalidModel):
        return bool(defined(sources.module(str(Path(path).resolve()), source)))


def changed(spec: Any, values: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """(the spec with these values in its fields, those of them that differ from its own).

    A part, as positions are, is given by its type, or as a table of its type and fields. Raises
    UserError for an unknown field or type, with the nearest known one, and for a value of the
    wrong kind.
    """
    if not values:
        return spec, {}
    own = {f.name: getattr(spec, f.name) for f in dataclasses.fields(spec)}
    parts = {k: _part(own[k], v) for k, v in values.items() if _is_part(own.get(k))}
    plain = {k: v for k, v in values.items() if k not in parts}
    kind = f"field of {getattr(spec, 'type', type(spec).__name__)}"
    examples = {f.name: (own[f.name], _default(f)) for f in dataclasses.fields(spec)}
    plain = parameters.fitted(kind, plain, examples)
    with named(f"{kind} {', '.join(sorted(values))}", InvalidModel):
        made = dataclasses.replace(spec, **plain, **parts)
    new = {name: getattr(made, name) for name in values}
    return made, {k: _given(v) for k, v in new.items() if v != own[k]}


def _is_part(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and hasattr(value, "type")


def _part(own: Any, value: Any) -> Any:
    """The part that a type, or a table with a type, names: of the kind of ``own``."""
    table = dict(value) if isinstance(value, Mapping) else {"type": value}
    types = {t: k for t, k in presets().TYPES.items() if k.__module__ == type(own).__module__}
    name = table.pop("type", own.type)
    if name not in [*types]:
        raise suggest("type", str(name), types)
    return changed(types[name](), table)[0]


def _given(value: Any) -> Any:
    """What a field is given as: of a part its type, and the fields that differ from the usual."""
    if not _is_part(value):
        return value
    fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    usual = {f.name: _default(f) for f in dataclasses.fields(value)}
    other = {name: field for name, field in fields.items() if field != usual[name]}
    return {"type": value.type, **other} if other else value.type


def _default(field: Any) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return None if field.default is dataclasses.MISSING else field.default


def defined(module: ModuleType) -> list[Any]:
    """The SPEC of a module, else its own dataclasses with build() and flops()."""
    if "SPEC" in vars(module):
        return [vars(module)["SPEC"]]
    mine = [k for k in vars(module).values() if inspect.isclass(k)]
    mine = [k for k in mine if k.__module__ == module.__name__ and dataclasses.is_dataclass(k)]
    return [k for k in dict.fromkeys(mine) if hasattr(k, "build") and hasattr(k, "flops")]
