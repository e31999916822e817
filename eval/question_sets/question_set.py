"""A question set: questions about one corpus, grouped by instrument.

One question set serves every row of a table that answers the same questions: models, ceilings and
floors are then compared on equal terms, and floors are measured once.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.corpus.empty_rungs import empty_rungs
from ...worlds.instruments import cue_name, instrument_name, instruments
from ...worlds.novelty.rungs import CONTROLS, RUNGS, SPLIT, WRITTEN
from .right_answers import right, right_answers

SEVERAL = "several rungs"  # questions whose answers stand on different rungs
Bools = NDArray[np.bool_]
T = TypeVar("T")


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
    # the set that these are some questions of, and bool [Q of the whole] which: what was measured
    # of the whole need not be measured again
    whole: tuple[QuestionSet, Bools] | None = dataclasses.field(
        default=None, repr=False, compare=False
    )
    memo: dict[str, Any] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @functools.cached_property
    def instruments(self) -> dict[str, tuple[str, int]]:
        """Name -> (rung, number of the cue) of each instrument of the world, by rung.

        A name is the rung where the world has one cue alone, else both ("instance has").
        """
        world, number = self.corpus.world, {}
        for i, (predicate, position) in enumerate(self.corpus.cues):
            places = world.positions(predicate, self.corpus.closure.arity[predicate])
            number.setdefault(cue_name(predicate, position, places), i)
        return {
            instrument_name(world, rung, cue): (rung, number[cue])
            for rung, cue in instruments(world)
            if cue in number
        }

    @functools.cached_property
    def groups(self) -> dict[str, Bools]:
        """Name -> bool [Q], in the ladder's order: recall and the instruments, which count headline
        questions alone; then what stands apart from them. Groups without a question are left out.

        Apart: cells of constituent ("constituent out-in": for each premise of the rule whether its
        fact was never used there), which are parts of an instrument; "RUNG (impure)", "RUNG near",
        "RUNG unmatched", "RUNG (no instrument)", "mixed", "several rungs", "written", controls.
        """
        found = self.headline | self._cells
        certificate, q = self.corpus.certificate, self.questions
        rung, pure, near = certificate.rung[q], certificate.pure[q], certificate.near[q]
        fits, counted = certificate.headline[q], self.theorems | self.headline["recall"]
        for i, name in enumerate(RUNGS):
            mine = rung == i
            if name == "mixed":  # never pure
                found[name] = mine
                continue
            found[f"{name} (impure)"] = mine & ~pure
            found[f"{name} near"] = mine & pure & near
            found[f"{name} unmatched"] = mine & pure & ~near & ~fits
            found[f"{name} (no instrument)"] = mine & fits & ~counted
        found[SEVERAL] = rung == SPLIT
        for i, name in enumerate((WRITTEN, *CONTROLS), len(RUNGS)):
            found[name] = rung == i
        return {name: where for name, where in found.items() if where.any()}

    @functools.cached_property
    def headline(self) -> dict[str, Bools]:
        """Name -> bool [Q] of recall and of each instrument, those without a question too."""
        certificate, q = self.corpus.certificate, self.questions
        rung, fits = certificate.rung[q], certificate.headline[q]
        cue = self.corpus.prompt[q, 0]
        found = {"recall": fits & (rung == RUNGS.index("recall"))}
        for name, (of, number) in self.instruments.items():
            found[name] = fits & (rung == RUNGS.index(of)) & (cue == number)
        return found

    @functools.cached_property
    def theorems(self) -> Bools:
        """[Q] whose answer has to be derived: those of the instruments."""
        out = np.zeros(len(self.questions), bool)
        for name in self.instruments:
            out |= self.headline[name]
        return out

    @functools.cached_property
    def _cells(self) -> dict[str, Bools]:
        """Name -> bool [Q] of each set of unseen premises of the instruments of constituent."""
        unseen = self.corpus.certificate.unseen
        positions, mine = max(2, int(unseen.max(initial=0)).bit_length()), unseen[self.questions]
        found = {}
        for name, (rung, _) in self.instruments.items():
            whole = self.headline[name]
            for mask in sorted(set(mine[whole].tolist())) if rung == "constituent" else ():
                sides = ["out" if mask >> i & 1 else "in" for i in range(positions)]
                # nothing new in the last step: the new fact stands deeper in the proof
                cell = "-".join(sides) if mask else "deeper"
                found[f"{name} {cell}"] = whole & (mine == mask)
        return found

    def rung_of(self, group: str) -> str:
        """The rung of recall, an instrument or a cell of one; empty for all else."""
        if group in self.headline:
            return self.instruments[group][0] if group in self.instruments else group
        return "constituent" if group in self._cells else ""

    @functools.cached_property
    def left_out(self) -> dict[str, int]:
        """Group that stands apart -> how many questions of the whole corpus are in it: what no
        headline counts, put or not."""
        every = QuestionSet(self.corpus, np.arange(len(self.corpus.prompt)))
        kept = every.headline.keys() | every._cells.keys() | {*CONTROLS}
        return {n: int(where.sum()) for n, where in every.groups.items() if n not in kept}

    def right(self, answer: NDArray[np.int32]) -> Bools:
        """bool [..., Q]: which of ``answer`` int32 [..., Q] are right."""
        return right(self.corpus, self.questions, answer)

    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(question, answer) of every right answer, as indices into this question set."""
        return right_answers(self.corpus, self.questions)

    def missing(self, name: str) -> str:
        """Why the set has no question of recall or of an instrument."""
        return self.once(f"missing {name}", lambda: self._missing(name))

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, kept under ``key``."""
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    def _missing(self, name: str) -> str:
        rung, cue = self.instruments.get(name, (name, None))
        queried = np.ones(len(self.corpus.prompt), bool)
        if cue is not None:
            queried = self.corpus.prompt[:, 0] == cue
        every = QuestionSet(self.corpus, np.flatnonzero(queried))
        there = int(every.headline[name].sum())
        if there:
            return f"none of the {there} questions was sampled"
        apart = {n: int(w.sum()) for n, w in every.groups.items() if n.startswith(f"{rung} ")}
        if apart:
            return f"no question counts: {', '.join(f'{n} {k}' for n, k in apart.items())}"
        return empty_rungs(self.corpus).get(rung, "the corpus has no such question")

    def only(self, keep: Bools) -> QuestionSet:
        """The same with some of the questions; what was measured of all is not measured again."""
        return QuestionSet(self.corpus, self.questions[keep], (self, keep))
