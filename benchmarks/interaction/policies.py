"""Policies: which of the world's unstated facts to query next. Third parties add theirs.

A policy is a function ``policy(view, number, rng) -> whole numbers``: at most ``number`` different
candidates, best first. ``rng`` is a ``numpy.random.RandomState`` of its own. It is found by name
as an entry point of the group ``zebroid.policies``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import registry
from ...errors import UserError
from ...sources import line
from ...worlds.corpus.corpus import Corpus
from ...worlds.draw_limit import draws_within, ends
from ...worlds.novelty.questions import Questions
from .frontier import Frontier

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class View:
    """What a policy sees before it chooses. n candidates, m questions that are open."""

    corpus: Corpus
    candidates: Questions  # [n] what may be queried: prompts; a fair policy reads no more of them
    left: NDArray[np.bool_]  # [n] not queried yet
    questions: NDArray[np.int32]  # [m, 1 + w] prompts that nothing known answers
    # [n] share of the learner's samples that differ from their commonest; NaN: none were drawn
    doubt: NDArray[np.float64]
    frontier: Frontier  # of the world as it is: to read it is to know what was not given


Policy = Callable[[View, int, np.random.RandomState], Sequence[int] | Ints]


def random(view: View, number: int, rng: np.random.RandomState) -> Ints:
    """Any of those that are left."""
    return rng.permutation(np.flatnonzero(view.left))[:number]


def uncertainty(view: View, number: int, rng: np.random.RandomState) -> Ints:
    """Where samples disagree most; between equals, and where none are drawn, what most open
    questions mention: those that hold every constant of the prompt."""
    mentions = mentioned(view)
    doubt = np.nan_to_num(view.doubt, nan=-1.0)
    order = np.lexsort((rng.permutation(len(mentions)), -mentions, -doubt))
    return order[view.left[order]][:number]


def greedy(view: View, number: int, rng: np.random.RandomState) -> Ints:
    """One after the other, whatever would answer most open questions at once; else what comes
    nearest to it. It reads the world's derivations and its answers: an upper bound, for no learner
    has them."""
    left = {int(i) for i in np.flatnonzero(view.left)}
    chosen, undo = list[int](), list[int]()
    facts = {i: _facts(view, i) for i in left}
    for _ in range(min(number, len(left))):
        scores = {i: view.frontier.gain(facts[i]) for i in rng.permutation(sorted(left)).tolist()}
        best = max(scores, key=lambda i: scores[i])
        chosen.append(best)
        left.remove(best)
        undo += view.frontier.add(facts[best])
    view.frontier.forget(undo)
    return np.array(chosen, np.int64)


def mentioned(view: View) -> Ints:
    """[n] how many open questions hold every constant of each candidate's prompt."""
    out = np.zeros(len(view.left), np.int64)
    given = view.questions[:, 1:]
    for i in np.flatnonzero(view.left):
        constants = view.candidates.prompt[i, 1:]
        there = [(given == a).any(1) for a in constants[constants >= 0]]
        out[i] = np.logical_and.reduce(there).sum() if there else 0
    return out


def _facts(view: View, candidate: int) -> list[int]:
    offsets = view.candidates.offsets
    return view.candidates.fact[offsets[candidate] : offsets[candidate + 1]].tolist()


def chosen(
    name: str, view: View, number: int, rng: np.random.RandomState, seconds: float
) -> list[int]:
    """What the policy of this name chooses, checked.

    Raises UserError, one line, for a policy that raises, does not end within ``seconds``, or
    queries what is no candidate, was queried before, or more than it may.
    """
    if not number or not view.left.any():
        return []
    policy: Any = registry.policy(name)
    try:
        with draws_within(seconds), ends(f"policy {name!r}"):
            found = policy(view, number, rng)
        given = np.asarray(found)
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"policy {name!r} fails ({line(error)}); mend it or leave it out"
        ) from error
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise UserError(
            f"policy {name!r} gives {given.dtype} of {given.ndim} dimensions; expected a list of "
            "whole numbers, the candidates"
        )
    picked, many = given.astype(np.int64).tolist(), len(view.left)
    if len(picked) > number:
        raise UserError(f"policy {name!r} queries {len(picked)}, expected at most {number}")
    for one in picked:
        if not 0 <= one < many:
            raise UserError(f"policy {name!r} queries candidate {one}; expected 0 to {many - 1}")
        if not view.left[one]:
            raise UserError(
                f"policy {name!r} queries candidate {one}, which was queried before; choose among "
                "view.left"
            )
    if len(set(picked)) < len(picked):
        raise UserError(f"policy {name!r} queries a candidate twice at once; choose each once")
    return picked
