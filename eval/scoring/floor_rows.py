"""What strategies without the rule get, as rows beside those of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..floors.floor_table import FAMILIES, LEAST, Floor, Instrument
from ..floors.measured import cue_name, measured
from ..question_sets.question_set import QuestionSet
from ..stats.intervals import Band, over_runs, wilson
from .level import level
from .rung_score import RungScore
from .score import Row, few

# label of a row -> the families of which it is the best
ROWS: Mapping[str, tuple[str, ...]] = {
    "chance": ("chance",),
    "association": ("association",),
    "blinded deducers": ("blinded",),
    "spreading": ("spreading",),
    "floor": FAMILIES,
}


def floor_rows(question_sets: Sequence[QuestionSet]) -> tuple[Row, ...]:
    """A row for each of ROWS over the question sets of one panel: expected exact match on every
    instrument, each half of the questions by the setting that is best on the other."""
    first = question_sets[0]
    found: dict[str, dict[str, Instrument]] = {}
    absent = {"recall": "recall is reported as it is"}
    for name, (rung, cue) in first.instruments.items():
        having = [s for s in question_sets if name in s.groups]
        count = sum(int(s.groups[name].sum()) for s in having)
        if count < LEAST:
            absent[name] = few(count) if count else first.missing(name)
            continue
        found[name] = {
            s.corpus.digest: measured(s).on(rung, cue_name(s.corpus, cue), s.groups[name])
            for s in having
        }
    return tuple(_row(label, ROWS[label], question_sets, found, absent) for label in ROWS)


def _row(
    label: str,
    families: Sequence[str],
    question_sets: Sequence[QuestionSet],
    instruments: Mapping[str, Mapping[str, Instrument]],
    absent: Mapping[str, str],
) -> Row:
    corpus, rungs, absent = question_sets[0].corpus, {}, dict(absent)
    for name, worlds in instruments.items():
        best = {digest: _best(found, families) for digest, found in worlds.items()}
        hits = {digest: floor for digest, floor in best.items() if floor is not None}
        if len(hits) < len(best):
            absent[name] = f"fewer than {LEAST} pivotal questions"
            continue
        one = next(iter(worlds.values()))
        rungs[name] = RungScore(
            name=name,
            n=sum(found.n for found in worlds.values()),
            accuracy=_band(hits),
            bits=None,
            rung=one.rung,
            cue=one.cue,
            floor=level(worlds),
            normalised=None,
            worlds={digest: floor.score for digest, floor in hits.items()},
        )
    zero = np.zeros(1)
    return Row(
        label=label,
        world=f"{corpus.world.id}/{corpus.size}",
        mode=label,
        digests=tuple(dict.fromkeys(s.corpus.digest for s in question_sets)),
        seeds={s.corpus.digest: s.corpus.seeds for s in question_sets},
        instruments={n: rung for n, (rung, _) in question_sets[0].instruments.items()},
        steps=np.zeros(1, np.int64),
        flops=zero,
        rungs=rungs,
        apart={},
        absent=absent,
        left_out={},
        malformed=Band(zero, zero, zero, "questions", zero[None], np.zeros(1, np.int64)),
        controls={},
        proofs={},
        load=None,
        reach=None,
    )


def _best(instrument: Instrument, families: Sequence[str]) -> Floor | None:
    return instrument.floor if families is FAMILIES else instrument.best(*families)


def _band(hits: Mapping[str, Floor]) -> Band:
    """The band, K = 1, of expected hits in each world."""
    runs = np.array([[floor.score] for floor in hits.values()])
    n = sum(floor.n for floor in hits.values())
    return over_runs(runs, [*hits], wilson(runs.mean(0), n), (0.0, 1.0))
