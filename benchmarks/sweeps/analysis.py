"""scaling(arms) -> Scaling: what only a sweep can say, from the curves behind any receipt.

Along every axis of the grid a verdict per rung; through the grid of sizes, corpora and budgets the
joint laws; stated against unstated answers over epochs; what a written proof adds; and coverage
against percolation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ... import canonical
from ...errors import UserError
from ...eval.scaling.fit import VOTES
from ...eval.scaling.joint_fit import Joint, joint
from ...eval.scaling.percolation import Sweep, Triple, sweep
from ...eval.scaling.percolation_jump import Linked, linked, shifted
from ...eval.scaling.saturation import Contrast, contrast
from ...eval.stats.curve import Curve, Floats
from ...eval.stats.labels import with_failed
from ...eval.stats.trend import interval
from ...eval.verdicts.verdict import Against, Verdict, band_of, judged, rises_at
from ...printable import printable
from ..receipts.curves import Arm, dropped
from ..receipts.untrusted import known
from .axes import Line, lines, parts

GRID = (0.02, 0.05, 0.075, *np.arange(4, 15) / 40, 0.4, 0.45, 0.5, 0.6, 0.8, 1.0)
CONTRASTED = ("instance", "schema", "depth", "axiom")  # rungs set beside the stated facts
Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Along:
    """One axis: its levels, and a verdict per rung."""

    line: Line
    accuracy: dict[str, Floats]  # rung -> [3, L] mean, low, high
    chances: dict[str, float]
    verdicts: tuple[Verdict, ...]


@dataclasses.dataclass(frozen=True)
class Surface:
    """The joint laws through one rung's points, over what varies in a grid."""

    name: str
    kind: str  # "accuracy" or "bits"
    arms: tuple[Arm, ...]
    joint: Joint

    @property
    def title(self) -> str:
        """The name, with how many runs failed."""
        return with_failed(self.name, *dropped(self.arms, _shared(self.arms)))


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
class Percolated:
    """One world's percolation, and the models laid over it."""

    sweep: Sweep
    models: tuple[Linked, ...]


@dataclasses.dataclass(frozen=True)
class Scaling:
    along: tuple[Along, ...]
    surfaces: tuple[Surface, ...]
    exhausted: tuple[tuple[Arm, Contrast], ...]
    added: tuple[Added, ...]
    percolated: tuple[Percolated, ...]
    shifts: tuple[tuple[str, str, str], ...]  # (two worlds and a model, answer, why)
    notes: tuple[str, ...]  # what is not told, and why


def scaling(arms: Sequence[Arm], tell: Tell = lambda _: None) -> Scaling:
    """All that the arms of one receipt say together; ``tell`` hears what is being done."""
    tell("axes")
    found, notes = lines(arms)
    along = tuple(one for line in found if (one := _along(line, found)).verdicts)
    tell("joint laws")
    surfaces, more = _surfaces(arms)
    tell("percolation")
    problems: list[str] = []
    coverage = [line for line in found if line.axis.name == "coverage"]
    percolated = tuple(_percolated(coverage, problems.append))
    return Scaling(
        along,
        surfaces,
        tuple(_exhausted(arms)),
        tuple(_added(arms)),
        percolated,
        tuple(_shifts(percolated)),
        (*notes, *more, *problems),
    )


def _along(line: Line, others: Sequence[Line]) -> Along:
    accuracy, chances, verdicts = {}, {}, []
    for rung in line.rungs:
        against = _against(line, rung)
        curve = line.curve(rung)
        if against is None or curve is None:
            continue
        accuracy[rung] = band_of(against, curve, curve.runs)
        chances[rung] = against.chance
        controls = [(o.arms[-1].label, at) for o in others if (at := _control(line, o, rung))]
        verdicts.append(judged(against, curve, line.curve(rung, "bits"), controls))
    return Along(line, accuracy, chances, tuple(verdicts))


def _against(line: Line, rung: str) -> Against | None:
    """Questions and chance of the level with the fewest and the highest; ceilings at the end."""
    scores = [row.rungs[rung] for a in line.arms if (row := a.row) and rung in row.rungs]
    if len(scores) < len(line.arms):
        return None
    heights = {
        row.label: row.rungs[rung].accuracy.mean or 0.0
        for row in line.arms[-1].panel.rows
        if row.kind == "ceiling" and rung in row.rungs
    }
    fewest = min(s.questions for s in scores)
    return Against(rung, fewest, max(s.chance for s in scores), heights)


def _control(line: Line, other: Line, rung: str) -> float | None:
    """From where ``other``, on the same corpora, is above chance; None: it is no control."""
    panels = [[arm.panel.name for arm in one.arms] for one in (line, other)]
    if other is line or other.axis is not line.axis or panels[0] != panels[1]:
        return None
    against, curve = _against(other, rung), other.curve(rung)
    if against is None or curve is None:
        return None
    return rises_at(curve.x[0], band_of(against, curve, curve.runs)[1], against.chance)


def _surfaces(arms: Sequence[Arm]) -> tuple[tuple[Surface, ...], list[str]]:
    varies = {"sized", "shown", "phi", "coverage"}
    found, problems = [], []
    for group in _grouped(arms, varies):
        rungs = [r for r in group[0].accuracy if all(r in arm.accuracy for arm in group)]
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


def grid(group: Sequence[Arm], rung: str, kind: str) -> Curve | None:
    """Runs over (N, D, U), or what of it varies, at all checkpoints of some arms; None where two
    of these do not vary, or the receipt doesn't tell them."""
    seeds = _shared(group)
    columns, runs = [], []
    for arm in group:
        curve = (arm.accuracy if kind == "accuracy" else arm.bits).get(rung)
        if curve is None or arm.amounts is None or not seeds:
            return None
        mine = [arm.seeds.index(s) for s in seeds]
        statements = float(arm.amounts.statements.mean())
        sides = np.broadcast_arrays(float(arm.parameters), arm.read, statements)
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
        questions=min(arm.accuracy[rung].questions for arm in group),
    )


def _shared(group: Sequence[Arm]) -> list[tuple[int, int, int, int]]:
    """The seeds that all of them have."""
    return [s for s in group[0].seeds if all(s in arm.seeds for arm in group)]


def _exhausted(arms: Sequence[Arm]) -> Iterator[tuple[Arm, Contrast]]:
    for arm in arms:
        epochs = arm.epochs
        for rung in CONTRASTED if epochs is not None else ():
            for curves in (arm.accuracy, arm.bits):
                if "recall" in curves and rung in curves:
                    x = np.asarray(epochs)[None]
                    both = [dataclasses.replace(curves[r], x=x) for r in ("recall", rung)]
                    found = contrast(rung, *both)
                    if found is not None:
                        yield arm, found


def _added(arms: Sequence[Arm]) -> Iterator[Added]:
    for group in _grouped(arms, {"mode"}):
        direct = next((arm for arm in group if arm.cell.mode == "direct"), None)
        for arm in group if direct else ():
            seeds = [s for s in arm.seeds if direct and s in direct.seeds]
            if arm is direct or direct is None or not seeds:
                continue
            for rung in (r for r in arm.rungs if r in direct.accuracy):
                more = _last(arm, rung, seeds) - _last(direct, rung, seeds)
                curve = dataclasses.replace(
                    arm.accuracy[rung], world=_numbered(seeds), runs=more[:, None]
                )
                low, high = interval(curve, more)
                mean = float(curve.shares @ more)
                times = float(arm.flops[-1] / direct.flops[-1])
                lost = dropped((arm, direct), seeds)
                yield Added(arm.name, rung, (mean, low, high), times, *lost)


def _last(arm: Arm, rung: str, seeds: Sequence[tuple[int, ...]]) -> Floats:
    return arm.accuracy[rung].runs[[arm.seeds.index(s) for s in seeds], -1]  # type: ignore[arg-type]


def _numbered(seeds: Sequence[tuple[int, ...]]) -> np.ndarray:
    return np.unique([f"{s[0]} {s[1]}" for s in seeds], return_inverse=True)[1]


def _percolated(coverage: Sequence[Line], left: Tell) -> Iterator[Percolated]:
    worlds: dict[tuple[str, str], list[Line]] = {}
    for line in coverage:
        cell = line.arms[0].cell
        worlds.setdefault((cell.world, str(parts(cell)["size"])), []).append(line)
    for (world, size), mine in worlds.items():
        seeds = sorted({s[:2] for line in mine for s in line.seeds})
        tried = {arm.cell.exposure.coverage for line in mine for arm in line.arms}
        every = np.unique(np.round([*GRID, *tried], 4))
        made = known(world)
        if made is None:
            left(f"{printable(world)}: no percolation, for it is not built in, and was not loaded")
            continue
        found = sweep(made, size, every.tolist(), seeds)
        yield Percolated(found, tuple(_linked(line, found, seeds) for line in mine))


def _linked(line: Line, whole: Sweep, seeds: Sequence[tuple[int, int]]) -> Linked:
    """The share of all true conclusions that is unstated and answered, per world and coverage."""
    mine = sorted({s[:2] for s in line.seeds})
    rows = [seeds.index(s) for s in mine]
    share, most = np.zeros((2, len(mine), len(line.arms)))
    for c, arm in enumerate(line.arms):
        assert arm.amounts is not None  # or the line would have no values
        for i, world in enumerate(mine):
            runs = [r for r, s in enumerate(arm.seeds) if s[:2] == world and s in line.seeds]
            for rung, curve in arm.accuracy.items():
                there = arm.amounts.conclusions[rung][runs] / len(runs) / whole.total[rows[i]]
                share[i, c] += curve.runs[runs, -1] @ there
                most[i, c] += there.sum()
    some = whole.at([arm.cell.exposure.coverage for arm in line.arms]).only(rows)
    failed, several = line.dropped
    found = linked(line.arms[-1].label, some, share, most)
    return dataclasses.replace(found, failed=failed, runs=several)


def _shifts(found: Sequence[Percolated]) -> Iterator[tuple[str, str, str]]:
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            for a in one.models:
                for b in (m for m in other.models if m.label == a.label):
                    name = with_failed(a.label, a.failed + b.failed, a.runs + b.runs)
                    yield f"{name}, {one.sweep.world} to {other.sweep.world}", *shifted(a, b)


def _grouped(arms: Sequence[Arm], varies: set[str]) -> list[list[Arm]]:
    """Arms that are equal but for these parts."""
    groups: dict[str, list[Arm]] = {}
    for arm in arms:
        rest = {k: v for k, v in parts(arm.cell).items() if k not in varies}
        groups.setdefault(canonical.digest(rest), []).append(arm)
    return [group for group in groups.values() if len(group) > 1]
