"""What a world declares: its id, its rules, and names that exist."""

from __future__ import annotations

from collections.abc import Iterable

from ....errors import UserError, suggest
from ....registry import WORLD_ID
from ....worlds.datalog.facts import Facts
from ....worlds.datalog.syntax import Program
from ....worlds.instruments import beyond_association, cue_names, instruments, unknown_cue
from ....worlds.novelty.rungs import RUNGS
from ..framework import Refused
from ..soundness.argument_sorts import mismatches
from .world_fixture import Subject

WANTED = ("tiny", "small")  # sizes that every world has: for its checks, and for its quotas
FIRED = 3  # world seeds, on one of which each rule fires


def identity(subject: Subject) -> str:
    id = subject.world.id
    if not isinstance(id, str) or not WORLD_ID.fullmatch(id):
        raise Refused(
            f"the id is {id!r}",
            "give a versioned name, such as 'zebra-v2'; as a plugin 'acme.zebra-v1'",
        )
    return id


def rules(subject: Subject) -> str:
    """They parse: an error names its line and column in the text."""
    program = subject.world.program
    derived = ", ".join(p for group in program.strata for p in group)
    return f"rules: {len(program.rules)}; derived: {derived}"


def axioms(subject: Subject) -> str:
    """Rules as data are sampled: what is derived is a conclusion, and no pattern."""
    world = subject.world
    for rule in world.program.rules:
        if rule.head.predicate in world.axioms:
            raise Refused(
                f"the axiom predicate {rule.head.predicate} is derived, by {rule.text}",
                "sample all its facts and derive another predicate, or take it out of `axioms`",
            )
    return f"rules as data: {', '.join(sorted(world.axioms)) or 'none'}"


def sizes(subject: Subject) -> str:
    missing = [size for size in WANTED if size not in subject.world.sizes]
    if missing:
        raise Refused(
            f"the world has no size {missing[0]!r}, only {', '.join(subject.world.sizes)}",
            "name sizes 'tiny' (hundreds of facts: all of it is checked) and 'small' (at least 300 "
            "pure questions on every promised rung)",
        )
    return ", ".join(subject.world.sizes)


def names(subject: Subject) -> str:
    """A name that stands for nothing would be passed over in silence."""
    world, facts = subject.world, subject.facts
    _sampled_or_derived(world.program, facts)
    arity = {p: rows.shape[1] for p, rows in facts.rows.items()} | dict(world.program.arity)
    sampled = {*facts.rows}
    _known("axiom predicate (nothing samples it)", world.axioms, sampled)
    _known("predicate in queries", world.queries, arity)
    _known("predicate in phrases", world.phrases, arity)
    _known("familiar predicate (nothing samples it)", world.familiar, sampled)
    _known("sort in entities", world.entities, facts.sorts)
    _known("sort in spelled", world.spelled, facts.sorts)
    _known("sort of episodes", filter(None, [world.episodes]), facts.sorts)
    _known("size in exposures", world.exposures, world.sizes)
    _known("size in drawn_as", {*world.drawn_as, *world.drawn_as.values()}, world.sizes)
    named = [e.split for e in (world.exposure, *world.exposures.values()) if e.split]
    _known("split in exposures", named, world.splits)
    _known("rung in rungs", world.rungs, RUNGS)
    instruments(world)  # raises for a pair that the world cannot have
    beyond_association(world)
    for cue in world.few_answers:
        if cue not in cue_names(world):
            raise Refused(
                f"few_answers: {unknown_cue(world, cue)}", "mend the name, or leave it out"
            )
    for predicate, n in arity.items():
        places = world.positions(predicate, n)
        if len({*places}) < len(places) or not {*places} <= {*range(n)}:
            raise Refused(
                f"queries[{predicate!r}] = {places}, of a predicate with {n} arguments",
                f"give each queried place once, from 0 to {n - 1}",
            )
    for rule, variables in world.schema.items():
        if rule not in range(1, len(world.program.rules) + 1):
            raise Refused(
                f"schema names rule {rule} of {len(world.program.rules)}",
                "count rules from 1, in the order written: `zebroid show` numbers them",
            )
        for variable in variables:
            try:
                world.program.rules[rule - 1].binding(variable)
            except UserError as error:
                raise Refused(
                    f"schema, rule {rule}: {str(error).removesuffix('.')}",
                    "name a variable of that rule; rules count from 1, as in `zebroid show`",
                ) from error
    silent = sorted(p for p in arity if p not in world.phrases)
    default = f"; written as in rules: {', '.join(silent)}" if world.phrases and silent else ""
    return f"predicates {', '.join(sorted(arity))}{default}"


def _sampled_or_derived(program: Program, facts: Facts) -> None:
    """Whatever a rule asks for is sampled or derived, even if of no fact."""
    names = {*facts.rows} | {rule.head.predicate for rule in program.rules}
    for number, rule in enumerate(program.rules, start=1):
        for atom in rule.positive + rule.negative:
            if atom.predicate not in names:
                unknown = suggest("predicate", atom.predicate, names)
                raise Refused(
                    f"rule {number}, line {rule.line} of the rules: {unknown}",
                    f"mend the name in {rule.text!r}, or sample facts of {atom.predicate}",
                )


def argument_sorts(subject: Subject) -> str:
    """No rule joins, names or compares constants of different sorts: it would never fire."""
    world, facts = subject.world, subject.facts
    for found in mismatches(world.program, facts):
        raise Refused(found, "give the argument the sort that is meant, or the variables two names")
    return f"{len(world.program.rules)} rules, in each a variable has one sort"


def fires(subject: Subject) -> str:
    """Each rule derives something on one of the first world seeds."""
    program = subject.world.program
    idle = {*range(len(program.rules))} - {*subject.closure.rule.tolist()}
    for seed in range(1, FIRED):
        if idle:
            idle -= {*subject.steady.closure(subject.size, seed).rule.tolist()}
    for number in sorted(idle)[:1]:
        rule = program.rules[number]
        more = f" (and {len(idle) - 1} others)" if len(idle) > 1 else ""
        raise Refused(
            f"line {rule.line}: {rule.text} never fires on {FIRED} world seeds{more}",
            "mend what it asks for, sample the facts that it needs, or take it out",
        )
    return f"{len(program.rules)} rules, each of which fires"


def _known(kind: str, given: Iterable[str], names: Iterable[str]) -> None:
    names = [*names]
    for name in given:
        if name not in names:
            raise Refused(str(suggest(kind, name, names)), "mend the name, or leave it out")
