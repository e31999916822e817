"""The bridge of a question: what its proof goes through, and neither its prompt nor answer names.

Of the first lowest derivation of the answer, the *bridge* is the one constant that stands in two
premises or more and neither in the prompt nor in the answer: of the father's sister, the father.
The premises with it and without the answer lead to it; the one with both leads on from it, and says
what another bridge would entail: the same premise about that one.
"""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.closure import Closure

Ints = NDArray[np.int64]
Fact = tuple[int, ...]  # predicate and arguments, -1 padded
BRIDGE, ANSWER = -2, -3  # what stands for them in a premise that leads on


@dataclasses.dataclass(frozen=True)
class Bridges:
    """The questions, n of those given, that have one bridge."""

    row: Ints  # [n] which of the given questions
    bridge: Ints  # [n] constant
    answer: Ints  # [n] constant
    way: Ints  # [n] equal for questions that the same premises lead to their bridge
    onward: tuple[Fact, ...]  # [n] the premise that leads on, without bridge and answer

    def entailed(self, closure: Closure, bridge: Ints) -> Ints:
        """[n] the answer with another ``bridge`` [n] in the place of the own; -1: none, or
        several."""
        facts = np.column_stack([closure.predicate, closure.arguments])
        found = {pattern: _completions(pattern, facts) for pattern in {*self.onward}}
        given = zip(self.onward, bridge.tolist())
        return np.array([found[pattern].get(other, -1) for pattern, other in given], np.int64)


def _completions(pattern: Fact, facts: NDArray[np.integer]) -> dict[int, int]:
    """Bridge -> answer, of all ``facts`` [F, 1 + w] that fit a pattern; -1 where several do."""
    open_ = [pattern.index(BRIDGE), pattern.index(ANSWER)]
    rest = [i for i in range(len(pattern)) if i not in open_]
    fits = facts[(facts[:, rest] == np.array(pattern)[rest]).all(1)][:, open_]
    out: dict[int, int] = {}
    for bridge, answer in fits.tolist():
        out[bridge] = -1 if out.get(bridge, answer) != answer else answer
    return out


def bridges(corpus: Corpus, questions: Ints) -> Bridges:
    """Those of ``questions`` [Q], by number, that have one answer and one bridge."""
    closure, best = corpus.closure, corpus.split.gold.best
    row, bridge, answer, onward = [], [], [], []
    ways: dict[tuple[int, ...], int] = {}
    way = []
    for number, question in enumerate(questions.tolist()):
        first, end = corpus.offsets[question : question + 2]
        if end - first != 1:
            continue
        fact, right = int(corpus.fact[first]), int(corpus.values[first])
        if fact < 0 or best[fact] < 0 or closure.is_base[fact]:
            continue
        premises = [int(p) for p in closure.premises[best[fact]] if p >= 0]
        found = _bridge(corpus, question, right, premises)
        if found is None:
            continue
        stands = [p for p in premises if found in closure.arguments[p]]
        on = [p for p in stands if right in closure.arguments[p]]
        to = tuple(p for p in stands if p not in on)
        if len(on) != 1 or not to:
            continue
        row.append(number)
        bridge.append(found)
        answer.append(right)
        # the same premises lead on to another constant where another one is given
        way.append(ways.setdefault((found, *to), len(ways)))
        onward.append(_without(closure, on[0], found, right))
    one, two, three, four = (np.array(x, np.int64) for x in (row, bridge, answer, way))
    return Bridges(one, two, three, four, tuple(onward))


def _bridge(corpus: Corpus, question: int, right: int, premises: list[int]) -> int | None:
    """The one constant that several premises share, and the question does not name."""
    given = {int(c) for c in corpus.prompt[question, 1:]} | {right, -1}
    count = Counter(c for p in premises for c in {*corpus.closure.arguments[p].tolist()} - given)
    shared = [c for c, n in count.items() if n > 1]
    return shared[0] if len(shared) == 1 else None


def _without(closure: Closure, premise: int, bridge: int, answer: int) -> Fact:
    """A premise with the first place of bridge and answer left open."""
    arguments = closure.arguments[premise].tolist()
    arguments[arguments.index(bridge)] = BRIDGE
    arguments[arguments.index(answer)] = ANSWER
    return (int(closure.predicate[premise]), *arguments)
