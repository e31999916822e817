"""What a checker does with an entry after its salt is opened: export, score, or train."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from ...errors import UserError, suggest
from ..attestations.salted_choice import checked_salt, new_salt
from ..board.column_scores import World
from ..board.sealed import commitment, entry_seeds, sealed_cells
from ..config.run_config import Cell
from ..config.suite import Suite, load_suite
from ..export import portion
from ..export.export import export as write
from ..job import Job
from ..predictions.score_file import score_file
from ..receipts import bounds, cite, untrusted
from ..receipts.receipt import Receipt
from ..report import plain_console
from ..verification.named_parts import spec_of

Watch = Callable[[str], None]
MODES = ("direct", "chain")


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry with its sealed seeds."""

    suite: Suite
    digest: str  # of its receipt
    cells: tuple[Cell, ...]  # those of the receipt that count for the suite's columns
    seeds: dict[World, World]

    def __str__(self) -> str:
        pairs = ", ".join(f"{public[0]} -> {drawn[0]}" for public, drawn in self.seeds.items())
        return f"{self.suite.name}, receipt {self.digest[:16]}: seeds {pairs}"


def committed() -> str:
    """A new salt, and what is to be published of it."""
    salt = new_salt()
    return f'salt {salt} (keep it)\nsha256 = "{commitment(salt)}" (publish it)'


def read(path: Path, suite: str, salt: str) -> Entry:
    """The entry of a receipt of ``suite``. Raises UserError where it has no cell of its columns."""
    found = load_suite(suite)
    receipt = Receipt.read(untrusted.receipt_path(path))
    seeds = entry_seeds(found, cite.digest(receipt), checked_salt(salt))
    with untrusted.guarded(path):
        cells = bounds.cells_of(receipt).values()
    panels = {cell.panel for cell in found.cells}
    mine = tuple(c for c in cells if c.panel in panels and c.seeds.corpus in seeds)
    if not mine:
        raise UserError(f"{path} has no cell of {found.id}; give an entry of that suite")
    return Entry(found, cite.digest(receipt), mine, seeds)


def export(entry: Entry, to: Path, format: str, mode: str, watch: Watch) -> str:
    """Writes the sealed questions without their key; a line on what they are."""
    exported = "direct" if format != "tokens" else _checked(mode)
    return write(_portions(entry, mode), to, format, exported, False, watch)


def score(entry: Entry, predictions: Path, out: Path, mode: str, watch: Watch) -> str:
    """Scores what came back and writes its receipt; a line on where."""
    declared = [found for c in entry.cells if (found := c.outside)]
    if not declared:
        raise UserError("the entry's model is none from outside; give --train to train it again")
    found = score_file(predictions, _portions(entry, mode), declared[0], out, watch, mode)
    return f"receipt  {found.folder / 'receipt.json'}"


def train(entry: Entry, out: Path, allowed: bool) -> int:
    """Trains the entry's models on the sealed corpora; the exit status of the run.

    Nothing that only the receipt names is imported: NotLoaded for a plugin, unless ``allowed``.
    """
    if any(cell.outside for cell in entry.cells):
        raise UserError("nobody can train a model from outside; give --to to export its questions")
    console = plain_console.console()

    def announce(plugin: object) -> None:
        console.print(untrusted.introduced(plugin), soft_wrap=True)  # type: ignore[arg-type]

    for cell in entry.cells:
        untrusted.world(cell.world, announce if allowed else None)
        spec_of(cell, announce if allowed else None)
    suite = dataclasses.replace(
        entry.suite,
        id=f"{entry.suite.id}+sealed-{entry.digest[:8]}",
        cells=sealed_cells(entry.cells, entry.seeds),
        keep_weights=frozenset(),
        floors="",
    )
    return Job(suite, suite.cells, out).run()


def _portions(entry: Entry, mode: str) -> list[Cell]:
    """A cell for each sealed question set of the suite's columns in this mode."""
    _checked(mode)
    cells = [c for c in entry.suite.cells if c.mode == mode]
    cells = [c for c in cells if any(column.holds(c) for column in entry.suite.columns)]
    if not cells:
        raise UserError(f"{entry.suite.id} has no column in mode {mode}; give another --mode")
    return portion.outside_cells(sealed_cells(cells, entry.seeds))


def _checked(mode: str) -> str:
    if mode not in MODES:
        raise suggest("mode", mode, MODES)
    return mode
