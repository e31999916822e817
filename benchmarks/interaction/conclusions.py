"""Conclusions: answers as facts, by name, and what is known of each. Q questions, n conclusions."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.measured import measured
from ...eval.question_sets.question_set import QuestionSet
from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.closure import Closure
from ...worlds.interventions.added_facts import Fact
from ...worlds.novelty.questions import Questions, find_prompts, prompt_rows, prompts_of
from ...worlds.novelty.rungs import LADDER, SPLIT

Bools = NDArray[np.bool_]
Ints = NDArray[np.integer]


def derived(corpus: Corpus) -> frozenset[str]:
    """Predicates that rules derive."""
    return frozenset(rule.head.predicate for rule in corpus.closure.program.rules)


@dataclasses.dataclass(frozen=True)
class Posed:
    """A question set as a protocol sees it: which questions are scored and which may teach.

    ``share``: of the questions, drawn by seed; no answer to a scored one joins a corpus, whatever
    place of it a fact answers.
    """

    questions: QuestionSet
    share: float

    @property
    def corpus(self) -> Corpus:
        return self.questions.corpus

    @functools.cached_property
    def prompt(self) -> NDArray[np.int32]:
        """[Q, 1 + w]"""
        return self.corpus.prompt[self.questions.questions]

    @functools.cached_property
    def conclusion(self) -> Bools:
        """[Q] whether the answer would be a conclusion: the predicate is derived, and no base fact
        of the world answers, stated or not."""
        cues = [predicate in derived(self.corpus) for predicate, _ in self.corpus.cues]
        found, sampled = answered_in(self.corpus, self.corpus.split.truth)
        base = find_prompts(found.prompt[sampled], self.prompt) >= 0
        return np.array(cues, bool)[self.prompt[:, 0]] & ~base

    @functools.cached_property
    def rung(self) -> NDArray[np.int8]:
        return self.corpus.certificate.rung[self.questions.questions]

    @functools.cached_property
    def distance(self) -> NDArray[np.int32]:
        """[Q] steps from what is stated, demonstrated or written; 0 where gold has no answer."""
        return self.corpus.certificate.distance[self.questions.questions]

    @functools.cached_property
    def scored(self) -> Bools:
        """[Q] drawn for all questions of the corpus, so that it does not depend on their choice."""
        c = self.corpus
        rng = stream(c.world.id, c.size, "scored", c.seeds[1])
        drawn = rng.random_sample(len(c.prompt)) < self.share
        recall = self.rung == LADDER.index("recall")
        return drawn[self.questions.questions] & self.conclusion & ~recall

    @functools.cached_property
    def open(self) -> Bools:
        """[Q] questions whose answers may join the corpus: conclusions that are not stated."""
        recall = self.rung == LADDER.index("recall")
        return self.conclusion & ~recall & ~self.scored

    def facts(self, answer: Ints) -> tuple[Ints, list[Fact]]:
        """(questions [n] with an answer, by place; the fact that each answer states)."""
        place = np.flatnonzero((answer >= 0) & (answer < self.corpus.none))
        names, out = self.corpus.closure.base.constants, list[Fact]()
        for q in place.tolist():
            predicate, position = self.corpus.cues[self.prompt[q, 0]]
            words = [names[a] for a in self.prompt[q, 1:] if a >= 0]
            words.insert(position, names[int(answer[q])])
            out.append((predicate, *words))
        return place, out

    def right(self, answer: Ints) -> Bools:
        """[Q] whether the answer is true in the world, whatever the corpus states of it."""
        out = np.zeros(len(self.prompt), bool)
        place, facts = self.facts(answer)
        out[place] = holds(self.corpus.split.truth, facts)
        return out

    def answered_by(self, facts: Iterable[Fact]) -> Bools:
        """[Q] whether some of the facts answers the question, right or wrong."""
        prompts = [prompts for _, prompts in self._prompts([*facts])]
        out = np.zeros(len(self.prompt), bool)
        if prompts:
            out |= find_prompts(np.unique(np.concatenate(prompts), axis=0), self.prompt) >= 0
        return out

    def question_of(self, facts: Sequence[Fact]) -> Ints:
        """[n] the first question that each fact answers, right or wrong; -1 where none is posed."""
        out = np.full(len(facts), -1, np.int64)
        for mine, prompts in self._prompts(facts):
            found, places = find_prompts(self.prompt, prompts), np.array(mine)
            open_ = (out[places] < 0) & (found >= 0)
            out[places[open_]] = found[open_]
        return out

    def answers_scored(self, facts: Iterable[Fact]) -> list[bool]:
        """Whether each fact would answer a scored question, at any place of it."""
        given, wanted = [*facts], np.unique(self.prompt[self.scored], axis=0)
        out = np.zeros(len(given), bool)
        for mine, prompts in self._prompts(given):
            out[mine] |= find_prompts(wanted, prompts) >= 0
        return out.tolist()

    def _prompts(self, facts: Sequence[Fact]) -> Iterator[tuple[list[int], NDArray[np.int32]]]:
        """(places among ``facts``, the prompts that these answer), a cue at a time."""
        number, width = self.corpus.closure.base.number, self.prompt.shape[1] - 1
        for cue, (predicate, position) in enumerate(self.corpus.cues):
            mine = [i for i, fact in enumerate(facts) if fact[0] == predicate]
            if mine:
                table = np.array([[number[a] for a in facts[i][1:]] for i in mine], np.int32)
                yield mine, prompt_rows(cue, np.delete(table, position, axis=1), width)


def answered_in(corpus: Corpus, closure: Closure) -> tuple[Questions, Bools]:
    """(every prompt that a closure answers, rules as data apart, with its answers and facts there,
    cues numbered as in the corpus; [n] whether a base fact answers it)."""
    cues = sorted({cue for cue in corpus.cues if cue[0] not in corpus.world.axioms})
    number = np.array([corpus.cues.index(cue) for cue in cues], np.int32)
    found = prompts_of(closure, cues, corpus.prompt.shape[1] - 1)
    sampled = np.logical_or.reduceat(closure.is_base[found.fact], found.offsets[:-1])
    prompt = found.prompt.copy()
    prompt[:, 0] = number[prompt[:, 0]]
    return dataclasses.replace(found, prompt=prompt), sampled


def given(corpus: Corpus) -> Bools:
    """[F] of the world's facts those that gold has: all that follows from what the corpus states,
    and that itself."""
    truth, gold = corpus.split.truth, corpus.closure
    out = np.zeros(len(truth.predicate), bool)
    for predicate in gold.predicates:
        out[truth.find(predicate, gold.rows(predicate))] = True
    return out


def holds(closure: Closure, facts: Iterable[Fact]) -> Bools:
    """[n] whether each fact is one of the closure."""
    return find(closure, facts) >= 0


def find(closure: Closure, facts: Iterable[Fact]) -> NDArray[np.int64]:
    """[n] the number of each fact, by name, in the closure; -1 where it does not hold."""
    given = [*facts]
    number = closure.base.number
    out = np.full(len(given), -1, np.int64)
    for predicate in {fact[0] for fact in given} & {*closure.predicates}:
        mine = [i for i, fact in enumerate(given) if fact[0] == predicate]
        table = np.array([[number[a] for a in given[i][1:]] for i in mine], np.int32)
        out[mine] = closure.find(predicate, table)
    return out


def named(closure: Closure, facts: Iterable[int]) -> list[Fact]:
    """Facts of a closure by name."""
    constants = closure.base.constants
    return [
        (
            closure.predicates[closure.predicate[f]],
            *(constants[a] for a in closure.arguments[f] if a >= 0),
        )
        for f in facts
    ]


def rung_name(number: int) -> str:
    """The name of a rung or control by its number in a certificate."""
    return "several rungs" if number == SPLIT else LADDER[number]


def by_rung(
    posed: Posed,
    right: Bools,
    added: Bools,
    passed: Bools | None = None,
    symbolic: bool = False,
    floors: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[dict[str, Any]]:
    """How many of the questions are ``right``, how many ``added`` facts answer and how many some
    sample has ``passed``, [Q] each: of recall and conclusions, by rung, distance and whether they
    are scored; ``floors`` are those of a rung's scored ones. A ``symbolic`` learner concludes
    nothing where nothing follows, and is not queried there."""
    none = posed.rung == LADDER.index("nontheorem")
    counted = posed.conclusion | (posed.rung == LADDER.index("recall"))
    counted &= ~none if symbolic else True
    keys = np.stack([posed.rung, posed.distance, posed.scored]).astype(np.int64)
    for rung, distance, scored in np.unique(keys[:, counted], axis=1).T.tolist():
        mine = counted & (keys == [[rung], [distance], [scored]]).all(0)
        yield {
            "rung": rung_name(rung),
            "distance": distance,
            "scored": bool(scored),
            "questions": int(mine.sum()),
            "right": int(right[mine].sum()),
            "added": int(added[mine].sum()),
            "passed": None if passed is None else int(passed[mine].sum()),
            "floor": floors.get(rung_name(rung)) if scored else None,
        }


def scored_floors(posed: Posed) -> dict[str, float]:
    """Rung -> the best share of its scored questions that is right without the rule, by strategies
    that read what joined the corpus as well; of rungs that the world's instruments have."""
    of, out = posed.questions, dict[str, float]()
    scored = posed.scored & of.theorems
    for rung in np.unique(posed.rung[scored]).tolist():
        where = scored & (posed.rung == rung)
        out[rung_name(rung)] = float(measured(of).on(rung_name(rung), "", where).floor.score)
    return out
