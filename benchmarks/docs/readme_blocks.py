"""Blocks of README and the reference: a receipt in three lines, tables of worlds and models.

    <!-- headline docs/receipts/headline-v2 -->
    <!-- end of headline -->

``world-list`` and ``model-list`` take what they list as their argument: ``all``. ``worlds`` takes a
size: for every world at that size, in its own exposure and for seeds 0, how many questions are on
each rung, and which published benchmarks it generalises, as the world says itself.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ... import registry
from ...errors import UserError
from ...eval.floors.floor_table import REUSE
from ...eval.scoring.columns import MARKS, columns
from ...eval.stats.labels import with_failed
from ...worlds.corpus.build import build_corpus
from ...worlds.novelty.rungs import LADDER
from ..receipts.receipt import Receipt
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..report.score_cells import above, floors, scored
from ..report.table import ABSENT
from .readme_tables import missing
from .writing.doc_blocks import Make, filled, measured, rewritten
from .writing.markdown_table import markdown_table

SIZES = ("xs", "s", "m", "l", "xl")
MODES = ("direct", "chain")  # whose rows stand in README


def headline(root: Path, name: str) -> Iterator[str]:
    """Scores beside their floors, of the receipt behind the first figure; what they mean stands
    below them."""

    def lines(folder: Path) -> Iterator[str]:
        receipt = Receipt.read(folder / "receipt.json")
        panel = next(p for p in receipt.panels if p.name.startswith("composition"))
        rows = {mode: _row(panel, mode) for mode in MODES}
        found = [row for row in rows.values() if isinstance(row, RowRecord)]
        names = columns(name for row in found for name in row.rungs)
        table = [
            [f"`{name}`", floor, *(_beside(row, name) for row in rows.values())]
            for name, floor in zip(names, floors(found, names))
        ]
        heads = [
            f"**{mode}** ({row})" if isinstance(row, str) else f"**{mode}**{_lost(row)}"
            for mode, row in rows.items()
        ]
        yield from markdown_table(["rung", "floor, by which strategy", *heads], table)
        yield ""
        trainings = with_failed(
            f"{len(receipt.cells)} trainings", receipt.failed, len(receipt.cells)
        )
        yield f"Suite `{receipt.suite.id}`, {trainings}. {MARKS}."

    yield from measured(root, name, lines)


def _lost(row: RowRecord) -> str:
    return with_failed("", row.failed, row.runs)


def _beside(row: RowRecord | str, name: str) -> str:
    """The score of a row, and how far it is above the floor, or that it is none of a rule."""
    if isinstance(row, str):
        return ABSENT
    score = row.rungs.get(name)
    if score is None or score.rung == "recall":
        return scored(row, name)
    if score.floor.value > REUSE:
        return f"{scored(row, name)}, reuse by likeness"
    found = above(row, name)
    beside = "below the floor" if found == "below" else f"normalised {found}"
    return f"{scored(row, name)}, {beside}"


def _row(panel: PanelRecord, label: str) -> RowRecord | str:
    """The first model of a mode but the MLP; of one whose trainings all failed, how many."""
    models = [r for r in panel.rows if r.kind == "model" and "mlp" not in r.label]
    found = [r for r in models if r.label.partition(" ")[0] == label]
    if not found:
        gone = [lost for name, lost in missing(panel).items() if name.partition(" ")[0] == label]
        if gone:
            return gone[0]
        labels = [r.label for r in panel.rows if r.kind == "model"]
        raise UserError(f"{panel.name} has no model {label!r}; it has {', '.join(labels)}")
    return found[0]


def builtin() -> list[str]:
    """Ids of the worlds that come with zebroid."""
    return [id for id in registry.worlds() if "." not in id]


def world_table(_: Path, size: str) -> Iterator[str]:
    """Questions on each rung, those that the world promises in bold."""
    header = ["world", *LADDER, "generalises"]
    yield from markdown_table(header, _counted(size), right=range(1, len(LADDER) + 1))


def _counted(size: str) -> Iterator[list[str]]:
    for id in builtin():
        world, found = registry.sized(f"{id}/{size}")
        corpus = build_corpus(world, found)
        cells = []
        for rung in LADDER:
            number = len(corpus.of_rung(rung, pure=rung != "mixed"))
            message = f"{number:,}" if number else "–"
            cells.append(f"**{message}**" if rung in world.rungs else message)
        yield [f"`{id}`", *cells, world.generalises]


def world_list(_: Path, _argument: str) -> Iterator[str]:
    """Id, what it asks, what it generalises."""
    rows = []
    for id in builtin():
        world = registry.make(id)
        asks = (inspect.getdoc(type(world)) or "").partition("\n")[0].rstrip(".")
        rows.append([f"`{id}`", asks, world.generalises])
    yield from markdown_table(["world", "what it asks", "generalises"], rows)


def model_list(_: Path, _argument: str) -> Iterator[str]:
    """Presets of each architecture, and what it is."""
    families: dict[str, list[str]] = {}
    abouts: dict[str, str] = {}
    for name in registry.models():
        if "." in name:  # a plugin's
            continue
        spec = registry.model(name)
        kind = type(spec).__module__
        about = (importlib.import_module(kind).__doc__ or "").partition("\n")[0].rstrip(".")
        abouts[kind] = re.sub(r"\s+", " ", about)
        families.setdefault(kind, []).append(name)
    rows = [[_presets(names), abouts[kind]] for kind, names in families.items()]
    yield from markdown_table(["models", "architecture"], rows)


def _presets(names: list[str]) -> str:
    """``decoder-xs`` to ``decoder-xl``: sizes of one name together, all others in full."""
    sizes: dict[str, list[str]] = {}
    for name in names:
        base, _, size = name.rpartition("-")
        sizes.setdefault(base if size in SIZES else name, []).append(name)
    ends = ([found[0], found[-1]] if len(found) > 1 else found for found in sizes.values())
    return ", ".join(" to ".join(f"`{name}`" for name in found) for found in ends)


BLOCKS: Mapping[str, Callable[[Path, str], Iterator[str]]] = {
    "headline": headline,
    "world-list": world_list,
    "model-list": model_list,
    "worlds": world_table,
}


def rendered(page: str, root: Path) -> str:
    """``page`` with the blocks of these kinds that it has made anew."""
    for kind, make in BLOCKS.items():
        for argument in dict.fromkeys(re.findall(rf"^<!-- {kind} (.+?) -->$", page, re.MULTILINE)):
            tables: dict[str, Make] = {
                argument.partition(" ")[0]: lambda rest, make=make, first=argument: make(
                    root, " ".join([first.partition(" ")[0], rest]).strip()
                )
            }
            page = filled(page, kind, tables)
    return page


def main(pages: list[str]) -> int:
    """Fills the pages named; 0, or 2 after one line on what is wrong."""
    for path in map(Path, pages):
        root = path.resolve().parent
        if status := rewritten(path, lambda text, root=root: rendered(text, root)):
            return status
    return 0
