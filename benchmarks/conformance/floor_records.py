"""What can be had without the rule in one corpus, as data: every strategy on every instrument.

A record is JSON-ready, so that many seeds can be measured one by one, kept, and put together
(``floor_means.py``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from ...eval.floors.floor_table import FAMILIES, Floor, Instrument
from ...eval.floors.measured import cue_name, floors
from ...eval.floors.reading import Integers
from ...eval.question_sets.question_set import QuestionSet
from ...seeding import stream
from ...worlds.corpus.build import build_corpus
from ...worlds.corpus.corpus import Corpus
from ...worlds.definitions import DEFINITIONS
from ...worlds.exposure import Exposure
from ...worlds.instruments import instruments
from ...worlds.novelty.rungs import LADDER, RUNGS, SPLIT, WRITTEN
from ...worlds.world import World

QUERIED = 200  # headline questions of an instrument, as many as a suite asks of a rung by default
DIGITS = 4
Watch = Callable[[str], None]
Record = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Counts:
    """The questions of one rung and cue in a whole corpus: those of its headline, and all others.

    What is written stands on no rung, and what has right answers on several rungs on none that can
    be named: both are counted for the cue, and so alike on all its rungs.
    """

    headline: int  # pure, neither near nor unmatched
    near: int
    unmatched: int  # left out so that premises are equally frequent
    impure: int
    written: int
    several: int  # right answers on different rungs


def counts(corpus: Corpus) -> dict[tuple[str, str], Counts]:
    """(rung, cue as it is printed) -> its questions, of those that have any."""
    c, cue = corpus.certificate, corpus.prompt[:, 0]
    out = {}
    for number in np.unique(cue):
        mine = cue == number
        apart = [int((mine & (c.rung == r)).sum()) for r in (LADDER.index(WRITTEN), SPLIT)]
        for rung in RUNGS:
            here = mine & (c.rung == RUNGS.index(rung))
            if here.any():
                pure = here & c.pure
                found = Counts(
                    headline=int((here & c.headline).sum()),
                    near=int((pure & c.near).sum()),
                    unmatched=int((pure & ~c.near & ~c.matched).sum()),
                    impure=int((here & ~c.pure).sum()),
                    written=apart[0],
                    several=apart[1],
                )
                out[rung, cue_name(corpus, int(number))] = found
    return out


def measure(
    world: World, size: str, exposure: Exposure | None, seed: int, watch: Watch = lambda what: None
) -> Record:
    """The record of one corpus, ``seed`` for world and exposure; by default the size's own
    exposure.

    Raises UserError for an unknown size.
    """
    watch(f"building {world.id}/{size}, seed {seed}")
    corpus = build_corpus(world, size, exposure, (seed, seed))
    return record(corpus, watch)


def record(corpus: Corpus, watch: Watch = lambda what: None) -> Record:
    """Every strategy on every instrument of a corpus, on as many questions as a suite asks."""
    found = floors(corpus, queried(corpus), watch)
    number = counts(corpus)
    return {
        "world": corpus.world.id,
        "size": corpus.size,
        "seed": corpus.seeds[0],
        "definitions": DEFINITIONS,
        "corpus": corpus.digest,
        "instruments": [_instrument(i, number[i.rung, i.cue]) for i in found],
        "too few": _too_few(corpus, {(i.rung, i.cue) for i in found}, number),
    }


def _too_few(
    corpus: Corpus, found: Collection[tuple[str, str]], number: Mapping[tuple[str, str], Counts]
) -> list[Record]:
    """The instruments that have no floor, with their headline questions."""
    return [
        {"rung": i[0], "cue": i[1], "headline": number[i].headline if i in number else 0}
        for i in instruments(corpus.world)
        if i not in found
    ]


def queried(corpus: Corpus) -> Integers:
    """[n] at most QUERIED headline questions of each instrument, in the corpus' order."""
    every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    parts = [np.zeros(0, np.int64)]
    for name in every.instruments:
        rng = stream(corpus.world.id, "floors", name, corpus.seeds[0])
        parts.append(rng.permutation(np.flatnonzero(every.headline[name]))[:QUERIED])
    return np.sort(np.concatenate(parts))


def _instrument(i: Instrument, number: Counts) -> Record:
    best = {family: i.best(family) for family in (*FAMILIES, "spreading")}
    return {
        "rung": i.rung,
        "cue": i.cue,
        "questions": i.n,
        **dataclasses.asdict(number),
        "floor": _floor(i.floor),
        "reuse by likeness": i.reuse,
        "best": {family: _floor(found) for family, found in best.items() if found},
        "strategies": [_floor(f) for f in i.floors],
    }


def _floor(floor: Floor) -> Record:
    out: Record = {
        "strategy": floor.strategy,
        "family": floor.family,
        "blind to": floor.blind,
        "setting": floor.setting,
        "score": round(floor.score, DIGITS),
        "questions": floor.n,
    }
    return out if floor.pivotal is None else {**out, "pivotal": round(floor.pivotal, DIGITS)}
