"""encode(corpus, mode, questions) -> Tokens: integer arrays, all that a model sees.

A prompt is a cue and the given arguments, padded on the left so that what follows stands at one
place; in a world of episodes their theory stands before it. Modes say what follows:

========  ==============================================================================
direct    the answer
chain     the proof, a line per premise, then the answer mark and the answer
post-hoc  the answer, then the same proof
filler    as many empty tokens as the longest proof has, in the prompt, then the answer
========  ==============================================================================

A line is written as the fact is stated: the cue of its predicate, the given arguments, the queried
one. So in chain mode a stated fact is a line that completes its own prompt, and each step of a
proof is a recall. Premises that are stated or derived have a line; rules as data have one where a
sentence states them, which in a twin may be another; what does not stand (a negative premise) has
none, nor has what the prompt shows by itself (a familiar premise that is never queried).
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ... import canonical
from ...errors import suggest
from ...seeding import stream
from ..corpus.corpus import Corpus
from ..corpus.examples import true_sentences
from ..datalog.facts import Array, Bools
from ..novelty.rungs import LADDER, SPLIT
from .episodes import in_context
from .vocabulary import ANSWER, END, FILL, NONE, Lexicon

MODES = ("direct", "chain", "post-hoc", "filler")


@dataclasses.dataclass(frozen=True)
class Tokens:
    """N training rows of T tokens, Q prompts of P tokens, V words."""

    mode: str
    vocabulary: tuple[str, ...]  # [V]
    train: Array  # [N, T], padded with `end`
    loss: Bools  # [N, T] the token is to be predicted from those before it
    weight: Array  # [N] at least 1: rows are drawn in proportion to it
    query: Array  # [Q, P]
    prompt: int  # P
    max_new: int  # tokens generated after the prompt
    answer_mark: int  # the answer follows this token; -1: it is the first token generated
    answer_ids: Array  # [V] token -> answer id (a constant, or corpus.none), -1: no answer
    members: Array  # [Q, M] tokens of the right answers, -1 padded
    questions: NDArray[np.int64]  # [Q] index into the corpus' questions
    end: int  # token of the padding

    @property
    def digest(self) -> str:
        """SHA-256 of all that a model sees."""
        parts = ["\n".join((self.mode, *self.vocabulary)).encode()]
        for array in (self.train, self.loss, self.query, self.members):
            parts += [str(array.shape).encode(), np.ascontiguousarray(array, "<i4").tobytes()]
        return canonical.digest_bytes(parts)


class Lines:
    """Proof lines, as tokens: of each fact its first lowest proof, down to base facts."""

    def __init__(self, corpus: Corpus, lexicon: Lexicon) -> None:
        self.corpus, self.lexicon = corpus, lexicon
        self.silent = corpus.split.gold.axiom & ~true_sentences(corpus) | corpus.unstated

    def facts(self, fact: int) -> list[int]:
        """The facts of the lines of the proof of ``fact``, in order, each once."""
        c, best = self.corpus.closure, self.corpus.split.gold.best
        out: dict[int, None] = {}

        def visit(f: int) -> None:
            for premise in c.premises[best[f]]:
                if premise < 0 or premise in out or self.silent[premise]:
                    continue
                if not c.is_base[premise]:
                    visit(int(premise))
                out[int(premise)] = None

        if best[fact] >= 0 and not c.is_base[fact]:
            visit(fact)
        return list(out)

    def tokens(self, fact: int) -> list[int]:
        """The lines of the proof of ``fact``; none for a base fact."""
        return [token for f in self.facts(fact) for token in self.lexicon.written(f)]


def sample_questions(corpus: Corpus, per_rung: int, seed: int) -> NDArray[np.int64]:
    """[q] the questions to ask: up to ``per_rung`` pure ones of each rung and control, spread
    evenly over its cells of unseen premises, a quarter as many that are not pure, and the twins
    of the exception items among them.
    """
    certificate = corpus.certificate
    order = stream(corpus.world.id, corpus.size, "select", seed).permutation(len(corpus.prompt))
    chosen: list[NDArray[np.int64]] = []
    for rung in range(SPLIT, len(LADDER)):
        for pure, quota in ((True, per_rung), (False, per_rung // 4)):
            mine = order[(certificate.rung == rung)[order] & (certificate.pure == pure)[order]]
            cells = np.unique(certificate.unseen[mine])
            # the i-th question of every cell before the (i + 1)-th of any
            turn = np.zeros(len(mine), np.int64)
            for cell in cells:
                here = certificate.unseen[mine] == cell
                turn[here] = np.arange(here.sum())
            chosen.append(mine[np.argsort(turn, kind="stable")][:quota])
    picked = np.concatenate(chosen)
    twins = certificate.twin[picked]
    return np.unique(np.concatenate([picked, twins[twins >= 0]])).astype(np.int64)


def encode(corpus: Corpus, mode: str, questions: NDArray[np.int64]) -> Tokens:
    """The tokens of a corpus in one mode, and the prompts of ``questions`` (indices)."""
    if mode not in MODES:
        raise suggest("mode", mode, MODES)
    lexicon = Lexicon(corpus)
    end = lexicon.special[END]
    examples = corpus.examples
    prompt, query = lexicon.prompts(examples.prompt), lexicon.prompts(corpus.prompt[questions])
    if corpus.world.episodes:
        prompt, query = in_context(corpus, lexicon, prompt, query, questions)
    answer = lexicon.answers(examples.answer, corpus.none)
    lines = Lines(corpus, lexicon)
    facts = [] if mode == "direct" else examples.fact.tolist()
    proofs = [lines.tokens(f) if f >= 0 else [] for f in facts]
    longest = max(map(len, proofs), default=0)
    mark = -1
    if mode == "direct":
        rest = answer[:, None]
    elif mode == "filler":
        fill = np.full((1, longest), lexicon.special[FILL], np.int32)
        prompt = np.concatenate([prompt, fill.repeat(len(prompt), 0)], 1)
        query = np.concatenate([query, fill.repeat(len(query), 0)], 1)
        rest = answer[:, None]
    elif mode == "post-hoc":
        rest = _padded([[int(a), *proof] for a, proof in zip(answer, proofs)], end)
    else:
        mark = lexicon.special[ANSWER]
        concluded = np.array([bool(p) for p in proofs]) | (examples.fact < 0)
        rest = _padded(
            [
                [*proof, mark, int(a)] if done else [int(a), mark, int(a)]
                for a, proof, done in zip(answer, proofs, concluded)
            ],
            end,
        )
    train, loss = _rows(prompt, rest, lexicon.sentences, end)
    answer_ids = lexicon.constant.copy()
    answer_ids[lexicon.special[NONE]] = corpus.none
    return Tokens(
        mode=mode,
        vocabulary=lexicon.vocabulary,
        train=train,
        loss=loss,
        weight=np.ones(len(train), np.int32),
        query=query,
        prompt=query.shape[1],
        max_new=_max_new(lines, questions, longest) if mode == "chain" else 1,
        answer_mark=mark,
        answer_ids=answer_ids,
        members=_members(corpus, lexicon, questions),
        questions=questions,
        end=end,
    )


def _max_new(lines: Lines, questions: NDArray[np.int64], longest: int) -> int:
    """Room for the longest proof, of examples and questions, and the answer behind its mark."""
    facts = lines.corpus.fact[lines.corpus.entries(questions)[2]]
    return 2 + max([longest, 1, *(len(lines.tokens(int(f))) for f in facts)])


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
    train[: len(prompt), prompt.shape[1] : prompt.shape[1] + rest.shape[1]] = rest
    train[len(prompt) :, : stated.shape[1]] = stated
    loss = train != end
    loss[: len(prompt), : prompt.shape[1]] = False
    loss[len(prompt) :, 0] = False
    return train, loss
