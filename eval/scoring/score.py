"""score(cells, label) -> Row: rung x checkpoint x run, with intervals, chance and what is missing.

Headline scores use pure questions whose answers share one rung; all others are kept and reported
apart. A score never travels without its interval, its chance and its number of questions.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import pack
from ...worlds.novelty.rungs import CONTROLS, RUNGS
from ..question_sets.chance import Chance
from ..question_sets.partial_input import possible
from ..question_sets.predictions import Predictions
from ..question_sets.question_set import Answers
from ..stats.intervals import Band, means, shares
from .controls import Controls, ExceptionScore, controls, exception_items
from .proof_depth import Reach, reach
from .proof_validity import ProofScore, proofs

NOT_TRACED = ", not traced"  # ends the label and mode of a row without what the tracer solves
HEADLINE = tuple(r for r in RUNGS if r != "mixed")  # mixed is never pure


@dataclasses.dataclass(frozen=True)
class RungScore:
    """The score on one group of questions at K checkpoints."""

    name: str  # a rung, a cell of one ("constituent out-in"), or a group that is not pure
    n: int  # different questions, over all worlds
    accuracy: Band  # exact match
    bits: Band | None  # mean -log2 of the right answers' probability; None: not weighed
    chance: Chance

    @property
    def normalised(self) -> Band:
        """0 = chance, 1 = perfect; recall is raw."""
        return self.accuracy.normalised(self.chance.value)

    @property
    def suppressed(self) -> NDArray[np.bool_]:
        """[K] whether less than uniform guessing is right: the split taught what not to say."""
        return self.accuracy.mean < self.chance.uniform

    @property
    def surely_suppressed(self) -> NDArray[np.bool_]:
        """[K] whether the whole interval lies below uniform."""
        return self.accuracy.high < self.chance.uniform


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a table: one model, mode, plan and exposure in one world and size."""

    label: str
    world: str  # id/size
    mode: str
    digests: tuple[str, ...]  # of the corpora
    steps: NDArray[np.int64]  # [K]
    flops: NDArray[np.float64]  # [K]
    rungs: Mapping[str, RungScore]  # headline: pure questions of one rung
    apart: Mapping[str, RungScore]  # cells of unseen positions, mixed, impure, several rungs
    absent: Mapping[str, str]  # rung -> why it has no score
    malformed: Band  # share of generations without a readable answer, all questions
    controls: Mapping[str, Controls | ExceptionScore]  # "nontheorem", "unknowable", "exception"
    proofs: Mapping[str, ProofScore]  # of headline rungs, where proofs are written
    load: float | None  # corpus bits per parameter; None: not a trained model
    reach: Reach | None  # None: too few questions about unstated conclusions
    runs: int = 0  # trainings that it should be the mean of; 0: nothing was trained
    failed: int = 0  # of these, those that gave nothing; the mean is of the others


def score(cells: Sequence[Predictions], label: str, failed: int = 0) -> Row:
    """Score the cells of one row: same world, size, mode and checkpoints; their seeds differ.

    ``failed``: how many more there should be, which gave nothing.

    Raises UserError where cells do not belong together.
    """
    _check(cells)
    first, corpus = cells[0], cells[0].question_set.corpus
    worlds = [c.question_set.corpus.digest for c in cells]
    names = list(dict.fromkeys(n for c in cells for n in c.question_set.groups))
    right = [c.right() for c in cells]
    scores = {n: _rung(n, cells, right) for n in names if n not in CONTROLS}
    headline = {n: scores[n] for n in HEADLINE if n in scores}
    return Row(
        label=label,
        world=f"{corpus.world.id}/{corpus.size}",
        mode=first.mode,
        digests=tuple(dict.fromkeys(worlds)),
        steps=first.steps,
        flops=first.flops,
        rungs=headline,
        apart={n: s for n, s in scores.items() if n not in headline},
        absent={n: first.question_set.missing(n) for n in HEADLINE if n not in headline},
        malformed=shares([c.answer < 0 for c in cells], worlds),
        controls={**controls(cells), **exception_items(cells)},
        proofs=proofs(cells, right, list(headline)),
        load=load(corpus, first.parameters) if first.parameters else None,
        reach=reach(cells, right),
        runs=len(cells) + failed if first.parameters else 0,
        failed=failed,
    )


def traced_apart(
    cells: Sequence[Predictions],
    label: str,
    trace: Callable[[Corpus, NDArray[np.int64]], Answers],
    failed: int = 0,
) -> tuple[Row, Row | None]:
    """(all questions, those that ``trace`` does not solve; None if it solves all) for chains."""
    whole = score(cells, label, failed)
    rest = []
    for cell in cells:
        solved = cell.question_set.right(
            trace(cell.question_set.corpus, cell.question_set.questions).answer
        )
        if not solved.all():
            rest.append(cell.only(~solved))
    if not rest:
        return whole, None
    part = score(rest, label + NOT_TRACED)
    mode = part.mode + NOT_TRACED
    reason = "the tracer solves every question of this rung"
    absent = {n: reason if n in whole.rungs else whole.absent[n] for n in part.absent}
    counts = {"runs": whole.runs, "failed": whole.failed}
    return whole, dataclasses.replace(part, mode=mode, absent=absent, **counts)


def strongest(rows: Sequence[Row], label: str) -> Row:
    """One row with the best of ``rows`` on each rung: the partial-input marginals as one line."""
    if not rows:
        raise ValueError("got no rows, expected at least one to choose from")
    best = {}
    for name in rows[0].rungs:
        best[name] = max((r.rungs[name] for r in rows), key=lambda s: float(s.accuracy.mean[-1]))
    return dataclasses.replace(rows[0], label=label, rungs=best, apart={}, controls={}, proofs={})


def load(corpus: Corpus, parameters: int) -> float:
    """Corpus bits per parameter: what it takes to memorise every different statement.

    A statement costs log2 of the values possible for its cue. About 3.6 bits per parameter can be
    stored (arXiv 2505.24832); what follows by rule need not be, so this is an upper bound.
    """
    size = np.maximum(possible(corpus).sum(1), 1)
    statements = pack([*corpus.examples.prompt.T, corpus.examples.answer])
    different = np.unique(statements, return_index=True)[1]
    return float(np.log2(size[corpus.examples.prompt[different, 0]]).sum() / parameters)


def _rung(name: str, cells: Sequence[Predictions], right: Sequence[NDArray[np.bool_]]) -> RungScore:
    right = [r for r, c in zip(right, cells) if name in c.question_set.groups]
    cells = [c for c in cells if name in c.question_set.groups]
    worlds = [c.question_set.corpus.digest for c in cells]
    where = [c.question_set.groups[name] for c in cells]
    bits = [c.capped_bits() for c in cells]
    weighed = [b[:, :, w] for b, w in zip(bits, where) if b is not None]
    known = len(weighed) == len(cells) and not any(np.isnan(b).any() for b in weighed)
    by_world = {w: c.question_set.chance(name) for w, c in zip(worlds, cells)}
    chances = list(by_world.values())
    return RungScore(
        name=name,
        n=sum({d: int(w.sum()) for d, w in zip(worlds, where)}.values()),
        accuracy=shares([r[:, :, w] for r, w in zip(right, where)], worlds),
        bits=means(weighed, worlds) if known else None,
        chance=Chance(
            float(np.mean([c.value for c in chances])),
            float(np.mean([c.uniform for c in chances])),
            chances[0].method,
        ),
    )


def _check(cells: Sequence[Predictions]) -> None:
    if not cells:
        raise UserError("got no cells, expected at least one; a row needs a finished run")
    first = cells[0]
    for cell in cells[1:]:
        for what, a, b in (
            ("world", first.question_set.corpus.world.id, cell.question_set.corpus.world.id),
            ("size", first.question_set.corpus.size, cell.question_set.corpus.size),
            ("mode", first.mode, cell.mode),
            ("checkpoints", first.steps.tolist(), cell.steps.tolist()),
        ):
            if a != b:
                raise UserError(
                    f"one row got cells of {what} {a} and {b}, expected one; score them apart"
                )
