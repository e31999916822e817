"""What a world hands to ``Facts.of``, checked: names in sorts, and tables of local indices.

Each error is one line: predicate or sort, the first bad row or name and its place, what was
expected, and the cure. Rows and places count from 0, as indices do.
"""

from __future__ import annotations

import contextlib
import itertools
import reprlib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld, UserError

MOST = 2**31 - 1  # constants: ids are int32
UNPRINTED = {"Cc", "Cs", "Zl", "Zp"}  # categories: controls, lone surrogates, breaks of lines
INTEGERS = "draw integers, for what is rounded or read from text may differ between machines"
FARTHEST = 2**63 - 1  # the greatest 64-bit integer
TEXT = (str, bytes, bytearray, memoryview)


def named(sorts: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, range]]:
    """(constants, block of ids of each sort), from a size or from names for each sort.

    >>> named({"kind": ["horse", "zebra"], "sign": 2})
    (('horse', 'zebra', 'sign0', 'sign1'), {'kind': range(0, 2), 'sign': range(2, 4)})
    """
    if not isinstance(sorts, Mapping):
        raise InvalidWorld(
            f"sorts are {type(sorts).__name__}, expected a dict from a sort to its size or names; "
            'give {"person": 60}'
        )
    constants: list[str] = []
    blocks: dict[str, range] = {}
    for sort, members in sorts.items():
        if not isinstance(sort, str) or len(sort.split()) != 1 or sort.split()[0] != sort:
            raise InvalidWorld(
                f"sort {sort!r} is no single word, and signatures are split at blanks; rename it"
            )
        names = _members(sort, members)
        if len(constants) + len(names) > MOST:
            raise InvalidWorld(f"sort {sort!r} makes more than {MOST:,} constants; make it smaller")
        blocks[sort] = range(len(constants), len(constants) + len(names))
        constants += names
    if len(set(constants)) != len(constants):
        raise _twice(constants, blocks)
    return tuple(constants), blocks


def _members(sort: str, members: Any) -> Sequence[str]:
    """The names of a sort's constants."""
    if isinstance(members, int | np.integer) and not isinstance(members, bool):
        if not 0 <= members <= MOST:
            raise InvalidWorld(
                f"sort {sort!r} has size {members}, expected 0 to {MOST:,}; give the number of "
                "its constants"
            )
        return [f"{sort}{i}" for i in range(int(members))]
    if isinstance(members, np.ndarray) and members.ndim == 1:
        members = members.tolist()
    if not isinstance(members, Sequence) or isinstance(members, TEXT):
        hint = " (a set has another order in each process)" if isinstance(members, set) else ""
        raise InvalidWorld(
            f"sort {sort!r} is {reprlib.repr(members)}, {type(members).__name__}, expected a "
            f"size or a list of names{hint}; give an integer, or a list of strings"
        )
    for place, name in enumerate(members):
        if not isinstance(name, str):
            raise InvalidWorld(
                f"sort {sort!r}: name {place} is {reprlib.repr(name)}, {type(name).__name__}, "
                "expected a string; write it out as text, or leave the row out"
            )
        if not name.strip() or (not name.isprintable() and _blank(name)):
            raise InvalidWorld(
                f"sort {sort!r}: name {place} is {name!r}, expected text that can be read; give it "
                "a name, or leave it out"
            )
        if not name.isprintable() and {*map(unicodedata.category, name)} & UNPRINTED:
            raise InvalidWorld(
                f"sort {sort!r}: name {place} is {reprlib.repr(name)}, expected one line of "
                'printable text; join its words, for instance by " ".join(name.split())'
            )
    return [*map(str, members)]  # NumPy's strings are no JSON


def _blank(name: str) -> bool:
    """Whether only blanks, controls and marks without a width stand in a name."""
    return all(unicodedata.category(letter)[0] in "CZ" for letter in name)


def _twice(constants: Sequence[str], blocks: Mapping[str, range]) -> UserError:
    """The error for the first name that stands twice."""
    first: dict[str, int] = {}
    for id, name in enumerate(constants):
        if first.setdefault(name, id) != id:
            at = [
                f"{sort!r} at place {i - block.start}"
                for i in (first[name], id)
                for sort, block in blocks.items()
                if i in block
            ]
            return InvalidWorld(
                f"constant {name!r} is named twice, in sort {at[0]} and in sort {at[1]}; give each "
                "constant one sort, and a name of its own"
            )
    raise AssertionError("no name stands twice")


def table_of(what: str, table: Any, width: int) -> NDArray[np.int64]:
    """int64 [n, ``width``] of a table of integers; ``what`` names it in errors.

    An array is looked at as a whole. Rows that come as Python sequences are looked at one by one
    only where something is wrong with them: NumPy would read True as 1, and mix types.
    """
    if isinstance(table, np.ma.MaskedArray):
        raise InvalidWorld(
            f"{what}: a masked array, whose hidden values would be read; give the rows without them"
        )
    if isinstance(table, (*TEXT, Mapping, set, frozenset)) or not hasattr(table, "__len__"):
        raise InvalidWorld(
            f"{what}: {reprlib.repr(table)}, {type(table).__name__}, expected rows of {width} "
            "integers; give a list of rows, or an array"
        )
    if not hasattr(table, "__array__"):
        table = _array_of(what, table, width)
    table = np.asarray(table)  # also of another library
    if table.shape == (0,):  # no rows, as `[]` is
        table = table.reshape(0, width)
    if table.ndim != 2:
        raise InvalidWorld(
            f"{what}: an array of shape {[*table.shape]}, expected [n, {width}]; give one row of "
            f"{width} for each fact" + (", as in [[0], [1]]" if width == 1 else "")
        )
    if table.shape[1] != width:
        first = f": row 0 is {reprlib.repr(table[0].tolist())}" if len(table) else ""
        raise _wide(f"{what}: rows of {table.shape[1]}{first}", width, len(table) == width)
    if table.dtype.kind not in "iu" and table.size:
        row, place = _first_bad(table)
        raise InvalidWorld(
            f"{what}: rows of {table.dtype}, expected integers: row {row} is "
            f"{reprlib.repr(table[row].tolist())}, first wrong at place {place}; {INTEGERS}"
        )
    if table.dtype == np.uint64 and table.size and table.max() > FARTHEST:
        row = int(np.flatnonzero((table > FARTHEST).any(1))[0])
        raise _far(what, row, table[row].tolist())
    return table.astype(np.int64, copy=False)


def _array_of(what: str, table: Sequence[Any], width: int) -> NDArray[np.int64]:
    """The array of a sequence of rows, each a sequence of ``width`` integers."""
    with contextlib.suppress(TypeError, OverflowError):
        plain = {*map(type, table)} <= {list, tuple, range, np.ndarray}
        flat = {*map(type, itertools.chain.from_iterable(table))}
        if plain and {*map(len, table)} <= {width} and all(map(_integral, flat)):
            return np.asarray(table, np.int64).reshape(len(table), width)
    for row, values in enumerate(table):
        if isinstance(values, (*TEXT, Mapping, set, frozenset)) or not hasattr(values, "__len__"):
            raise InvalidWorld(
                f"{what}: row {row} is {reprlib.repr(values)}, {type(values).__name__}, expected "
                f"{width} integers; give each row as a list, such as {[*range(width)]}"
            )
        if len(values) != width:
            turned = len(table) == width and _even(table)
            found = f"{what}: row {row} has {len(values)} values, {reprlib.repr([*values])}"
            raise _wide(found, width, turned)
        for place, value in enumerate(values):
            if not _integral(type(value)):
                raise InvalidWorld(
                    f"{what}: row {row} has {reprlib.repr(value)}, {type(value).__name__}, at "
                    f"place {place}, expected an integer; {INTEGERS}"
                )
        if any(not -FARTHEST <= int(value) <= FARTHEST for value in values):
            raise _far(what, row, [*map(int, values)])
    return np.array([[*map(int, values)] for values in table], np.int64)


def _integral(kind: type) -> bool:
    return kind is int or issubclass(kind, np.integer)


def _even(table: Sequence[Any]) -> bool:
    """Whether all rows are as long as the first."""
    return all(hasattr(row, "__len__") and len(row) == len(table[0]) for row in table)


def _first_bad(table: NDArray[Any]) -> tuple[int, int]:
    """Row and place of the first value that is no integer; 0, 0 where only the type is wrong."""
    if table.dtype.kind == "f":
        bad = ~(np.isfinite(table) & (table == np.floor(table)))
    elif table.dtype.kind == "O":
        bad = np.array([[not _integral(type(value)) for value in row] for row in table.tolist()])
    else:
        bad = np.ones(table.shape, bool)
    row, place = np.unravel_index(bad.argmax(), bad.shape)
    return int(row), int(place)


def _wide(found: str, width: int, turned: bool) -> UserError:
    """The error for rows of another width than the signature's."""
    cure = (
        "the table looks transposed: give it as [n, k], with .T"
        if turned
        else "give each row one value for each sort, in the order of the signature"
    )
    return InvalidWorld(f"{found}, expected {width} as in the signature; {cure}")


def _far(what: str, row: int, values: list[int]) -> UserError:
    return InvalidWorld(
        f"{what}: row {row} is {reprlib.repr(values)}, beyond 64-bit integers; rows hold local "
        "indices, from 0 in each sort"
    )
