"""The checks of a world, and check_world(name, size) -> Report: are its promises kept?

Each promise is one function of the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .... import parameters, registry
from ....worlds.draw_limit import draws_within, ends
from ....worlds.world import World
from .. import floors_report, framework
from ..framework import Appendix, Check, Outcome, Report
from . import (
    closure_agreement,
    declaration,
    determinism,
    history,
    leakage,
    question_checks,
    reference_checks,
    verbalization,
)
from .subprocesses import LONGEST, Elsewhere
from .world_fixture import Subject

DEFAULT = ("tiny", "small")  # sizes
LEAST = "least"  # all is looked at, so at the least size only

DECLARED = (
    Check("id", "its id is a versioned name", declaration.identity, (), "whole"),
    Check("rules", "they are stratified, range-restricted Datalog", declaration.rules, (), "whole"),
    Check("axioms", "rules as data are never derived", declaration.axioms, ("rules",), "whole"),
    Check("sizes", "there are sizes tiny and small", declaration.sizes, (), "whole"),
)
DRAWN = (
    Check("facts", "they are integers over constants in sorts", determinism.facts),
    Check("names", "whatever is named exists", declaration.names, ("rules", "facts")),
    Check(
        "sorts",
        "no rule joins or compares two sorts",
        declaration.argument_sorts,
        ("names",),
    ),
    Check("repeatable", "one seed gives one world", determinism.repeatable, ("facts",)),
    Check("access", "what was drawn before changes nothing", determinism.access, ("repeatable",)),
    Check("streams", "facts have a stream of their own", determinism.own_stream, ("access",)),
    Check("world seeds", "other seeds give other worlds", determinism.world_seeds, ("streams",)),
    Check("doubles", "no two predicates are drawn alike", leakage.doubles, ("names", "streams")),
)
DECIDED = (
    Check("threads", "any number gives the same closure", determinism.threads, ("names", "access")),
    Check("firing", "every rule fires", declaration.fires, ("sorts", "threads")),
    Check("clingo", "it finds the same derivations", closure_agreement.clingo, ("threads",), LEAST),
    Check(
        "brute force",
        "so it does, and the heights",
        closure_agreement.bruteforce,
        ("clingo",),
        LEAST,
    ),
)
CORPUS = ("corpus",)
DRAWN_WELL = ("names", "access")
ALIKE = ("corpus", "history")
QUESTIONS = (
    Check(
        "corpus", "one is made, and passes its audit", question_checks.built, ("axioms", "clingo")
    ),
    Check("splits", "each named split makes one too", question_checks.splits, CORPUS, LEAST),
    Check("exposure seeds", "other seeds give other corpora", determinism.exposure_seeds, CORPUS),
    Check("rungs", "every promised rung is populated", question_checks.rungs, CORPUS),
    Check("answers", "every answer set is complete", question_checks.answers, CORPUS),
    Check(
        "nothing false",
        "a part of the facts entails no falsehood",
        question_checks.nothing_false,
        CORPUS,
    ),
    Check(
        "controls",
        "nontheorems are false, unknowables not",
        question_checks.controls,
        ("nothing false",),
    ),
    Check("known", "all facts and patterns entail all that is true", question_checks.known, CORPUS),
    Check("disjoint", "no statement gives an answer away", leakage.disjoint, CORPUS),
    Check("hints", "no base fact states an answer", leakage.hints, CORPUS),
    Check(
        "sentences", "stated patterns have sentences, and no others", leakage.stated_rules, CORPUS
    ),
    Check(
        "plain rules",
        "with the data written in, rungs stay",
        closure_agreement.plain,
        CORPUS,
        LEAST,
    ),
    Check("phrases", "a sentence states one fact only", verbalization.phrases, CORPUS, LEAST),
    Check("tokens", "different prompts differ in every mode", verbalization.tokens, CORPUS),
)
# last, for they wait for processes that work while all else is checked
ELSEWHERE = (
    Check("history", "nothing but the seed changes what is drawn", history.history, DRAWN_WELL),
    Check("processes", "any process makes the same corpora", determinism.processes, ALIKE),
    Check("golden", "no content moves without a version", determinism.golden, ("processes",)),
    Check("cost", "what a corpus takes is printed", determinism.cost, ("processes",)),
)
SYMBOLIC = DECLARED + DRAWN + DECIDED + QUESTIONS
SOLVED = (
    Check(
        "ceilings",
        "each reference solves its rungs, and no other",
        reference_checks.ceilings,
        CORPUS,
    ),
    Check("floors", "every promised rung has its floor", reference_checks.floors, ("ceilings",)),
    Check("chance", "no guess gets far", reference_checks.chance, ("floors",)),
    Check(
        "spread", "many answers and facts are behind it", reference_checks.spread_out, ("rungs",)
    ),
    Check(
        "beyond association",
        "where it says so, blind strategies fail",
        reference_checks.beyond_association,
        ("floors",),
    ),
)
CHECKS = SYMBOLIC + SOLVED + ELSEWHERE


def run(
    checks: Sequence[Check[Subject]],
    world: World,
    sizes: Sequence[str],
    elsewhere: Elsewhere | None = None,
    watch: Callable[[str], None] = lambda what: None,
    keep: Callable[[Subject], None] = lambda subject: None,
) -> Iterator[Outcome]:
    """The outcome of every check at every size where it applies; ``watch`` gets what is next, and
    ``keep`` the subject of each size once all its checks were made."""
    least = "tiny" if "tiny" in world.sizes else next(iter(world.sizes), "")
    failed: set[str] = set()  # of the world as a whole: their dependents are reached at no size
    for size in ("", *sizes):
        at_least = ("least",) if parameters.split(size)[0] == least else ()
        scopes = ("size", *at_least) if size else ("whole",)
        chosen = [check for check in checks if check.scope in scopes]
        subject = Subject(world, size, elsewhere)
        for outcome in framework.run(chosen, subject, world, size, failed, watch):
            if not size and not outcome.passed:
                failed.add(outcome.name)
            yield outcome
        if size:
            keep(subject)


def check_world(
    name: str,
    size: str = "",
    watch: Callable[[str], None] = lambda what: None,
    values: Mapping[str, Any] | None = None,
    ready: Callable[[str, Outcome], None] = lambda world, outcome: None,
) -> Report:
    """Checks the world of an id or a Python file, at one size or at tiny and small.

    ``values``: parameters of its sizes, instead of their own. ``watch`` gets what is looked at,
    ``ready`` the world's id and each outcome as it comes. Raises UserError for an unknown world,
    size or parameter.
    """
    with draws_within(LONGEST), ends(name):
        world = registry.world(name)
    sizes = (size,) if size else tuple(s for s in DEFAULT if s in world.sizes)
    sizes = tuple(world.named_size(s, values or {}) for s in sizes)
    where = str(Path(name).resolve()) if name.endswith(".py") else name
    outcomes: list[Outcome] = []
    appendices: list[Appendix] = []
    with draws_within(LONGEST), Elsewhere(where, sizes) as elsewhere:
        keep = partial(_appendix, appendices)
        for outcome in run(CHECKS, world, sizes, elsewhere, watch, keep):
            outcomes.append(outcome)
            ready(world.id, outcome)
    return Report("world", world.id, sizes, (*outcomes,), (*appendices,))


def _appendix(found: list[Appendix], subject: Subject) -> None:
    """The instruments of a size, where its floors were measured and there are any."""
    if "floors" not in vars(subject) or not subject.floors:
        return
    seeds = len(subject.floor_records)
    what = f"{subject.world.id}/{subject.size}: what is had without the rule"
    title = f"{what}, means of {seeds} world seeds" if seeds > 1 else what
    found.append(
        Appendix(
            floors_report.brief(title, subject.floors),
            (
                *floors_report.warnings(subject.floors),
                *floors_report.without_floor(subject.floor_records),
            ),
            "instruments",
            subject.size,
            [m.record() for m in subject.floors],
        )
    )
