"""differences(pairing) -> A minus B on every instrument, with intervals, and where it varies.

A difference is the mean over corpora of the mean over their pairs of runs, on the questions that
both answered. Intervals are paired (``eval/stats/paired.py``), and p is corrected by Holm for all
differences of the comparison. The variance is split over the seed axes
(``eval/stats/variance_components.py``): of the differences, and of each side by itself.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.floor_table import LEAST
from ...eval.stats.paired import Pairs, by_question, holm
from ...eval.stats.variance_components import Split, split
from .pairing import Pair, Pairing, RowPair

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class InstrumentDifference:
    """A minus B on one instrument of one row."""

    place: str
    row: str
    instrument: str
    a: float  # accuracy, from 0 to 1
    b: float
    pairs: Pairs  # the difference, its interval, and what was its unit
    corpora: int
    runs: int  # pairs of runs
    p: float  # corrected for all differences of the comparison
    splits: Mapping[str, Split]  # "difference", "A", "B"

    @property
    def sure(self) -> bool:
        """Whether it is surely not 0, all that are looked at allowed for."""
        return self.p < 0.05


@dataclasses.dataclass(frozen=True)
class _Gaps:
    """Of one instrument: answers of both sides, corpus by corpus [pairs, questions]."""

    a: list[Floats]
    b: list[Floats]
    seeds: list[tuple[int, ...]]  # of A's run of each pair

    def split(self, sign: tuple[int, int]) -> Split:
        values = [sign[0] * a.mean(1) + sign[1] * b.mean(1) for a, b in zip(self.a, self.b)]
        return split(np.concatenate(values).tolist(), self.seeds)


def differences(found: Pairing) -> tuple[list[InstrumentDifference], list[str]]:
    """(every difference, in order; a line for each instrument with too few common questions)."""
    out: list[tuple[RowPair, str, _Gaps, Pairs]] = []
    few: list[str] = []
    for row in found.pairs:
        for name, gaps in _instruments(row).items():
            questions = sum(a.shape[1] for a in gaps.a)
            if questions < LEAST:
                few.append(
                    f"{row.place} {row.row}: {name} has {questions} questions in common, too few"
                )
                continue
            pairs = by_question(
                [a - b for a, b in zip(gaps.a, gaps.b)], [*map(str, range(len(gaps.a)))]
            )
            out.append((row, name, gaps, pairs))
    corrected = holm([pairs.difference.p for *_, pairs in out])
    return [_difference(*one, p) for one, p in zip(out, corrected)], few


def _difference(
    row: RowPair, name: str, gaps: _Gaps, pairs: Pairs, p: float
) -> InstrumentDifference:
    return InstrumentDifference(
        place=row.place,
        row=row.row,
        instrument=name,
        a=float(np.mean([a.mean() for a in gaps.a])),
        b=float(np.mean([b.mean() for b in gaps.b])),
        pairs=pairs,
        corpora=len(gaps.a),
        runs=len(gaps.seeds),
        p=p,
        splits={
            "difference": gaps.split((1, -1)),
            "A": gaps.split((1, 0)),
            "B": gaps.split((0, 1)),
        },
    )


def _instruments(row: RowPair) -> dict[str, _Gaps]:
    """Instrument -> the answers to its questions that all runs of a corpus have in common."""
    found: dict[str, _Gaps] = {}
    for pairs in row.corpora.values():
        for name, (a, b) in _common(pairs).items():
            gaps = found.setdefault(name, _Gaps([], [], []))
            gaps.a.append(a)
            gaps.b.append(b)
            gaps.seeds.extend(x.cell.seeds.trained for x, _ in pairs)
    return found


def _common(pairs: Sequence[Pair]) -> dict[str, tuple[Floats, Floats]]:
    runs = [run for pair in pairs for run in pair]
    common = functools.reduce(np.intersect1d, [run.question for run in runs])
    right = np.array([_of(run.right, run.question, common) for run in runs], float)
    instrument = _of(runs[0].instrument, runs[0].question, common)
    return {
        name: (right[0::2, instrument == name], right[1::2, instrument == name])
        for name in dict.fromkeys(instrument.tolist())
        if name
    }


def _of(values: NDArray[Any], question: NDArray[np.int64], wanted: NDArray[np.int64]) -> Any:
    return values[np.searchsorted(question, wanted)]
