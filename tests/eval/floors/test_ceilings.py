"""The ceilings: symbolic truth on every rung, independent of the labels it is held against."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import deducer, inductor, reuser
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.corpus.corpus import Corpus

WITHIN = {
    "reuser": ("recall", "instance"),
    "inductor": ("recall", "instance", "constituent", "schema", "depth"),
    "deducer": ("recall", "instance", "constituent", "schema", "depth", "axiom"),
}


@pytest.fixture(params=["composition", "zebra"])
def question_set(request: pytest.FixtureRequest) -> QuestionSet:
    corpus = request.getfixturevalue(request.param)
    return QuestionSet(corpus, np.arange(len(corpus.prompt)))


@pytest.mark.parametrize("reference", [reuser, inductor, deducer])
def test_each_ceiling_is_one_up_to_its_rung_and_zero_above(
    question_set: QuestionSet, reference
) -> None:
    answers = reference(question_set.corpus, question_set.questions)
    right = question_set.right(answers.answer)
    for rung in WITHIN["deducer"]:
        if rung in question_set.groups:
            expected = 1.0 if rung in WITHIN[answers.name] else 0.0
            assert right[question_set.groups[rung]].mean() == expected, rung


def test_the_deducer_answers_whatever_has_an_answer_and_nothing_else(
    question_set: QuestionSet,
) -> None:
    assert question_set.right(deducer(question_set.corpus, question_set.questions).answer).all()


@pytest.mark.parametrize("reference", [reuser, inductor, deducer])
def test_no_ceiling_concludes_what_does_not_follow(question_set: QuestionSet, reference) -> None:
    answer = reference(question_set.corpus, question_set.questions).answer
    for control in ("nontheorem", "unknowable"):
        if control in question_set.groups:
            assert (answer[question_set.groups[control]] == question_set.corpus.none).all()


@pytest.mark.parametrize("reference", [inductor, deducer])
def test_inductor_and_deducer_do_not_look_at_the_labels(
    question_set: QuestionSet, reference
) -> None:
    blank = {
        f.name: np.zeros_like(getattr(question_set.corpus.certificate, f.name))
        for f in dataclasses.fields(question_set.corpus.certificate)
    }
    unlabelled = dataclasses.replace(
        question_set.corpus,
        certificate=dataclasses.replace(question_set.corpus.certificate, **blank),
        values=np.full_like(question_set.corpus.values, -7),
    )
    assert np.array_equal(
        reference(unlabelled, question_set.questions).answer,
        reference(question_set.corpus, question_set.questions).answer,
    )


def test_the_inductor_knows_what_naive_chaining_by_exemplified_patterns_derives(
    question_set: QuestionSet,
) -> None:
    known = _naively_induced(question_set.corpus)
    answer = inductor(question_set.corpus, question_set.questions).answer
    for prompt, found in zip(question_set.corpus.prompt.tolist(), answer.tolist()):
        predicate, position = question_set.corpus.cues[prompt[0]]
        given = [a for a in prompt[1:] if a >= 0]
        possible = {
            fact[1 + position]
            for fact in known
            if fact[0] == predicate and [*fact[1 : 1 + position], *fact[2 + position :]] == given
        }
        assert found in possible if possible else found == question_set.corpus.none


def _naively_induced(corpus: Corpus) -> set[tuple]:
    """Facts as tuples, by sets and loops: patterns of demonstrated proofs, until nothing is new."""
    closure, proofs = corpus.closure, corpus.split.gold
    derivations = [
        (int(h), frozenset(int(p) for p in ps if p >= 0), int(pattern), bool(counts))
        for h, ps, pattern, counts in zip(
            closure.head, closure.premises, proofs.pattern, proofs.counts
        )
    ]
    demonstrated = set(
        np.flatnonzero(corpus.demonstrated | (corpus.stated & closure.is_base)).tolist()
    )
    read, exemplified = set(demonstrated), set[int]()
    grown = True
    while grown:
        grown = False
        for head, premises, pattern, counts in derivations:
            if counts and head in read:
                exemplified.add(pattern)
                grown |= not premises <= read
                read |= premises
    axiom = {
        f
        for f, p in enumerate(closure.predicate.tolist())
        if closure.predicates[p] in corpus.world.axioms
    }
    known = set(demonstrated)
    grown = True
    while grown:
        grown = False
        for head, premises, pattern, counts in derivations:
            if (
                counts
                and pattern in exemplified
                and head not in known
                and premises <= known | axiom
            ):
                known.add(head)
                grown = True
    rows = [[a for a in row if a >= 0] for row in closure.arguments.tolist()]
    return {(closure.predicates[closure.predicate[f]], *rows[f]) for f in known}
