"""Corpus: what a model gets to read, the questions about it, and its identity."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import canonical
from ..datalog.closure import Closure
from ..datalog.facts import Array, Bools
from ..datalog.row_keys import ragged
from ..definitions import DEFINITIONS
from ..exposure import Exposure
from ..interventions.reading_rows import CONCLUSION as CONCLUSION
from ..interventions.reading_rows import EXTRA as EXTRA
from ..interventions.reading_rows import FACT as FACT
from ..interventions.reading_rows import NONTHEOREM as NONTHEOREM
from ..interventions.reading_rows import SENTENCE as SENTENCE
from ..interventions.reading_rows import Rows
from ..novelty.questions import Certificate, Cue
from ..novelty.rungs import LADDER, ReadOff
from ..world import World
from .split import CorpusSplit

# modes in which a demonstrated conclusion stands with its proof
PROVING = ("chain", "post-hoc", "tools")


@dataclasses.dataclass(frozen=True)
class Examples:
    """Everything that is stated as prompt and answer, each once. N examples."""

    prompt: Array  # [N, 1 + w]
    answer: Array  # [N] a constant, or `none`
    kind: NDArray[np.int8]  # [N] FACT, CONCLUSION, SENTENCE (an axiom's facts) or NONTHEOREM
    fact: NDArray[np.int64]  # [N] the gold fact stated, -1 for a nontheorem


@dataclasses.dataclass(frozen=True)
class Writing:
    """How often the rows of each mode write each fact. R rows, F facts."""

    silent: Bools  # [F] facts that no proof has a line of
    stated: NDArray[np.int64]  # [R] the base fact that the row states, or -1
    lines: NDArray[np.int64]  # [F] how often a proof of a demonstrated conclusion writes the fact
    weight: Array  # [R] of each row in chain and post-hoc, at least 1; elsewhere all weigh 1
    times: Array  # [R] what interventions multiply it by in every mode; without them all 1

    def weights(self, mode: str) -> Array:
        """[R] how often each row is drawn in ``mode`` for once that others are."""
        return self.weight * self.times if mode in PROVING else self.times

    def frequency(self, mode: str) -> NDArray[np.int64]:
        """[F] how often the rows of ``mode``, by their weights, write each base fact: as statements
        and as lines of proofs."""
        facts, states = len(self.lines), self.stated >= 0
        weights = self.weights(mode)[states]
        out = np.bincount(self.stated[states], weights, facts).astype(np.int64)
        return out + self.lines if mode in PROVING else out


class Beside(NamedTuple):
    """A second corpus of which some is read beside the first."""

    corpus: Corpus
    rows: NDArray[np.int64]  # of its rows and, behind them, its plain rules; ascending


@dataclasses.dataclass(frozen=True)
class Corpus:
    """What a model gets to read, and the questions about it. F facts, Q questions, A answers."""

    world: World
    size: str
    exposure: Exposure
    seeds: tuple[int, int]  # world, exposure
    split: CorpusSplit
    read: ReadOff
    stated: Bools  # [F] base facts stated
    demonstrated: Bools  # [F] conclusions demonstrated
    written: Bools  # [F] other conclusions that stand in the proofs of demonstrated ones
    cues: tuple[Cue, ...]  # (predicate, query position)
    prompt: Array  # [Q, 1 + w] row: cue, then the given arguments in order, -1 padded
    values: Array  # [A] answer sets, ragged; an empty set means that NONE is right
    offsets: NDArray[np.int64]  # [Q + 1]
    fact: NDArray[np.int64]  # [A] the gold fact that makes each answer right
    certificate: Certificate
    examples: Examples
    writing: Writing
    sentences: tuple[tuple[str, ...], ...]  # rules without axiom facts, stated as words
    rows: Rows  # the examples as they are read under the exposure's interventions
    beside: tuple[Beside, ...] = ()

    @property
    def closure(self) -> Closure:
        """Gold."""
        return self.split.gold.closure

    @property
    def none(self) -> int:
        """The answer id of NONE."""
        return len(self.closure.base.constants)

    @functools.cached_property
    def unstated(self) -> Bools:
        """[F] familiar base facts that no text states: a prompt shows them by itself."""
        return unstated(self.world, self.closure, self.cues)

    def answers(self, question: int) -> Array:
        """The right answers to one question; empty: NONE."""
        return self.values[self.offsets[question] : self.offsets[question + 1]]

    def entries(
        self, questions: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """(row, place, at) of every right answer to ``questions`` [n]: the row among them, which of
        its answers, and where that stands in ``values`` and ``fact``. An empty set has none."""
        first = self.offsets[questions]
        row, place = ragged(self.offsets[questions + 1] - first)
        return row, place, first[row] + place

    def of_rung(self, rung: str, pure: bool = True) -> NDArray[np.int64]:
        """The questions of one rung or control."""
        mine = self.certificate.rung == LADDER.index(rung)
        return np.flatnonzero(mine & self.certificate.pure if pure else mine)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over canonically ordered integers, rule text, exposure and the definitions."""
        name = {
            "definitions": DEFINITIONS,
            "world": self.world.id,
            "size": self.size,
            "rules": [r.text for r in self.closure.program.rules],
            "constants": self.closure.base.constants,
            "exposure": self.exposure.record(),
            "cues": self.cues,
            "sentences": self.sentences,
        }
        if self.exposure.interventions:
            name["words"] = self.rows.words
            name["beside"] = [(b.corpus.digest, b.rows.tolist()) for b in self.beside]
        # not canonical.text(): receipts hold digests of the floats of an exposure in full
        text = json.dumps(name, sort_keys=True)
        return canonical.digest_bytes(itertools.chain([text.encode()], self._arrays()))

    @functools.cached_property
    def arrays_digest(self) -> str:
        """SHA-256 of the arrays alone: equal where the fields of an exposure are only renamed."""
        return canonical.digest_bytes(self._arrays())

    def _arrays(self) -> Iterator[bytes]:
        """Facts, proofs, what is stated and demonstrated, questions, certificates, examples."""
        c, e = self.closure, self.examples
        for array in (
            *(c.predicate, c.arguments, c.rule, c.head, c.premises, self.stated, self.demonstrated),
            *(self.prompt, self.values, self.offsets, self.certificate.provable),
            *(self.written, self.certificate.rung, self.certificate.near),
            *(e.prompt, e.answer, e.kind),
        ):
            yield np.ascontiguousarray(array, "<i4").tobytes()
        if self.exposure.interventions:
            r = self.rows
            for array in (r.prompt, r.answer, r.kind, r.times):
                yield np.ascontiguousarray(array, "<i4").tobytes()


def cue_words(cues: Sequence[Cue]) -> tuple[str, ...]:
    """The word of each cue: its predicate; the query place where there are several; the wording
    after the first."""
    places: dict[str, set[int]] = {}
    for predicate, place in cues:
        places.setdefault(predicate, set()).add(place)
    words, seen = [], dict[Cue, int]()
    for predicate, place in cues:
        nth = seen[predicate, place] = seen.get((predicate, place), 0) + 1
        many = f"/{place}" if len(places[predicate]) > 1 else ""
        words.append(f"{predicate}{many}" + (f"#{nth}" if nth > 1 else ""))
    return tuple(words)


def unstated(world: World, closure: Closure, cues: Sequence[Cue]) -> Bools:
    """[F] base facts of the predicates that are familiar and have no cue."""
    silent = world.familiar - {p for p, _ in cues} if not world.episodes else frozenset()
    mine = np.array([p in silent for p in closure.predicates])
    return mine[closure.predicate] & closure.is_base
