"""scaling(configurations) -> Scaling: what only a sweep can say, from the curves of any receipt.

Along every axis of the grid a verdict per rung; through the grid of sizes, corpora and budgets the
joint laws; stated against unstated answers over epochs; what a written proof adds; and coverage
against percolation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from ... import canonical
from ...errors import UserError
from ...eval.floors.floor_table import REUSE
from ...eval.scaling.fit import VOTES
from ...eval.scaling.joint_fit import Joint, joint
from ...eval.scaling.percolation import Triple
from ...eval.scaling.saturation import Contrast, contrast
from ...eval.scoring.columns import columns
from ...eval.stats.curve import Curve, Floats
from ...eval.stats.labels import with_failed
from ...eval.stats.trend import interval
from ...eval.verdicts.positive_control import Control, control
from ...eval.verdicts.standing import Against, band_of, over_floor, reuse_text
from ...eval.verdicts.verdict import Verdict, judged
from ..receipts.curves import Configuration, dropped
from ..receipts.receipt_records import RowRecord
from .axes import Line, lines, parts
from .coverage import Percolated, Tell, percolated, shifts

CONTRASTED = ("instance", "schema", "depth", "axiom")  # rungs set beside the stated facts


@dataclasses.dataclass(frozen=True)
class Along:
    """One axis: its levels, and a verdict per rung."""

    line: Line
    accuracy: dict[str, Floats]  # rung -> [3, L] mean, low, high
    floors: dict[str, float]
    verdicts: tuple[Verdict, ...]


@dataclasses.dataclass(frozen=True)
class Surface:
    """The joint laws through one rung's points, over what varies in a grid."""

    name: str
    kind: str  # "accuracy" or "bits"
    configurations: tuple[Configuration, ...]
    joint: Joint

    @property
    def title(self) -> str:
        """The name, with how many runs failed."""
        return with_failed(self.name, *dropped(self.configurations, _shared(self.configurations)))


@dataclasses.dataclass(frozen=True)
class Added:
    """What another mode adds to answering at once, at equal width, optimiser and examples."""

    name: str
    rung: str
    more: Triple  # accuracy
    flops: float  # times the compute of training
    failed: int = 0  # runs that one of the two lacks
    runs: int = 0  # of how many

    @property
    def title(self) -> str:
        """The name, with how many runs failed."""
        return with_failed(self.name, self.failed, self.runs)


@dataclasses.dataclass(frozen=True)
class Scaling:
    along: tuple[Along, ...]
    surfaces: tuple[Surface, ...]
    exhausted: tuple[tuple[Configuration, Contrast], ...]
    added: tuple[Added, ...]
    percolated: tuple[Percolated, ...]
    shifts: tuple[tuple[str, str, str], ...]  # (two worlds and a model, answer, why)
    notes: tuple[str, ...]  # what is left out, and why


def scaling(configurations: Sequence[Configuration], tell: Tell = lambda _: None) -> Scaling:
    """All that the configurations of one receipt say; ``tell`` hears what is being done."""
    tell("axes")
    found, notes = lines(configurations)
    along = tuple(one for line in found if (one := _along(line, found)).verdicts)
    tell("joint laws")
    surfaces, more = _surfaces(configurations)
    tell("percolation")
    problems: list[str] = []
    coverage = [line for line in found if line.axis.name == "coverage"]
    jumps = tuple(percolated(coverage, problems.append))
    return Scaling(
        along,
        surfaces,
        tuple(_exhausted(configurations)),
        tuple(_added(configurations)),
        jumps,
        tuple(shifts(jumps)),
        (*notes, *more, *problems),
    )


def _along(line: Line, others: Sequence[Line]) -> Along:
    accuracy, floors, verdicts = {}, {}, []
    for rung in line.rungs:
        against = _against(line, rung)
        curve = line.curve(rung)
        if against is None or curve is None:
            continue
        accuracy[rung] = band_of(against, curve, curve.runs)
        floors[rung] = against.floor
        controls = [found for o in others if (found := _control(line, o, rung))]
        verdicts.append(judged(against, curve, line.curve(rung, "bits"), controls))
    return Along(line, accuracy, floors, tuple(verdicts))


def _against(line: Line, rung: str) -> Against | None:
    """Questions and floor of the level with the fewest and the highest; ceilings at the end."""
    scores = [row.rungs[rung] for a in line.configurations if (row := a.row) and rung in row.rungs]
    if len(scores) < len(line.configurations):
        return None
    heights = {
        row.label: row.rungs[rung].accuracy.mean or 0.0
        for row in line.configurations[-1].panel.rows
        if row.kind == "ceiling" and rung in row.rungs
    }
    fewest = min(s.questions for s in scores)
    floor = max(s.floor.value for s in scores)
    recall = [_recall_of(row) for a in line.configurations if (row := a.row)]
    untrained = min((found for found in recall if found is not None), default=None)
    if floor > REUSE:
        floor, notes = max(s.floor.uniform for s in scores), (reuse_text(floor),)
    else:
        notes = ()
    return Against(rung, fewest, floor, heights, recall=untrained, notes=notes)


def _recall_of(row: RowRecord) -> float | None:
    """The recall of a row that has not learned its corpus; None: it has."""
    return row.rungs["recall"].accuracy.mean if row.untrained else None


def _control(line: Line, other: Line, rung: str) -> Control | None:
    """``other`` as a positive control on the same corpora; None: it is none."""
    panels = [
        [configuration.panel.name for configuration in one.configurations] for one in (line, other)
    ]
    if other is line or other.axis is not line.axis or panels[0] != panels[1]:
        return None
    against, curve = _against(other, rung), other.curve(rung)
    if against is None or curve is None:
        return None
    above = over_floor(against, curve, curve.runs)[1]
    return control(other.configurations[-1].label, curve.x[0], above)


def _surfaces(configurations: Sequence[Configuration]) -> tuple[tuple[Surface, ...], list[str]]:
    varies = {"sized", "demonstrated", "phi", "coverage"}
    found, problems = [], []
    for group in _grouped(configurations, varies):
        rungs = [
            r
            for r in group[0].accuracy
            if all(r in configuration.accuracy for configuration in group)
        ]
        for rung in (r for r in rungs if r != "mixed"):
            for kind in ("accuracy", "bits"):
                points = grid(group, rung, kind)
                if points is None:
                    continue
                name = f"{group[0].cell.world}/{parts(group[0].cell)['size']} {group[0].cell.mode}"
                try:
                    found.append(Surface(name, kind, tuple(group), joint(rung, points, VOTES)))
                except UserError as error:
                    problems.append(f"{name}: no joint law on {rung}: {error}")
    return tuple(found), list(dict.fromkeys(problems))


def grid(group: Sequence[Configuration], rung: str, kind: str) -> Curve | None:
    """Runs over (N, D, U), or what of it varies, at all checkpoints of some configurations; None
    where two
    of these do not vary, or the receipt doesn't record them."""
    seeds = _shared(group)
    columns, runs = [], []
    for configuration in group:
        curve = (configuration.accuracy if kind == "accuracy" else configuration.bits).get(rung)
        if curve is None or not seeds:
            return None
        mine = [configuration.seeds.index(s) for s in seeds]
        statements = float(configuration.amounts.statements.mean())
        sides = np.broadcast_arrays(float(configuration.parameters), configuration.read, statements)
        columns.append(np.stack(sides))
        runs.append(curve.runs[mine])
    x = np.concatenate(columns, axis=1)
    vary = [i for i in range(3) if len(np.unique(x[i])) > 1]
    if len(vary) < 2:
        return None
    return Curve.of(
        x[vary],
        np.concatenate(runs, axis=1),
        "accuracy" if kind == "accuracy" else "bits",
        axes=["NDU"[i] for i in vary],
        world=[s[:2] for s in seeds],
        questions=min(configuration.accuracy[rung].questions for configuration in group),
    )


def _shared(group: Sequence[Configuration]) -> list[tuple[int, int, int, int]]:
    """The seeds that all of them have."""
    return [s for s in group[0].seeds if all(s in configuration.seeds for configuration in group)]


def _exhausted(configurations: Sequence[Configuration]) -> Iterator[tuple[Configuration, Contrast]]:
    for configuration in configurations:
        epochs = configuration.epochs
        for rung in contrasted(configuration)[1:] if epochs is not None else ():
            for curves in (configuration.accuracy, configuration.bits):
                if "recall" in curves and rung in curves:
                    x = np.asarray(epochs)[None]
                    both = [dataclasses.replace(curves[r], x=x) for r in ("recall", rung)]
                    found = contrast(rung, *both)
                    if found is not None:
                        yield configuration, found


def contrasted(configuration: Configuration) -> list[str]:
    """Recall, and the instruments whose answers are set beside it; nothing without recall."""
    names = columns(n for n in configuration.accuracy if n.partition(" ")[0] in CONTRASTED)
    return ["recall", *names] if "recall" in configuration.accuracy else []


def _added(configurations: Sequence[Configuration]) -> Iterator[Added]:
    for group in _grouped(configurations, {"mode"}):
        direct = next(
            (configuration for configuration in group if configuration.cell.mode == "direct"), None
        )
        for configuration in group if direct else ():
            seeds = [s for s in configuration.seeds if direct and s in direct.seeds]
            if configuration is direct or direct is None or not seeds:
                continue
            for rung in (r for r in configuration.rungs if r in direct.accuracy):
                more = _last(configuration, rung, seeds) - _last(direct, rung, seeds)
                curve = dataclasses.replace(
                    configuration.accuracy[rung], world=_numbered(seeds), runs=more[:, None]
                )
                low, high = interval(curve, more)
                mean = float(curve.shares @ more)
                times = float(configuration.flops[-1] / direct.flops[-1])
                lost = dropped((configuration, direct), seeds)
                yield Added(configuration.name, rung, (mean, low, high), times, *lost)


def _last(configuration: Configuration, rung: str, seeds: Sequence[tuple[int, ...]]) -> Floats:
    return configuration.accuracy[rung].runs[[configuration.seeds.index(s) for s in seeds], -1]  # type: ignore[arg-type]


def _numbered(seeds: Sequence[tuple[int, ...]]) -> np.ndarray:
    return np.unique([f"{s[0]} {s[1]}" for s in seeds], return_inverse=True)[1]


def _grouped(
    configurations: Sequence[Configuration], varies: set[str]
) -> list[list[Configuration]]:
    """Configurations that are equal but for these parts."""
    groups: dict[str, list[Configuration]] = {}
    for configuration in configurations:
        rest = {k: v for k, v in parts(configuration.cell).items() if k not in varies}
        groups.setdefault(canonical.digest(rest), []).append(configuration)
    return [group for group in groups.values() if len(group) > 1]
