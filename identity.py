"""record(thing) -> the canonical content of a dataclass, and restore(class, record) -> the thing.

The record is what an experiment is known by: ``type`` and ``version`` where the class declares
them, and the value of every field, defaults included. The metadata of a field say more:

``neutral``     the value that does what was done before the field existed. It is left out of the
                record for good, so that a new field changes no old digest.
``query_only``  the field matters when a trained model is queried, and never to its training. It
                stands in the part ``query`` of the record, under its own name (``True``) or under
                that of the field whose value it replaces (``"loops"``).

Imports neither NumPy nor JAX.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from .errors import UserError

NEUTRAL, QUERY_ONLY = "neutral", "query_only"
HEAD, QUERY = ("type", "version"), "query"
DIGITS = 9  # significant digits of a float: more than a score has, fewer than libm disagrees on


def record(thing: Any) -> dict[str, Any]:
    """JSON-ready content of a dataclass instance; tuples become lists.

    Floats of a class with a ``type`` have nine significant digits, and a whole number in a field
    declared ``float`` is one: equal models have equal records. Raises UserError for a value that
    has no record.
    """
    kind = type(thing)
    found: dict[str, Any] = {name: getattr(kind, name) for name in HEAD if hasattr(kind, name)}
    typed, query = bool(found), {}
    for field in dataclasses.fields(thing):
        value, meta = getattr(thing, field.name), field.metadata
        if typed and type(value) is int and field.type in ("float", float):
            value = float(value)
        value = _plain(value, f"{kind.__name__}.{field.name}", typed)
        if NEUTRAL in meta and _equal(value, _plain(meta[NEUTRAL], field.name, typed)):
            continue
        if QUERY_ONLY in meta:
            query[_replaced(field)] = value
        else:
            found[field.name] = value
    return found | ({QUERY: query} if query else {})


def restore(kind: type[Any], content: Any, types: Mapping[str, type[Any]] | None = None) -> Any:
    """The instance of the dataclass ``kind`` whose record is ``content``.

    Fields that the record leaves out take their neutral values, whatever their defaults are.
    ``types``: classes of parts by their ``type``. Raises UserError where the record is none of
    this class, or of another version of it.
    """
    name = str(getattr(kind, "type", kind.__name__.lower()))
    if not isinstance(content, Mapping):
        raise UserError(f"{name}: a record is expected, not {type(content).__name__}")
    rest = dict(content)
    for head in HEAD:
        if hasattr(kind, head) and (found := rest.pop(head, None)) != getattr(kind, head):
            raise UserError(
                f"{name}: {head} {found!r} in the record, {getattr(kind, head)!r} in this version; "
                "use the version of zebroid or of the plugin that wrote it"
            )
    fields = dataclasses.fields(kind)
    query = rest.pop(QUERY, {}) if any(QUERY_ONLY in f.metadata for f in fields) else {}
    query = dict(query) if isinstance(query, Mapping) else {QUERY: query}
    values: dict[str, Any] = {}
    for field in fields:
        within = QUERY_ONLY in field.metadata
        source, key = (query, _replaced(field)) if within else (rest, field.name)
        if key in source:
            values[field.name] = _revived(source.pop(key), types)
        elif NEUTRAL in field.metadata:
            values[field.name] = field.metadata[NEUTRAL]
        else:
            raise UserError(f"{name}: the record lacks {field.name!r}; it is of another version")
    if unknown := sorted(map(str, {**rest, **query})):
        raise UserError(f"{name}: unknown field {unknown[0]!r}; the record is of another version")
    try:
        return kind(**values)
    except UserError:
        raise
    except Exception as error:  # a record may hold anything
        line = " ".join(str(error).split())
        raise UserError(f"{name}: a value has the wrong type: {line}") from None


def flaw(spec: Any, own: Mapping[str, type[Any]]) -> str:
    """Why a spec has no identity, and the cure; empty where it has one. ``own``: built-in types.

    A class must declare ``type`` and ``version`` itself: what it inherits names another class,
    with other code. So must the class of every part.
    """
    kind = type(spec)
    if kind not in own.values() and (found := _undeclared(kind, own)):
        return found
    try:
        record(spec)
    except UserError as error:
        return str(error)
    values = [getattr(spec, field.name) for field in dataclasses.fields(spec)]
    parts = [p for v in values for p in (v if isinstance(v, tuple) else (v,))]
    return next(filter(None, (flaw(p, own) for p in parts if dataclasses.is_dataclass(p))), "")


def query_only(thing: Any) -> tuple[str, ...]:
    """Names of the fields that matter only when a trained model is queried."""
    return tuple(f.name for f in dataclasses.fields(thing) if QUERY_ONLY in f.metadata)


def _undeclared(kind: type[Any], own: Mapping[str, type[Any]]) -> str:
    name = kind.__name__
    for head, example in zip(HEAD, ("'acme.net'", "1")):
        if head not in vars(kind):
            return f"{name} declares no {head} of its own; add `{head} = {example}` to the class"
    clash = sorted({field.name for field in dataclasses.fields(kind)} & {*HEAD, QUERY})
    if clash:
        return f"{name}.{clash[0]} is a field; write `{clash[0]}: ClassVar = ...`, or rename it"
    if not isinstance(kind.type, str) or not kind.type or "@" in kind.type:
        return f"{name}.type is {kind.type!r}; give a name such as 'acme.net'"
    if kind.type in own:
        return f"{name}.type is {kind.type!r}, which is built in; give a name such as 'acme.net'"
    if type(kind.version) is not int or kind.version < 1:
        return f"{name}.version is {kind.version!r}; give a whole number, at least 1"
    return ""


def _replaced(field: Any) -> str:
    name = field.metadata[QUERY_ONLY]
    return field.name if name is True else str(name)


def _plain(value: Any, where: str, typed: bool) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return record(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, where, typed) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, where, typed) for item in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not typed:
            return value
        if math.isfinite(value):
            return float(f"{value:.{DIGITS}g}")
    scalar = getattr(value, "item", None) if getattr(value, "shape", None) == () else None
    if scalar is not None and not isinstance(value, float):  # of NumPy
        return _plain(scalar(), where, typed)
    raise UserError(
        f"{where} is {value!r:.80}, which has no record; give numbers, text, None, tuples of them "
        "or a frozen dataclass"
    )


def _equal(value: Any, neutral: Any) -> bool:
    return isinstance(value, bool) == isinstance(neutral, bool) and value == neutral


def _revived(value: Any, types: Mapping[str, type[Any]] | None) -> Any:
    if isinstance(value, Mapping):
        if types is None:
            return value
        kind = types.get(str(value.get("type")))
        if kind is None:
            raise UserError(f"unknown type {value.get('type')!r:.80}; it is of another version")
        return restore(kind, value, types)
    if isinstance(value, (list, tuple)):
        return tuple(_revived(item, types) for item in value)
    return value
