"""One plain sentence per world: what each mode can do, stated only as far as intervals allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..scoring.score import NOT_TRACED, Row, RungScore
from ..stats.labels import of_runs
from .verdict import FEW

ABLE = {  # rung -> what a score above chance there means one can do
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
    lower. ``tracer`` is the tracer's own row. Raises ValueError where there is no row.
    """
    if not rows:
        raise ValueError("got no rows, expected at least one to tell of")
    base = next((r for r in rows if r.mode == "direct"), rows[0])
    rung = next((r for r in ABLE if r in base.rungs), None)
    if rung is None:
        return f"{name}: nothing to tell: no rung above instance has pure questions."
    others = [
        r
        for r in rows
        if r is not base
        and r.world == base.world
        and rung in r.rungs
        and not r.mode.endswith(NOT_TRACED)  # fewer questions: not to be compared with base
    ]
    modes = Counter([base.mode, *(r.mode for r in others)])
    alone = [r for r in others if modes[r.mode] == 1]
    parts = [f"{base.mode if modes[base.mode] == 1 else base.label} {_ability(base, rung)}"]
    for row in alone:
        rest = [r for r in rows if r.mode == row.mode + NOT_TRACED and rung in r.rungs]
        parts.append(_compared(row, base, rung, tracer) + _rest(rest, rung))
    parts += _sorted([r for r in others if modes[r.mode] > 1], base, rung)
    parts += _elsewhere(base, rung)
    return f"{name}: {'; '.join(parts)}. {_basis(rows)}{_failed(rows)}"


def _ability(row: Row, rung: str) -> str:
    score = row.rungs[rung]
    text = f"{rung} {interval(score)}"
    if score.surely_suppressed[-1]:
        text += f" (suppressed: uniform guessing gives {score.chance.uniform:.2f})"
    elif above(score) is not True:
        text += f" (chance {score.chance.value:.2f})"
    instance = row.rungs.get("instance")
    can = {
        True: f"{_much(score)} {ABLE[rung]}",
        False: f"does not {ABLE[rung]}",
        None: f"may or may not {ABLE[rung]}",
    }[above(score)]
    if instance is None:
        return f"{can}: {text}"
    at = f"at instance {interval(instance)}"
    if above(instance):
        reuses = "reuses" if _much(instance) == "can" else "begins to reuse"
        return f"{reuses} {'and' if above(score) else 'but'} {can}: {text} {at}"
    return f"does not show that it reuses, so {rung} decides nothing yet: {text} {at}"


def _apart(row: Row, base: Row, rung: str) -> int:
    """1 or -1 where the interval of ``row`` lies above or below that of ``base``, else 0."""
    mine, other = row.rungs[rung].accuracy, base.rungs[rung].accuracy
    return int(mine.low[-1] > other.high[-1]) - int(mine.high[-1] < other.low[-1])


def _sorted(rows: Sequence[Row], base: Row, rung: str) -> list[str]:
    """Rows that no mode of their own sets apart, by how they differ from ``base`` on ``rung``."""
    out = []
    for apart, words in ((1, "higher"), (0, "not distinguishable"), (-1, "lower")):
        alike = [
            f"{r.label} {interval(r.rungs[rung])}" for r in rows if _apart(r, base, rung) == apart
        ]
        if alike:
            out.append(f"{words}: {', '.join(alike)}")
    return out


def _compared(row: Row, base: Row, rung: str, tracer: Row | None) -> str:
    """How ``row`` differs from ``base`` on ``rung``, if their intervals lie apart."""
    doing, share = DOING.get(row.mode, row.label), interval(row.rungs[rung])
    what = {
        1: f"{doing} lifts {rung} to {share}",
        0: f"{doing} leaves {rung} at {share}, not distinguishable from {base.mode}",
        -1: f"{doing} lowers {rung} to {share}",
    }[_apart(row, base, rung)]
    if row.mode == "chain" and tracer is not None and rung in tracer.rungs:
        share = float(tracer.rungs[rung].accuracy.mean[-1])
        if share >= 0.995:
            what += ", each step a recall (the tracer solves all of it)"
        elif share > 0:
            what += f" (the tracer solves {share:.2f} of it, by recalls)"
    return what


def _rest(rows: Sequence[Row], rung: str) -> str:
    return "".join(
        f", and {interval(r.rungs[rung])} on what the tracer does not solve" for r in rows
    )


def _elsewhere(row: Row, text: str) -> list[str]:
    """The other rungs of novelty, sorted into above chance, at chance, and open."""
    others = {r: above(row.rungs[r]) for r in ABLE if r in row.rungs and r != text}
    out = []
    for verdict, words in ((True, "above chance"), (False, "not above chance"), (None, "open")):
        names = [f"{r} {interval(row.rungs[r])}" for r, v in others.items() if v is verdict]
        if names:
            out.append(f"{words}: {', '.join(names)}")
    return out


def above(score: RungScore, margin: float = 0.03) -> bool | None:
    """Whether the last score is above chance; False only if surely not by ``margin``; else None."""
    _, low, high = score.accuracy.at()
    if score.n < FEW:
        return None
    if low > score.chance.value:
        return True
    return False if high <= score.chance.value + margin else None


def _much(score: RungScore) -> str:
    return "can" if score.normalised.mean[-1] >= 0.5 else "begins to"


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
    if over == {"questions"}:
        return "One run each: the 95% intervals are over questions and say nothing of other seeds."
    if "questions" in over:
        return "Where there is one run, the 95% interval is over questions only."
    unit = " and ".join(sorted(over))
    least = "at least " if len({len(b.runs) for b in bands}) > 1 else ""
    if unit == "runs":
        return f"95% intervals over {least}{runs} runs."
    return f"95% intervals over {unit}, {least}{runs} runs."
