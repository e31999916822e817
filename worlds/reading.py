"""Reading generated proofs back: is every line true and earned, and does the answer follow?

A proof is valid when each of its lines is a stated fact or follows from lines before it by one
derivation, and the answer follows so from the lines. Whether the answer is right is scored apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .corpus import Corpus
from .tokens import Lexicon, Lines, Tokens

Line = tuple[str, tuple[int, ...]]  # predicate, constants


def valid_proofs(
    corpus: Corpus, tokens: Tokens, generated: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """bool [Q]: which of ``generated`` int32 [Q, max_new] after ``tokens.ask`` are valid proofs."""
    reader = _Reader(corpus, tokens)
    read = [reader.lines(int(q), row) for q, row in zip(tokens.questions, generated.tolist())]
    known = reader.known({line for lines in read if lines for line in lines})
    return np.array([lines is not None and reader.follows(lines, known) for lines in read], bool)


class _Reader:
    def __init__(self, corpus: Corpus, tokens: Tokens) -> None:
        self.corpus, self.mark = corpus, tokens.answer_mark
        lexicon = Lexicon(corpus)
        self.constants = lexicon.constants
        self.heads = {token: (p, places) for p, (token, places) in lexicon.line.items()}
        self.silent = Lines(corpus, lexicon).silent
        gold = corpus.exposed.gold
        self.counts = gold.counts

    def lines(self, question: int, row: list[int]) -> list[Line] | None:
        """The lines of one generation, and as the last the conclusion; None: cannot be read."""
        out: list[Line] = []
        at = 0
        if row and row[0] >= self.constants:  # a fact that completes its own prompt
            out.append(self._concluded(question, row[0]))
            at = 1
        while at < len(row) and row[at] in self.heads:
            predicate, places = self.heads[row[at]]
            words = [t - self.constants for t in row[at + 1 : at + 1 + len(places)]]
            if len(words) < len(places) or min(words) < 0:
                return None
            ordered = [0] * len(places)
            for place, word in zip(places, words):
                ordered[place] = word
            out.append((predicate, tuple(ordered)))
            at += 1 + len(places)
        if at + 1 >= len(row) or row[at] != self.mark or row[at + 1] < self.constants:
            return None
        return [*out, self._concluded(question, row[at + 1])]

    def _concluded(self, question: int, token: int) -> Line:
        prompt = self.corpus.prompt[question]
        predicate, position = self.corpus.cues[prompt[0]]
        words = [int(a) for a in prompt[1:] if a >= 0]
        words.insert(position, token - self.constants)
        return predicate, tuple(words)

    def known(self, lines: set[Line]) -> dict[Line, int]:
        """The gold facts among the lines."""
        closure, out = self.corpus.closure, {}
        for predicate in sorted({p for p, _ in lines}):
            mine = sorted(words for p, words in lines if p == predicate)
            found = closure.find(predicate, np.array(mine, np.int32))
            out |= {(predicate, w): int(f) for w, f in zip(mine, found) if f >= 0}
        return out

    def follows(self, lines: list[Line], known: dict[Line, int]) -> bool:
        """Whether each line is a stated fact, or earned by those before it."""
        c = self.corpus.closure
        earned: set[int] = set()
        for line in lines:
            fact = known.get(line, -1)
            if fact < 0:
                return False
            if not c.is_base[fact] and not self._earned(fact, earned):
                return False
            earned.add(fact)
        return True

    def _earned(self, fact: int, earned: set[int]) -> bool:
        c = self.corpus.closure
        for d in range(int(c.first[fact]), int(c.first[fact + 1])):
            premises = [int(p) for p in c.premises[d] if p >= 0 and not self.silent[p]]
            if self.counts[d] and all(p in earned for p in premises):
                return True
        return False
