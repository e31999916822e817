"""Reading generated proofs back: is every line true and earned, and does the answer follow?

A line is earned if it is stated, or demonstrated, or follows by one counting derivation from lines
before it. A proof is valid when each of its lines is earned and so is the answer, as the last. One
that leans on a demonstrated conclusion, which nothing before it yields, is kept apart from one that
starts at what is stated. Whether the answer is right is scored apart.

What is valid is true: a sentence that is false, in a corpus whose sentences are permuted, earns
nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..corpus.corpus import Corpus
from .encode import Lines, Tokens
from .vocabulary import Lexicon

Line = tuple[str, tuple[int, ...]]  # predicate, constants
INVALID, VALID, LEANING = range(3)  # LEANING: valid, and leans on a demonstrated conclusion
Validity = NDArray[np.int8]  # of INVALID, VALID and LEANING


def valid_proofs(corpus: Corpus, tokens: Tokens, generated: NDArray[np.integer]) -> Validity:
    """int8 [Q]: INVALID, VALID or LEANING, each of ``generated`` int32 [Q, max_new].

    They are what follows ``tokens.query``; both VALID and LEANING are not 0 and INVALID is.
    """
    reader = _Reader(corpus, tokens)
    read = [reader.lines(int(q), row) for q, row in zip(tokens.questions, generated.tolist())]
    known = reader.known({line for lines in read if lines for line in lines})
    found = [INVALID if lines is None else reader.validity(lines, known) for lines in read]
    return np.array(found, np.int8)


class _Reader:
    def __init__(self, corpus: Corpus, tokens: Tokens) -> None:
        self.corpus, self.mark = corpus, tokens.answer_mark
        lexicon = Lexicon(corpus)
        self.constant = lexicon.constant
        self.heads = {token: (p, places) for p, (token, places) in lexicon.line.items()}
        spelled = {tuple(tokens): c for c, tokens in enumerate(lexicon.spelling) if tokens}
        self.spelled = spelled if corpus.world.spelled else {}  # tokens -> the constant
        self.longest = max(map(len, self.spelled), default=1)
        self.silent = Lines(corpus, lexicon).silent
        gold = corpus.split.gold
        self.counts = gold.counts
        self.stated = corpus.stated | (gold.axiom & ~self.silent)

    def lines(self, question: int, row: list[int]) -> list[Line] | None:
        """The lines of one generation, and as the last the conclusion; None: cannot be read."""
        out: list[Line] = []
        at = 0
        if row and row[0] not in self.heads and row[0] != self.mark:
            first = self._constant(row, 0)  # a fact that completes its own prompt
            if first is not None:
                out.append(self._concluded(question, first[0]))
                at = first[1]
        while at < len(row) and row[at] in self.heads:
            predicate, places = self.heads[row[at]]
            ordered = [0] * len(places)
            at += 1
            for place in places:
                if place == 0 and self.corpus.world.episodes:  # that of the prompt
                    ordered[0] = int(self.corpus.prompt[question, 1])
                    continue
                read = self._constant(row, at)
                if read is None:
                    return None
                ordered[place], at = read
            out.append((predicate, tuple(ordered)))
        if at + 1 >= len(row) or row[at] != self.mark:
            return None
        answer = self._constant(row, at + 1)
        return None if answer is None else [*out, self._concluded(question, answer[0])]

    def _constant(self, row: list[int], at: int) -> tuple[int, int] | None:
        """(the constant that is written at ``at``, in as many words as can be; where it ends)."""
        for end in range(min(at + self.longest, len(row)), at, -1):
            constant = self.spelled.get(tuple(row[at:end]))
            if constant is not None:
                return constant, end
        if at >= len(row) or self.constant[row[at]] < 0:
            return None
        return int(self.constant[row[at]]), at + 1

    def _concluded(self, question: int, constant: int) -> Line:
        prompt = self.corpus.prompt[question]
        predicate, position = self.corpus.cues[prompt[0]]
        words = [int(a) for a in prompt[1:] if a >= 0]
        words.insert(position, constant)
        return predicate, tuple(words)

    def known(self, lines: set[Line]) -> dict[Line, int]:
        """The gold facts among the lines."""
        closure, out = self.corpus.closure, {}
        for predicate in sorted({p for p, _ in lines}):
            mine = sorted(words for p, words in lines if p == predicate)
            found = closure.find(predicate, np.array(mine, np.int32))
            out |= {(predicate, w): int(f) for w, f in zip(mine, found) if f >= 0}
        return out

    def validity(self, lines: list[Line], known: dict[Line, int]) -> int:
        """Whether each line is earned by those before it, and by what."""
        earned: set[int] = set()
        found = VALID
        for line in lines:
            fact = known.get(line, -1)
            if fact < 0:
                return INVALID
            if not self.stated[fact] and not self._follows(fact, earned):
                if not self.corpus.demonstrated[fact]:
                    return INVALID
                found = LEANING
            earned.add(fact)
        return found

    def _follows(self, fact: int, earned: set[int]) -> bool:
        """Whether one counting derivation leads from earned facts to this one."""
        c = self.corpus.closure
        for d in range(int(c.first[fact]), int(c.first[fact + 1])):
            premises = [int(p) for p in c.premises[d] if p >= 0 and not self.silent[p]]
            if self.counts[d] and all(p in earned for p in premises):
                return True
        return False
