"""Chance: the best of what parts of a prompt give away, against a slow twin."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.eval.question_sets.chance import Guesses, interpolable
from zebroid.eval.question_sets.question_set import QuestionSet


@pytest.mark.parametrize("name", ["composition_questions", "zebra_questions"])
def test_guesses_equal_those_of_a_slow_obviously_right_guesser(
    request: pytest.FixtureRequest, name: str
) -> None:
    question_set: QuestionSet = request.getfixturevalue(name)
    some = question_set.only(np.arange(len(question_set.questions)) % 5 == 0)
    for q, question in enumerate(some.questions.tolist()):
        expected = _slow(some, question)
        found = dict(zip(some.guesses.methods, some.guesses.value[:, q]))
        assert set(found) == set(expected)
        for method, value in expected.items():
            assert found[method] == pytest.approx(value), (question, method)


def test_chance_is_never_below_uniform_and_recall_is_raw(
    composition_questions: QuestionSet,
) -> None:
    for group in composition_questions.groups:
        chance = composition_questions.chance(group)
        if group == "recall":
            assert (chance.value, chance.method) == (0.0, "raw")
        else:
            assert chance.value >= chance.uniform


def test_exclusion_betrays_a_held_second_hop_of_a_permutation(
    composition_questions: QuestionSet,
) -> None:
    found = composition_questions.chance("constituent in-out")
    assert found.method.startswith("exclusion")
    assert found.value > 3 * found.uniform


def test_the_best_guess_is_chosen_per_cue() -> None:
    value = np.array([[0.1, 0.1], [1.0, 0.0], [0.0, 1.0]])
    guesses = Guesses(("uniform", "a", "b"), value, np.array([0, 1], np.int32))
    assert guesses.best(np.array([True, True])).value == 1.0
    same_cue = Guesses(("uniform", "a", "b"), value, np.array([0, 0], np.int32))
    assert same_cue.best(np.array([True, True])).value == 0.5


def test_an_empty_group_has_no_chance(composition_questions: QuestionSet) -> None:
    with pytest.raises(ValueError, match="got no questions"):
        composition_questions.guesses.best(np.zeros(len(composition_questions.questions), bool))


def test_questions_do_not_change_each_others_chance(zebra_questions: QuestionSet) -> None:
    keep = np.arange(len(zebra_questions.questions)) % 3 == 0
    alone = QuestionSet(zebra_questions.corpus, zebra_questions.questions[keep])
    assert np.array_equal(alone.guesses.value, zebra_questions.guesses.value[:, keep])


def test_many_questions_at_chance_are_let_pass_and_well_above_refused() -> None:
    at_chance = np.arange(4_000) % 20 == 0
    assert interpolable(at_chance, 0.05, tests=10) == ""
    assert "above 0.050 + 0.02" in interpolable(np.arange(4_000) % 10 == 0, 0.05, tests=10)


def test_few_questions_are_refused_only_when_surely_above_chance() -> None:
    seven_of_sixty = np.arange(60) < 7
    assert interpolable(seven_of_sixty, 0.05, tests=10) == ""
    assert "above chance" in interpolable(np.arange(60) < 30, 0.05, tests=10)


@given(st.integers(1, 3_000), st.floats(0, 0.9), st.integers(1, 40), st.data())
def test_more_hits_never_make_an_interpolator_pass(
    n: int, chance: float, tests: int, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(0, n - 1))
    fewer, more = np.arange(n) < hits, np.arange(n) < hits + 1
    if interpolable(fewer, chance, tests):
        assert interpolable(more, chance, tests)


def _slow(question_set: QuestionSet, question: int) -> dict[str, float]:
    """Method -> expected score on one question, by loops over the statements."""
    corpus, prompt = question_set.corpus, question_set.corpus.prompt[question].tolist()
    right = set(corpus.answers(question).tolist()) or {corpus.none}
    stated = list(zip(corpus.examples.prompt.tolist(), corpus.examples.answer.tolist()))
    values = {a for _, a in stated} - {corpus.none}
    predicate, position = corpus.cues[prompt[0]]
    derived = {int(row[position]) for row in corpus.closure.rows(predicate)}
    sorts = [s for s in corpus.closure.base.sorts.values() if derived & set(s)]
    possible = {v for s in sorts for v in s}
    uniform = len(right & possible) / len(possible)
    out = {"uniform": uniform}
    width = len(prompt)
    for kind in ("commonest", "exclusion"):
        for columns in [c for k in (1, 2) for c in itertools.combinations(range(width), k)]:
            name = f"{kind} by {'+'.join('cue' if c == 0 else str(c) for c in columns)}"
            parts = sum(v >= 0 for v in prompt)
            usable = all(prompt[c] >= 0 for c in columns) and len(columns) < parts
            with_part = [a for p, a in stated if all(p[c] == prompt[c] for c in columns)]
            if kind == "commonest":
                count = Counter(a for a in with_part if a in possible)
                most = max(count.values(), default=0)
                choice = {a for a, k in count.items() if k == most}
            else:
                choice = (possible & values) - set(with_part)
            out[name] = len(choice & right) / len(choice) if usable and choice else uniform
    return out
