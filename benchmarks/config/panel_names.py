"""Names of panels: world and size, and in what each differs from its neighbours."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from ... import canonical, identity
from .run_config import Cell

T = TypeVar("T")


def names_of(cells: Sequence[Cell]) -> list[str]:
    """World and size of each panel, and in what it differs from its neighbours: its exposure, or
    how many questions of each rung there are."""
    records = [cell.exposure.record() for cell in cells]
    near: dict[tuple[str, str], list[dict[str, object]]] = {}
    numbers: dict[tuple[str, str, str], set[int]] = {}
    for cell, record in zip(cells, records):
        near.setdefault((cell.named_world, cell.size), []).append(record)
        numbers.setdefault((cell.named_world, cell.size, str(record)), set()).add(cell.questions)
    varied: dict[tuple[str, str], set[str]] = {}
    for place, alike in near.items():  # against the first alone: a receipt may name thousands
        fields = {field for record in alike for field in record}
        first = alike[0]
        varied[place] = {f for f in fields if any(r.get(f) != first.get(f) for r in alike)}
    names = []
    for cell, record in zip(cells, records):
        place = cell.named_world, cell.size
        text = [f"{f} {_text(value)}" for f, value in record.items() if f in varied[place]]
        if len(numbers[*place, str(record)]) > 1:
            text.append(f"{cell.questions} questions")
        names.append("/".join(place) + (f" ({', '.join(text)})" if text else ""))
    # rounds of two worlds differ in nothing that is printed: what was added is known by its digest
    count = collections.Counter(names)
    return [
        f"{name} {canonical.digest(record)[:6]}" if count[name] > 1 else name
        for name, record in zip(names, records)
    ]


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return " + ".join(f"{share:g} {presentation}" for presentation, share in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " + ".join(map(_table, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _table(value: Mapping[str, object]) -> str:
    """``skew exponent 1``: an intervention by its type and fields; a list by its length."""
    fields = [
        f"{k} {len(v) if isinstance(v, list) else _text(v)}"
        for k, v in value.items()
        if k not in identity.HEAD
    ]
    return " ".join([str(value["type"]), *fields])


def named(cells: Iterable[Cell]) -> list[tuple[str, list[Cell]]]:
    """(name of a panel, its cells), in their order."""
    groups = grouped(cells, lambda cell: cell.panel)
    return list(zip(names_of([group[0] for group in groups]), groups))


def grouped(items: Iterable[Cell], key: Callable[[Cell], T]) -> list[list[Cell]]:
    """Cells of equal key, in the order in which the keys first occur."""
    groups: dict[T, list[Cell]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
