"""The tracer: imitate the nearest demonstrated proof, line by line, looking each line up.

What it solves needs no rule beyond the form of a demonstrated proof: a chain there is a sequence
of recalls. It imitates the proof whose prompt shares the most parts with the question's: values of
the old prompt become those of the new, every line is looked up among the stated facts, and what the
lookup yields is carried on. Where a line is not stated, the next form of proof is tried.

A fact is looked up only in a direction in which it is written: its cue, the given arguments, the
queried one last, or a part of that from its beginning. What no cue asks for cannot be recalled;
then the line is copied from the imitated proof, where its values fit.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.corpus.examples import sentences_under
from ..question_sets.question_set import Answers
from .ceilings import lookup

IMITATED = 2_000  # demonstrated proofs among which the nearest is sought
FORMS = 8  # forms of proof that are tried, the nearest first

Line = tuple[int, tuple[int, ...]]  # predicate, slot of each argument


@dataclasses.dataclass(frozen=True)
class Form:
    """A proof with its values taken out. Slots 0 .. w-1 stand for the prompt's arguments."""

    same: tuple[int, ...]  # argument i of the prompt has the slot same[i] <= i
    lines: tuple[Line, ...]  # the stated facts of the proof, in the order of its writing
    answer: int  # slot


@dataclasses.dataclass(frozen=True)
class Templates:
    """N demonstrated proofs of one cue, the commonest forms first."""

    given: NDArray[np.int32]  # [N, w]
    form: NDArray[np.int64]  # [N]
    forms: tuple[Form, ...]
    values: tuple[dict[int, int], ...]  # [N] slot -> the value that stood there


def tracer(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """What imitation of demonstrated proofs answers to ``questions`` int64 [n], else none."""
    book = _Book(corpus)
    answer = lookup(corpus, questions).answer  # what was stated needs no proof
    prompt = corpus.prompt[questions]
    demonstrated = np.flatnonzero(corpus.demonstrated & (corpus.split.gold.best >= 0))
    if len(demonstrated) > IMITATED:
        rng = stream(corpus.arrays_digest, "tracer")
        demonstrated = np.sort(rng.permutation(demonstrated)[:IMITATED])
    for cue, (predicate, position) in enumerate(corpus.cues):
        here = np.flatnonzero((prompt[:, 0] == cue) & (answer == corpus.none))
        names = corpus.closure.predicates
        facts = [int(f) for f in demonstrated if names[corpus.closure.predicate[f]] == predicate]
        if not len(here) or not facts:
            continue
        templates = _templates(corpus, facts, position)
        given = prompt[here, 1 : 1 + templates.given.shape[1]]
        for row, new in zip(here, given):
            answer[row] = _trace(templates, new, book, corpus.none)
    return Answers("tracer", answer)


def _templates(corpus: Corpus, facts: Sequence[int], position: int) -> Templates:
    closure = corpus.closure
    read = [_read(corpus, fact, position) for fact in facts]
    common = Counter(form for form, _ in read)
    forms = tuple(sorted(common, key=lambda f: (-common[f], f.same, f.lines, f.answer)))
    number = {form: i for i, form in enumerate(forms)}
    form = np.array([number[f] for f, _ in read])
    order = np.argsort(form, kind="stable")
    arity = closure.arity[closure.predicates[closure.predicate[facts[0]]]]
    given = np.delete(closure.arguments[facts, :arity], position, axis=1)
    return Templates(given[order], form[order], forms, tuple(read[i][1] for i in order))


def _read(corpus: Corpus, fact: int, position: int) -> tuple[Form, dict[int, int]]:
    """The form of a demonstrated conclusion's proof, and the value in each slot."""
    closure = corpus.closure
    arguments = [int(a) for a in closure.arguments[fact] if a >= 0]
    answer = arguments.pop(position)
    slot: dict[int, int] = {}
    same = tuple(slot.setdefault(value, i) for i, value in enumerate(arguments))
    lines = []
    for leaf in _leaves(corpus, fact):
        values = [int(a) for a in closure.arguments[leaf] if a >= 0]
        slots = tuple(slot.setdefault(v, len(arguments) + len(slot)) for v in values)
        lines.append((int(closure.predicate[leaf]), slots))
    answered = slot.setdefault(answer, len(arguments) + len(slot))  # a constant of the rule
    return Form(same, tuple(lines), answered), {s: v for v, s in slot.items()}


def _leaves(corpus: Corpus, fact: int) -> Iterator[int]:
    """The base facts of the lowest proof of ``fact``, in the order in which it is written."""
    best = corpus.split.gold.best[fact]
    if corpus.closure.is_base[fact] or best < 0:
        yield fact
        return
    for premise in corpus.closure.premises[best]:
        if premise >= 0:
            yield from _leaves(corpus, int(premise))


def _trace(templates: Templates, new: NDArray[np.int32], book: _Book, none: int) -> int:
    apart = (templates.given != new).sum(1)
    tried = set[int]()
    for template in np.argsort(apart, kind="stable"):
        form = int(templates.form[template])
        if form in tried:
            continue
        tried.add(form)
        found = _imitate(templates.forms[form], templates.values[template], new, book)
        if found is not None:
            return found
        if len(tried) == min(FORMS, len(templates.forms)):
            break
    return none


def _imitate(form: Form, old: dict[int, int], new: NDArray[np.int32], book: _Book) -> int | None:
    """The answer of this form of proof with the new prompt in it; None where a line fails."""
    bound: dict[int, int] = {}
    for slot, value in zip(form.same, new.tolist()):
        if bound.setdefault(slot, value) != value:
            return None
    for predicate, slots in form.lines:
        known = [s in bound for s in slots]
        line = tuple(old[s] for s in slots)
        if book.is_written(predicate, known):
            rows = book.find(predicate, known, [bound[s] for s in slots if s in bound])
        else:
            rows = [line]
        if not rows:
            return None
        # of several facts that fit, the one most like the line imitated
        best = max(rows, key=lambda row: sum(a == b for a, b in zip(line, row)))
        for slot, value in zip(slots, best):
            if bound.setdefault(slot, value) != value:
                return None
    return bound.get(form.answer, old[form.answer])


class _Book:
    """The stated facts and those read in demonstrated proofs, found as they are written."""

    def __init__(self, corpus: Corpus) -> None:
        closure, axiom = corpus.closure, corpus.split.gold.axiom
        premises = closure.premises[corpus.read.derivations]
        read = np.zeros(len(axiom), bool)
        read[premises[premises >= 0]] = True
        written = corpus.demonstrated | corpus.stated | read
        written &= closure.is_base & ~axiom | corpus.demonstrated
        self.rows: dict[int, list[tuple[int, ...]]] = {}
        for fact in np.flatnonzero(written):
            row = tuple(int(a) for a in closure.arguments[fact] if a >= 0)
            self.rows.setdefault(int(closure.predicate[fact]), []).append(row)
        self.index: dict[tuple, dict[tuple[int, ...], list[tuple[int, ...]]]] = {}
        self.orders: dict[int, list[list[int]]] = {}
        for number, predicate in enumerate(closure.predicates):
            cues = [i for i, (p, _) in enumerate(corpus.cues) if p == predicate]
            places = list(range(closure.arity[predicate]))
            self.orders[number] = [
                [*(k for k in places if k != corpus.cues[i][1]), corpus.cues[i][1]] for i in cues
            ] or [places]
            if predicate in corpus.world.axioms and cues:
                # of rules as data those that stood in a proof, as a sentence writes them if it does
                facts, rows = sentences_under(closure, corpus.cues, corpus.examples, cues[0])
                block = np.arange(closure.blocks[predicate].start, closure.blocks[predicate].stop)
                alone = np.setdiff1d(block[read[block]], facts)
                alone = closure.arguments[alone, : closure.arity[predicate]]
                every = np.concatenate([rows[read[facts]], alone])
                self.rows[number] = [tuple(row) for row in every.tolist()]
        # what the prompt shows by itself, and the rules of imitated proofs, are at hand anyhow
        self.at_hand = {int(p) for p in np.unique(closure.predicate[corpus.unstated | axiom])}

    def is_written(self, predicate: int, known: Sequence[bool]) -> bool:
        """Whether facts of ``predicate`` are written with the ``known`` arguments first."""
        given, n = {i for i, k in enumerate(known) if k}, sum(known)
        return predicate in self.at_hand or any(
            {*order[:n]} == given for order in self.orders[predicate]
        )

    def find(
        self, predicate: int, known: Sequence[bool], values: Sequence[int]
    ) -> list[tuple[int, ...]]:
        """The facts of ``predicate`` that have ``values`` at the ``known`` arguments."""
        key = (predicate, tuple(known))
        if key not in self.index:
            table = self.index.setdefault(key, {})
            for row in self.rows.get(predicate, []):
                part = tuple(v for v, k in zip(row, known) if k)
                table.setdefault(part, []).append(row)
        return self.index[key].get(tuple(values), [])
