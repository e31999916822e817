"""Lexicon: the words of a corpus and their tokens; constants that are spelled word by word.

Most constants are one token each. Those of a world's ``spelled`` sorts are written as the words of
their names (a command, a picture patch by patch), and a word that is itself the name of a constant
shares its token. An episode has no word: it is known by what stands in the prompt.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld
from ..corpus.corpus import Corpus, cue_words
from ..datalog.facts import Array

SPECIAL = END, ANSWER, FILL, NONE = ("<end>", "<answer>", "<fill>", "none")


class Lexicon:
    """Words of a corpus and their tokens. C constants, V words."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        names = [*cue_words(corpus.cues), *(word.text for word in corpus.rows.words)]
        constants = corpus.closure.base.constants
        words = dict.fromkeys([*SPECIAL, *names])
        words |= dict.fromkeys(p for p in corpus.closure.predicates if self._has_name(p))
        for sentence in corpus.sentences:
            words |= dict.fromkeys(w for w in sentence if w not in constants)
        own, self.spelling = self._spell(len(words))
        self.vocabulary = (*words, *(f"{c}'" if c in words else c for c in own))
        token = {word: i for i, word in enumerate(self.vocabulary)}
        self.special = {word: token[word] for word in SPECIAL}
        self.constants = len(words)  # the first token that a constant is written with
        single = ~members(corpus, (*corpus.world.spelled, corpus.world.episodes))
        first = np.array([tokens[0] if tokens else -1 for tokens in self.spelling], np.int32)
        self.token = np.where(single, first, np.int32(-1))  # [C] of constants that are one token
        self.constant = np.full(len(self.vocabulary), -1, np.int32)  # [V] the constant, or -1
        self.constant[self.token[single]] = np.flatnonzero(single)
        self.cue = np.array([token[n] for n in names], np.int32)
        self.sentences = [
            [t for w in s for t in ([token[w]] if w in words else self._named(w))]
            for s in corpus.sentences
        ]
        self.line = {p: self._line(p, token) for p in corpus.closure.predicates}

    def _has_name(self, predicate: str) -> bool:
        """Whether a predicate that is never queried is ever written."""
        world = self.corpus.world
        has_cue = any(predicate == p for p, _ in self.corpus.cues)
        return not has_cue and (bool(world.episodes) or predicate not in world.familiar)

    def _spell(self, start: int) -> tuple[list[str], list[list[int]]]:
        """(words that constants are written with, [C] the tokens of each constant)."""
        corpus = self.corpus
        constants = corpus.closure.base.constants
        spelled = members(corpus, corpus.world.spelled)
        mute = members(corpus, (corpus.world.episodes,))
        own = dict.fromkeys(c for c, s, m in zip(constants, spelled, mute) if not s and not m)
        own |= dict.fromkeys(w for c, s in zip(constants, spelled) if s for w in c.split())
        at = {c: start + i for i, c in enumerate(own)}
        return list(own), [
            [at[w] for w in c.split()] if s else [] if m else [at[c]]
            for c, s, m in zip(constants, spelled, mute)
        ]

    def _named(self, constant: str) -> list[int]:
        return self.spelling[self.corpus.closure.base.number[constant]]

    def _line(self, predicate: str, token: dict[str, int]) -> tuple[int, list[int]]:
        """(token, order of the arguments) of a line: that of its statement, by its first cue."""
        cues = [n for n, (p, _) in enumerate(self.corpus.cues) if p == predicate]
        places = list(range(self.corpus.closure.arity[predicate]))
        if not cues:
            return token.get(predicate, -1), places
        query_position = self.corpus.cues[cues[0]][1]
        places.remove(query_position)
        return int(self.cue[cues[0]]), [*places, query_position]

    def written(self, fact: int) -> list[int]:
        """The tokens of a fact as a line."""
        c = self.corpus.closure
        token, places = self.line[c.predicates[c.predicate[fact]]]
        row = c.arguments[fact]
        return [token, *(t for i in places for t in self.spelling[row[i]])]

    def lines(self, facts: NDArray[np.int64]) -> Array:
        """int32 [n, longest] the same of many facts at once, -1 where there is no token."""
        c = self.corpus.closure
        table = self._table
        width = 1 + table.shape[1] * max(c.arity.values())
        out = np.full((len(facts), width), -1, np.int32)
        for number in np.unique(c.predicate[facts]):
            mine = np.flatnonzero(c.predicate[facts] == number)
            token, places = self.line[c.predicates[number]]
            words = [table[c.arguments[facts[mine], i]] for i in places]
            block = np.concatenate([np.full((len(mine), 1), token, np.int32), *words], axis=1)
            out[mine, : block.shape[1]] = block
        return out

    def prompts(self, prompt: Array) -> Array:
        """int32 [n, P] tokens of prompts int32 [n, 1 + w], padded on the left."""
        out = np.full((len(prompt), self.width), self.special[END], np.int32)
        if self._plain:  # the commonest, and twice as fast
            width = np.sum([column >= 0 for column in prompt.T], axis=0)
            for n in np.unique(width):
                mine = np.flatnonzero(width == n) if (width != n).any() else slice(None)
                out[mine, -n] = self.cue[prompt[mine, 0]]
                if n > 1:
                    out[mine, 1 - n :] = prompt[mine, 1:n] + np.int32(self.constants)
            return out
        start = self.width - self._lengths(prompt)
        out[np.arange(len(prompt)), start] = self.cue[prompt[:, 0]]
        start = start + 1
        for column in prompt.T[1:]:
            for place, tokens in enumerate(self._table.T):
                there = np.flatnonzero((column >= 0) & (tokens[column] >= 0))
                out[there, start[there] + place] = tokens[column[there]]
            start = start + np.where(column >= 0, self._spans[column], 0)
        return out

    @functools.cached_property
    def _plain(self) -> bool:
        """Whether every constant is one token."""
        return bool((self.token >= 0).all())

    @functools.cached_property
    def width(self) -> int:
        """Tokens of the longest prompt of rows and questions, a theory in it not counted."""
        corpus = self.corpus
        if self._plain:
            return corpus.prompt.shape[1]
        return max(int(self._lengths(p).max()) for p in (corpus.prompt, corpus.rows.prompt))

    def _lengths(self, prompt: Array) -> NDArray[np.int64]:
        return 1 + np.where(prompt[:, 1:] >= 0, self._spans[prompt[:, 1:]], 0).sum(1)

    @functools.cached_property
    def _spans(self) -> NDArray[np.int64]:
        return np.array([len(tokens) for tokens in self.spelling])

    @functools.cached_property
    def _table(self) -> Array:
        """int32 [C, longest spelling], -1 padded."""
        out = np.full((len(self.spelling), int(self._spans.max())), -1, np.int32)
        for i, tokens in enumerate(self.spelling):
            out[i, : len(tokens)] = tokens
        return out

    def answers(self, answer: Array, none: int) -> Array:
        """Tokens of answer ids; raises UserError for one that is not one token."""
        given = answer[answer != none]
        if len(given) and (self.token[given] < 0).any():
            wrong = given[self.token[given] < 0][0]
            name, of = self.corpus.closure.base.constants[wrong], self.corpus.world
            kind = "spelled" if members(self.corpus, of.spelled)[wrong] else "that of episodes"
            raise InvalidWorld(
                f"{of.id}: {name!r} is an answer, and its sort is {kind}; query only arguments "
                "that have a name of one word (World.queries)"
            )
        return np.where(answer == none, self.special[NONE], np.append(self.token, -1)[answer])


def members(corpus: Corpus, sorts: tuple[str, ...]) -> NDArray[np.bool_]:
    """[C] constants of these sorts; "" is no sort."""
    out = np.zeros(len(corpus.closure.base.constants), bool)
    for sort in filter(None, sorts):
        block = corpus.closure.base.sorts[sort]
        out[block.start : block.stop] = True
    return out


def parts(corpus: Corpus, prompt: Array) -> Array:
    """The prompts as their reader sees them: int32 [n, 1 + w'], a column per word, -1 padded.

    Equal words have equal numbers (their tokens), in every call for one corpus; column 0 stays the
    cue. Where no sort is spelled the prompts are returned as they are.
    """
    if not corpus.world.spelled:
        return prompt
    lexicon = Lexicon(corpus)
    tokens = lexicon.prompts(prompt)
    start = np.argmax(tokens != lexicon.special[END], axis=1)[:, None]
    place = start + np.arange(tokens.shape[1])
    seen = np.append(tokens, np.full((len(tokens), 1), -1, np.int32), axis=1)
    out = np.take_along_axis(seen, np.minimum(place, tokens.shape[1]), axis=1)
    out[:, 0] = prompt[:, 0]
    return out
