"""Interpolators: answers by likeness to what was stated, without any rule.

They see what a model sees, the stated prompts with their answers (``corpus.examples``), as one-hot
parts: cue and given arguments. Where one of them scores above chance, a model's score on that rung
is no sign of a rule. Nearest neighbours, kernel ridge and MLP on one-hot prompts are the baselines
of Gray 2026 (arXiv 2603.17019).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.vocabulary import parts
from ..question_sets.chance import guess_name, interpolable
from ..question_sets.partial_input import (
    KINDS,
    PartialInputs,
    entries,
    expected,
    right_answers,
    stated_with,
    subsets,
)
from ..question_sets.question_set import Answers, QuestionSet
from .ceilings import first_answers

LEARNED = 4_000  # examples that kernel ridge and MLP learn from: seconds on two cores
COMPARED = 40_000  # examples among which the nearest are sought
NEAREST = 8  # analogies that vote; all that are as near as the eighth vote too
NEARER = 2.0**-10  # weight of an analogy that differs in one part more: the nearest decide
UPDATES = 1_200  # of the MLP: by then it knows most of its examples by heart
THREADS = 1  # matrices this small gain nothing from more (measured: 1.7 s, 22 s on busy cores)
FLOOR_BITS = 30.0  # bits of an answer with no weight: 2^-30, about float32's resolution


def interpolators(corpus: Corpus, questions: NDArray[np.int64]) -> tuple[Answers, ...]:
    """All interpolators on ``questions`` int64 [n]: lookup, marginals, analogies, ridge, MLP."""
    return tuple(in_turn(corpus, questions))


def in_turn(corpus: Corpus, questions: NDArray[np.int64]) -> Iterator[Answers]:
    """The same, one after the other: between two of them one may stop."""
    yield lookup(corpus, questions)
    yield from marginals(corpus, questions)
    yield analogies(corpus, questions)
    yield kernel_ridge(corpus, questions)
    yield mlp(corpus, questions)


def refusals(question_set: QuestionSet, answers: Sequence[Answers]) -> dict[tuple[str, str], str]:
    """(interpolator, rung) -> why it refutes that the world's rung is not interpolable.

    Empty where the world keeps its promise: on those rungs ``answers`` stay at chance.
    """
    world = question_set.corpus.world
    rungs = [r for r in world.not_interpolable if r in question_set.groups]
    out = {}
    for rung in rungs:
        chance, where = question_set.chance(rung).value, question_set.groups[rung]
        for found in answers:
            right = question_set.right(found.answer)[where]
            why = interpolable(right, chance, len(answers) * len(rungs))
            if why:
                out[found.name, rung] = why
    return out


def lookup(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """The commonest answer stated with exactly this prompt, else none; or in it, of an episode."""
    prompt = corpus.prompt[questions]
    columns = tuple(range(prompt.shape[1]))
    row, found, count = entries(stated_with(corpus, corpus.examples.prompt, prompt, columns))
    order = np.lexsort((found, -count, row))
    rows, first = np.unique(row[order], return_index=True)
    answer = np.full(len(questions), corpus.none, np.int32)
    answer[rows] = found[order[first]]
    if corpus.world.episodes:
        stated = {
            p: corpus.closure.rows(p)[corpus.stated[list(block)]]
            for p, block in corpus.closure.blocks.items()
        }
        answer = first_answers(corpus, questions, stated)
    return Answers("lookup", answer)


def marginals(corpus: Corpus, questions: NDArray[np.int64]) -> tuple[Answers, ...]:
    """One draw from each guess of ``partial_input.py`` that can be made, else none."""
    out = []
    queries = PartialInputs.of(corpus, questions)
    for kind, guess in KINDS.items():
        for columns in subsets(queries.prompt.shape[1]):
            name = guess_name(kind, columns)
            rng = stream(corpus.arrays_digest, "interpolator", name)
            answer = np.full(len(questions), corpus.none, np.int32)
            share, guessed = np.zeros(len(questions)), np.zeros(len(questions), bool)
            for at, some in queries.chunks():
                found = guess(corpus, some, columns)
                # a random order, then the first of each row: one of its guesses, equally likely
                order = rng.permutation(len(found.row))
                row, first = np.unique(found.row[order], return_index=True)
                answer[at][row] = found.answer[order[first]]
                share[at], guessed[at] = expected(some, found)
            if guessed.any():
                out.append(Answers(name, answer, _bits(share)))
    return tuple(out)


def analogies(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """A vote of the stated prompts that share the most parts with the question's."""
    stated_prompts, labels = _sample(corpus, COMPARED, "analogies")
    right = _members(corpus, questions)
    answer = np.full(len(questions), corpus.none, np.int32)
    weight = np.zeros(len(questions))
    queries = parts(corpus, corpus.prompt[questions])
    one_hot = sparse.csr_array(
        (np.ones(len(labels), np.float32), (np.arange(len(labels)), labels)),
        shape=(len(labels), corpus.none + 1),
    )
    for at in _chunks(len(questions), 256):
        prompt = queries[at]
        apart = np.zeros((len(prompt), len(stated_prompts)), np.int8)
        for column in range(prompt.shape[1]):
            apart += prompt[:, [column]] != stated_prompts[:, column]
        k = min(NEAREST, len(stated_prompts)) - 1
        radius = np.partition(apart, k, axis=1)[:, [k]]
        near = np.where(apart <= radius, NEARER ** apart.astype(np.float32), 0)
        votes = np.asarray(near.astype(np.float32) @ one_hot)
        answer[at] = votes.argmax(1)
        weight[at] = (votes * right[at]).sum(1) / votes.sum(1)
    return Answers("analogies", answer, _bits(weight))


def kernel_ridge(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """Ridge regression of the one-hot answer on the one-hot prompt, with a Gaussian kernel."""
    from sklearn.kernel_ridge import KernelRidge
    from threadpoolctl import threadpool_limits

    stated_prompts, labels = _sample(corpus, LEARNED, "kernel ridge")
    classes, target = np.unique(labels, return_inverse=True)
    encode = _Encoder(corpus)
    # two prompts that differ in one part lie sqrt(2) apart: gamma 0.5 makes that 1/e
    alpha: Any = 0.1  # scikit-learn has no types, and its default is an int
    ridge = KernelRidge(alpha=alpha, kernel="rbf", gamma=0.5)
    answer = np.full(len(questions), corpus.none, np.int32)
    queries = parts(corpus, corpus.prompt[questions])
    with threadpool_limits(THREADS):
        ridge.fit(encode(stated_prompts), np.eye(len(classes), dtype=np.float32)[target])
        for at in _chunks(len(questions), 2_048):
            scores = np.asarray(ridge.predict(encode(queries[at])))
            answer[at] = classes[scores.reshape(len(scores), -1).argmax(1)]
    return Answers("kernel ridge", answer)


def mlp(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """One hidden layer of 128 on the one-hot prompt, Adam, about 1,200 updates."""
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    stated_prompts, labels = _sample(corpus, LEARNED, "mlp")
    encode = _Encoder(corpus)
    batch: Any = min(200, len(stated_prompts))
    weights = stream(corpus.arrays_digest, "interpolator", "mlp", "weights")
    net = MLPClassifier(
        hidden_layer_sizes=(128,),
        batch_size=batch,
        learning_rate_init=5e-3,
        max_iter=UPDATES * batch // len(stated_prompts) + 1,
        random_state=int(weights.randint(2**31)),
    )
    # The number of updates is fixed, converged or not. For good: a context would undo what another
    # thread does to the filters meanwhile.
    warnings.filterwarnings("ignore", module="sklearn")
    with threadpool_limits(THREADS):
        net.fit(encode(stated_prompts), labels)
    answer = np.full(len(questions), corpus.none, np.int32)
    weight = np.zeros(len(questions))
    right = _members(corpus, questions)
    queries = parts(corpus, corpus.prompt[questions])
    for at in _chunks(len(questions), 2_048):
        share = np.asarray(net.predict_proba(encode(queries[at])))
        answer[at] = net.classes_[share.argmax(1)]
        weight[at] = (share * right[at][:, net.classes_]).sum(1)
    return Answers("mlp", answer, _bits(weight))


class _Encoder:
    """int32 [n, 1 + w] prompts -> one-hot float32 [n, features], equal features for equal parts."""

    def __init__(self, corpus: Corpus) -> None:
        stated_prompts = parts(corpus, corpus.examples.prompt)
        self.values = [np.unique(column) for column in stated_prompts.T]

    def __call__(self, prompt: NDArray[np.int32]) -> sparse.csr_matrix:
        blocks = []
        for column, values in zip(prompt.T, self.values):
            at = np.minimum(np.searchsorted(values, column), len(values) - 1)
            hit = np.flatnonzero(values[at] == column)  # a part never stated has no feature
            ones = np.ones(len(hit), np.float32)
            blocks.append(sparse.csr_matrix((ones, (hit, at[hit])), (len(column), len(values))))
        return sparse.csr_matrix(sparse.hstack(blocks, format="csr"))


def _sample(corpus: Corpus, most: int, purpose: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """(prompts, answers) of at most ``most`` examples, by a stream named after the purpose."""
    prompt, answer = parts(corpus, corpus.examples.prompt), corpus.examples.answer
    if len(answer) > most:
        rng = stream(corpus.arrays_digest, "interpolator", purpose)
        keep = np.sort(rng.permutation(len(answer))[:most])
        prompt, answer = prompt[keep], answer[keep]
    return prompt, answer


def _members(corpus: Corpus, questions: NDArray[np.int64]) -> NDArray[np.bool_]:
    row, answer = right_answers(corpus, questions)
    right = np.zeros((len(questions), corpus.none + 1), bool)
    right[row, answer] = True
    return right


def _bits(weight: NDArray[np.float64]) -> NDArray[np.float32]:
    return -np.log2(np.clip(weight, 2.0**-FLOOR_BITS, 1)).astype(np.float32)


def _chunks(n: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, n, size))
