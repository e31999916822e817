"""Figures of what only several configurations can say: name of the file, figure, and what it
shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from matplotlib.figure import Figure

from ...errors import UserError
from ...eval.figures import sweep_figures as draw
from ...eval.figures.forecast_figures import branches
from ...eval.scaling.joint_fit import Joint
from ...eval.stats.labels import counted, with_failed
from ..config.scenario_file import load
from ..panels.panel import slug
from ..receipts.curves import Configuration
from .analysis import Along, Scaling, Surface, contrasted
from .axes import parts
from .forecast_branches import foretold

Drawn = tuple[str, Figure, str]
Left = Callable[[str], None]


def sweeps(configurations: Sequence[Configuration], found: Scaling, left: Left) -> Iterator[Drawn]:
    """Axes, percolation, isoquants, and readings of a corpus."""
    yield from _along(found.along)
    for one in found.percolated:
        title = f"{one.sweep.world}: coverage against percolation"
        name = f"percolation-{slug(one.sweep.world)}"
        shows = f"what follows, hangs together and is answered in {one.sweep.world} over coverage"
        yield name, draw.percolation(one.sweep, one.models, title), shows
    yield from _isoquants(found.surfaces)
    yield from _readings(configurations, found)


def _along(found: Sequence[Along]) -> Iterator[Drawn]:
    groups: dict[tuple[str, str], list[Along]] = {}
    for one in found:
        cell = one.line.configurations[0].cell
        world = f"{cell.world}/{parts(cell)['size']}"
        groups.setdefault((one.line.axis.name, world), []).append(one)
    for (axis, world), mine in groups.items():
        rows: dict[str, dict[str, dict[str, draw.Path]]] = {}
        for one in mine:
            cell, x = one.line.configurations[0].cell, np.array(one.line.values)
            label = one.line.name.removeprefix(f"{world} {cell.mode}").strip() or "all models"
            label = with_failed(label, *one.line.dropped)
            text = {v.rung: v for v in one.verdicts}
            rows.setdefault(cell.mode, {})[label] = {
                rung: draw.Path(x, band, one.floors[rung], str(text[rung]))
                for rung, band in one.accuracy.items()
            }
        unit = mine[0].line.axis.unit
        drawn = draw.along(rows, f"{world}: accuracy at the end of training over {axis}", unit)
        yield f"axis-{slug(axis)}-{slug(world)}", drawn, f"accuracy in {world} over {unit}"


def _isoquants(found: Sequence[Surface]) -> Iterator[Drawn]:
    groups: dict[str, list[Surface]] = {}
    for one in found:
        axes = one.joint.fits.curve.axes
        if one.kind == "accuracy" and {"D", "U"} <= set(axes):
            groups.setdefault(one.name, []).append(one)
    for name, mine in groups.items():
        panels: dict[str, dict[str, tuple[Joint, float, float]]] = {}
        for one in mine:
            for configuration in {
                configuration.parameters: configuration for configuration in one.configurations
            }.values():
                cost = float(configuration.flops[-1] / configuration.read[-1])
                row = panels.setdefault(
                    f"{configuration.cell.model}, {configuration.parameters:,} parameters", {}
                )
                row[one.joint.rung] = (one.joint, float(configuration.parameters), cost)
        title = f"{mine[0].title}: compute against data"
        shows = f"lines of equal accuracy over compute and data in {name}"
        yield f"isoquants-{slug(name)}", draw.isoquants(panels, title), shows


def _readings(configurations: Sequence[Configuration], found: Scaling) -> Iterator[Drawn]:
    groups: dict[tuple[str, str], list[Configuration]] = {}
    for configuration in configurations:
        if "recall" in configuration.accuracy:
            groups.setdefault((configuration.panel.name, configuration.cell.mode), []).append(
                configuration
            )
    for (panel, mode), mine in groups.items():
        rows, settled = {}, {}
        for configuration in mine:
            x = np.asarray(configuration.epochs)[None]
            rungs = contrasted(configuration)
            label = counted(configuration)
            rows[label] = tuple(
                {r: dataclasses.replace(c[r], x=x) for r in rungs if r in c}
                for c in (configuration.accuracy, configuration.bits)
            )
            settled[label] = [c for a, c in found.exhausted if a.name == configuration.name]
        drawn = draw.readings(rows, settled, f"{panel}: stated and unstated, by readings")
        shows = f"stated and unstated answers of {panel}, {mode}, over epochs of its corpus"
        yield f"readings-{slug(panel)}-{mode}", drawn, shows


def forecasts(configurations: Sequence[Configuration], left: Left) -> Iterator[Drawn]:
    """The branches of the default scenario, for each mode of each world on its largest corpus."""
    plan, last = load(), {}
    for configuration in configurations:
        key = configuration.cell.world, configuration.cell.mode
        size = (
            configuration.amounts.statements.mean(),
            configuration.parameters,
        )
        if key not in last or size > last[key][0]:
            last[key] = (size, configuration)
    for _, configuration in last.values():
        try:
            found = list(foretold(configuration, configurations, plan, ()))
        except UserError as error:
            left(f"forecast of {error}")
            continue
        title = f"{configuration.title}: {plan.title}"
        shows = f"where {configuration.title} may go: branches with 95% intervals"
        yield f"forecast-{slug(configuration.name)}", branches(found, title), shows
