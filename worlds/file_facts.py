"""Base facts from names: rows of text, or the tables of CSV, TSV and Parquet files.

Sorts are what a signature calls them, and have the names that stand in their columns. Names that
are all numbers are ordered as numbers, others as text, whatever order a file has them in; that is
what ``<`` in a rule means.
"""

from __future__ import annotations

import csv
import decimal
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidWorld
from .datalog.facts import Array, Facts
from .datalog.parser import parse
from .datalog.syntax import Atom, Constant, Rule, Variable

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
FORMS = {".csv": {"strict": True}, ".tsv": {"delimiter": "\t", "quoting": csv.QUOTE_NONE}}
Rows = Sequence[Sequence[str]]


def facts_of_files(files: Mapping[str, tuple[Any, ...]], rules: str = "") -> Facts:
    """The facts of a file a predicate: ``{"parent": ("person person", HERE / "parents.csv")}``.

    A third entry names the columns to read, in the order of the signature, where the file has a
    line of names; without it every row of a CSV or TSV file is a fact, and a Parquet file has as
    many columns as the signature. ``rules``: the world's, whose numbers are then ordered among the
    data's. Raises InvalidWorld, one line, for what cannot be read, with file and row.
    """
    tables: dict[str, tuple[str, Rows]] = {}
    for predicate, given in files.items():
        if not 2 <= len(given) <= 3:
            raise InvalidWorld(
                f'{predicate}: {len(given)} values; give a pair, such as ("person person", path), '
                "or a third with the names of columns"
            )
        signature, path, *columns = given
        rows = rows_of_file(path, len(signature.split()), *columns)
        tables[predicate] = signature, rows
    return facts_of_names(tables, rules)


def rows_of_file(path: Path, width: int, columns: Sequence[str] = ()) -> Rows:
    """The rows of a CSV, TSV or Parquet file, ``width`` names each: of all its columns, or of
    those that are named, where the file has a line of names."""
    path, columns = Path(path), list(columns)
    if columns and len(columns) != width:
        raise InvalidWorld(
            f"{path}: {len(columns)} columns for {width} sorts; name one column for each sort"
        )
    return (_of_parquet if path.suffix == ".parquet" else _of_text)(path, width, columns)


def facts_of_names(tables: Mapping[str, tuple[str, Rows]], rules: str = "") -> Facts:
    """The facts of rows of names a predicate: ``{"age": ("person number", [["Ada", "36"]])}``.

    >>> facts_of_names({"age": ("who n", [["Ada", "36"], ["Bob", "9"]])}).constants
    ('Ada', 'Bob', '9', '36')
    """
    columns: dict[str, list[list[str]]] = {}
    found: dict[str, dict[str, None]] = {}
    for predicate, (signature, rows) in tables.items():
        names = signature.split()
        for number, row in enumerate(rows):
            if isinstance(row, str) or len(row) != len(names):
                raise InvalidWorld(
                    f"{predicate}({signature}): row {number} is {row!r:.200}, expected "
                    f"{len(names)} names; give one for each sort"
                )
            if not all(isinstance(name, str) for name in row):
                raise InvalidWorld(
                    f"{predicate}({signature}): row {number} is {row!r:.200}, expected names; "
                    "write numbers out as text"
                )
        columns[predicate] = [list(column) for column in zip(*rows)] or [[] for _ in names]
        for sort, column in zip(names, columns[predicate]):
            found.setdefault(sort, {}).update(dict.fromkeys(column))
    signatures = {predicate: signature.split() for predicate, (signature, _) in tables.items()}
    for sort, name in _thresholds(parse(rules).rules if rules.strip() else (), signatures):
        if found.get(sort) and all(map(NUMBER.fullmatch, found[sort])):
            found[sort].setdefault(name)
    sorts = {sort: _ordered(sort, [*names]) for sort, names in found.items()}
    place = {sort: {name: i for i, name in enumerate(names)} for sort, names in sorts.items()}
    made: dict[str, tuple[str, NDArray[np.int64]]] = {}
    for predicate, (signature, _) in tables.items():
        parts = [
            np.fromiter(map(place[sort].__getitem__, column), np.int64, len(column))
            for sort, column in zip(signatures[predicate], columns[predicate])
        ]
        made[predicate] = signature, np.stack(parts, axis=1)
    return Facts.of(sorts, **made)


def ids_of_names(facts: Facts, rows: Rows) -> Array:
    """int32 [n, k] the ids of rows of names, as ``Closure.find`` takes them. Raises InvalidWorld
    for a name that is none of a constant."""
    number = facts.number
    for row, names in enumerate(rows):
        unknown = next((name for name in names if name not in number), None)
        if unknown is not None:
            raise InvalidWorld(
                f"row {row} has {unknown!r}, which no fact names; give names that facts have"
            )
    if not len(rows):
        return np.zeros((0, 1), np.int32)
    return np.array([[number[name] for name in names] for names in rows], np.int32)


def _ordered(sort: str, names: list[str]) -> list[str]:
    """Numbers by their values, other names by their letters."""
    if not all(map(NUMBER.fullmatch, names)):
        return sorted(names)
    values = {name: decimal.Decimal(name) for name in names}
    ordered = sorted(names, key=lambda name: (values[name], name))
    for one, other in itertools.pairwise(ordered):
        if values[one] == values[other]:
            raise InvalidWorld(
                f"sort {sort!r} has {one!r} and {other!r}, which are one number; write it one way"
            )
    return ordered


def _thresholds(
    rules: Sequence[Rule], signatures: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """(sort, number) of each number with which a rule compares a variable of that sort."""
    known = {p: list(names) for p, names in signatures.items()}
    for _ in rules:  # sorts of derived predicates, from those of what they follow from
        for rule in rules:
            sorts = _sorts(rule.positive, known)
            head = [
                sorts.get(t.name, "") if isinstance(t, Variable) else "" for t in rule.head.terms
            ]
            before = known.get(rule.head.predicate, [""] * len(head))
            known[rule.head.predicate] = [old or new for old, new in zip(before, head)]
    for rule in rules:
        sorts = _sorts(rule.positive, known)
        for c in rule.comparisons:
            for variable, other in ((c.left, c.right), (c.right, c.left)):
                if isinstance(variable, Variable) and isinstance(other, Constant):
                    sort = sorts.get(variable.name, "")
                    if sort and NUMBER.fullmatch(other.name):
                        yield sort, other.name


def _sorts(atoms: Sequence[Atom], known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Variable -> its sort."""
    found: dict[str, str] = {}
    for atom in atoms:
        for term, sort in zip(atom.terms, known.get(atom.predicate, ())):
            if isinstance(term, Variable) and sort:
                found.setdefault(term.name, sort)
    return found


def _of_text(path: Path, width: int, columns: list[str]) -> Rows:
    """Rows of a CSV or TSV file in UTF-8."""
    if path.suffix not in FORMS:
        raise InvalidWorld(f"{path}: expected a file .csv, .tsv or .parquet; write it as one")
    rows: list[list[str]] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, **FORMS[path.suffix])
            places = _places(path, next(reader, []), columns) if columns else [*range(width)]
            least = max(places, default=-1) + 1
            for row in reader:
                if not row:  # a blank line
                    continue
                if len(row) != width if not columns else len(row) < least:
                    raise InvalidWorld(
                        f"{path}: line {reader.line_num} has {len(row)} values, expected "
                        f"{least if columns else width}; give each fact a line, or name the columns"
                    )
                rows.append([row[place].strip() for place in places])
                if "" in rows[-1]:
                    raise _empty(f"{path}: line {reader.line_num}")
    except OSError as error:
        raise _unread(path, error.strerror or str(error)) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise InvalidWorld(f"{path}: {error}; give a CSV or TSV file in UTF-8") from None
    return rows


def _of_parquet(path: Path, width: int, columns: list[str]) -> Rows:
    """Rows of a Parquet file, values as DuckDB writes them out."""
    if not path.is_file() or {*"*?["} & {*str(path)}:
        raise _unread(path, "no such file, or a pattern")
    try:
        with duckdb.connect(":memory:") as db:
            table = db.read_parquet(str(path))
            names = _places(path, table.columns, columns) if columns else [*range(width)]
            if not columns and len(table.columns) != width:
                raise InvalidWorld(
                    f"{path} has {len(table.columns)} columns, expected {width}; name those to read"
                )
            wanted = [table.columns[place] for place in names]
            quoted = ['"' + name.replace('"', '""') + '"' for name in wanted]
            text = table.project(
                ", ".join(f"CAST({q} AS VARCHAR) AS c{i}" for i, q in enumerate(quoted))
            )
            rows = text.fetchall()
    except duckdb.Error as error:
        raise InvalidWorld(
            f"{path}: {' '.join(str(error).split())[:300]}; give a Parquet file"
        ) from None
    for number, row in enumerate(rows):
        if any(value is None or not value.strip() for value in row):
            raise _empty(f"{path}: row {number}")
    return [[value.strip() for value in row] for row in rows]


def _places(path: Path, names: Sequence[str], columns: Sequence[str]) -> list[int]:
    names = [name.strip() for name in names]
    missing = next((column for column in columns if names.count(column) != 1), None)
    if missing is not None:
        raise InvalidWorld(
            f"{path}: {names.count(missing)} columns are called {missing!r}; it has {names!r:.300}"
        )
    return [names.index(column) for column in columns]


def _empty(where: str) -> InvalidWorld:
    return InvalidWorld(f"{where} has an empty value; give it a name, or leave the row out")


def _unread(path: Path, why: str) -> InvalidWorld:
    return InvalidWorld(
        f"cannot read {path}: {why}; name files from the world's own: "
        'Path(__file__).parent / "x.csv"'
    )
