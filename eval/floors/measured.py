"""measured(question_set) -> Measured: every strategy on every headline question, once.

Floors are never computed on gold; gold says which answers are right and which questions are
pivotal. What was measured of a question set serves all rows of its table, and all parts of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
from scipy import sparse

from ...worlds.corpus.corpus import Corpus
from ...worlds.instruments import cue_name as named
from ..question_sets.question_set import QuestionSet
from .association import Likeness
from .chance_pools import exact_rivals
from .floor_table import LEAST, Instrument, blinded_floors, floor_of, strategies
from .pivotal import Blinded, blinded_deducers
from .reading import Bools, Integers, Reading
from .strategy import Floats, Questions, Scored, guesses, run

Watch = Callable[[str], None]
LIKENED = ("constituent", "schema", "depth", "axiom")  # rungs whose answers are held to likeness's
MEMO, UNIFORM, RIVALS = "measured", "uniform", "rivals"
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Measured:
    """The floors of H headline questions of novel rungs among Q."""

    place: Integers  # [H] of each among the Q
    uniform: Floats  # [H] share of the values of the answer's sort that are right
    scored: tuple[Scored, ...]  # on H questions each
    blinded: tuple[Blinded, ...]
    likeness: Mapping[str, sparse.csr_array]  # setting -> [H, answers] chance of each answer
    chosen: Mapping[str, str]  # instrument -> the setting of likeness that is best there
    # what was looked up before: many rows stand beside one floor
    known: dict[tuple[str, str, bytes], Instrument] = dataclasses.field(
        default_factory=dict, repr=False, compare=False
    )

    def on(self, rung: str, cue: str, where: Bools) -> Instrument:
        """All strategies on the questions ``where`` bool [Q] of one rung, headline ones."""
        key = rung, cue, where.tobytes()
        if key not in self.known:
            self.known[key] = self._on(rung, cue, where)
        return self.known[key]

    def _on(self, rung: str, cue: str, where: Bools) -> Instrument:
        mine = where[self.place]
        if mine.sum() != where.sum() or not mine.any():
            raise ValueError("got questions without a floor, expected headline ones above recall")
        found = [floor_of(s, mine, mine) for s in self.scored]
        blinded = blinded_floors(self.blinded, mine)
        level = float(self.uniform[mine].mean())
        return Instrument(rung, cue, int(mine.sum()), (*found, *blinded), level)

    def guesses(self, instrument: str, where: Bools) -> sparse.csr_array | None:
        """[n, answers] what likeness answers in an instrument, on its questions ``where``."""
        setting = self.chosen.get(instrument)
        if setting is None:
            return None
        return sparse.csr_array(self.likeness[setting][np.flatnonzero(where[self.place])])

    def only(self, keep: Bools) -> Measured:
        """The same for some of the questions, ``keep`` bool [Q]."""
        mine = keep[self.place]
        place = (np.cumsum(keep) - 1)[self.place[mine]]
        return Measured(
            place,
            self.uniform[mine],
            tuple(_only(s, mine) for s in self.scored),
            tuple(
                Blinded(_only(b.scored, mine), b.uses[mine], b.pivotal[mine]) for b in self.blinded
            ),
            {n: sparse.csr_array(t[np.flatnonzero(mine)]) for n, t in self.likeness.items()},
            self.chosen,
        )


def measured(question_set: QuestionSet, watch: Watch | None = None) -> Measured:
    """The floors of a question set; what was measured of it, or of the whole that it is a part of,
    is not measured again."""
    return _of_whole(question_set, MEMO, lambda s: _measure(s, watch), Measured.only)


def instrument_floor(question_set: QuestionSet, name: str) -> float:
    """The best score that can be had of a whole instrument without the rule; 0 of what is none."""
    if name not in question_set.instruments:
        return 0.0
    rung, cue = question_set.instruments[name]
    where, cue_text = question_set.headline[name], cue_name(question_set.corpus, cue)
    return float(measured(question_set).on(rung, cue_text, where).floor.score)


def uniform(question_set: QuestionSet) -> Floats:
    """[Q] share of the values of the answer's sort that are right."""
    return _of_whole(question_set, UNIFORM, _uniform, lambda found, keep: found[keep])


def _uniform(question_set: QuestionSet) -> Floats:
    return Questions.of(question_set.corpus, question_set.questions).level


def rivals(question_set: QuestionSet) -> sparse.csr_array:
    """bool [Q, answers] the exact rivals of each question's right answer."""

    def part(found: sparse.csr_array, keep: Bools) -> sparse.csr_array:
        return sparse.csr_array(found[np.flatnonzero(keep)])

    return _of_whole(question_set, RIVALS, _rivals, part)


def _rivals(question_set: QuestionSet) -> sparse.csr_array:
    questions = Questions.of(question_set.corpus, question_set.questions)
    return exact_rivals(Reading.of(question_set.corpus), questions)


def _of_whole(
    question_set: QuestionSet,
    key: str,
    make: Callable[[QuestionSet], T],
    part: Callable[[T, Bools], T],
) -> T:
    """What is made of a question set, once; of a part of another the ``part`` of what is of that,
    by the questions that it keeps, bool [Q]."""

    def found() -> T:
        if question_set.whole is None:
            return make(question_set)
        whole, keep = question_set.whole
        return part(_of_whole(whole, key, make, part), keep)

    return question_set.once(key, found)


def floors(
    corpus: Corpus, questions: Integers, watch: Watch | None = None
) -> tuple[Instrument, ...]:
    """The instruments of ``questions`` int64 [n], those with at least LEAST headline ones."""
    question_set = QuestionSet(corpus, questions)
    found, out = measured(question_set, watch), []
    for name, (rung, cue) in question_set.instruments.items():
        where = question_set.headline[name]
        if where.sum() >= LEAST:
            out.append(found.on(rung, cue_name(corpus, cue), where))
    return tuple(out)


def cue_name(corpus: Corpus, cue: int) -> str:
    """A cue as it is printed: its predicate, and the queried place where there are several."""
    predicate, position = corpus.cues[cue]
    places = corpus.world.positions(predicate, corpus.closure.arity[predicate])
    return named(predicate, position, places)


def _measure(question_set: QuestionSet, watch: Watch | None) -> Measured:
    corpus, headline = question_set.corpus, question_set.headline
    place = np.flatnonzero(question_set.theorems)
    some, reading = Questions.of(corpus, question_set.questions[place]), Reading.of(corpus)
    scored = {s.name: run(s, reading, some, watch) for s in strategies()}
    blinded = blinded_deducers(reading, some, watch)
    chosen = {}
    for name, (rung, _) in question_set.instruments.items():
        where = headline[name][place]
        if rung in LIKENED and where.any():
            setting = scored[Likeness().name].on(where)[1]
            if setting:
                chosen[name] = setting
    tables = guesses(Likeness(), reading, some, {*chosen.values()})
    return Measured(place, some.level, (*scored.values(),), (*blinded,), tables, chosen)


def _only(scored: Scored, keep: Bools) -> Scored:
    return dataclasses.replace(scored, value=scored.value[:, keep])
