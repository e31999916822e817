"""Rephrasings: every stated fact in several forms, each with a word of its own for the predicate.

Augmentation by paraphrases is what lets knowledge be used elsewhere (arXiv 2309.14316).
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from .intervention import Intervention
from .reading_rows import FACT, Rows, Source, Word, free_word


@dataclasses.dataclass(frozen=True)
class Rephrasings(Intervention):
    """Each statement of a fact stands once in each of so many forms; the first is the usual one.

    Questions, conclusions and lines of proofs keep the usual form. Rules as data have ``wordings``.
    """

    type: ClassVar[str] = "rephrasings"
    strength: ClassVar[str] = "forms"
    forms: int = dataclasses.field(metadata={"neutral": 1})

    def __post_init__(self) -> None:
        self._number(1, 100, whole=True)

    def rows(self, rows: Rows, source: Source) -> Rows:
        self._needs_statements(source)
        facts = np.flatnonzero(rows.kind == FACT)
        cue = rows.prompt[facts, 0]
        stated = np.unique(cue).tolist()
        first = len(source.cues) + len(rows.words)
        words = tuple(
            Word(free_word(f"{source.cues[n]}#{form + 1}", source.taken), n, form)
            for form in range(1, self.forms)
            for n in stated
        )
        place = np.searchsorted(stated, cue)
        for form in range(1, self.forms):
            prompt = rows.prompt[facts]
            prompt[:, 0] = first + (form - 1) * len(stated) + place
            more = Rows(
                prompt=prompt,
                answer=rows.answer[facts],
                kind=rows.kind[facts],
                fact=rows.fact[facts],
                times=rows.times[facts],
            )
            rows = rows.with_more((), more)
        return dataclasses.replace(rows, words=(*rows.words, *words))
