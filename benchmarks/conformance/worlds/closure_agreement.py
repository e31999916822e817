"""What follows: two other deciders, and the same rules written without rules as data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from ....worlds.corpus.corpus import Corpus
from ....worlds.datalog.brute_force import Derivation, Fact, Known, enumerate_model
from ....worlds.datalog.clingo_oracle import Decision, decide
from ....worlds.datalog.closure import Closure
from ....worlds.datalog.engine import close
from ....worlds.datalog.syntax import Atom, Constant, Program, Rule, Term, strata
from ....worlds.novelty.derivations import Pattern, Proofs
from ....worlds.novelty.rungs import RUNGS, provable, read_off, rung_of
from ..framework import FAULT, Moot, Refused
from .world_fixture import Subject, written

Model = tuple[Set[Fact], Set[Derivation]]  # all that is true, with every true ground instance

WRONG = f"leave World.closure as it is; if it is, {FAULT}"


def clingo(subject: Subject) -> str:
    """Every fact and every derivation, of the world and of what half of its facts entail."""
    closure = subject.closure
    _agree(closure, _of(decide(subject.world.program, subject.facts)), "clingo")
    gold = subject.split(subject.varied(coverage=0.5)).gold.closure
    kept = sorted({*gold.rule.tolist()})  # the others were not given, or never fire
    idle = {*range(len(gold.program.rules))} - {*kept}
    _agree(gold, _of(decide(gold.program.without(idle), gold.base), kept), "clingo")
    return f"{len(closure.predicate):,} facts, {len(closure.rule):,} derivations"


def bruteforce(subject: Subject) -> str:
    """Every fact, every derivation and every height, on the smallest size."""
    closure = subject.closure
    model = enumerate_model(subject.world.program, subject.facts)
    _agree(closure, ({*model.height}, model.derivations), "brute force")
    for fact, height in zip(_facts(closure), closure.height.tolist()):
        if height != model.height[fact]:
            raise Refused(
                f"{_words(closure, fact)} has height {height}, by brute force {model.height[fact]}",
                WRONG,
            )
    return f"{len(model.height):,} facts, {len(model.derivations):,} derivations, all heights"


def _agree(closure: Closure, other: Model, by: str) -> None:
    """Refuse a closure that holds what another decider does not, or the other way round."""
    mine = _of(closure)
    for who, one, two in (("the closure", mine, other), (by, other, mine)):
        for fact in sorted(one[0] - two[0], key=str)[:1]:
            raise Refused(f"{_words(closure, fact)} is true for {who} alone", WRONG)
        for rule, head, _ in sorted(one[1] - two[1], key=str)[:1]:
            raise Refused(f"{_words(closure, head)} follows by rule {rule} for {who} alone", WRONG)


def _of(found: Closure | Decision, rules: Sequence[int] | None = None) -> Model:
    """Facts and derivations as sets; ``rules``: the numbers that its rules have elsewhere."""
    facts = _facts(found)
    derivations = zip(found.rule.tolist(), found.head.tolist(), found.premises.tolist())
    return {*facts}, {
        (rules[rule] if rules else rule, facts[head], tuple(facts[p] for p in premises if p >= 0))
        for rule, head, premises in derivations
    }


def _facts(found: Closure | Decision) -> list[Fact]:
    return [
        (found.predicates[p], *(a for a in row if a >= 0))
        for p, row in zip(found.predicate.tolist(), found.arguments.tolist())
    ]


def _words(closure: Closure, fact: Fact) -> str:
    return written(str(fact[0]), [int(a) for a in fact[1:]], closure.base.constants)


def plain(subject: Subject) -> str:
    """With the axiom facts written into the rules as constants, every fact has the same rungs."""
    if not subject.world.axioms:
        raise Moot("no rules as data")
    corpus = subject.corpus()
    split = corpus.split
    gold, c = split.gold, split.gold.closure
    proofs, origin = written_plainly(gold)
    at = np.full(len(c.predicate), -1, np.int64)
    for predicate in c.predicates:
        if predicate not in gold.axioms:
            block = c.blocks[predicate]
            at[block.start : block.stop] = proofs.closure.find(predicate, c.rows(predicate))
    lost = np.flatnonzero((at < 0) & ~gold.axiom)
    if len(lost):
        fact = _words(c, _facts(c)[lost[0]])
        raise Refused(f"{fact} does not follow once it is written plainly", "mend engine.py")
    leaves = corpus.demonstrated | corpus.written
    own = provable(gold, corpus.read, leaves, split.stated_rules)
    other = _sets(proofs, corpus, origin, at)
    mine = np.flatnonzero(~gold.axiom)
    for f in mine[own[mine] != other[at[mine]]][:1]:
        no = np.zeros(1, bool)
        rungs = [RUNGS[rung_of(s, no, no)[0][0]] for s in (own[[f]], other[at[[f]]])]
        raise Refused(
            f"{_words(c, _facts(c)[f])} is {rungs[0]}, written plainly {rungs[1]}",
            FAULT,
        )
    return f"{len(proofs.closure.program.rules)} plain rules, {len(mine):,} facts, the same rungs"


def written_plainly(gold: Proofs) -> tuple[Proofs, list[Pattern]]:
    """The same proofs without rules as data, and the pattern that each of the new rules was.

    One rule for each rule and choice of axiom facts. Raises Moot where a rule has no other premise.
    """
    c, program = gold.closure, gold.closure.program
    constants = c.base.constants
    given = Known(
        ((p, *row) for p in sorted(gold.axioms) for row in c.base.rows[p].tolist()),
        c.base.number,
    )
    fired = {*c.rule.tolist()}
    rules: list[Rule] = []
    origin: list[Pattern] = []
    schema: dict[int, tuple[str, ...]] = {}
    for number, rule in enumerate(program.rules):
        if number not in fired:  # not given, or without an instance
            continue
        data = tuple(a for a in rule.positive if a.predicate in gold.axioms)
        if len(data) == len(rule.positive):
            raise Moot(f"without its axiom premises nothing is left of the body of {rule.text}")
        for binding, facts in given.matches(data, {}):
            words = tuple((str(f[0]), *(constants[int(a)] for a in f[1:])) for f in facts)
            free = tuple(v for v in gold.schema.get(number, ()) if v not in binding)
            schema |= {len(rules): free} if free else {}
            rules.append(_put(rule, gold.axioms, {v: constants[a] for v, a in binding.items()}))
            origin.append((number, words))
    needed = {a.predicate for rule in rules for a in rule.negative}
    rows = {p: r for p, r in c.base.rows.items() if p not in gold.axioms or p in needed}
    new = Program(tuple(rules), program.arity, strata(tuple(rules)))
    # predicates that none of these rules derives, or mentions, are there all the same
    rest = {*c.arity} - {*rows} - {rule.head.predicate for rule in rules}
    rows |= {p: np.zeros((0, c.arity[p]), np.int32) for p in sorted(rest)}
    closure = close(new, dataclasses.replace(c.base, rows=rows))
    return dataclasses.replace(gold, closure=closure, axioms=frozenset(), schema=schema), origin


def _put(rule: Rule, axioms: frozenset[str], value: dict[str, str]) -> Rule:
    """``rule`` without its axiom premises, with these values for their variables."""

    def put(term: Term) -> Term:
        return Constant(value[term.name]) if term.name in value else term

    def all_of(atoms: Iterable[Atom]) -> tuple[Atom, ...]:
        return tuple(dataclasses.replace(a, terms=tuple(map(put, a.terms))) for a in atoms)

    return dataclasses.replace(
        rule,
        head=all_of([rule.head])[0],
        positive=all_of(a for a in rule.positive if a.predicate not in axioms),
        negative=all_of(rule.negative),
        comparisons=tuple(
            dataclasses.replace(c, left=put(c.left), right=put(c.right)) for c in rule.comparisons
        ),
    )


def _sets(
    proofs: Proofs, corpus: Corpus, origin: list[Pattern], at: NDArray[np.int64]
) -> NDArray[np.uint16]:
    """With which kinds of novelty each plain fact is provable, given what the corpus gives."""
    split, c = corpus.split, proofs.closure
    stated_rules = {p for p, yes in zip(split.gold.patterns, split.stated_rules) if yes}
    demonstrated, leaves, apart = np.zeros((3, len(c.predicate)), bool)
    demonstrated[at[corpus.demonstrated]] = True
    leaves[at[corpus.demonstrated | corpus.written]] = True
    prompt_only = split.prompt_only & ~split.gold.axiom
    apart[at[prompt_only]] = True
    read = read_off(proofs, demonstrated | (c.is_base & (proofs.best >= 0) & ~apart))
    stated = np.array([origin[rule] in stated_rules for rule, _ in proofs.patterns], bool)
    return provable(proofs, read, leaves, stated)
