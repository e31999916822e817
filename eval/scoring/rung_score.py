"""The score on one group of questions, and of an instrument beside its floor."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.encoding.proof_checker import INVALID
from ...worlds.novelty.rungs import RUNGS
from ..floors.floor_table import Instrument
from ..floors.measured import LIKENED, cue_name, measured, rivals, uniform
from ..question_sets.predictions import Predictions
from ..question_sets.question_set import QuestionSet
from ..stats.intervals import Band, means, shares
from .level import Level, level, raw
from .normalised import Normalised, normalised
from .pattern_intervals import Unit, no_narrower, patterns_of
from .swap_lift import Agreement, Answered, Lift, Rivals, agreement, beside_rivals, swap_lift

Rights = Sequence[NDArray[np.bool_]]  # bool [S, K, Q] of each cell


@dataclasses.dataclass(frozen=True)
class GroupScore:
    """The score on one group of questions at K checkpoints."""

    name: str  # an instrument, a cell of one ("constituent out-in"), or a group that stands apart
    n: int  # different questions, over all worlds
    accuracy: Band  # exact match; of a headline in chain, with a valid proof
    bits: Band | None  # mean -log2 of the right answers' probability; None: not weighed


@dataclasses.dataclass(frozen=True)
class RungScore(GroupScore):
    """The score on recall, an instrument, or a cell of one, beside its floor.

    Of a chain the accuracy counts right answers with a valid proof. Proofs are known at the last
    checkpoint alone: before it the accuracy is NaN, and ``curve`` has the answers.
    """

    rung: str
    cue: str  # empty: recall, of all cues
    floor: Level
    normalised: Normalised | None  # at the last checkpoint; None where the floor is reuse
    lift: Lift | None = None  # at the last checkpoint; None: no rung of it, or no other prompts
    agreement: Agreement | None = None  # with likeness, at the last checkpoint
    rivals: Rivals | None = None  # at the last checkpoint; None: fewer than half have one
    answers: Band | None = None  # of a chain: exact match whatever the proof
    trained: bool = True  # whether the row has learned its corpus
    # digest of a corpus -> accuracy at the last checkpoint, a mean over its runs
    worlds: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def curve(self) -> Band:
        """Exact match at all checkpoints, whatever the proof."""
        return self.accuracy if self.answers is None else self.answers

    @property
    def suppressed(self) -> NDArray[np.bool_]:
        """[K] whether less than uniform guessing is right: the split taught what not to say. Never
        of a model that has not learned its corpus."""
        return (self.curve.mean < self.floor.uniform) & self.trained

    @property
    def surely_suppressed(self) -> NDArray[np.bool_]:
        """[K] whether the whole interval lies below uniform."""
        return (self.curve.high < self.floor.uniform) & self.trained


class OfRung(Protocol):
    """Whatever knows its rung: a score, or the record of one."""

    @property
    def rung(self) -> str: ...


def columns(rows: Iterable[Mapping[str, OfRung]]) -> list[str]:
    """The names of all scores of some rows, recall first, then instruments by rung."""
    rungs = {name: score.rung for row in rows for name, score in row.items()}
    return sorted(rungs, key=lambda name: RUNGS.index(rungs[name]))


def rung_score(name: str, cells: Sequence[Predictions], right: Rights) -> GroupScore:
    """The score of ``cells`` on a group that some of them have; a RungScore on recall, an
    instrument or a cell of one. ``right``: of each cell."""
    right = [r for r, c in zip(right, cells) if name in c.question_set.groups]
    cells = [c for c in cells if name in c.question_set.groups]
    sets = {c.question_set.corpus.digest: c.question_set for c in cells}
    worlds = [c.question_set.corpus.digest for c in cells]
    where = [c.question_set.groups[name] for c in cells]
    mine = [r[:, :, w] for r, w in zip(right, where)]
    bits = [c.capped_bits() for c in cells]
    weighed = [b[:, :, w] for b, w in zip(bits, where) if b is not None]
    known = len(weighed) == len(cells) and not any(np.isnan(b).any() for b in weighed)
    n = sum(int(s.groups[name].sum()) for s in sets.values())
    found = GroupScore(name, n, shares(mine, worlds), means(weighed, worlds) if known else None)
    rung = cells[0].question_set.rung_of(name)
    if not rung:
        return found
    accuracy, answers = found.accuracy, None
    if rung != "recall" and all(c.proofs is not None for c in cells):
        mine = [
            m[:, -1:] & (c.proofs[:, None, w] != INVALID)
            for m, c, w in zip(mine, cells, where)
            if c.proofs is not None
        ]
        accuracy, answers = at_last(shares(mine, worlds), accuracy), accuracy
    floor, hits, cue = _floor(name, rung, sets)
    each = dict(zip(sets, _by_world(mine, worlds)))
    units = None
    if rung == "axiom":
        units = [patterns_of(s, np.flatnonzero(s.groups[name])) for s in sets.values()]
        accuracy = _over_patterns(accuracy, mine, worlds, units)
        answered = [r[:, :, w] for r, w in zip(right, where)]
        answers = answers and _over_patterns(answers, answered, worlds, units)
    return RungScore(
        name=name,
        n=n,
        accuracy=accuracy,
        bits=found.bits,
        rung=rung,
        cue=cue,
        floor=floor,
        normalised=None if floor.reuse else normalised([*each.values()], hits, units),
        **_beside(name, cells),
        answers=answers,
        worlds={digest: float(value.mean()) for digest, value in each.items()},
    )


def _floor(
    name: str, rung: str, sets: dict[str, QuestionSet]
) -> tuple[Level, list[NDArray[np.float64]], str]:
    """(the floor of a group, its expected hits in each world, the name of the cue)."""
    if rung == "recall":
        levels = {digest: float(uniform(s)[s.groups[name]].mean()) for digest, s in sets.items()}
        return raw(levels), [np.zeros(int(s.groups[name].sum())) for s in sets.values()], ""
    found, cue = dict[str, Instrument](), ""
    for digest, one in sets.items():
        where = one.groups[name]
        cue = cue_name(one.corpus, int(one.corpus.prompt[one.questions[where][0], 0]))
        found[digest] = measured(one).on(rung, cue, where)
    return level(found), [instrument.floor.hits for instrument in found.values()], cue


def _by_world(right: Rights, worlds: Sequence[str]) -> list[NDArray[np.float64]]:
    """Of each world [n] the mean over its runs at the last checkpoint."""
    return [found[-1] for found in _curves([r[:, -1:] for r in right], worlds)]


def _curves(right: Rights, worlds: Sequence[str]) -> list[NDArray[np.float64]]:
    """Of each world [K, n] the mean over its runs."""
    return [
        np.concatenate([r for r, w in zip(right, worlds) if w == world]).mean(0)
        for world in dict.fromkeys(worlds)
    ]


def _over_patterns(
    band: Band, right: Rights, worlds: Sequence[str], units: Sequence[Sequence[Unit]]
) -> Band:
    """The band of axiom questions, no narrower than over the patterns that they rest on, each
    world's ``units``: all questions of one pattern stand or fall with one sentence. ``right`` may
    have the last checkpoints alone."""
    curves = np.concatenate(_curves(right, worlds), axis=1)
    every = [u for more in units for u in more]
    low, high, over = band.low.copy(), band.high.copy(), band.over
    for k in range(-len(curves), 0):
        low[k], high[k], wider = no_narrower(band.at(k), curves[k], every)
        over = "patterns" if wider else band.over
    return dataclasses.replace(band, low=low, high=high, over=over)


def at_last(last: Band, like: Band) -> Band:
    """A band of one checkpoint as that of the last of as many as ``like`` has, NaN before."""
    k = len(like.mean)

    def wide(values: NDArray[np.float64]) -> NDArray[np.float64]:
        out = np.full((*values.shape[:-1], k), np.nan)
        out[..., -1:] = values
        return out

    return dataclasses.replace(
        last, mean=wide(last.mean), low=wide(last.low), high=wide(last.high), runs=wide(last.runs)
    )


def _beside(name: str, cells: Sequence[Predictions]) -> dict[str, Any]:
    """What stands beside the score of an instrument whose answers are held to likeness's."""
    instrument = cells[0].question_set.instruments.get(name)
    if instrument is None or instrument[0] not in LIKENED:
        return {}
    return {
        "lift": swap_lift(cells, *instrument),
        "agreement": _agreement(name, cells),
        "rivals": _rivals(name, cells, units=instrument[0] == "axiom"),
    }


def _rivals(name: str, cells: Sequence[Predictions], units: bool) -> Rivals | None:
    """``units``: whether patterns are the observations, not questions."""
    parts, rests = [], []
    for cell in cells:
        one, at = cell.question_set, np.flatnonzero(cell.question_set.groups[name])
        table, answer = sparse.csr_array(rivals(one)[at]), cell.answer[:, -1][:, at]
        parts.append(Answered(one.corpus, one.questions[at], answer, table))
        rests.append(patterns_of(one, at) if units else None)
    return beside_rivals(parts, rests)


def _agreement(name: str, cells: Sequence[Predictions]) -> Agreement | None:
    parts = []
    for cell in cells:
        where, corpus = cell.question_set.groups[name], cell.question_set.corpus
        guess = measured(cell.question_set).guesses(name, where)
        if guess is None:
            return None
        questions = cell.question_set.questions[where]
        parts.append(Answered(corpus, questions, cell.answer[:, -1][:, where], guess))
    return agreement(parts)
