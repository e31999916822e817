"""Chance: what a rung is worth to someone who sees at most two parts of each prompt.

Chance of a rung is the best of *uniform* (any value possible for the cue), *commonest* (the answer
most often stated with this part) and *exclusion* (a stated value that was never an answer beside
this part: what is left over when held-out facts are the only ones missing), over every proper
subset of one or two parts. A model at chance has proved nothing.

Where there is room, chance is taken high: the best guess is chosen per cue (a prompt shows its
cue), only values possible for the cue are guessed, ties share their weight, and a guess that has
nothing to go on falls back to uniform.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ..stats.intervals import LEVEL, wilson
from .partial_input import KINDS, PartialInputs, expected, subsets, uniform


@dataclasses.dataclass(frozen=True)
class Chance:
    """Chance of a group of questions, as shares of exact match."""

    value: float
    uniform: float
    method: str  # the guess that was best for most of the questions; "raw" where not subtracted


@dataclasses.dataclass(frozen=True)
class Guesses:
    """What each of M ways of guessing is expected to score on each of Q questions."""

    methods: tuple[str, ...]  # [M]; the first is "uniform"
    value: NDArray[np.float64]  # [M, Q]
    cue: NDArray[np.int32]  # [Q]

    def best(self, where: NDArray[np.bool_]) -> Chance:
        """Chance on the questions ``where`` bool [Q]; raises ValueError where there are none."""
        if not where.any():
            raise ValueError(
                "got no questions, expected at least one: an empty group has no chance"
            )
        total, votes = 0.0, np.zeros(len(self.methods), np.int64)
        for cue in np.unique(self.cue[where]):
            here = where & (self.cue == cue)
            mean = self.value[:, here].mean(1)
            best = int(mean.argmax())
            total += mean[best] * here.sum()
            votes[best] += here.sum()
        level = float(self.value[0, where].mean())
        return Chance(float(total / where.sum()), level, self.methods[int(votes.argmax())])

    def only(self, keep: NDArray[np.bool_]) -> Guesses:
        """The guesses on some of the questions."""
        return Guesses(self.methods, self.value[:, keep], self.cue[keep])


def guesses(corpus: Corpus, questions: NDArray[np.int64]) -> Guesses:
    """Every way of guessing, on ``questions`` int64 [Q] of ``corpus``."""
    inputs = PartialInputs.of(corpus, questions)
    columns = subsets(inputs.prompt.shape[1])
    methods = ["uniform", *(guess_name(kind, c) for kind in KINDS for c in columns)]
    value = np.zeros((len(methods), len(questions)))
    for at, some in inputs.chunks():
        level = uniform(some)
        value[0, at] = level
        kinds_of_guess = [(kind, c) for kind in KINDS.values() for c in columns]
        for m, (kind, c) in enumerate(kinds_of_guess, start=1):
            share, guessed = expected(some, kind(corpus, some, c))
            value[m, at] = np.where(guessed, share, level)
    return Guesses(tuple(methods), value, inputs.prompt[:, 0])


def guess_name(kind: str, columns: tuple[int, ...]) -> str:
    """The name of a guess from these parts of the prompt.

    >>> guess_name("exclusion", (0, 2))
    'exclusion by cue+2'
    """
    return f"{kind} by {'+'.join('cue' if c == 0 else str(c) for c in columns)}"


def interpolable(right: NDArray[np.bool_], chance: float, tests: int, bound: float = 0.02) -> str:
    """Why a rung declared not interpolable is refused, given an interpolator's hits [n]; "" if not.

    With at least max(1,000, 40,000 c(1-c)) questions the upper 95% bound must stay at chance +
    ``bound``; with fewer, the lower bound, Bonferroni over ``tests``, must not exceed chance.
    """
    n, share = len(right), float(right.mean())
    if n >= max(1_000, 40_000 * chance * (1 - chance)):
        high = float(wilson(np.array(share), n)[1])
        if high <= chance + bound:
            return ""
        return f"{share:.3f}, at most {high:.3f} on {n} questions, above {chance:.3f} + {bound}"
    low = float(wilson(np.array(share), n, 1 - (1 - LEVEL) / tests)[0])
    if low <= chance:
        return ""
    return f"{share:.3f}, at least {low:.3f} on {n} questions, above chance {chance:.3f}"
