"""Every field of a receipt's JSON, changed in every way that its type allows."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..receipts.receipt import Receipt
from .forger import Forgery, Mutation

Path = tuple[str | int, ...]
Node = tuple[Path, Any]  # where a value stands, and the value


def json_mutations(content: dict[str, Any]) -> Iterator[Mutation]:
    """Of each field, by its first instance of each type: values changed, exchanged with another
    instance's, infinite, null, of another type; keys removed, renamed, added; members of lists
    removed, added, duplicated, in another order."""
    for field, nodes in fields(content).items():
        seen: set[str] = set()
        for place, value in nodes:
            kind = type(value).__name__ if value not in ([], {}) else "empty"
            if kind not in seen:
                seen.add(kind)
                yield from _of(field, place, value)
        other = next((node for node in nodes[1:] if node[1] != nodes[0][1]), None)
        if other is not None:
            yield Mutation(field, "exchanged with another", _exchanged(nodes[0], other))


def fields(content: dict[str, Any]) -> dict[str, list[Node]]:
    """Name of each field -> all its instances; ``[]`` stands for a place of a list, ``{}`` for a
    key of a mapping whose keys are no fields."""
    schema = Receipt.model_json_schema(by_alias=True)
    found: dict[str, list[Node]] = {}

    def walk(value: Any, place: Path, field: str, kind: Any) -> None:
        kind = _resolved(kind, schema, value)
        if field:
            found.setdefault(field, []).append((place, value))
        if isinstance(value, dict):
            named, rest = kind.get("properties", {}), kind.get("additionalProperties")
            keyed = isinstance(rest, dict)
            for key, item in value.items():
                name = f"{field}{{}}" if keyed else f"{field}.{key}".lstrip(".")
                walk(item, (*place, key), name, rest if keyed else named.get(key, {}))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                walk(item, (*place, i), f"{field}[]", kind.get("items", {}))

    walk(content, (), "", schema)
    return found


def stated(content: dict[str, Any]) -> tuple[set[str], set[str]]:
    """(the fields that the schema states, those of them that ``content`` has)."""
    schema, every = Receipt.model_json_schema(by_alias=True), set[str]()

    def walk(field: str, kind: Any, depth: int = 0) -> None:
        if field:
            every.add(field)
        for option in _options(kind, schema) if depth < 12 else ():
            for key, inner in option.get("properties", {}).items():
                walk(f"{field}.{key}".lstrip("."), inner, depth + 1)
            if isinstance(option.get("additionalProperties"), dict):
                walk(f"{field}{{}}", option["additionalProperties"], depth + 1)
            if option.get("items"):
                walk(f"{field}[]", option["items"], depth + 1)

    walk("", schema)
    return every, every & {*fields(content)}


def _options(kind: Any, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in kind:
        return _options(schema["$defs"][kind["$ref"].rpartition("/")[2]], schema)
    return (
        [o for one in kind["anyOf"] for o in _options(one, schema)] if "anyOf" in kind else [kind]
    )


def _resolved(kind: Any, schema: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The part of the schema by which a value is what it is."""
    name = "object" if isinstance(value, dict) else "array" if isinstance(value, list) else ""
    options = _options(kind, schema)
    return next((one for one in options if one.get("type") == name), options[0])


def _of(field: str, place: Path, value: Any) -> Iterator[Mutation]:
    for kind, new in _values(value):
        yield Mutation(field, kind, _set(place, new))
    if isinstance(place[-1], str):
        yield Mutation(field, "removed", _removed(place))
        yield Mutation(field, "renamed", _renamed(place))
    if isinstance(value, dict):
        yield Mutation(field, "key added", _set((*place, "added"), 0))
        if value:
            one = next(iter(value.values()))
            yield Mutation(field, "entry duplicated", _set((*place, "more"), one))


def _values(value: Any) -> Iterator[tuple[str, Any]]:
    """(kind of change, what stands there then)."""
    if isinstance(value, bool):
        yield "changed", not value
    elif isinstance(value, int):
        yield "changed", value + 1
        yield "as a fraction", value + 0.5
        yield "huge", 2**70
    elif isinstance(value, float):
        yield "changed", value + 0.01 * max(1.0, abs(value))
        yield "infinite", float("inf")
        yield "not a number", float("nan")
    elif isinstance(value, str):
        yield "changed", value + "x" if value else "x"
        if value:
            yield "emptied", ""
            last = value[-1]
            yield "last letter changed", value[:-1] + ("1" if last != "1" else "2")
    elif isinstance(value, list):
        yield "member added", [*value, 0]
        if value:
            yield "member removed", value[:-1]
            yield "member duplicated", [*value, copy.deepcopy(value[0])]
            yield "emptied", []
        if len(value) > 1 and value[0] != value[1]:
            yield "reordered", [value[1], value[0], *value[2:]]
    if value is None:
        yield "filled", 0.5
        yield "filled with text", "x"
    else:
        yield "null", None
        if not isinstance(value, (dict, list)):
            yield "of another type", 1 if isinstance(value, str) else json.dumps(value)


def _parent(content: Any, place: Path) -> Any:
    for step in place[:-1]:
        content = content[step]
    return content


def _set(place: Path, new: Any) -> Callable[[Forgery], None]:
    def edit(forgery: Forgery) -> None:
        _parent(forgery.content, place)[place[-1]] = copy.deepcopy(new)

    return edit


def _removed(place: Path) -> Callable[[Forgery], None]:
    def edit(forgery: Forgery) -> None:
        del _parent(forgery.content, place)[place[-1]]

    return edit


def _renamed(place: Path) -> Callable[[Forgery], None]:
    def edit(forgery: Forgery) -> None:
        parent = _parent(forgery.content, place)
        parent[f"{place[-1]}x"] = parent.pop(place[-1])

    return edit


def _exchanged(one: Node, other: Node) -> Callable[[Forgery], None]:
    def edit(forgery: Forgery) -> None:
        for place, value in ((one[0], other[1]), (other[0], one[1])):
            _parent(forgery.content, place)[place[-1]] = copy.deepcopy(value)

    return edit
