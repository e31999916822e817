"""A question set: questions about one corpus, grouped by rung, with what guessing is worth.

One question set serves every row of a table that answers the same questions: models, ceilings and
interpolators are then compared on equal terms, and chance is computed once.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.audit import empty_rungs
from ...worlds.corpus.corpus import Corpus
from ...worlds.novelty.rungs import LADDER, RUNGS, SPLIT
from .chance import Chance, Guesses, guesses
from .partial_input import right, right_answers

SEVERAL = "several rungs"  # questions whose answers stand on different rungs


@dataclasses.dataclass(frozen=True)
class Answers:
    """What a reference answers to n questions: the same arrays as a model, for one run."""

    name: str
    answer: NDArray[np.int32]  # [n] answer ids; the corpus' none where nothing is derived
    bits: NDArray[np.float32] | None = None  # [n] -log2 of the right answers' weight, if weighed


@dataclasses.dataclass(frozen=True)
class QuestionSet:
    """Q questions about ``corpus``."""

    corpus: Corpus
    questions: NDArray[np.int64]  # [Q] indices into the corpus' questions
    known: Guesses | None = dataclasses.field(default=None, repr=False, compare=False)

    @functools.cached_property
    def guesses(self) -> Guesses:
        return guesses(self.corpus, self.questions) if self.known is None else self.known

    @functools.cached_property
    def groups(self) -> dict[str, NDArray[np.bool_]]:
        """Name -> bool [Q], in the ladder's order: pure rungs, cells, what is not pure, controls.

        Only groups with questions are listed. A cell ("constituent out-in") says for each premise
        of the rule whether its fact was never used there (out) or was (in).
        """
        certificate, q = self.corpus.certificate, self.questions
        rung, pure, unseen = certificate.rung[q], certificate.pure[q], certificate.unseen[q]
        found = {name: (rung == i) & pure for i, name in enumerate(RUNGS) if name != "mixed"}
        constituent = found["constituent"]
        positions = max(2, int(certificate.unseen.max(initial=0)).bit_length())
        for mask in sorted(set(unseen[constituent].tolist())):
            sides = ["out" if mask >> i & 1 else "in" for i in range(positions)]
            # nothing new in the last step: the new fact stands deeper in the proof
            cell = "-".join(sides) if mask else "deeper"
            found[f"constituent {cell}"] = constituent & (unseen == mask)
        for i, name in enumerate(RUNGS):
            suffix = "" if name == "mixed" else " (impure)"
            found[name + suffix] = (rung == i) & ~pure
        found[SEVERAL] = rung == SPLIT
        for i in range(len(RUNGS), len(LADDER)):
            found[LADDER[i]] = rung == i
        return {name: where for name, where in found.items() if where.any()}

    def right(self, answer: NDArray[np.int32]) -> NDArray[np.bool_]:
        """bool [..., Q]: which of ``answer`` int32 [..., Q] are right."""
        return right(self.corpus, self.questions, answer)

    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(question, answer) of every right answer, as indices into this question set."""
        return right_answers(self.corpus, self.questions)

    def chance(self, group: str) -> Chance:
        """Chance of a group; recall is reported raw, so its chance counts as 0."""
        found = self.guesses.best(self.groups[group])
        return Chance(0.0, found.uniform, "raw") if group.startswith("recall") else found

    def missing(self, rung: str) -> str:
        """Why the set has no pure question of ``rung``."""
        there = len(self.corpus.of_rung(rung))
        if there:
            return f"none of the {there} questions was sampled"
        return empty_rungs(self.corpus).get(rung, "the corpus has no such question")

    def only(self, keep: NDArray[np.bool_]) -> QuestionSet:
        """The same with some of the questions; what was computed for all is not done again."""
        return QuestionSet(self.corpus, self.questions[keep], self.guesses.only(keep))
