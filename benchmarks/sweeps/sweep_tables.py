"""What a sweep says, as tables of text: for the terminal, the report and the docs alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from ...eval.scaling.percolation import Sweep
from ...eval.scaling.saturation import spread
from ...eval.stats.curve import Floats
from ...eval.stats.labels import counted
from ...eval.verdicts.verdict import Verdict, amount_text
from .analysis import Scaling

FEW = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.8)  # coverages that a table shows


@dataclasses.dataclass(frozen=True)
class Description:
    """One table, and how it is read."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def tables(found: Scaling) -> Iterator[Description]:
    """Those that have rows."""
    for make in (axes, levels, joint_laws, exhausted, added, percolation):
        table = make(found)
        if table.rows:
            yield table


def axes(found: Scaling) -> Description:
    """A verdict per axis and rung."""
    rows = [
        (
            f"{one.line.axis.name}: {one.line.title}",
            verdict.rung,
            " → ".join(f"{v:.2f}" for v in one.accuracy[verdict.rung][0]),
            str(verdict),
            verdict.ceiling,
            "; ".join([verdict.evidence, *_laws(verdict)]),
        )
        for one in found.along
        for verdict in one.verdicts
    ]
    header = ("axis", "rung", "accuracy", "verdict", "level explained by", "evidence")
    note = (
        "Accuracy at the end of training at each level of the axis. The rule is that over compute, "
        "in the axis' own unit: a plateau needs a decade of it. Laws need at least five levels."
    )
    return Description(
        "axes", "Along each axis: does ability still rise?", header, tuple(rows), note
    )


def _laws(verdict: Verdict) -> list[str]:
    """The laws that bear the weight, where there are levels enough for any."""
    amount_text = [f"{w.law} {w.weight:.2f}" for w in verdict.laws if w.weight >= 0.1]
    return [f"laws: {', '.join(amount_text)}"] if amount_text else []


def levels(found: Scaling) -> Description:
    """What each level of each axis was."""
    rows = []
    for one in found.along:
        for configuration, value in zip(one.line.configurations, one.line.values):
            row, epochs = configuration.row, configuration.epochs
            load = None if row is None else row.load
            rows.append(
                (
                    f"{one.line.axis.name}: {one.line.title}",
                    f"{amount_text(value)} {one.line.axis.unit}",
                    f"{configuration.parameters:,}",
                    f"{configuration.amounts.statements.mean():,.0f}",
                    "–" if epochs is None else f"{epochs[-1]:.1f}",
                    "–" if load is None else f"{load:.2f}",
                    f"{configuration.flops[-1]:.1e}",
                    str(len(one.line.seeds)),
                )
            )
    header = ("axis", "level", "parameters", "statements", "epochs", "bits / parameter")
    note = (
        "Epochs: readings of the corpus by the end of training. Bits per parameter: the load, of "
        "which about 3.6 can be stored (arXiv 2505.24832)."
    )
    return Description("levels", "Levels", (*header, "FLOPs", "runs"), tuple(rows), note)


def joint_laws(found: Scaling) -> Description:
    rows = []
    for one in found.surfaces:
        constants = "–"
        if one.joint.adequate:
            parts = one.joint.constants.items()
            constants = ", ".join(f"{k} {v:.3g} [{a:.2g}, {b:.2g}]" for k, (v, a, b) in parts)
        curve = one.joint.fits.curve
        over = ", ".join(curve.axes)
        measured = f"{one.kind}, {curve.points} points over {over}"
        rows.append((one.title, one.joint.rung, measured, str(one.joint), constants))
    note = (
        "Chinchilla (arXiv 2203.15556), the data-constrained form (2305.16264) and the bounded "
        "form (2605.09189), by how they extrapolate to the points of most compute, then by AICc. "
        "N: parameters, D: statements read, U: different ones; R_D: readings beyond the first "
        "after which 1 - 1/e of their worth is used up."
    )
    header = ("grid", "rung", "of", "law", "constants")
    return Description("joint", "Joint laws of size, data and compute", header, tuple(rows), note)


def exhausted(found: Scaling) -> Description:
    rows = [
        (
            configuration.title,
            c.unstated.rung,
            c.stated.kind,
            spread(c.stated.epochs),
            spread(c.unstated.epochs),
            spread(c.ratio),
            f"{min(max(c.then[0], 0), 1):.0%}",
            "goes on" if c.goes_on else "not surely later",
        )
        for configuration, c in found.exhausted
    ]
    header = ("model", "rung", "of", "stated: epochs", "unstated: epochs", "ratio", "made by then")
    note = (
        "Epochs after which 9 tenths of all change by the end of training are made, and how much "
        "of the unstated rung's change is made when the stated facts have settled. What is still "
        "rising at the end settles later than stated here."
    )
    title = "Stated against unstated answers at a fixed corpus"
    return Description("exhausted", title, (*header, "after the stated"), tuple(rows), note)


def added(found: Scaling) -> Description:
    rows = [
        (a.title, a.rung, "{:+.2f} [{:+.2f}, {:+.2f}]".format(*a.more), f"{a.flops:.1f}")
        for a in found.added
    ]
    title = "Compute at test time: what is gained over answering at once"
    note = "Paired by run, at equal width, optimiser and examples."
    header = ("mode", "rung", "accuracy gained", "times the compute")
    return Description("added", title, header, tuple(rows), note)


def percolation(found: Scaling) -> Description:
    rows = []
    for one in found.percolated:
        for model in one.models:
            jump = "–" if model.jump is None else "{:.2f} [{:.2f}, {:.2f}]".format(*model.jump)
            at = model.threshold
            threshold = "none" if at is None else "{:.2f} [{:.2f}, {:.2f}]".format(*at)
            shares = " → ".join(f"{v:.2f}" for v in model.share[0])
            row = (
                one.sweep.world,
                counted(model),
                shares,
                jump,
                threshold,
                model.answer,
                model.why,
            )
            rows.append(row)
    for name, answer, why in found.shifts:
        rows.append((name, "the shift between the two worlds", "–", "–", "–", answer, why))
    header = ("world", "model", "answered, of all conclusions", "jump", "threshold", "is the jump")
    note = (
        "Jump and threshold: the coverage around which the model's and the deducer's share of all "
        "true conclusions grow fastest, on the same worlds and coverages."
    )
    title = "Coverage against percolation"
    return Description("percolation", title, (*header, "evidence"), tuple(rows), note)


def symbolic(sweeps: Sequence[Sweep]) -> Description:
    """What follows and hangs together in some worlds, without any model."""
    rows = []
    for sweep in sweeps:
        some = sweep.at(FEW)
        parts: list[tuple[str, Floats]] = [("deducer", some.derivable), ("giant", some.giant)]
        if some.smooth is not None:
            parts.append(("independent premises", some.smooth))
        for name, shares in parts:
            at = "–"
            if name == "deducer" and sweep.threshold is not None:
                at = "{:.3f} [{:.3f}, {:.3f}]".format(*sweep.threshold)
            if name == "giant":
                at = "{:.3f} [{:.3f}, {:.3f}]".format(*sweep.linked)
            row = (sweep.world, name, *(f"{v:.3f}" for v in shares.mean(0)), at)
            rows.append(row)
    header = ("world", "share", *(f"p = {c:g}" for c in FEW), "grows fastest at")
    note = (
        "Means over five worlds. Last: where the derivable share grows fastest, and where the "
        "pieces outside the giant component are largest, with 95% intervals over worlds, no "
        "narrower than the gaps between the coverages tried."
    )
    return Description("symbolic", "Percolation without models", header, tuple(rows), note)
