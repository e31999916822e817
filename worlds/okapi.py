"""Okapis: questions whose declared interpolator prefers a wrong answer, and their twins.

The interpolator is fixed with the world: `like` rules say whom it takes for a thing's kin, and it
answers by the vote of what the corpus states of the kin. An okapi is a question for which this
puts at least half its weight on one wrong answer; its twin asks the same of a kin for whom that
answer is right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..registry import UserError
from .closure import Closure
from .engine import close
from .facts import Array
from .keys import Integers, group, pack, ragged
from .language import parse
from .proofs import Bools
from .questions import Certificate, Questions, find_prompts


def okapis(
    rules: str,
    closure: Closure,
    questions: Questions,
    certificate: Certificate,
    prompts: Array,
    answers: Array,
) -> tuple[Array, Array]:
    """(lure [Q], twin [Q]); ``prompts`` [N, 1 + w] and ``answers`` [N] are what the corpus states.

    Raises RuleError for rules that are not Datalog, and UserError where `like` is not derived.
    """
    lure = np.full(len(questions.prompt), -1, np.int32)
    twin = lure.copy()
    base = closure.base.replace(**{p: closure.rows(p) for p in closure.predicates})
    kinship = close(parse(rules), base)
    if kinship.arity.get("like") != 2:
        raise UserError(f"the rules of likeness derive no like(X,Y): {rules.strip()!r}; derive it")
    like = kinship.rows("like")
    asked, swapped = _swap(questions.prompt, like[like[:, 0] != like[:, 1]])
    stated, order = _index(prompts)
    place = find_prompts(prompts[order[stated[:-1]]], swapped)
    voted = place >= 0
    row, nth = ragged(np.where(voted, (stated[1:] - stated[:-1])[place], 0))
    vote = answers[order[stated[place[row]] + nth]]
    number, first = group(pack([asked[row], vote]))
    weight = np.bincount(number)
    total = np.bincount(asked[row], minlength=len(lure))
    question, answer = asked[row][first], vote[first]
    half = 2 * weight >= total[question]
    chosen = half & ~_right(questions, question, answer)
    lure[question[chosen]] = answer[chosen]
    _twins(questions, certificate, lure, twin, asked, find_prompts(questions.prompt, swapped))
    return lure, twin


def _right(questions: Questions, question: Integers, value: Integers) -> Bools:
    """[n] whether ``value`` is an answer to ``question``."""
    pairs = np.stack([questions.question, questions.values], 1)
    return find_prompts(pairs, np.stack([question, value], 1)) >= 0


def _swap(prompt: Array, like: Array) -> tuple[NDArray[np.int64], Array]:
    """(question, prompt with a kin in place): the first given thing that has kin is swapped."""
    like = like[np.argsort(like[:, 0], kind="stable")]
    start = np.searchsorted(like[:, 0], np.arange(int(prompt.max(initial=0)) + 2))
    kin = np.append(np.diff(start), 0)  # the last answers for the padding -1
    counts = kin[prompt[:, 1:]]
    place = 1 + (counts > 0).argmax(1)
    thing = prompt[np.arange(len(prompt)), place]
    row, nth = ragged(np.where((counts > 0).any(1), kin[thing], 0))
    swapped = prompt[row]
    swapped[np.arange(len(row)), place[row]] = like[start[thing[row]] + nth, 1]
    return row, swapped


def _index(prompts: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(start of each distinct prompt, plus the end; order of the rows by prompt)."""
    key = pack(list(prompts.T))
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    return np.append(starts, len(order)), order


def _twins(
    questions: Questions,
    certificate: Certificate,
    lure: Array,
    twin: Array,
    asked: NDArray[np.int64],
    other: NDArray[np.int64],
) -> None:
    """Fill ``twin``: the first kin's question, on the same rung, to which the lure is an answer."""
    fits = (other >= 0) & (lure[asked] >= 0)
    asked, other = asked[fits], other[fits]
    fits = certificate.rung[asked] == certificate.rung[other]
    fits &= certificate.pure[asked] == certificate.pure[other]
    fits &= lure[other] < 0
    fits &= _right(questions, other, lure[asked])
    twin[asked[fits][::-1]] = other[fits][::-1]
