"""What a floor strategy may read: the training examples as written, and the prompts of questions.

Words are what a reader sees: constants, or the words of constants that are spelled. T texts, L
words of the longest, W words in all. Nothing here holds gold: neither facts by id, nor
certificates.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.corpus.corpus import CONCLUSION, FACT, NONTHEOREM, Corpus, Examples
from ...worlds.datalog.row_keys import begins, group, pack, ragged, stable_order
from ...worlds.encoding.episodes import theories
from ...worlds.encoding.vocabulary import Lexicon, parts
from ...worlds.interventions.reading_rows import EXTRA, PROVED

Array = NDArray[np.int32]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Texts:
    """What is written, each fact once, as the set of its words; where a word stands is unread."""

    word: Array  # [T, L] sorted, -1 padded in front
    predicate: Array  # [T]
    demonstrated: Bools  # [T] whether it is a demonstrated conclusion; else stated
    words: int  # W

    @classmethod
    def of(cls, word: Array, predicate: Array, demonstrated: Bools, words: int) -> Texts:
        """The same texts, sorted and each once."""
        word = np.sort(word, axis=1)
        first = group(pack([predicate, demonstrated.astype(np.int32), *word.T]))[1]
        return cls(word[first], predicate[first], demonstrated[first], words)

    @functools.cached_property
    def nameless(self) -> Texts:
        """The texts without the names of their predicates."""
        return Texts.of(self.word, np.zeros_like(self.predicate), self.demonstrated, self.words)

    def only(self, keep: Bools) -> Texts:
        """Some of the texts, ``keep`` bool [T]."""
        return Texts(self.word[keep], self.predicate[keep], self.demonstrated[keep], self.words)

    @functools.cached_property
    def stated(self) -> Texts:
        return self.only(~self.demonstrated)

    @functools.cached_property
    def conclusions(self) -> Texts:
        return self.only(self.demonstrated)

    @functools.cached_property
    def index(self) -> tuple[Integers, Integers]:
        """(texts by word, [W + 1] where those of each word begin); a text stands once per word."""
        fresh = self.word >= 0
        fresh[:, 1:] &= self.word[:, 1:] != self.word[:, :-1]
        text, place = np.nonzero(fresh)
        word = self.word[text, place]
        order = stable_order(word)
        return text[order], begins(word, self.words)

    def holding(self, wanted: Array) -> tuple[Integers, Integers]:
        """(row, text) of every text that holds all words of a row of ``wanted`` int32 [m, k]."""
        texts, start = self.index
        count = np.diff(start)[wanted]
        rarest = count.argmin(1)
        rows = np.arange(len(wanted))
        row, place = ragged(count[rows, rarest])
        text = texts[start[wanted[rows, rarest]][row] + place]
        keep = np.ones(len(row), bool)
        for column in wanted.T if wanted.shape[1] > 1 else ():
            keep &= (self.word[text] == column[row][:, None]).any(1)
        return row[keep], text[keep]

    @functools.cached_property
    def neighbours(self) -> sparse.csr_array:
        """[W, W] in how many texts two different words stand beside one another."""
        left, right = [], []
        width = self.word.shape[1]
        for i in range(width):
            for j in range(width):
                there = (self.word[:, i] >= 0) & (self.word[:, j] >= 0)
                there &= self.word[:, i] != self.word[:, j]
                left.append(self.word[there, i])
                right.append(self.word[there, j])
        at = np.concatenate(left), np.concatenate(right)
        ones = np.ones(len(at[0]), np.float32)
        return sparse.csr_array((ones, at), shape=(self.words, self.words))


@dataclasses.dataclass(frozen=True)
class Reading:
    """All that is written in a corpus. N examples that have an answer (nontheorems have none)."""

    prompt: Array  # [N, 1 + w] cue, then the words given, -1 padded
    answer: Array  # [N] word
    demonstrated: Bools  # [N] conclusions; all others are statements and sentences
    texts: Texts
    predicate: tuple[str, ...]  # of each number in ``texts.predicate``
    facts: dict[str, Array]  # predicate -> int32 [n, arity] constants of what is written

    @classmethod
    def of(cls, corpus: Corpus) -> Reading:
        """What ``corpus`` puts before a model; theories that stand in prompts are statements."""
        e, c = read_examples(corpus), corpus.closure
        keep = e.kind != NONTHEOREM
        word = words_of(corpus)
        prompt, answer = parts(corpus, e.prompt[keep]), word[e.answer[keep]]
        demonstrated = e.kind[keep] == CONCLUSION
        names = c.predicates
        of_cue = np.array([names.index(p) for p, _ in corpus.cues], np.int32)
        rows, predicate, concluded = [np.c_[prompt[:, 1:], answer]], [of_cue[prompt[:, 0]]], []
        concluded.append(demonstrated)
        if corpus.world.episodes:
            theory = theories(corpus)[0]
            rows.append(c.arguments[theory])
            predicate.append(c.predicate[theory])
            concluded.append(np.zeros(len(theory), bool))
        width = max(r.shape[1] for r in rows)
        padded = [np.pad(r, ((0, 0), (0, width - r.shape[1])), constant_values=-1) for r in rows]
        texts = Texts.of(
            np.concatenate(padded).astype(np.int32),
            np.concatenate(predicate),
            np.concatenate(concluded),
            size_of(corpus, word),
        )
        return cls(prompt, answer, demonstrated, texts, names, written_facts(corpus))


def read_examples(corpus: Corpus) -> Examples:
    """The examples and what an intervention added to them: a learner's conclusions that joined its
    corpus are read by whoever applies no rule, too. What is proved counts as demonstrated."""
    e, rows = corpus.examples, corpus.rows
    more = np.isin(rows.kind, (EXTRA, PROVED)) & (rows.prompt[:, 0] < len(corpus.cues))
    if not more.any():
        return e
    kind = np.where(rows.kind[more] == PROVED, CONCLUSION, FACT).astype(e.kind.dtype)
    return Examples(
        np.concatenate([e.prompt, rows.prompt[more]]),
        np.concatenate([e.answer, rows.answer[more]]),
        np.concatenate([e.kind, kind]),
        np.concatenate([e.fact, rows.fact[more]]),
    )


def words_of(corpus: Corpus) -> Array:
    """[C + 1] the word of each constant as an answer, and of NONE: -1."""
    constants = np.arange(corpus.none, dtype=np.int32)
    word = Lexicon(corpus).token if corpus.world.spelled else constants
    return np.append(word, -1).astype(np.int32)


def size_of(corpus: Corpus, word: Array) -> int:
    """How many words there are."""
    return len(Lexicon(corpus).vocabulary) if corpus.world.spelled else len(word) - 1


def written_facts(corpus: Corpus) -> dict[str, Array]:
    """Predicate -> int32 [n, arity] of every fact as it is written (in a twin, the twin's).

    Facts that a prompt shows by itself (theories, spellings, familiar tables) are among them.
    """
    e, c = read_examples(corpus), corpus.closure
    found: dict[str, list[Array]] = {p: [] for p in c.predicates}
    for number, (predicate, position) in enumerate(corpus.cues):
        here = (e.prompt[:, 0] == number) & (e.answer != corpus.none)
        given = e.prompt[here, 1 : c.arity[predicate]]
        found[predicate].append(np.insert(given, position, e.answer[here], axis=1))
    for predicate in corpus.world.familiar | (set(c.base.rows) if corpus.world.episodes else set()):
        if predicate in found:
            block = c.blocks[predicate]
            base = c.is_base[block.start : block.stop]
            found[predicate].append(c.rows(predicate)[base])
    out = {}
    for predicate, tables in found.items():
        empty = np.zeros((0, c.arity[predicate]), np.int32)
        table = np.concatenate([empty, *tables])
        out[predicate] = table[group(pack(list(table.T)))[1]] if len(table) else empty
    return out
