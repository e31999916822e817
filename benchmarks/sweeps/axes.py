"""Axes of a sweep: configurations of one receipt that differ in one thing alone, ordered by how
much of it.

A suite is a grid already. What varies in it is found here, from cells before anything is trained,
and from configurations afterwards: data (conclusions demonstrated, or statements made), model size,
loops at test time, and all of them growing together. Compute needs no axis: every configuration
is a curve over it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ... import canonical
from ...errors import UserError
from ...eval.stats.curve import Curve
from ...eval.stats.labels import with_failed
from ..config.run_config import Cell
from ..receipts.curves import Configuration, dropped
from ..receipts.untrusted import known

LEVELS = 3  # on an axis, at least
_DRAWN: dict[tuple[str, str], str] = {}  # (world, size) -> the size whose draws it shares


@dataclasses.dataclass(frozen=True)
class Axis:
    """One thing that may grow from configuration to configuration."""

    name: str
    unit: str
    varies: frozenset[str]  # parts of a cell in which its levels may differ
    value: Callable[[Configuration], float]


@dataclasses.dataclass(frozen=True)
class Line:
    """L configurations along one axis, with the same R seeds."""

    axis: Axis
    name: str  # what they have in common
    configurations: tuple[Configuration, ...]
    values: tuple[float, ...]  # [L] how much of it, rising
    seeds: tuple[tuple[int, int, int, int], ...]  # [R]

    @property
    def dropped(self) -> tuple[int, int]:
        """(failed, runs): a run that failed at one level is left out at all of them."""
        return dropped(self.configurations, self.seeds)

    @property
    def title(self) -> str:
        """The name, with how many runs failed."""
        return with_failed(self.name, *self.dropped)

    @property
    def rungs(self) -> list[str]:
        """Those that every configuration has."""
        return [
            r
            for r in self.configurations[-1].rungs
            if all(r in configuration.accuracy for configuration in self.configurations)
        ]

    def curve(self, rung: str, kind: str = "accuracy") -> Curve | None:
        """R runs at L levels, at the end of training; None where some configuration has no such
        values."""
        every = [
            (configuration.accuracy if kind == "accuracy" else configuration.bits).get(rung)
            for configuration in self.configurations
        ]
        runs = []
        for configuration, curve in zip(self.configurations, every):
            if curve is None:
                return None
            runs.append(curve.runs[[configuration.seeds.index(s) for s in self.seeds], -1])
        return Curve.of(
            self.values,
            np.stack(runs, axis=1),
            "accuracy" if kind == "accuracy" else "bits",
            axes=(self.axis.unit,),
            world=[s[:2] for s in self.seeds],  # another exposure is another corpus
            questions=min(c.questions for c in every if c is not None),
        )


def _demonstrated(configuration: Configuration) -> float:
    return float(configuration.amounts.demonstrated.mean())


def _statements(configuration: Configuration) -> float:
    return float(configuration.amounts.statements.mean())


AXES = (
    Axis("data", "conclusions demonstrated", frozenset({"demonstrated", "phi"}), _demonstrated),
    Axis("coverage", "statements", frozenset({"coverage"}), _statements),
    Axis(
        "size",
        "parameters",
        frozenset({"sized"}),
        lambda configuration: float(configuration.parameters),
    ),
    Axis(
        "loops",
        "loops",
        frozenset({"loops"}),
        lambda configuration: float(configuration.cell.loops),
    ),
)
JOINT = Axis(
    "joint growth",
    "FLOPs",
    frozenset({"sized", "plan", "demonstrated", "phi", "coverage"}),
    lambda configuration: float(configuration.flops[-1]),
)


def parts(cell: Cell) -> dict[str, object]:
    """All in which two configurations can differ, each part by itself. Sizes that are one world's
    under
    several exposures count as one; a spec has a family, a size, and loops when it is queried."""
    record = cell.record()
    return {
        **record["exposure"],
        **{name: record[name] for name in ("mode", "questions")},
        "world": cell.named_world,
        "size": drawn_as(cell),
        "family": cell.spec["type"],
        "sized": canonical.text(cell.trained),
        "loops": cell.loops,
        "plan": canonical.digest(record["recipe"]),
    }


def drawn_as(cell: Cell) -> str:
    """The size whose draws this one's are; itself where the world is not there: a receipt
    may name any, and none is imported for that."""
    made = known(cell.world)
    return cell.size if made is None else made.draws(cell.size)


def varied(cells: Sequence[Cell]) -> list[str]:
    """Names of the axes that the cells of a suite have, LEVELS of each at least."""
    found = []
    for axis in (*AXES, JOINT):
        groups: dict[str, list[Cell]] = {}
        for cell in cells:
            groups.setdefault(_rest(cell, axis), []).append(cell)
        grown = (
            ("sized", "plan") if axis is JOINT else ("configuration",)
        )  # data differ, or configurations are equal
        for group in groups.values():
            kinds = [
                {(parts(c) | {"configuration": c.configuration})[part] for c in group}
                for part in grown
            ]
            if min(map(len, kinds)) >= LEVELS:
                found.append(axis.name)
                break
    return found


def lines(configurations: Sequence[Configuration]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """(lines along every axis, a sentence for each that lacks something)."""
    found: list[Line] = []
    problems: list[str] = []
    for axis in (*AXES, JOINT):
        for group in _groups(configurations, axis):
            try:
                found.append(_line(axis, group))
            except UserError as error:
                problems.append(str(error))
    return tuple(found), tuple(dict.fromkeys(problems))


def _groups(configurations: Sequence[Configuration], axis: Axis) -> Iterator[list[Configuration]]:
    groups: dict[str, list[Configuration]] = {}
    for configuration in configurations:
        groups.setdefault(_rest(configuration.cell, axis), []).append(configuration)
    for group in groups.values():
        if len(group) >= LEVELS and (axis is not JOINT or _diagonal(group)):
            yield group


def _rest(cell: Cell, axis: Axis) -> str:
    """What configurations along this axis have in common."""
    return canonical.digest({k: v for k, v in parts(cell).items() if k not in axis.varies})


def _line(axis: Axis, group: Sequence[Configuration]) -> Line:
    known = [(axis.value(configuration), configuration) for configuration in group]
    known.sort(key=lambda pair: pair[0])
    values = tuple(v for v, _ in known)
    ordered = tuple(configuration for _, configuration in known)
    if len(set(values)) < len(values):
        raise UserError(f"{ordered[0].name}: several configurations of as many {axis.unit}")
    seeds = [
        s for s in ordered[0].seeds if all(s in configuration.seeds for configuration in ordered)
    ]
    if not seeds:
        raise UserError(f"{axis.name}: {ordered[0].name} and the next share no seeds")
    return Line(axis, _name(axis, ordered), ordered, values, tuple(seeds))


def _name(axis: Axis, configurations: Sequence[Configuration]) -> str:
    """World, mode, and what else is the same of configurations along an axis and may not be of
    others."""
    cell = configurations[-1].cell
    message = [f"{cell.named_world}/{parts(cell)['size']}", cell.mode]
    if "sized" not in axis.varies:
        message.append(cell.model if "loops" not in axis.varies else cell.trained_model)
    if axis.name != "data" and not axis.varies & {"demonstrated", "coverage"}:
        message.append(f"{cell.exposure.phi or cell.exposure.demonstrated:g} demonstrated")
    return " ".join(message)


def _diagonal(group: Sequence[Configuration]) -> bool:
    """Whether size, data and compute grow together, all of them from each configuration to the
    next."""
    amounts = [
        (configuration.parameters, _statements(configuration), configuration.flops[-1])
        for configuration in group
    ]
    return bool((np.diff(np.array(sorted(amounts)), axis=0) > 0).all())
