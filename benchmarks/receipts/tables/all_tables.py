"""All tables of a receipt, in one list: to add a table means to add it here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .answers_table import ANSWERS
from .cells_table import CELLS
from .curves_table import CURVES
from .parquet_table import Content, Table
from .parquet_writing import write
from .questions_table import QUESTIONS
from .scores_table import SCORES

TABLES: tuple[Table, ...] = (CELLS, QUESTIONS, ANSWERS, CURVES, SCORES)
FILES: Mapping[str, Table] = {table.file: table for table in TABLES}


def write_tables(folder: Path, content: Content) -> dict[str, Path]:
    """Writes every table; name of a file -> its path. All of them, those without a row too."""
    return {table.file: write(folder, table, content) for table in TABLES}
