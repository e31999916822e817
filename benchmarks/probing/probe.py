"""probe(names): the mechanism of every kept training with weights that the names stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ...errors import MissingResult, UserError
from ...eval.figures.score_figures import svg
from ...printable import visible
from ..config.run_config import Cell
from ..panels.panel import slug
from ..receipts.bounds import cells_of
from ..receipts.receipt import Receipt
from ..receipts.untrusted import guarded, receipt_path
from ..report import plain_console
from ..runner import atomic_write
from ..runner.trained import Trained, load
from .mechanism import Mechanism, mechanism
from .probe_figure import probe_figure
from .probe_result import ProbeResult, rows

FOLDER = "probes"  # of results within OUT


def probe(names: Sequence[str], out: Path, console: Console) -> int:
    """Writes ``OUT/probes/NAME.json`` and ``.svg`` of every configuration and prints its table; 0.

    Raises UserError where a name stands for nothing, or none of its trainings kept weights.
    """
    from ...models.training.train import enable_cache  # JAX: not for those who list or resume

    enable_cache()
    groups: dict[str, list[tuple[Cell, Mechanism]]] = {}
    for training in _trainings(names, out):
        with plain_console.working(console, f"{training.cell}"):
            found = mechanism(training)
        groups.setdefault(training.cell.configuration, []).append((training.cell, found))
    for measured in groups.values():
        result = ProbeResult.of(measured)
        path = result.write(out / FOLDER / f"{slug(result.name)}.json")
        with atomic_write.file(path.with_suffix(".svg")) as draft:
            draft.write_text(svg(probe_figure(result)), "utf-8")
        console.print(visible(result.name), style="bold", markup=False)
        for row in rows(result):
            line = "  ".join(f"{name} {text}" for name, text in row.items())
            console.print(line, markup=False, soft_wrap=True)
        console.print(f"result  {path}", markup=False, soft_wrap=True)
    return 0


def _trainings(names: Sequence[str], out: Path) -> list[Trained]:
    """Those with weights: of a receipt all that kept them, else the one that a name stands for."""
    found: dict[str, Trained] = {}
    for name in names:
        cells = _cells(Path(name))
        if cells is None:
            trained = load(name, out)
            found[trained.cell.digest] = trained
            continue
        before, why = len(found), "it has no cell of mode direct"
        for cell in cells:
            if cell.mode != "direct":
                continue
            try:
                found[cell.digest] = load(cell, out)
            except MissingResult as error:
                why = str(error)
        if len(found) == before:
            raise UserError(f"nothing of {name} can be probed: {why}")
    return [*found.values()]


def _cells(path: Path) -> list[Cell] | None:
    """The cells of a receipt; None: the path is none."""
    if path.name != "receipt.json" and not (path / "receipt.json").is_file():
        return None
    with guarded(path):
        return [*cells_of(Receipt.read(receipt_path(path))).values()]
