"""A table of a receipt: its columns with type, unit and meaning, and the blocks it is made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....eval.question_sets.question_set import QuestionSet
from ...config.run_config import Cell
from ...panels.panel import Panel
from ...runner.corpora import Corpora
from ...runner.result_store import Result

Columns = Mapping[str, NDArray[Any]]
# DuckDB's types, and what they are in memory. A list of words is one text there, its words
# separated by SEPARATOR; a truth value that may be null is -1, 0 or 1.
TYPES = {
    **dict.fromkeys(("VARCHAR", "VARCHAR[]"), object),
    **{"BOOLEAN": np.bool_, "UTINYINT": np.uint8, "USMALLINT": np.uint16},
    **{"INTEGER": np.int32, "BIGINT": np.int64, "FLOAT": np.float32, "DOUBLE": np.float64},
}
SEPARATOR = "\x1f"
NONE = ""  # in memory, of a text or a list that is null in the file
DIGITS = 16  # of a digest, by which cells and corpora are named in all tables


@dataclasses.dataclass(frozen=True)
class Column:
    """One column. ``null``: the value in memory that is NULL in the file; None: there is none.

    ``needed``: whether some row of a receipt has a value; a file without it lacks the column, and
    is read as if all of it were null. None: every file has the column.
    """

    name: str
    type: str  # of TYPES
    unit: str  # of its numbers, or what its texts are
    meaning: str
    null: Any = None
    needed: Callable[[Content], bool] | None = None

    def __post_init__(self) -> None:
        assert self.type in TYPES and self.unit and self.meaning, self.name
        assert self.needed is None or self.null is not None, self.name

    @property
    def dtype(self) -> Any:
        """NumPy's type of the column in memory."""
        nullable = self.type == "BOOLEAN" and self.null is not None
        return np.int8 if nullable else TYPES[self.type]

    @property
    def written(self) -> str:
        """SQL: the column of a block as it stands in the file."""
        quoted = f'"{self.name}"'
        if self.null is not None:
            quoted = f"nullif({quoted}, {_literal(self.null)})"
        if self.type == "VARCHAR[]":
            return f"string_split({quoted}, chr({ord(SEPARATOR)}))"
        return f"{quoted}::{self.type}"

    @property
    def read(self) -> str:
        """SQL: the column of a file as it is held in memory."""
        quoted = f'"{self.name}"'
        if self.type == "VARCHAR[]":
            quoted = f"array_to_string({quoted}, chr({ord(SEPARATOR)}))"
        if self.type == "BOOLEAN" and self.null is not None:
            quoted = f"{quoted}::TINYINT"
        return quoted if self.null is None else f"coalesce({quoted}, {_literal(self.null)})"


@dataclasses.dataclass(frozen=True)
class Content:
    """What the tables of a receipt are made of: nothing else goes into them."""

    cells: Sequence[Cell]  # of the suite, in its order
    results: Mapping[str, Result]  # digest of a cell -> its result, that of a failed training too
    failures: Mapping[str, str]  # digest of a cell -> why it has no result
    panels: Sequence[Panel]
    corpora: Corpora
    # what several tables are made of, so that it is made once
    memo: dict[str, Any] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def answered(self) -> list[Result]:
        """Results of the trainings that did not fail, in the order of the suite: cells of one
        corpus stand side by side there, and no corpus is drawn twice."""
        found = [self.results[c.digest] for c in self.cells if c.digest in self.results]
        return [result for result in found if not result.run.failed]

    def by_corpus(self) -> Iterator[QuestionSet]:
        """The questions of all question sets about each corpus that has answers, each once."""
        sets: dict[str, dict[str, Cell]] = {}
        for result in self.answered:
            sets.setdefault(result.corpus, {})[result.cell.question_set] = result.cell
        for cells in sets.values():
            found = [self.corpora.question_set(cell) for cell in cells.values()]
            questions = np.unique(np.concatenate([one.questions for one in found]))
            yield QuestionSet(found[0].corpus, questions)


@dataclasses.dataclass(frozen=True)
class Table:
    """``NAME.parquet``: its columns, its blocks of rows, and how many rows it can have.

    Its rows are written by key, in the order of the alphabet, and under one key as they come; those
    of a table that is not ``by_key`` all as they come.
    """

    name: str
    meaning: str  # what one row is
    columns: tuple[Column, ...]
    order: str  # by which columns its rows are sorted
    blocks: Callable[[Content], Iterator[Columns]]
    most: Callable[[Sequence[Cell]], int]  # rows at most of a receipt of these cells
    key: str = "cell"  # by which a part of the table is read
    by_key: bool = True

    @property
    def file(self) -> str:
        return f"{self.name}.parquet"

    def needed(self, content: Content) -> Table:
        """The table with the columns that a receipt of this content has."""
        kept = (c for c in self.columns if c.needed is None or c.needed(content))
        return dataclasses.replace(self, columns=tuple(kept))

    def within(self, names: Collection[str]) -> Table:
        """The table without those of its columns that a file may lack and this one, of columns
        ``names``, does."""
        kept = (c for c in self.columns if c.needed is None or c.name in names)
        return dataclasses.replace(self, columns=tuple(kept))

    def of(self, content: Content) -> Iterator[dict[str, NDArray[Any]]]:
        """The table in memory, block by block, in the order in which they are made: all columns,
        each of its type."""
        names = [c.name for c in self.columns]
        for block in self.blocks(content):
            assert [*block] == names, f"{self.name}: {[*block]}, expected {names}"
            yield {c.name: np.asarray(block[c.name], c.dtype) for c in self.columns}


def same(value: Any, n: int) -> NDArray[Any]:
    """[n] one value."""
    return np.full(n, value, object if isinstance(value, str) else None)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "'nan'" if value != value else repr(value)
