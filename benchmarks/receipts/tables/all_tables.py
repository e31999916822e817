"""All tables of a receipt, in one list: to add a table means to add it here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .answers_table import ANSWERS
from .cells_table import CELLS
from .curves_table import CURVES
from .parquet_table import Content, Table
from .parquet_writing import write
from .passes_table import PASSES
from .proofs_table import TABLES as OF_PROOFS
from .questions_table import QUESTIONS
from .samples_table import SAMPLES
from .scores_table import SCORES

# of every receipt
TABLES: tuple[Table, ...] = (CELLS, QUESTIONS, ANSWERS, CURVES, SCORES, *OF_PROOFS)
FILES: Mapping[str, Table] = {table.file: table for table in TABLES}
OF_SAMPLES = (SAMPLES, PASSES)  # of receipts whose cells sample
KNOWN = (*TABLES, *OF_SAMPLES)


def files_of(recipes: Iterable[Any]) -> Mapping[str, Table]:
    """Name of a file -> its table, of a receipt of cells with these plans, as they are recorded."""
    sampled = any(isinstance(recipe, Mapping) and recipe.get("samples") for recipe in recipes)
    return {**FILES, **{table.file: table for table in OF_SAMPLES}} if sampled else FILES


def write_tables(folder: Path, content: Content) -> dict[str, Path]:
    """Writes every table; name of a file -> its path. All of them, those without a row too."""
    tables = files_of(cell.recipe.record() for cell in content.cells)
    return {name: write(folder, table, content) for name, table in tables.items()}
