"""Exchanged rules: does the answer change with the sentence that states its rule?

Two corpora of the same seeds differ in nothing but what sentences say of rules that no example
shows. Scored are the questions of axiom whose answer differs between them. The gap between the
true answer's rates is what the sentence brings; the rate of answering as the exchanged sentence
says shows that it was read. Intervals are over patterns, for all questions of one pattern rest on
the same sentence.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...worlds.corpus.corpus import Corpus
from ...worlds.corpus.examples import sentences_under
from ...worlds.corpus.twins import EXCHANGED
from ...worlds.datalog.engine import close
from ...worlds.datalog.row_keys import ragged
from ...worlds.novelty.questions import find_prompts, prompts_of
from ..question_sets.predictions import Predictions
from ..question_sets.right_answers import right_answers
from .pattern_intervals import (
    PatternInterval,
    Unit,
    answer_rate,
    pattern_interval,
    patterns_of,
)


@dataclasses.dataclass(frozen=True)
class ExchangedRules:
    """One instrument of axiom under true and under exchanged sentences."""

    gap: PatternInterval  # P(true answer | true sentences) - P(true answer | exchanged)
    obeyed: PatternInterval  # share answered as the exchanged sentence says, where it is stated
    unbidden: PatternInterval  # the same answers' share where the true sentence is stated


def exchanged_rules(
    true: Sequence[Predictions], exchanged: Sequence[Predictions]
) -> dict[str, ExchangedRules]:
    """Instrument of axiom -> its score, from answers at the last checkpoint.

    ``true`` and ``exchanged`` are paired by world, size and seeds, and answer the same questions.
    Instruments without a question whose answer differs are left out. Raises UserError where a
    corpus has no counterpart, or one with other questions.
    """
    found: dict[str, list[tuple[NDArray[np.float64], list[Unit]]]] = {}
    for one, other in _pairs(true, exchanged):
        question_set, twin = one[0].question_set, other[0].question_set.corpus
        row, answer = exchanged_answers(twin, question_set.questions)
        size = twin.none + 1
        elsewhere = row * size + answer
        where, right = right_answers(question_set.corpus, question_set.questions)
        own = where * size + right
        differs = np.ones(len(question_set.questions), bool)
        differs[row[np.isin(elsewhere, own)]] = False
        gap = answer_rate(one, own, size) - answer_rate(other, own, size)
        rates = np.column_stack([gap, *(answer_rate(c, elsewhere, size) for c in (other, one))])
        for name, (rung, _) in question_set.instruments.items():
            mine = np.flatnonzero(question_set.headline[name] & differs)
            if rung == "axiom" and len(mine):
                units = patterns_of(question_set, mine)
                found.setdefault(name, []).append((rates[mine], units))
    out = {}
    for name, parts in found.items():
        values = np.concatenate([v for v, _ in parts])
        units = [u for _, more in parts for u in more]
        gap, obeyed, unbidden = values.T
        out[name] = ExchangedRules(
            gap=pattern_interval(gap, units, (-1.0, 1.0)),
            obeyed=pattern_interval(obeyed, units),
            unbidden=pattern_interval(unbidden, units),
        )
    return out


def exchanged_answers(
    corpus: Corpus, questions: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row, answer) of all that follows for ``questions`` from the sentences as they are written.

    Every rule as data that a sentence of ``corpus`` states otherwise is replaced by what it says;
    rules that are only exemplified stay. NONE is the answer where nothing follows.
    """
    closure, rows = corpus.closure, {}
    for predicate in sorted(corpus.world.axioms & {*closure.base.rows}):
        number = next((i for i, (p, _) in enumerate(corpus.cues) if p == predicate), None)
        if number is not None:
            facts, written = sentences_under(closure, corpus.cues, corpus.examples, number)
            block = np.arange(closure.blocks[predicate].start, closure.blocks[predicate].stop)
            kept = closure.arguments[np.setdiff1d(block, facts), : closure.arity[predicate]]
            every = np.concatenate([kept, written]).astype(np.int32)
            rows[predicate] = np.unique(every, axis=0)
    # a rule without an instance in gold is one that was not given, or one that never fires
    idle = set(range(len(closure.program.rules))) - set(closure.rule.tolist())
    known = close(closure.program.without(idle), closure.base.replace(**rows))
    cues = [cue for cue in corpus.cues if cue[0] not in corpus.world.axioms]
    every = prompts_of(known, cues, corpus.prompt.shape[1] - 1)
    at = find_prompts(every.prompt, corpus.prompt[questions])
    many = np.where(at >= 0, np.diff(every.offsets)[at], 0)
    row, place = ragged(many)
    answer = every.values[every.offsets[at[row]] + place].astype(np.int64)
    empty = np.flatnonzero(many == 0)
    return np.append(row, empty), np.append(answer, np.full(len(empty), corpus.none))


def _pairs(
    true: Sequence[Predictions], exchanged: Sequence[Predictions]
) -> list[tuple[list[Predictions], list[Predictions]]]:
    """Cells on one world and seeds, under true and under exchanged sentences."""
    sides = [_by_seeds(true), _by_seeds(exchanged)]
    for key in sides[0].keys() ^ sides[1].keys():
        world, size, seeds = key
        raise UserError(
            f"got {world}/{size} with seeds {seeds} only with "
            f"{'true' if key in sides[0] else 'exchanged'} rules, expected both; run the other"
        )
    for key, (one, *_) in sides[0].items():
        other = sides[1][key][0].question_set
        if other.corpus.exposure.twin != EXCHANGED or one.question_set.corpus.exposure.twin:
            raise UserError(
                f"got twins {one.question_set.corpus.exposure.twin} and "
                f"{other.corpus.exposure.twin} of {key[0]}, expected none and {EXCHANGED!r}"
            )
        if not np.array_equal(
            one.question_set.corpus.prompt[one.question_set.questions],
            other.corpus.prompt[other.questions],
        ):
            raise UserError(
                f"got other questions about {key[0]} with exchanged rules, expected the same; "
                "draw both corpora with one exposure but for its twin"
            )
    return [(sides[0][key], sides[1][key]) for key in sides[0]]


def _by_seeds(
    cells: Sequence[Predictions],
) -> dict[tuple[str, str, tuple[int, int]], list[Predictions]]:
    out: dict[tuple[str, str, tuple[int, int]], list[Predictions]] = {}
    for cell in cells:
        corpus = cell.question_set.corpus
        out.setdefault((corpus.world.id, corpus.size, corpus.seeds), []).append(cell)
    return out
