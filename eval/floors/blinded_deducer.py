"""Blinded deducers: a rule applied by someone who cannot read one ingredient of it.

An *ingredient* is one argument place of one positive premise, or a whole premise. The rule without
it is joined on what is written; of the values found, those that were, or never were, an answer
beside a part of the prompt are then removed. A question counts only where the ingredient is
*pivotal*: replaced by a like one it would change the answer. Negations dropped are ablations and no
floors: where no exception fires they are the rule.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ...worlds.datalog.facts import Array, Bools
from ...worlds.datalog.syntax import Atom, Constant, Rule, Variable
from .beside import answered, named, parts_of
from .join import Bindings, Query, solve
from .reading import Reading
from .strategy import Ballot, Batch

ANSWER = "?answer"  # names that no variable of a rule has
BLANK = "?blank"


@dataclasses.dataclass(frozen=True)
class Ingredient:
    """A place of a positive premise of a rule, or all of it."""

    rule: int
    premise: int
    place: int | None  # None: the premise is dropped

    def named(self, rules: tuple[Rule, ...]) -> str:
        """In words: "rule 1: typical, place 2"."""
        predicate = rules[self.rule].positive[self.premise].predicate
        twice = sum(a.predicate == predicate for a in rules[self.rule].positive) > 1
        which = f"{predicate} ({self.premise + 1})" if twice else predicate
        what = f"{which} dropped" if self.place is None else f"{which}, place {self.place + 1}"
        return f"rule {self.rule + 1}: {what}" if len(rules) > 1 else what


def ingredients(rules: tuple[Rule, ...], predicate: str) -> Iterator[Ingredient]:
    """Every ingredient of the rules that derive ``predicate``."""
    for number, rule in enumerate(rules):
        if rule.head.predicate != predicate:
            continue
        for premise, atom in enumerate(rule.positive):
            for place in range(len(atom.terms)):
                yield Ingredient(number, premise, place)
            if len(rule.positive) > 1:
                yield Ingredient(number, premise, None)


@dataclasses.dataclass(frozen=True)
class BlindedDeducer:
    """A rule of the program without one ingredient. Blind to that ingredient.

    It reads constants, not words: ``prompt`` and cue of the questions are given to it by corpus
    ids, which spelled prompts stand for one to one.
    """

    rules: tuple[Rule, ...]
    number: Mapping[str, int]  # of each constant's name
    ingredient: Ingredient
    position: int  # that is asked for
    prompt: Array  # [n, 1 + w] constants
    values: Array  # [V] the constants of the batch's values
    family: str = "blinded"

    @property
    def name(self) -> str:
        return f"without {self.blind}"

    @property
    def blind(self) -> str:
        return self.ingredient.named(self.rules)

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        found = self.candidates(reading.facts)
        if found is None:
            return
        yield "all", Ballot(found.astype(np.float32))
        for part in parts_of(batch):
            seen = answered(reading, batch, part, reading.demonstrated).toarray() > 0
            for how, kept in (("never", ~seen), ("once", seen)):
                both = found & kept  # where all are removed none was: they are the guess again
                yield f"{how} an answer beside {named(part)}", Ballot(found + both.astype(np.int8))

    def candidates(self, tables: Mapping[str, Array]) -> Bools | None:
        """[n, V] what the rule without the ingredient derives from ``tables``."""
        rule = self.rules[self.ingredient.rule]
        start = prompts(rule, self.position, self.prompt, self.number)
        query, _ = without(rule, self.ingredient)
        found = solved(rule, self.position, query, tables, self.number, start, ())
        if found is None:
            return None
        place = np.full(len(self.number) + 1, -1)  # the last answers for -1
        place[self.values] = np.arange(len(self.values))
        out = np.zeros((len(self.prompt), len(self.values)), bool)
        at = place[found[ANSWER]]
        out[found[""][at >= 0], at[at >= 0]] = True
        return out


def prompts(rule: Rule, position: int, prompt: Array, number: Mapping[str, int]) -> Bindings:
    """The variables of the rule's head as the prompts int32 [n, 1 + w] bind them."""
    out: Bindings = {"": np.arange(len(prompt), dtype=np.int32)}
    keep = np.ones(len(prompt), bool)
    others = [t for i, t in enumerate(rule.head.terms) if i != position]
    for column, term in zip(prompt[:, 1:].T, others):
        if isinstance(term, Constant):
            keep &= column == number.get(term.name, -1)
        elif term.name in out:
            keep &= column == out[term.name]
        else:
            out[term.name] = column
    return {name: column[keep] for name, column in out.items()}


def without(rule: Rule, ingredient: Ingredient) -> tuple[Query, tuple[Atom, ...]]:
    """(the body without the ingredient, the premise with blanks in it)."""
    atoms = list(rule.positive)
    atom = atoms.pop(ingredient.premise)
    blanks = range(len(atom.terms)) if ingredient.place is None else [ingredient.place]
    terms = [Variable(f"{BLANK}{i}") if i in blanks else t for i, t in enumerate(atom.terms)]
    blanked = Atom(atom.predicate, tuple(terms))
    if ingredient.place is not None:
        atoms.insert(ingredient.premise, blanked)
    return Query(tuple(atoms), rule.negative, rule.comparisons), (blanked,)


def solved(
    rule: Rule,
    position: int,
    query: Query,
    tables: Mapping[str, Array],
    number: Mapping[str, int],
    start: Bindings,
    more: tuple[str, ...],
) -> Bindings | None:
    """Answers to each prompt, as ANSWER, with the variables ``more``; None where unbound."""
    term = rule.head.terms[position]
    name = term.name if isinstance(term, Variable) else ""
    found = solve(query, tables, number, start, (*((name,) if name else ()), *more))
    if found is None:
        return None
    constant = np.int32(-1 if isinstance(term, Variable) else number.get(term.name, -1))
    answer = found[name] if name else np.full(len(found[""]), constant, np.int32)
    return {"": found[""], ANSWER: answer, **{v: found[v] for v in more}}
