"""encode(corpus, mode, questions) -> Tokens: integer arrays, all that a model sees.

A prompt is a cue and the given arguments, padded on the left so that what follows stands at one
place; in a world of episodes their theory stands before it. Modes say what follows:

========  ==============================================================================
direct    the answer
chain     the proof, a line per premise, then the answer mark and the answer
post-hoc  the answer, then the same proof
filler    as many empty tokens as the longest proof has, in the prompt, then the answer
tools     calls of tools and their results, then as in chain: ``traces.py``
========  ==============================================================================

A line is written as the fact is stated: the cue of its predicate, the given arguments, the queried
one. So in chain mode a stated fact is a line that completes its own prompt, and each step of a
proof is a recall. Premises that are stated or derived have a line; rules as data have one where a
sentence states them, which in a twin may be another; what does not stand (a negative premise) has
none, nor has what the prompt shows by itself (a familiar premise that is never queried).
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import canonical
from ...errors import UserError, suggest
from ...printable import brief
from ...seeding import stream
from ..corpus.corpus import FACT, NONTHEOREM, Corpus
from ..datalog.facts import Array, Bools
from ..datalog.row_keys import ragged
from ..novelty.rungs import CONTROLS, LADDER, RUNGS
from ..novelty.written_proofs import written_proofs
from . import traces
from .episodes import in_context
from .mixed_tokens import mixed
from .selection import alike, set_apart, spread
from .spelled_answers import automaton, single, spelled_answers, spellings
from .vocabulary import ANSWER, END, FILL, NONE, Lexicon

MODES = ("direct", "chain", "post-hoc", "filler")
TRAINED = (*MODES, traces.MODE)  # that a suite may name: in the last a model acts


@dataclasses.dataclass(frozen=True)
class Tokens:
    """N training rows of T tokens, Q prompts of P tokens, V words."""

    mode: str
    vocabulary: tuple[str, ...]  # [V]
    train: Array  # [N, T], padded with `end`
    loss: Bools  # [N, T] the token is to be predicted from those before it
    statement: Bools  # [N] the row states a base fact: what a plan may read late
    weight: Array  # [N] at least 1: rows are drawn in proportion to it
    query: Array  # [Q, P]
    prompt: int  # P
    max_new: int  # tokens generated after the prompt
    answer_mark: int  # the answer follows this token; -1: it is the first token generated
    # [V] token -> answer id (a constant, or corpus.none), -1: no answer; of answers of several
    # words [2, E] (``spelled_answers.automaton``)
    answer_ids: Array
    members: Array  # [Q, M] tokens of the right answers, or of the words of one, -1 padded
    questions: NDArray[np.int64]  # [Q] index into the corpus' questions
    end: int  # token of the padding

    @property
    def digest(self) -> str:
        """SHA-256 of all that a model sees."""
        parts = ["\n".join((self.mode, *self.vocabulary)).encode()]
        for array in (self.train, self.loss, self.weight, self.query, self.members):
            parts += [str(array.shape).encode(), np.ascontiguousarray(array, "<i4").tobytes()]
        return canonical.digest_bytes(parts)


class Lines:
    """Proof lines, as tokens: of each fact its first lowest proof, down to base facts."""

    def __init__(self, corpus: Corpus, lexicon: Lexicon) -> None:
        self.corpus, self.lexicon = corpus, lexicon
        self.silent = corpus.writing.silent

    def facts(self, fact: int) -> list[int]:
        """The facts of the lines of the proof of ``fact``, in order, each once."""
        return self._of(np.array([fact]))[1].tolist()

    def tokens(self, fact: int) -> list[int]:
        """The lines of the proof of ``fact``; none for a base fact."""
        return self.of(np.array([fact])).token.tolist()

    def of(self, facts: NDArray[np.int64]) -> Written:
        """The lines of the proofs of many facts [n]; of -1, no fact, none."""
        row, fact = self._of(facts)
        words = self.lexicon.lines(fact)
        written = words >= 0
        length = np.bincount(row, written.sum(1), len(facts)).astype(np.int64)
        row, place = ragged(length)
        return Written(row, place, words[written], length)

    def _of(self, facts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        there = np.flatnonzero(facts >= 0)
        row, fact = written_proofs(self.corpus.split.gold, self.silent, facts[there])
        return there[row], fact


class Written(NamedTuple):
    """Tokens of many proofs, t in all, one proof after the other."""

    row: NDArray[np.int64]  # [t] which proof
    place: NDArray[np.int64]  # [t] and where in it
    token: Array  # [t]
    length: NDArray[np.int64]  # [n]


def sample_questions(corpus: Corpus, per_rung: int, seed: int) -> NDArray[np.int64]:
    """[q] the questions to ask, of cues that some training row displays as a prompt.

    For each cue: up to ``per_rung`` headline questions of each rung, spread evenly over its cells
    of unseen premises; those of instance in the half octaves of frequency in which those of
    constituent are; and a quarter as many of each rung that are near, that are not matched, that
    are not pure, that are written, and whose answers stand on several rungs. Up to ``per_rung`` of
    each control; and the twins of the exception items among them. Raises UserError for less than
    one a rung.
    """
    if not isinstance(per_rung, int | np.integer) or isinstance(per_rung, bool) or per_rung < 1:
        raise UserError(f"per_rung = {brief(per_rung)}: expected a whole number, at least 1")
    certificate, cues = corpus.certificate, corpus.prompt[:, 0]
    order = stream(corpus.world.id, corpus.size, "select", seed).permutation(len(cues))
    order = order[np.isin(cues, corpus.examples.prompt[:, 0])[order]]
    chosen: list[NDArray[np.int64]] = []
    for control in CONTROLS:
        chosen.append(order[certificate.rung[order] == LADDER.index(control)][:per_rung])
    for cue in np.unique(cues[order]):
        of_cue = order[cues[order] == cue]
        for mine in set_apart(certificate, of_cue):
            chosen.append(spread(mine, certificate.unseen)[: per_rung // 4])
        headline = of_cue[certificate.headline[of_cue]]
        of = {r: headline[certificate.rung[headline] == i] for i, r in enumerate(RUNGS)}
        quota = {rung: spread(mine, certificate.unseen)[:per_rung] for rung, mine in of.items()}
        if len(of["instance"]) and len(of["constituent"]):
            quota |= alike(of["instance"], quota["constituent"], certificate.frequency)
        chosen += quota.values()
    picked = np.concatenate(chosen)
    twins = certificate.twin[picked]
    return np.unique(np.concatenate([picked, twins[twins >= 0]])).astype(np.int64)


def encode(corpus: Corpus, mode: str, questions: NDArray[np.int64]) -> Tokens:
    """The tokens of a corpus in one mode, and the prompts of ``questions`` (indices)."""
    if mode not in TRAINED:
        raise suggest("mode", mode, TRAINED)
    if mode == traces.MODE:
        return traces.with_calls(_encoded(corpus, "chain", questions), corpus)
    made = _encoded(corpus, mode, questions)
    for second, some in corpus.beside:
        other = _encoded(second, mode, questions[:0])
        made = mixed(made, other, some, corpus.rows.unit, second.world.id)
    return made


def _encoded(corpus: Corpus, mode: str, questions: NDArray[np.int64]) -> Tokens:
    """The same without what is read of a second world."""
    lexicon, rows = Lexicon(corpus), corpus.rows
    end = lexicon.special[END]
    prompt, query = lexicon.prompts(rows.prompt), lexicon.prompts(corpus.prompt[questions])
    if corpus.world.episodes:
        prompt, query = in_context(corpus, lexicon, prompt, query, questions)
    lines = Lines(corpus, lexicon)
    mark = -1
    words: Array | None = None  # [C + 1, L] of answers, where they are of several
    if spelled_answers(corpus):
        words = spellings(corpus, lexicon)
        answer = words[rows.answer]
    else:
        answer = lexicon.answers(rows.answer, corpus.none)[:, None]
    rest = answer
    proofs = lines.of(rows.fact if mode != "direct" else rows.fact[:0])
    longest = int(proofs.length.max(initial=0))
    if mode == "filler":
        fill = np.full((1, longest), lexicon.special[FILL], np.int32)
        prompt = np.concatenate([prompt, fill.repeat(len(prompt), 0)], 1)
        query = np.concatenate([query, fill.repeat(len(query), 0)], 1)
    elif mode == "post-hoc":
        at = (answer >= 0).sum(1) + (words is not None)  # behind the answer, and its end
        rest = np.full((len(answer), int(at.max(initial=1)) + longest), end, np.int32)
        rest[:, : answer.shape[1]] = answer
        rest[proofs.row, at[proofs.row] + proofs.place] = proofs.token
    elif mode == "chain":
        mark = lexicon.special[ANSWER]
        rest = _chain(proofs, answer, rows.kind == NONTHEOREM, mark, end)
    train, loss = _rows(prompt, rest, lexicon.sentences, end)
    answer_ids = lexicon.constant.copy()
    answer_ids[lexicon.special[NONE]] = corpus.none
    room = 1
    if words is None:
        right = _members(corpus, lexicon, questions)
    else:
        train, loss = _with_ends(train, loss, prompt.shape[1], answer, mark, end)
        answer_ids = automaton(words, len(lexicon.vocabulary), end)
        right = single(corpus, words, questions, end)
        room = words.shape[1] + 1
    return Tokens(
        mode=mode,
        vocabulary=lexicon.vocabulary,
        train=train,
        loss=loss,
        statement=np.append(rows.kind == FACT, np.zeros(len(corpus.sentences), bool)),
        weight=np.append(
            corpus.writing.weights(mode),
            np.full(len(corpus.sentences), rows.unit, np.int32),
        ),
        query=query,
        prompt=query.shape[1],
        max_new=_max_new(lines, questions, longest) + room - 1 if mode == "chain" else room,
        answer_mark=mark,
        answer_ids=answer_ids,
        members=right,
        questions=questions,
        end=end,
    )


def _chain(proofs: Written, answer: Array, unproved: Bools, mark: int, end: int) -> Array:
    """The proof, the mark, the answer [N, L]; a statement completes its own prompt before the
    mark."""
    states = (proofs.length == 0) & ~unproved
    many = (answer >= 0).sum(1)
    length = np.where(states, many, proofs.length)
    rest = np.full((len(answer), 1 + int((length + many).max(initial=0))), end, np.int32)
    rest[proofs.row, proofs.place] = proofs.token
    every = np.arange(len(answer))
    rest[every, length] = mark
    for place, word in enumerate(answer.T):
        there = word >= 0
        both = there & states
        rest[every[both], place] = word[both]
        rest[every[there], length[there] + 1 + place] = word[there]
    return rest


def _with_ends(
    train: Array, loss: Bools, prompt: int, answer: Array, mark: int, end: int
) -> tuple[Array, Bools]:
    """(train, loss) with loss on the end behind each answer [N, L] of several words; without a
    ``mark`` (-1) the answer comes first."""
    n, many = len(answer), (answer >= 0).sum(1)
    column = np.full((len(train), 1), end, np.int32)
    train = np.concatenate([train, column], axis=1)
    loss = np.concatenate([loss, column != end], axis=1)
    at = prompt + many
    if mark >= 0:
        at = at + 1 + np.argmax(train[:n, prompt:] == mark, axis=1)
    loss[np.arange(n), at] = True
    return train, loss


def _max_new(lines: Lines, questions: NDArray[np.int64], longest: int) -> int:
    """Room for the longest proof, of examples and questions, and the answer behind its mark."""
    facts = lines.corpus.fact[lines.corpus.entries(questions)[2]]
    return 2 + int(lines.of(facts).length.max(initial=max(longest, 1)))


def _members(corpus: Corpus, lexicon: Lexicon, questions: NDArray[np.int64]) -> Array:
    count = np.diff(corpus.offsets)[questions]
    out = np.full((len(questions), max(1, int(count.max(initial=1)))), -1, np.int32)
    row, place, at = corpus.entries(questions)
    out[row, place] = corpus.values[at]
    out[count == 0, 0] = corpus.none
    return np.where(out >= 0, lexicon.answers(out, corpus.none), -1).astype(np.int32)


def _padded(rows: list[list[int]], end: int) -> Array:
    out = np.full((len(rows), max(map(len, rows), default=1)), end, np.int32)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def _rows(prompt: Array, rest: Array, sentences: list[list[int]], end: int) -> tuple[Array, Bools]:
    """(train, loss): what follows a prompt bears loss, and all of a sentence but its first word."""
    stated = _padded(sentences, end) if sentences else np.zeros((0, 0), np.int32)
    width = max(prompt.shape[1] + rest.shape[1], stated.shape[1])
    train = np.full((len(prompt) + len(stated), width), end, np.int32)
    train[: len(prompt), : prompt.shape[1]] = prompt
    train[: len(prompt), prompt.shape[1] : prompt.shape[1] + rest.shape[1]] = np.where(
        rest >= 0, rest, end
    )
    train[len(prompt) :, : stated.shape[1]] = stated
    loss = train != end
    loss[: len(prompt), : prompt.shape[1]] = False
    loss[len(prompt) :, 0] = False
    return train, loss
