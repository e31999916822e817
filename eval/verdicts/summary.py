"""One plain sentence per world: what each mode can do, stated only as far as intervals allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..scoring.score import NOT_TRACED, Row, RungScore
from ..stats.labels import of_runs
from .row_comparison import Compared, compared
from .verdict import FEW

ABLE = {  # rung -> what a score above the floor there means one can do
    "constituent": "recombine",
    "schema": "use unseen pairings",
    "depth": "go deeper than demonstrated",
    "axiom": "apply rules that were only stated",
}
DOING = {  # mode -> how the sentence calls it
    "chain": "writing the proof first",
    "post-hoc": "writing the proof after the answer",
    "filler": "writing as many empty tokens first",
    "direct": "answering at once",
}


def sentence(name: str, rows: Sequence[Row], tracer: Row | None = None) -> str:
    """What modes, or models, show at their last checkpoint; ``name`` says where.

    The first row with mode "direct" (else the first row) is what the others are compared with:
    one after the other where each has a mode of its own, else by name, sorted into higher and
    lower. Rows that have not learned their corpus are named, and compared with nothing. ``tracer``
    is the tracer's own row. Raises ValueError where there is no row.
    """
    if not rows:
        raise ValueError("got no rows, expected at least one to tell of")
    trained = [r for r in rows if not r.untrained]
    untrained = _untrained([r for r in rows if r.untrained and not r.mode.endswith(NOT_TRACED)])
    if not trained:
        return f"{name}: nothing to tell: {untrained}.{_failed(rows)}"
    base = next((r for r in trained if r.mode == "direct"), trained[0])
    main = next((s for s in _novel(base) if not s.floor.reuse), None)
    if main is None:
        why = "no rung above instance has headline questions beyond reuse by likeness"
        return f"{name}: nothing to tell: {why}.{_failed(rows)}"
    others = [
        r
        for r in trained
        if r is not base
        and r.world == base.world
        and main.name in r.rungs
        and not r.mode.endswith(NOT_TRACED)  # fewer questions: not to be compared with base
    ]
    modes = Counter([base.mode, *(r.mode for r in others)])
    found = compared(others, base, main.name)
    parts = [f"{base.mode if modes[base.mode] == 1 else base.label} {_ability(base, main)}"]
    for one in found:
        if modes[one.row.mode] == 1:
            mine = [r for r in trained if r.mode == one.row.mode + NOT_TRACED]
            rest = [r for r in mine if main.name in r.rungs]
            parts.append(_changed(one, base, main.name, tracer) + _rest(rest, main.name))
    parts += _sorted([one for one in found if modes[one.row.mode] > 1], main.name)
    parts += _elsewhere(base, main)
    parts += [untrained] if untrained else []
    return f"{name}: {'; '.join(parts)}. {_basis(rows)}{_corrected(found)}{_failed(rows)}"


def _novel(row: Row) -> list[RungScore]:
    """The scores above instance, by rung."""
    return [score for rung in ABLE for score in row.of_rung(rung)]


def _untrained(rows: Sequence[Row]) -> str:
    """Rows that have not learned their corpus, with their recall; empty where all have."""
    names = [f"{r.label} (recall {interval(r.rungs['recall'])})" for r in rows]
    cure = "train longer (plan.steps of a suite)"
    return f"untrained, and compared with nothing: {', '.join(names)}; {cure}" if names else ""


def _ability(row: Row, score: RungScore) -> str:
    rung = score.rung
    text = f"{score.name} {interval(score)}"
    if score.surely_suppressed[-1]:
        text += f" (suppressed: uniform guessing gives {score.floor.uniform:.2f})"
    elif above(score) is not True:
        text += f" (floor {score.floor.value:.2f}, by {score.floor.strategy})"
    else:
        text += f" ({over_floor_text(score)})"
    instance = next(iter(row.of_rung("instance")), None)
    can = {
        True: f"{_much(score)} {ABLE[rung]}",
        False: f"does not {ABLE[rung]}",
        None: f"may or may not {ABLE[rung]}",
    }[above(score)]
    if instance is None:
        return f"{can}: {text}"
    at = f"at {instance.name} {interval(instance)}"
    reuses = _reuses(instance)
    if reuses:
        return f"{reuses} {'and' if above(score) else 'but'} {can}: {text} {at}"
    return f"does not show that it reuses, so {score.name} decides nothing yet: {text} {at}"


def _reuses(instance: RungScore) -> str:
    """How far a model reuses; empty where it does not show that. Where likeness alone gives the
    answers, that is reuse too, and guessing is what it must beat."""
    if instance.floor.reuse:
        sure = instance.n >= FEW and instance.accuracy.low[-1] > instance.floor.uniform
        much = instance.accuracy.mean[-1] >= 0.5
    else:
        sure, much = above(instance), _much(instance) == "can"
    return ("reuses" if much else "begins to reuse") if sure else ""


def _sorted(found: Sequence[Compared], name: str) -> list[str]:
    """Rows that no mode of their own sets apart, by how they differ on an instrument."""
    out = []
    for apart, words in ((1, "higher"), (0, "not distinguishable"), (-1, "lower")):
        alike = [
            f"{one.row.label} {interval(one.row.rungs[name])} ({one.gap})"
            for one in found
            if one.apart == apart
        ]
        if alike:
            out.append(f"{words}: {', '.join(alike)}")
    return out


def _changed(one: Compared, base: Row, name: str, tracer: Row | None) -> str:
    """How a row of another mode differs from ``base`` on an instrument."""
    row = one.row
    doing, share = DOING.get(row.mode, row.label), interval(row.rungs[name])
    what = {
        1: f"{doing} lifts {name} to {share} ({one.gap})",
        0: f"{doing} leaves {name} at {share}, not distinguishable from {base.mode} ({one.gap})",
        -1: f"{doing} lowers {name} to {share} ({one.gap})",
    }[one.apart]
    if row.mode == "chain" and tracer is not None and name in tracer.rungs:
        share = float(tracer.rungs[name].accuracy.mean[-1])
        if share >= 0.995:
            what += ", each step a recall (the tracer solves all of it)"
        elif share > 0:
            what += f" (the tracer solves {share:.2f} of it, by recalls)"
    return what


def _corrected(found: Sequence[Compared]) -> str:
    """That differences are paired, and corrected where there are several."""
    if not found:
        return ""
    many = f" and hold after Holm's correction for {len(found)}" if len(found) > 1 else ""
    return f" Differences have 95% intervals of their own{many}."


def _rest(rows: Sequence[Row], rung: str) -> str:
    return "".join(
        f", and {interval(r.rungs[rung])} on what the tracer does not solve" for r in rows
    )


def _elsewhere(row: Row, main: RungScore) -> list[str]:
    """The other scores of novelty: above the floor, at it, open, and those that show no rule."""
    others = [s for s in _novel(row) if s.name != main.name]
    out = []
    for verdict, words in (
        (True, "above the floor"),
        (False, "not above the floor"),
        (None, "open"),
    ):
        mine = [s for s in others if not s.floor.reuse and above(s) is verdict]
        if mine:
            out.append(f"{words}: {', '.join(f'{s.name} {interval(s)}' for s in mine)}")
    reuse = [s for s in others if s.floor.reuse]
    if reuse:
        alike = [f"{s.name} {interval(s)} (floor {s.floor.value:.2f})" for s in reuse]
        out.append(f"reuse by likeness: {', '.join(alike)}")
    return out


def above(score: RungScore, margin: float = 0.03) -> bool | None:
    """Whether the last score is above its floor, paired by world; False only if surely not by
    ``margin``; else None. Nothing is above a floor of reuse by likeness."""
    found = score.normalised
    if score.n < FEW or found is None:
        return None
    _, low, high = score.accuracy.at()
    alone = len(score.floor.worlds) < 2  # then runs are the units
    if found.low > 0 and (low > score.floor.value or not alone):
        return True
    return False if high <= score.floor.value + margin else None


def over_floor_text(score: RungScore) -> str:
    """How far the last score is above its floor, as "floor 0.20, normalised 0.55 [0.50, 0.60]"."""
    found = score.normalised
    assert found is not None  # above() has seen to it
    return (
        f"floor {score.floor.value:.2f}, normalised {found.mean:.2f} "
        f"[{found.low:.2f}, {found.high:.2f}]"
    )


def _much(score: RungScore) -> str:
    return "can" if score.normalised is not None and score.normalised.mean >= 0.5 else "begins to"


def interval(score: RungScore) -> str:
    """The last accuracy as "0.94 [0.91, 0.97]"."""
    mean, low, high = score.accuracy.at()
    return f"{mean:.2f} [{low:.2f}, {high:.2f}]"


def _failed(rows: Sequence[Row]) -> str:
    """How many runs each mean lacks; empty where none failed."""
    whole = [r for r in rows if r.failed and not r.mode.endswith(NOT_TRACED)]
    text = "; ".join(f"{r.label}: {of_runs(r.failed, r.runs)}" for r in whole)
    return f" {text}." if text else ""


def _basis(rows: Sequence[Row]) -> str:
    bands = [s.accuracy for r in rows for s in r.rungs.values()]
    runs, over = min(len(b.runs) for b in bands), {b.over for b in bands}
    if runs == 1 and over <= {"patterns", "questions"}:
        unit = " and ".join(sorted(over))
        return f"One run each: the 95% intervals are over {unit} and say nothing of other seeds."
    if "questions" in over:
        return "Where there is one run, the 95% interval is over questions only."
    unit = " and ".join(sorted(over))
    least = "at least " if len({len(b.runs) for b in bands}) > 1 else ""
    if unit == "runs":
        return f"95% intervals over {least}{runs} runs."
    return f"95% intervals over {unit}, {least}{runs} runs."
