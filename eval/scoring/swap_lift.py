"""Swap lift, agreement and exact rivals: whether an answer belongs to its own prompt, whose it is,
and whether it is kept apart from wrong ones by more than counts.

Swap lift = P(right) - P(right for another prompt): each answer is held against the right answers of
all other prompts of the same instrument, in gold, that share a proper part with its own: none, one
or two words given. It is 0 in expectation for whatever reads such a part alone, and 1 for the
deducer where other prompts have other answers. Likeness is not excluded, so lift stands beside the
floor, never instead of it. Q questions, S runs.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import group, pack
from ...worlds.novelty.rungs import RUNGS
from ..question_sets.predictions import Predictions
from ..question_sets.right_answers import right_answers
from ..stats.intervals import student
from .pattern_intervals import Unit, no_narrower, patterns_of

DEFINED = 0.9  # share of the questions for which a part must have other prompts
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Lift:
    """The least swap lift over parts, with its paired 95% interval."""

    value: float
    low: float
    high: float
    part: str  # that other prompts share, as "1+2"; "none"
    over: str  # "worlds", "questions" or "patterns"
    n: int  # questions, over all worlds


@dataclasses.dataclass(frozen=True)
class Swaps:
    """The questions put of one instrument, and all that there are."""

    corpus: Corpus
    questions: NDArray[np.int64]  # [Q] those that are put
    everything: NDArray[np.int64]  # [U] all pure questions of the rung and cue, put or not
    words: int  # given ones

    @classmethod
    def of(cls, corpus: Corpus, questions: NDArray[np.int64], rung: str, cue: int) -> Swaps:
        """The headline ones of ``questions`` int64 [Q] of this rung and cue."""
        certificate = corpus.certificate
        there = (certificate.rung == RUNGS.index(rung)) & certificate.pure
        there &= corpus.prompt[:, 0] == cue
        words = corpus.closure.arity[corpus.cues[cue][0]] - 1
        put = questions[(there & certificate.headline)[questions]]
        return cls(corpus, put, np.flatnonzero(there), words)

    def parts(self) -> list[tuple[int, ...]]:
        """None, one or two of the words given, never all."""
        words = range(1, 1 + self.words)
        return [p for k in range(min(3, self.words)) for p in itertools.combinations(words, k)]

    def lift(self, answer: NDArray[np.int32], part: tuple[int, ...]) -> tuple[Floats, NDArray]:
        """([..., Q] right - share of the other prompts for which it is right, [Q] defined) of
        ``answer`` int32 [..., Q] at a part that the other prompts share."""
        size = self.corpus.none + 2  # malformed answers, -1, are nobody's
        prompt = self.corpus.prompt[self.everything]
        number, first = np.zeros(len(prompt), np.int64), [0]
        if part:
            number, first = group(pack(list(prompt[:, list(part)].T)))
        row, right = right_answers(self.corpus, self.everything)
        keys, count = np.unique(number[row] * size + right + 1, return_counts=True)
        mine = number[np.searchsorted(self.everything, self.questions)]
        wanted = mine * size + answer + 1
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        alike = np.where(keys[place] == wanted, count[place], 0)
        row, right = right_answers(self.corpus, self.questions)
        own = np.isin(np.arange(len(self.questions)) * size + answer + 1, row * size + right + 1)
        others = np.bincount(number, minlength=len(first))[mine] - 1
        return own - (alike - own) / np.maximum(others, 1), others > 0


def swap_lift(
    cells: Sequence[Predictions], rung: str, cue: int, checkpoint: int = -1
) -> Lift | None:
    """The swap lift of one instrument over the runs of ``cells``: the least over the parts that
    have other prompts for DEFINED of the questions; None where no part has.

    The interval is over worlds where there are two at least, else over questions; that of axiom is
    no narrower than over the patterns that its questions rest on.
    """
    found: dict[tuple[int, ...], list[_Run]] = {}
    parts: list[tuple[int, ...]] = []
    for cell in cells:
        question_set = cell.question_set
        swaps = Swaps.of(question_set.corpus, question_set.questions, rung, cue)
        if not len(swaps.questions):
            continue
        parts = parts or swaps.parts()
        mine = np.isin(question_set.questions, swaps.questions)
        answer = cell.answer[:, checkpoint][:, mine]
        for part in parts:
            value, defined = swaps.lift(answer, part)
            if defined.mean() >= DEFINED:
                units = None
                if rung == "axiom":
                    units = patterns_of(question_set, np.flatnonzero(mine)[defined])
                run = _Run(question_set.corpus.digest, value[:, defined].mean(0), units)
                found.setdefault(part, []).append(run)
            else:
                parts = [p for p in parts if p != part]
    whole = {part: _interval(found[part]) for part in parts if part in found}
    if not whole:
        return None
    part = min(whole, key=lambda p: whole[p][0])
    name = "+".join(map(str, part)) or "none"
    mean, low, high, over = whole[part]
    questions = {run.world: len(run.value) for run in found[part]}
    return Lift(mean, low, high, name, over, sum(questions.values()))


@dataclasses.dataclass(frozen=True)
class _Run:
    """The lift of one cell on each question for which it is defined."""

    world: str
    value: Floats  # [n]
    units: list[Unit] | None  # of axiom


def _interval(runs: Sequence[_Run]) -> tuple[float, float, float, str]:
    """(mean, low, high, what it is over)."""
    worlds = {run.world: run for run in runs}
    by_world = [np.mean([r.value for r in runs if r.world == w], axis=0) for w in worlds]
    several = len(worlds) > 1
    unit = np.array([v.mean() for v in by_world]) if several else by_world[0]
    over, low, high = "worlds" if several else "questions", -1.0, 1.0
    if len(unit) > 1:
        low, high = (float(bound[0]) for bound in student(unit[:, None]))
    mean = float(unit.mean())
    units = [u for run in worlds.values() if run.units for u in run.units]
    if units:
        values = np.concatenate(by_world)
        low, high, wider = no_narrower((mean, low, high), values, units, (-1.0, 1.0))
        over = "patterns" if wider else over
    return mean, low, high, over


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How a model's answers go with those of a strategy. None where there is nothing to count."""

    where_right: float | None  # accuracy where the strategy is right
    where_wrong: float | None  # accuracy where it is wrong
    shared_errors: float | None  # share of the model's wrong answers that are the strategy's


@dataclasses.dataclass(frozen=True)
class Answered:
    """S runs and a strategy on the same Q questions."""

    corpus: Corpus
    questions: NDArray[np.int64]  # [Q]
    answer: NDArray[np.int32]  # [S, Q]
    guess: sparse.csr_array  # [Q, answers] the strategy's chance of each answer, or its rivals


def agreement(parts: Sequence[Answered]) -> Agreement:
    """The agreement of the runs of one or several question sets with a strategy."""
    counted = np.sum([_agreeing(part) for part in parts], axis=0)

    def share(value: float, of: float) -> float | None:
        return float(value / of) if of > 0 else None

    return Agreement(*(share(value, of) for value, of in counted))


def _agreeing(part: Answered) -> Floats:
    """[3, 2] (counted, of) of each share of an agreement."""
    right = _right(part)
    hit, same = _hits(part, right)
    likely = np.asarray((part.guess * right).sum(1)).ravel() + np.zeros_like(hit)
    weights = (hit, likely), (hit, 1 - likely), (same, 1 - hit)
    return np.array([[(value * of).sum(), of.sum()] for value, of in weights])


@dataclasses.dataclass(frozen=True)
class Rivals:
    """Right answers against wrong ones that every count of the texts ranks alike with them, where
    at least half of the questions have one; with the paired 95% interval of the difference."""

    right: float  # share of the answers that are right
    rival: float  # share of them that are one given rival, the mean over a question's rivals
    low: float
    high: float
    over: str  # "worlds", "questions" or "patterns"
    share: float  # of the questions, those that have a rival
    n: int  # those, over all worlds


def beside_rivals(parts: Sequence[Answered], units: Sequence[list[Unit] | None]) -> Rivals | None:
    """The runs of one or several question sets against the rivals of their right answers, bool
    ``guess``; ``units``: of axiom what the questions of each part rest on. None where in some world
    fewer than half of the questions have a rival."""
    runs, rights, shares = list[_Run](), list[_Run](), dict[str, NDArray[np.bool_]]()
    for part, unit in zip(parts, units):
        count = np.diff(part.guess.indptr)
        some = np.flatnonzero(count)
        shares[part.corpus.digest] = count > 0
        if 2 * len(some) < max(len(count), 1):
            return None
        hit, rival = (found[:, some].mean(0) for found in _hits(part, _right(part)))
        mine = None if unit is None else [unit[i] for i in some]
        runs.append(_Run(part.corpus.digest, hit - rival / count[some], mine))
        rights.append(_Run(part.corpus.digest, hit, None))
    difference, low, high, over = _interval(runs)
    right = _interval(rights)[0]
    share = float(np.mean([found.mean() for found in shares.values()]))
    n = sum(int(found.sum()) for found in shares.values())
    return Rivals(right, right - difference, low, high, over, share, n)


def _hits(part: Answered, right: sparse.csr_array) -> tuple[Floats, Floats]:
    """([S, Q] whether each answer is ``right`` [Q, answers], [S, Q] the chance that it has in the
    guess)."""
    none, answer = part.corpus.none, part.answer
    at = np.broadcast_to(np.arange(answer.shape[1]), answer.shape).ravel()
    given, readable = np.where(answer >= 0, answer, none).ravel(), answer >= 0
    hit, same = (np.asarray(t[at, given]).reshape(answer.shape) for t in (right, part.guess))
    return hit * readable, same * readable


def _right(part: Answered) -> sparse.csr_array:
    """[Q, answers] 1 for each right answer."""
    row, right = right_answers(part.corpus, part.questions)
    return sparse.csr_array((np.ones(len(row)), (row, right)), shape=part.guess.shape)
