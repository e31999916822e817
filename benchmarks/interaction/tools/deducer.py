"""deduced(...): what follows by one step from a few facts, whether or not these hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from ....worlds.corpus.corpus import Corpus
from ....worlds.datalog.syntax import Atom, Comparison, Constant, Rule, Term
from ....worlds.encoding.traces import Line, Prompt

Bound = dict[str, int]  # variable -> constant
ORDER = {"<": -1, "=": 0, ">": 1}


class Deducer:
    """The rules that a corpus gives, one step at a time.

    Premises are the facts of a trace, and those that no text states and a prompt shows by itself.
    What a rule denies is looked up in gold, where predicates under negation are given in full.
    """

    def __init__(self, corpus: Corpus) -> None:
        c = corpus.closure
        self.corpus = corpus
        used = {*c.rule.tolist()}  # one without an instance in gold was not given, or never fires
        self.rules = tuple(rule for i, rule in enumerate(c.program.rules) if i in used)
        self.number = c.base.number
        self.background: dict[str, list[tuple[int, ...]]] = {}
        silent = corpus.writing.silent & c.is_base
        for fact in np.flatnonzero(silent).tolist():
            predicate = c.predicates[c.predicate[fact]]
            row = c.arguments[fact, : c.arity[predicate]]
            self.background.setdefault(predicate, []).append(tuple(row.tolist()))

    def deduced(self, prompt: Prompt, lines: Iterable[Line]) -> int:
        """The least constant that answers the prompt by one step from ``lines``; the corpus' none
        where nothing does."""
        predicate, position = self.corpus.cues[prompt[0]]
        given = [*prompt[1 : position + 1], None, *prompt[position + 1 :]]
        held = dict[str, list[tuple[int, ...]]]()
        for other, words in lines:
            held.setdefault(other, []).append(words)
        found = [self.corpus.none]
        for rule in self.rules:
            if rule.head.predicate != predicate:
                continue
            bound = Bound()
            fits = all(
                word is None or self._bind(term, word, bound)
                for term, word in zip(rule.head.terms, given)
            )
            for one in self._matches(rule, 0, bound, held) if fits else ():
                found.append(self._value(rule.head.terms[position], one))
        return min(found)

    def _matches(
        self, rule: Rule, place: int, bound: Bound, held: Mapping[str, list[tuple[int, ...]]]
    ) -> Iterator[Bound]:
        if place == len(rule.positive):
            if all(self._compares(c, bound) for c in rule.comparisons) and not any(
                self._stands(atom, bound) for atom in rule.negative
            ):
                yield bound
            return
        atom = rule.positive[place]
        for source in (held, self.background):
            for words in source.get(atom.predicate, ()):
                now = dict(bound)
                if all(self._bind(term, word, now) for term, word in zip(atom.terms, words)):
                    yield from self._matches(rule, place + 1, now, held)

    def _bind(self, term: Term, word: int, bound: Bound) -> bool:
        if isinstance(term, Constant):
            return self.number[term.name] == word
        return bound.setdefault(term.name, word) == word

    def _value(self, term: Term, bound: Bound) -> int:
        return self.number[term.name] if isinstance(term, Constant) else bound[term.name]

    def _compares(self, comparison: Comparison, bound: Bound) -> bool:
        left, right = (self._value(t, bound) for t in (comparison.left, comparison.right))
        way = (left > right) - (left < right)
        wanted = {ORDER[sign] for sign in comparison.operator if sign in ORDER}
        return way != 0 if comparison.operator == "!=" else way in wanted

    def _stands(self, atom: Atom, bound: Bound) -> bool:
        """Whether some fact of gold is an instance of the atom."""
        table = self.corpus.closure.rows(atom.predicate)
        fits = np.ones(len(table), bool)
        for column, term in zip(table.T, atom.terms):
            if isinstance(term, Constant):
                fits &= column == self.number[term.name]
            elif term.name in bound:
                fits &= column == bound[term.name]
        return bool(fits.any())
