"""``zebroid plot``: a receipt -> all its figures, without training anything again.

The same figures stand in the report. What a receipt is too old, too short or too broken for is
left out with one line that says why; no line is drawn through nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console

from ...errors import UserError
from ...eval.figures import score_figures
from ...eval.figures.fitted_laws import Fitted, fitted
from ...eval.figures.heatmap import Strip, heat
from ...eval.scaling.fit import Fits, fit_all
from ...eval.stats.curve import Curve
from ...eval.stats.labels import counted, of_runs
from ...printable import printable
from ..panels.panel import slug
from ..receipts.curves import Configuration, configurations_of
from ..receipts.receipt import Receipt
from ..receipts.receipt_records import PanelRecord
from ..receipts.untrusted import guarded, receipt_path
from ..runner import atomic_write
from ..sweeps.analysis import Scaling, scaling
from ..sweeps.sweep_plots import forecasts, sweeps
from .plain_console import working
from .receipt_rows import Read, rows_of, score_of

DRAWS = 300  # resampled fits behind a band


@dataclasses.dataclass(frozen=True)
class Drawing:
    """One figure of a receipt."""

    name: str  # of its file
    panel: str  # which it is about; empty: all
    figure: Figure
    shows: str  # what it shows, for those who can't see it

    @functools.cached_property
    def svg(self) -> str:
        """The figure as an SVG document."""
        return score_figures.svg(self.figure)

    def keep(self, folder: Path, pixels: bool = False) -> None:
        """Writes it there as SVG, and with ``pixels`` as PNG too."""
        images = {"svg": self.svg.encode()}
        if pixels:
            images["png"] = score_figures.png(self.figure)
        for end, image in images.items():
            with atomic_write.file(folder / f"{self.name}.{end}") as draft:
                draft.write_bytes(image)


Left = Callable[[str], None]  # hears what was left out, and why


def run(receipt: Path, out: Path | None, console: Console) -> None:
    """Draws all figures of a receipt into ``out`` (default: ``figures`` beside it), as SVG and PNG.

    Raises UserError for what is no receipt; one all of whose cells failed has nothing to draw.
    """
    with guarded(receipt):
        _run(receipt_path(receipt), out, console)


def _run(path: Path, out: Path | None, console: Console) -> None:
    found = Receipt.read(path)
    folder = out or path.parent / "figures"
    left: list[str] = []
    with working(console, "reading") as tell:
        configurations = configurations_of(found, path)
        text = scaling(configurations, tell)
        for drawing in drawings(found, configurations, text, left.append, tell):
            drawing.keep(folder, pixels=True)
            print(printable(f"{drawing.name}: {drawing.shows}"))
    for why in dict.fromkeys([*left, *text.notes]):
        print(printable(f"left out: {why}"))
    print(f"{folder}: all figures, as .svg and .png")


def drawings(
    receipt: Receipt,
    configurations: Sequence[Configuration],
    found: Scaling | None,
    left: Left,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Drawing]:
    """All figures of a receipt, those of a sweep where ``found`` is what it says.

    ``left`` hears what was left out, ``tell`` what is being drawn.
    """
    tell("ladder")
    strips = list(_strips(receipt))
    if strips:
        shows = "accuracy of every model on every rung, with its 95% interval, as a heat map"
        yield Drawing("ladder", "", heat(strips, receipt.suite.title), shows + _failed(receipt))
    else:
        left("the ladder: no model of this receipt was scored")
    for panel in receipt.panels:
        tell(panel.name)
        yield from _panel(panel, [a for a in configurations if a.panel.name == panel.name], left)
    tell("sweeps")
    for name, figure, shows in sweeps(configurations, found, left) if found else ():
        yield Drawing(name, "", figure, shows)
    tell("forecasts")
    for name, figure, shows in forecasts(configurations, left) if found else ():
        yield Drawing(name, "", figure, shows)


def _failed(receipt: Receipt) -> str:
    """How many cells of a receipt failed, at the end of a caption."""
    lost = of_runs(sum(bool(cell.failed) for cell in receipt.cells), len(receipt.cells))
    return f"; {lost}" if lost else ""


def _strips(receipt: Receipt) -> Iterator[Strip]:
    for panel in receipt.panels:
        for row in panel.rows:
            if row.kind == "model" and row.rungs:
                scores = {
                    name: score_of(name, s, not row.untrained) for name, s in row.rungs.items()
                }
                yield Strip(panel.name, row.name, scores)


def _panel(
    panel: PanelRecord, configurations: Sequence[Configuration], left: Left
) -> Iterator[Drawing]:
    rows, name = rows_of(panel, configurations), slug(panel.name)
    for missing_run in panel.missing_runs:
        lost = of_runs(missing_run["cells"], missing_run.get("runs") or missing_run["cells"])
        left(f"{panel.name}, {missing_run['label']}: {lost}: {missing_run['cause']}")
    if not any(row.rungs for row in rows):
        left(f"{panel.name}: no row of it was scored")
        return
    kinds = {"ceilings": "ceiling", "models": "model"}
    groups = {h: [r for r in rows if r.kind == kind and r.rungs] for h, kind in kinds.items()}
    drawn = score_figures.ladder({h: mine for h, mine in groups.items() if mine}, panel.name)
    models = groups["models"]
    lost = "".join(
        f"; {row.label}: {of_runs(row.failed, row.runs)}" for row in models if row.failed
    )
    shows = f"the ladder of {panel.name}: every row of its table on each rung, with 95% intervals"
    yield Drawing(f"{name}-ladder", panel.name, drawn, shows + lost)
    if not any(len(row.flops) > 1 for row in models):
        left(f"{panel.name}: no curves, for there is one checkpoint or none")
        return
    ceilings = {row.label: row for row in groups["ceilings"]}
    drawn = score_figures.curves(models, panel.name, ceilings)
    shows = f"accuracy and bits of the models of {panel.name} over compute, with 95% bands"
    yield Drawing(f"{name}-curves", panel.name, drawn, shows + lost)
    laws = {configuration.label: fits_of(configuration) for configuration in configurations}
    rungs = {label: _fitted(models, ceilings, label, mine) for label, mine in laws.items()}
    if not any(rungs.values()):
        left(f"{panel.name}: no laws, for no rung above recall has a curve")
        return
    names = {row.label: counted(row) for row in models}
    drawn = fitted({names.get(label, label): found for label, found in rungs.items()}, panel.name)
    shows = f"the laws through the curves of {panel.name} on each rung, and a decade beyond"
    yield Drawing(f"{name}-laws", panel.name, drawn, shows + lost)


def fits_of(configuration: Configuration) -> dict[str, Fits | str]:
    """Rung -> the laws through its accuracy over compute, or why there are none."""
    rungs: dict[str, Curve] = {rung: configuration.accuracy[rung] for rung in configuration.rungs}
    try:
        return dict(zip(rungs, fit_all(list(rungs.values()), draws=DRAWS)))
    except UserError as error:
        return dict.fromkeys(rungs, f"no law: {str(error).partition(':')[0]}")


def _fitted(
    models: Sequence[Read],
    ceilings: Mapping[str, Read],
    label: str,
    fits: Mapping[str, Fits | str],
) -> dict[str, Fitted]:
    row = next((row for row in models if row.label == label), None)
    found = {}
    for rung, fit in fits.items() if row else ():
        score = row.rungs.get(rung) if row else None
        if row is None or score is None:
            continue
        heights = {
            name: float(c.rungs[rung].accuracy.mean[-1])
            for name, c in ceilings.items()
            if rung in c.rungs
        }
        band = score.curve
        triple = band.mean, band.low, band.high
        found[rung] = Fitted(row.flops, np.stack(triple), score.floor.value, heights, fit)
    return found
