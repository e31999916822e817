"""Controls: prompts whose right answer under gold is NONE.

Nontheorems have no answer in the world: they are near misses, a rule's body with one premise
missing. Unknowables have an answer in the world that does not follow from what is stated.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure
from ..datalog.engine import close
from ..datalog.facts import Array
from ..datalog.parser import parse
from ..datalog.row_keys import among, distinct, group, pack
from ..datalog.syntax import Atom, Comparison, Constant, Program, Rule, Term, Variable
from .derivations import Proofs
from .questions import Cue, find_prompts, prompt_rows

NEGATIVE = 100  # near_miss of a negative premise: NEGATIVE + its place


def near_misses(
    gold: Proofs,
    truth: Closure,
    theorems: Array,
    cues: Sequence[Cue],
    rng: np.random.RandomState,
) -> tuple[Array, NDArray[np.int8]]:
    """(prompts [n, 1 + w], near_miss [n]): near misses of theorems that no fact of truth answers.

    A missing premise's own variables are drawn from the same column of other instances of the
    rule, so that near misses and theorems are made of equally frequent parts. ``theorems`` are
    the prompts that truth answers.
    """
    found: list[Array] = [np.zeros((0, theorems.shape[1]), np.int32)]
    tags: list[NDArray[np.int8]] = [np.zeros(0, np.int8)]
    for number, (predicate, position) in enumerate(cues):
        for rule_number, rule in enumerate(gold.closure.program.rules):
            if rule.head.predicate != predicate or len(rule.head.terms) == 1:
                continue  # a prompt that gives nothing can miss nothing
            given = tuple(t for i, t in enumerate(rule.head.terms) if i != position)
            for i in range(len(rule.positive)):
                prompts = _without(gold, truth, rule_number, i, given, rng)
                found.append(prompt_rows(number, prompts, theorems.shape[1] - 1))
                tags.append(np.full(len(prompts), i, np.int8))
            for i in range(len(rule.negative)):
                prompts = _blocked(truth, rule, i, given)
                found.append(prompt_rows(number, prompts, theorems.shape[1] - 1))
                tags.append(np.full(len(prompts), NEGATIVE + i, np.int8))
    prompts = np.concatenate(found)
    first = group(pack(list(prompts.T)))[1]
    first = first[find_prompts(theorems, prompts[first]) < 0]
    return prompts[first], np.concatenate(tags)[first]


def _without(
    gold: Proofs,
    truth: Closure,
    number: int,
    missing: int,
    given: tuple[Term, ...],
    rng: np.random.RandomState,
) -> Array:
    """[n, given] prompts for which all premises of a rule hold but the ``missing`` one."""
    c = gold.closure
    rule = c.program.rules[number]
    derivations = np.flatnonzero((c.rule == number) & gold.counts)
    kept = set().union(*(a.variables() for i, a in enumerate(rule.positive) if i != missing))
    value: dict[str, Array] = {}
    for atom in rule.positive:
        for name in sorted(atom.variables()):
            premise, place = rule.binding(name)
            found = c.arguments[c.premises[derivations, premise], place]
            value[name] = found if name in kept else rng.permutation(found).astype(np.int32)

    def column(term: Term) -> Array:
        if isinstance(term, Constant):
            return np.full(len(derivations), c.base.number[term.name], np.int32)
        return value[term.name]

    atom = rule.positive[missing]
    bound = kept | {t.name for t in given if not isinstance(t, Constant)}
    places = [j for j, t in enumerate(atom.terms) if isinstance(t, Constant) or t.name in bound]
    wanted = np.stack([column(atom.terms[j]) for j in places], 1) if places else None
    if wanted is None:
        return np.zeros((0, len(given)), np.int32)
    there = truth.rows(atom.predicate)[:, places]
    key = pack(list(np.concatenate([there, wanted]).T))
    gone = ~among(key[len(there) :], distinct(key[: len(there)]))
    prompts = np.stack([column(t) for t in given], 1)[gone]
    return prompts[group(pack(list(prompts.T)))[1]]


def _blocked(truth: Closure, rule: Rule, place: int, given: tuple[Term, ...]) -> Array:
    """[n, given] prompts for which one negative premise alone fails."""
    others = rule.negative[:place] + rule.negative[place + 1 :]
    body = [*map(_text, (*rule.positive, rule.negative[place]))]
    body += [f"not {_text(a)}" for a in others] + [_comparison(c) for c in rule.comparisons]
    head = _text(Atom("blocked_prompt", given))
    facts = truth.base.replace(**{p: truth.rows(p) for p in truth.predicates})
    program: Program = parse(f"{head} :- {', '.join(body)}.")
    return close(program, facts).rows("blocked_prompt")


def _text(atom: Atom) -> str:
    return f"{atom.predicate}({','.join(map(_term, atom.terms))})"


def _comparison(c: Comparison) -> str:
    return f"{_term(c.left)} {c.operator} {_term(c.right)}"


def _term(term: Term) -> str:
    return "_" if isinstance(term, Variable) and term.wildcard else term.name
