"""Specs of models: what a third party's must be, how a file gives one, and back from a record.

Importing this module imports no model; the built-in ones, and their parts, import no JAX.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .. import identity, sources
from ..errors import InvalidModel
from ..sources import named


def presets() -> ModuleType:
    """``presets.py``: MODELS by name, and the TYPES of specs and their parts."""
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
        found = [vars(module)["SPEC"]] if "SPEC" in vars(module) else _classes(module)
        if len(found) != 1:
            names = ", ".join(kind.__name__ for kind in found) or "none"
            raise InvalidModel(
                f"expected one spec dataclass, or one spec named SPEC; found {names}; name a SPEC"
            )
        spec = found[0]() if inspect.isclass(found[0]) else found[0]
    return checked(spec, where)


def _classes(module: ModuleType) -> list[type[Any]]:
    """Dataclasses with build() and flops() that a module defines itself."""
    mine = [k for k in vars(module).values() if inspect.isclass(k)]
    mine = [k for k in mine if k.__module__ == module.__name__ and dataclasses.is_dataclass(k)]
    return [k for k in dict.fromkeys(mine) if hasattr(k, "build") and hasattr(k, "flops")]
