"""What differs between two sides beside the scores, in plain lines, before any number is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ... import canonical
from ...eval.scoring.score import TRAINED
from ...eval.stats.labels import of_runs
from .differences import InstrumentDifference
from .pairing import Pairing
from .sides import Answers, Side

UNEQUAL = 0.01  # of FLOPs and parameters, from which they count as different


def plain_lines(
    a: Side, b: Side, found: Pairing, scores: Sequence[InstrumentDifference]
) -> list[str]:
    """A line for each thing that differs, or must be known."""
    lines = [f"{s.name}: {_title(s)}" for s in (a, b)]
    if _digest(a) == _digest(b) and not found.differs:
        lines.append("A and B are the same receipt: every difference is 0")
    lines += [f"{field}: {x} in A, {y} in B" for field, (x, y) in found.differs.items()]
    lines += _records(found)
    lines += _costs(found)
    lines += _versions(a, b)
    lines += found.left_out
    if not all(row.by_seed for row in found.pairs):
        lines.append("some runs share no seeds: they are paired in the order of their seeds")
    lines += _questions(found)
    lines += _untrained(scores)
    return lines


def _title(side: Side) -> str:
    suite = side.receipt.suite
    missing = of_runs(len(side.failed), len(side.answers) + len(side.failed))
    text = f"{suite.id}@{suite.digest[:8]}, receipt {_digest(side)[:16]}, {side.trust.kind}"
    return f"{text}; {missing}" if missing else text


def _digest(side: Side) -> str:
    return canonical.digest(side.receipt.lasting)


def _pairs(found: Pairing) -> Iterator[tuple[Answers, Answers]]:
    for row in found.pairs:
        for pairs in row.corpora.values():
            yield from pairs


def _records(found: Pairing) -> Iterator[str]:
    """Fields of plans and models that differ, whatever these are called; and questions."""
    seen: dict[str, None] = {}
    for x, y in _pairs(found):
        for what, one, other in (
            ("plan", x.cell.recipe.record(), y.cell.recipe.record()),
            ("model", x.cell.spec, y.cell.spec),
        ):
            for line in _fields(what, one, other):
                seen[line] = None
    yield from seen


def _fields(what: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*one, *other}):
        x, y = (
            canonical.text(r.get(key)) if key in r else "its neutral value" for r in (one, other)
        )
        if x != y:
            yield f"{what}.{key}: {x[:80]} in A, {y[:80]} in B"


def _costs(found: Pairing) -> Iterator[str]:
    for name, unit in (("flops", "FLOPs a run"), ("parameters", "parameters")):
        pairs = [(getattr(x.record, name), getattr(y.record, name)) for x, y in _pairs(found)]
        x, y = (float(np.mean(side)) for side in zip(*pairs))
        if any(abs(p - q) > UNEQUAL * max(p, q) for p, q in pairs):
            ratio = f", {x / y:.2g} times as many in A" if y else ""
            yield f"unequal {unit}: {x:.3g} in A, {y:.3g} in B{ratio}"


def _versions(a: Side, b: Side) -> Iterator[str]:
    """Definitions, and by what the runs were trained."""
    for what in ("definitions", "training"):
        x, y = getattr(a.receipt, what), getattr(b.receipt, what)
        if x != y:
            yield f"{what}: {x} in A, {y} in B"
    one, other = _trained_by(a), _trained_by(b)
    for what in dict.fromkeys([*one, *other]):
        mine, theirs = (sorted(found.get(what, {"none"})) for found in (one, other))
        if mine != theirs:
            yield f"{what}: {', '.join(mine)} in A, {', '.join(theirs)} in B"


def _trained_by(side: Side) -> dict[str, set[str]]:
    """Device, commit and each package -> what the runs of a side have there."""
    found: dict[str, set[str]] = {}
    for answers in side.answers:
        found.setdefault("device", set()).add(answers.record.device)
        number = answers.record.environment
        if number is not None:
            by = side.receipt.environments[number]
            found.setdefault("commit", set()).add(by.commit[:12] or "none")
            for name, version in by.versions.items():
                found.setdefault(name, set()).add(version)
    return found


def _questions(found: Pairing) -> Iterator[str]:
    counts = {(len(x.question), len(y.question)) for x, y in _pairs(found)}
    if any(x != y for x, y in counts):
        x, y = (max(side) for side in zip(*counts))
        yield f"questions: up to {x} in A, {y} in B; compared on those that both answered"


def _untrained(scores: Sequence[InstrumentDifference]) -> Iterator[str]:
    for score in scores:
        for name, level in (("A", score.a), ("B", score.b)):
            if score.instrument == "recall" and level < TRAINED:
                where = f"{score.place} {score.row}".rstrip()
                yield (
                    f"{name} has not learned its corpus ({where}: recall {level:.2f}, below "
                    f"{TRAINED}): its differences are none of ability"
                )
