"""Exception items: questions whose declared interpolator prefers a wrong answer, and their twins.

The interpolator is fixed with the world: `like` rules say what it likens a thing to, and it answers
by the vote of what the corpus states of these neighbours. An exception item is a question on which
it puts at least half its weight on one wrong answer, the distractor; its twin is the same question
about a neighbour for whom that answer is right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from ...errors import InvalidWorld
from ..datalog.closure import Closure
from ..datalog.engine import close
from ..datalog.facts import Array, Bools
from ..datalog.parser import parse
from ..datalog.row_keys import Integers, group, pack, ragged, stable_order
from .questions import Certificate, Questions, find_prompts


def exception_items(
    rules: str,
    closure: Closure,
    questions: Questions,
    certificate: Certificate,
    prompts: Array,
    answers: Array,
) -> tuple[Array, Array]:
    """(distractor [Q], twin [Q]); ``prompts`` [N, 1 + w] and ``answers`` [N] are what the corpus
    states.

    Raises RuleError for rules that are not Datalog, and UserError where `like` is not derived.
    """
    distractor = np.full(len(questions.prompt), -1, np.int32)
    twin = distractor.copy()
    base = closure.base.replace(**{p: closure.rows(p) for p in closure.predicates})
    kinship = close(parse(rules), base)
    if kinship.arity.get("like") != 2:
        raise InvalidWorld(
            f"the rules of likeness derive no like(X,Y): {rules.strip()!r}; derive it"
        )
    like = kinship.rows("like")
    like = like[like[:, 0] != like[:, 1]]
    place = _place(questions.prompt, like)
    question, answer, weight = _votes(
        questions.prompt, place, like, prompts, answers, len(closure.base.constants)
    )
    total = np.bincount(question, weight, minlength=len(distractor))
    chosen = (2 * weight >= total[question]) & ~_right(questions, question, answer)
    distractor[question[chosen]] = answer[chosen]
    distracted = np.flatnonzero(distractor >= 0)
    item, swapped = _swap(questions.prompt[distracted], place[distracted], like)
    other = find_prompts(questions.prompt, swapped)
    _twins(questions, certificate, distractor, twin, distracted[item], other)
    return distractor, twin


def _place(prompt: Array, like: Array) -> NDArray[np.int64]:
    """[Q] the place in a prompt of the first given thing with neighbours, 0 where none has."""
    has = np.zeros(max(int(prompt.max(initial=0)), int(like.max(initial=0))) + 2, bool)
    has[like[:, 0]] = True  # the last, for the padding -1, stays false
    neighbours = has[prompt[:, 1:]]
    return np.where(neighbours.any(1), 1 + neighbours.argmax(1), 0)


def _votes(
    prompt: Array,
    place: NDArray[np.int64],
    like: Array,
    prompts: Array,
    answers: Array,
    constants: int,
) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
    """(question, answer, how often that is stated of neighbours), by question and answer.

    A product of sparse matrices: who is like whom, and which answer is stated of whom beside the
    same rest of the prompt.
    """
    neighbours = csr_matrix(
        (np.ones(len(like), np.int64), (like[:, 0], like[:, 1])), (constants,) * 2
    )
    found = [(place[:0], answers[:0], place[:0])]
    for j in range(1, prompt.shape[1]):
        mine, given = np.flatnonzero(place == j), np.flatnonzero(prompts[:, j] >= 0)
        if not len(mine) or not len(given):
            continue
        rests = np.delete(np.concatenate([prompts[given], prompt[mine]]), j, axis=1)
        rest, _ = group(pack(list(rests.T)))
        beside, first = group(pack([rest[: len(given)], answers[given]]))
        ones = np.ones(len(given), np.int64)
        stated = csr_matrix((ones, (prompts[given, j], beside)), (constants, len(first)))
        thing, which = np.unique(prompt[mine, j], return_inverse=True)
        votes = (neighbours[thing] @ stated).tocoo()
        item = np.stack([which, rest[len(given) :]], 1)
        at = find_prompts(item, np.stack([votes.row, rest[first][votes.col]], 1))
        known = at >= 0
        answer = answers[given][first][votes.col[known]]
        found.append((mine[at[known]], answer, votes.data[known]))
    question, answer, weight = (np.concatenate(columns) for columns in zip(*found))
    order = stable_order(pack([question, answer]))
    return question[order], answer[order], weight[order]


def _right(questions: Questions, question: Integers, value: Integers) -> Bools:
    """[n] whether ``value`` is an answer to ``question``."""
    pairs = np.stack([questions.question, questions.values], 1)
    return find_prompts(pairs, np.stack([question, value], 1)) >= 0


def _swap(prompt: Array, place: NDArray[np.int64], like: Array) -> tuple[NDArray[np.int64], Array]:
    """(question, prompt with a neighbour in place), of the thing at its ``place``."""
    thing = prompt[np.arange(len(prompt)), place]
    like = like[stable_order(like[:, 0])]
    start = np.searchsorted(like[:, 0], thing)
    row, nth = ragged(np.searchsorted(like[:, 0], thing, side="right") - start)
    swapped = prompt[row]
    swapped[np.arange(len(row)), place[row]] = like[start[row] + nth, 1]
    return row, swapped


def _twins(
    questions: Questions,
    certificate: Certificate,
    distractor: Array,
    twin: Array,
    item: NDArray[np.int64],
    other: NDArray[np.int64],
) -> None:
    """Fill ``twin``: the first neighbour's question on the same rung with that right answer."""
    fits = (other >= 0) & (distractor[item] >= 0)
    item, other = item[fits], other[fits]
    fits = certificate.rung[item] == certificate.rung[other]
    fits &= certificate.pure[item] == certificate.pure[other]
    fits &= distractor[other] < 0
    fits &= _right(questions, other, distractor[item])
    twin[item[fits][::-1]] = other[fits][::-1]
