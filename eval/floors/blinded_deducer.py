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

from ...worlds.datalog.facts import Array
from ...worlds.datalog.join import Bindings, Query, solve
from ...worlds.datalog.syntax import Atom, Constant, Rule, Variable
from .beside import answered, named, parts_of
from .reading import Reading
from .strategy import Ballot, Batch

ANSWER = "?answer"  # names that no variable of a rule has
BLANK = "?blank"


@dataclasses.dataclass(frozen=True)
class Ingredient:
    """A place of a positive premise, or all of it, of a rule, or of rules that conclude different
    constants from the same premises (less, equal, greater)."""

    rules: tuple[int, ...]
    premise: int
    place: int | None  # None: the premise is dropped

    def named(self, rules: tuple[Rule, ...]) -> str:
        """In words: "rule 1: typical, place 2"."""
        body = rules[self.rules[0]].positive
        predicate = body[self.premise].predicate
        twice = sum(a.predicate == predicate for a in body) > 1
        which = f"{predicate} ({self.premise + 1})" if twice else predicate
        what = f"{which} dropped" if self.place is None else f"{which}, place {self.place + 1}"
        if len(self.rules) == len(rules):
            return what
        first, last = self.rules[0] + 1, self.rules[-1] + 1
        return f"rule {first}: {what}" if first == last else f"rules {first}-{last}: {what}"


def ingredients(rules: tuple[Rule, ...], predicate: str, position: int) -> Iterator[Ingredient]:
    """Every ingredient of the rules that derive ``predicate``, queried at ``position``."""
    alike: dict[object, list[int]] = {}
    for number, rule in enumerate(rules):
        if rule.head.predicate == predicate:
            constant = isinstance(rule.head.terms[position], Constant)
            body = tuple(a.predicate for a in rule.positive)
            alike.setdefault(body if constant else number, []).append(number)
    for numbers in alike.values():
        rule = rules[numbers[0]]
        for premise, atom in enumerate(rule.positive):
            for place in (*range(len(atom.terms)), None):
                found = Ingredient((*numbers,), premise, place)
                if _leaves_an_answer(rule, found, position):
                    yield found


def _leaves_an_answer(rule: Rule, ingredient: Ingredient, position: int) -> bool:
    """Whether the rest of the rule still says what to answer; else the guess is chance's."""
    query, _ = stand_in(rule, ingredient, set())
    answer = rule.head.terms[position]
    left = {v for atom in query.atoms for v in atom.variables()}
    return isinstance(answer, Constant) or answer.name in left


@dataclasses.dataclass(frozen=True)
class BlindedDeducer:
    """A rule of the program without one ingredient. Blind to that ingredient: where it is a word of
    the prompt, no part that holds this word removes values.

    It reads constants, not words: ``prompt`` and cue of the questions are given to it by corpus
    ids, which spelled prompts stand for one to one.
    """

    rules: tuple[Rule, ...]
    number: Mapping[str, int]  # of each constant's name
    ingredient: Ingredient
    position: int  # that is queried
    prompt: Array  # [n, 1 + w] constants
    values: Array  # [V] the constants of the batch's values
    family: str = "blinded"

    @property
    def name(self) -> str:
        return f"without {self.blind}"

    @property
    def blind(self) -> str:
        return self.ingredient.named(self.rules)

    @property
    def hidden(self) -> int:
        """The place of the prompt whose word is the ingredient, -1 where it is none of them: what
        was answered beside it would tell what it is."""
        if self.ingredient.place is None:
            return -1
        rule = self.rules[self.ingredient.rules[0]]
        term = rule.positive[self.ingredient.premise].terms[self.ingredient.place]
        given = [t for i, t in enumerate(rule.head.terms) if i != self.position]
        return 1 + given.index(term) if term in given else -1

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        ways = self.ways(reading.facts)
        if ways is None:
            return
        votes = {"any": np.minimum(ways, 1), "commonest": ways}
        for which, found in votes.items() if (ways > 1).any() else [("any", ways)]:
            yield which, Ballot(found)
            for part in parts_of(batch):
                if self.hidden in part:
                    continue
                seen = answered(reading, batch, part, reading.demonstrated).toarray() > 0
                for how, kept in (("never", ~seen), ("once", seen)):
                    # where all are removed none was: they are the guess again
                    both = found + np.where(kept & (found > 0), ways.max(), 0)
                    yield f"{which}, {how} an answer beside {named(part)}", Ballot(both)

    def ways(self, tables: Mapping[str, Array]) -> NDArray[np.float32] | None:
        """[n, V] how many things that could stand in for the ingredient derive each value from
        ``tables``; where there are too many of them, 1 for each value that is derived."""
        place = np.full(len(self.number) + 1, -1)  # the last answers for -1
        place[self.values] = np.arange(len(self.values))
        out = np.zeros((len(self.prompt), len(self.values)), np.float32)
        for number in self.ingredient.rules:
            rule = self.rules[number]
            start = prompts(rule, self.position, self.prompt, self.number)
            query, more = stand_in(rule, self.ingredient, {*start})
            body = (rule, self.position, query, tables, self.number, start)
            found = solved(*body, more) or solved(*body, ())
            if found is None:
                return None
            at = place[found[ANSWER]]
            cell = found[""][at >= 0] * np.int64(len(self.values)) + at[at >= 0]
            out += np.bincount(cell, minlength=out.size).reshape(out.shape)
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


def stand_in(rule: Rule, ingredient: Ingredient, bound: set[str]) -> tuple[Query, tuple[str, ...]]:
    """(body without the ingredient, the variables by which what could stand in for it differs).

    ``bound``: variables that the prompt gives. What stands in is another value in the place, or, of
    a premise dropped, other values of what it shares with the rest.
    """
    atoms = list(rule.positive)
    atom = atoms.pop(ingredient.premise)
    others = {v for a in atoms for v in a.variables()}
    shared = (atom.variables() & others) - bound
    if ingredient.place is None:
        return Query((*atoms,), rule.negative, rule.comparisons), (*sorted(shared),)
    old, blank = atom.terms[ingredient.place], Variable(BLANK)
    terms = [blank if i == ingredient.place else t for i, t in enumerate(atom.terms)]
    linked = (old.name,) if isinstance(old, Variable) and old.name in shared else ()
    body = (*atoms, Atom(atom.predicate, (*terms,)))
    return Query(body, rule.negative, rule.comparisons), (BLANK, *linked)


def solved(
    rule: Rule,
    position: int,
    query: Query,
    tables: Mapping[str, Array],
    number: Mapping[str, int],
    start: Bindings,
    more: tuple[str, ...],
    thin: np.random.RandomState | None = None,
) -> Bindings | None:
    """Answers to each prompt, as ANSWER, with the variables ``more``; None where unbound."""
    term = rule.head.terms[position]
    name = term.name if isinstance(term, Variable) else ""
    found = solve(query, tables, number, start, (*((name,) if name else ()), *more), thin)
    if found is None:
        return None
    constant = np.int32(-1 if isinstance(term, Variable) else number.get(term.name, -1))
    answer = found[name] if name else np.full(len(found[""]), constant, np.int32)
    return {"": found[""], ANSWER: answer, **{v: found[v] for v in more}}
