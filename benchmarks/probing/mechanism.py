"""mechanism(trained) -> Mechanism: what stands of the bridge between layers, what is used of it.

Of a trained model and the questions of ``instance`` that it answers rightly, by layer and position:

- *read*: how often a linear probe names the bridge, fitted on questions with other premises leading
  to it; beside it the same of shuffled labels.
- *mediated*: how often the answer becomes exactly what another bridge entails, when the stream of a
  prompt with that bridge takes the place of the own. That prompt has another answer still, so who
  copies it is counted apart, as *copied*.
- *kept*: how often the answer stays when the stream of another prompt with the same bridge does.
- *lens*: how often the head, put to the stream, names the bridge.

A model that composes is mediated somewhere before its last layer; one that knows its answers by
likeness is not, however well its bridge is read (arXiv 2405.15071; 2406.12775).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...models.probing.linear_probe import linear_probe
from ...seeding import stream
from ...worlds.novelty.rungs import RUNGS
from .bridges import Bridges, bridges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST = 30  # questions below which nothing is measured
RUNG = "instance"
MEASURES = ("read", "control", "mediated", "copied", "kept", "lens")


@dataclasses.dataclass(frozen=True)
class Mechanism:
    """Measures of one training at L + 1 layers and P positions."""

    positions: tuple[str, ...]  # [P] "cue", "1st given", ...
    measures: dict[str, Floats]  # name of MEASURES -> [L + 1, P] share; NaN: too few questions
    questions: dict[str, int]  # name -> questions behind each share
    accuracy: float  # of RUNG


def mechanism(trained: Any, answers: NDArray[np.integer] | None = None) -> Mechanism:
    """``trained``: a ``Trained`` in mode direct; ``answers`` [Q] of its model, by default those it
    was kept with. Raises UserError where too few questions have one bridge."""
    if trained.cell.mode != "direct":
        raise UserError(f"{trained.cell} writes before it answers; give cells of mode direct")
    corpus, tokens = trained.corpus, trained.tokens
    if tokens.answer_ids.ndim != 1:
        raise UserError(f"{trained.cell}: answers have several words; give another world")
    certificate = corpus.certificate
    mine = certificate.rung[trained.questions] == RUNGS.index(RUNG)
    mine &= certificate.headline[trained.questions]
    place = np.flatnonzero(mine)
    found = bridges(corpus, trained.questions[place])
    if len(found.row) < LEAST:
        raise UserError(
            f"{trained.cell}: {len(found.row)} questions of {RUNG} have one bridge; expected "
            f"{LEAST} at least: give a world of two hops, or more questions"
        )
    given = trained.run.answer[0, -1] if answers is None else np.asarray(answers)
    right = given[place[found.row]] == found.answer
    prompts = tokens.query[place[found.row]]
    token = {int(c): t for t, c in reversed([*enumerate(tokens.answer_ids)])}
    return _measured(trained.model, prompts, found, right, corpus, token, tokens.answer_ids)


def _measured(
    model: Any,
    prompts: NDArray[np.int32],
    found: Bridges,
    right: NDArray[np.bool_],
    corpus: Any,
    token: dict[int, int],
    answer_ids: NDArray[np.integer],
) -> Mechanism:
    from ...models.probing.residual_stream import residual_stream

    rng = stream("mechanism", corpus.digest)
    values = residual_stream(model, _even(prompts))[:, : len(prompts)]  # [L + 1, B, T, D]
    L, B, T, D = values.shape
    places = values.transpose(0, 2, 1, 3).reshape(L * T, B, D)
    probe = linear_probe(places, found.bridge, found.way, rng)
    lens = np.asarray(model.head(places.reshape(L * T * B, 1, D)))[:, 0].argmax(-1)
    bridge_token = np.array([token.get(int(b), -1) for b in found.bridge])
    measures = {
        "read": probe.accuracy,
        "control": probe.control,
        "lens": (lens.reshape(L * T, B) == bridge_token).mean(1),
    }
    questions = dict.fromkeys(measures, B)
    known = np.flatnonzero(right)
    other, entailed = another_bridge(found, corpus.closure, known, rng)
    same = same_bridge(found, known, rng)
    for names, pairs in ((("mediated", "copied"), other), (("kept",), same)):
        at, donor = pairs
        n = len(at)
        questions |= dict.fromkeys(names, n)
        measures |= {name: np.full(L * T, np.nan) for name in names}
        if n < LEAST:
            continue
        after = _patched(model, prompts, values, at, donor, answer_ids)
        if names == ("kept",):
            measures["kept"] = (after == found.answer[at]).mean(1)
        else:
            measures["mediated"] = (after == entailed).mean(1)
            measures["copied"] = (after == found.answer[donor]).mean(1)
    names = ("cue", *(f"given {i}" for i in range(1, T)))
    shaped = {name: np.asarray(measures[name], float).reshape(L, T) for name in MEASURES}
    return Mechanism(names, shaped, questions, float(right.mean()))


def another_bridge(
    found: Bridges, closure: Any, known: Ints, rng: np.random.RandomState
) -> tuple[tuple[Ints, Ints], Ints]:
    """((question [n], donor [n]), what the donor's bridge entails [n]) among ``known`` ones: that
    bridge is another, and entails an answer that is neither the question's nor the donor's."""
    at, donors, answers = [], [], []
    for question in known.tolist():
        order = rng.permutation(known)
        once = dataclasses.replace(found, onward=(found.onward[question],) * len(order))
        entailed = once.entailed(closure, found.bridge[order])
        fits = (entailed >= 0) & (entailed != found.answer[question])
        fits &= (found.answer[order] != entailed) & (found.answer[order] != found.answer[question])
        fits &= found.bridge[order] != found.bridge[question]
        if fits.any():
            first = int(fits.argmax())
            at.append(question)
            donors.append(int(order[first]))
            answers.append(int(entailed[first]))
    return (np.array(at, np.int64), np.array(donors, np.int64)), np.array(answers, np.int64)


def same_bridge(found: Bridges, known: Ints, rng: np.random.RandomState) -> tuple[Ints, Ints]:
    """(question [n], donor [n]) among ``known`` ones: a donor has the same bridge by other
    premises, and another answer."""
    at, donors = [], []
    for question in known.tolist():
        order = rng.permutation(known)
        fits = found.bridge[order] == found.bridge[question]
        fits &= found.way[order] != found.way[question]
        fits &= found.answer[order] != found.answer[question]
        if fits.any():
            at.append(question)
            donors.append(int(order[fits.argmax()]))
    return np.array(at, np.int64), np.array(donors, np.int64)


def _patched(
    model: Any,
    prompts: NDArray[np.int32],
    values: NDArray[np.float32],
    at: Ints,
    donor: Ints,
    answer_ids: NDArray[np.integer],
) -> NDArray[np.integer]:
    """[L * T, n] the answers to the prompts ``at``, each place of the stream in turn a donor's."""
    from ...models.probing.patching import patched

    L, _, T, D = values.shape
    layers, positions = np.indices((L, T)).reshape(2, -1)
    given = values[:, donor].transpose(0, 2, 1, 3).reshape(L * T, len(donor), D)
    rows = _even(np.arange(len(at), dtype=np.int32))
    tokens = patched(model, prompts[at][rows], layers, positions, given[:, rows])
    return answer_ids[tokens[:, : len(at)]]


def _even(rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """``rows`` [n, ...] and the first of them again, up to a power of two: so that worlds with
    nearly as many questions share one compiled program."""
    more = (1 << (len(rows) - 1).bit_length()) - len(rows)
    return np.concatenate([rows, np.repeat(rows[:1], more, axis=0)])
