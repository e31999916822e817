"""run(checks, world, sizes) -> Outcomes: does a world keep what every world promises?

Here stand the promises that need nothing but the world: ``world_report.py`` adds those that
need reference solvers. Each is one function of ``checks/``, which returns what it found or
raises Refused with an instance and the cure.
"""

from __future__ import annotations

import dataclasses
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from ... import parameters
from ...errors import UserError
from ...worlds.world import World
from .worlds import (
    closure_agreement,
    declaration,
    determinism,
    history,
    leakage,
    question_checks,
    verbalization,
)
from .worlds.subprocesses import Elsewhere
from .worlds.world_fixture import Check, Moot, Refused, Subject

LEAST = "least"  # all is looked at, so at the least size only

DECLARED = (
    Check("id", "its id is a versioned name", declaration.identity, (), "world"),
    Check("rules", "they are stratified, range-restricted Datalog", declaration.rules, (), "world"),
    Check("axioms", "rules as data are never derived", declaration.axioms, ("rules",), "world"),
    Check("sizes", "there are sizes tiny and small", declaration.sizes, (), "world"),
)
DRAWN = (
    Check("facts", "they are integers over constants in sorts", determinism.facts),
    Check("names", "whatever is named exists", declaration.names, ("rules", "facts")),
    Check("repeatable", "one seed gives one world", determinism.repeatable, ("facts",)),
    Check("access", "what was asked before changes nothing", determinism.access, ("repeatable",)),
    Check("streams", "facts have a stream of their own", determinism.own_stream, ("access",)),
    Check("world seeds", "other seeds give other worlds", determinism.world_seeds, ("streams",)),
    Check("doubles", "no two predicates are drawn alike", leakage.doubles, ("names", "streams")),
)
DECIDED = (
    Check("threads", "any number gives the same closure", determinism.threads, ("names", "access")),
    Check("clingo", "it finds the same derivations", closure_agreement.clingo, ("threads",), LEAST),
    Check(
        "brute force",
        "so it does, and the heights",
        closure_agreement.bruteforce,
        ("clingo",),
        LEAST,
    ),
)
CORPUS, SOUND = ("corpus",), ("nothing false",)
ALIKE = ("corpus", "history")
ASKED = (
    Check(
        "corpus", "one is made, and passes its audit", question_checks.built, ("axioms", "clingo")
    ),
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
    Check("history", "nothing but the seed changes what is drawn", history.history, ("access",)),
    Check("processes", "any process makes the same corpora", determinism.processes, ALIKE),
    Check("golden", "no content moves without a version", determinism.golden, ("processes",)),
    Check("cost", "what a corpus takes is printed", determinism.cost, ("processes",)),
)
SYMBOLIC = DECLARED + DRAWN + DECIDED + ASKED


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one check."""

    name: str
    promise: str
    size: str  # empty: of the world as a whole
    passed: bool | None  # None: not looked at, for something that it rests on failed
    found: str
    cure: str  # empty where there is nothing to mend
    seconds: float


def run(
    checks: Sequence[Check],
    world: World,
    sizes: Sequence[str],
    elsewhere: Elsewhere | None = None,
    watch: Callable[[str], None] = lambda what: None,
) -> Iterator[Outcome]:
    """The outcome of every check at every size where it applies; ``watch`` is told what is next."""
    failed: set[str] = set()
    first = "tiny" if "tiny" in world.sizes else next(iter(world.sizes), "")
    for turn, size in enumerate(("", *sizes)):
        subject = Subject(world, size, elsewhere)
        broken = set(failed)
        for check in checks:
            if (check.scope == "world") != (turn == 0):
                continue
            if check.scope == "least" and parameters.split(size)[0] != first:
                continue
            watch(f"{size}: {check.name}" if size else check.name)
            outcome = _outcome(check, subject, sorted(broken & {*check.needs}))
            if not outcome.passed:
                broken.add(check.name)
            yield outcome
        if turn == 0:
            failed = broken


def _outcome(check: Check, subject: Subject, lacks: Sequence[str]) -> Outcome:
    began = time.perf_counter()
    passed, found, cure = None, "", ""
    try:
        if lacks:
            found = f"not looked at, since {lacks[0]} failed"
        else:
            found, passed = check.find(subject), True
    except Moot as why:
        found, passed = str(why), True
    except Refused as why:
        found, passed, cure = str(why), False, why.cure
    except UserError as error:
        found, _, cure = str(error).rpartition("; ")
        found, passed = found or str(error), False
    except Exception as error:  # whatever a stranger's world raises
        found, passed = f"{type(error).__name__}: {' '.join(str(error).split())}", False
        cure = _mend(error, vars(sys.modules[type(subject.world).__module__]).get("__file__", ""))
    seconds = time.perf_counter() - began
    return Outcome(check.name, check.promise, subject.size, passed, found, cure, seconds)


def _mend(error: Exception, file: str) -> str:
    """The last line of the world's own file that led to ``error``; else it is an error of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file]
    if own:
        return f"mend {own[-1].filename}:{own[-1].lineno}, {own[-1].line}"
    last = frames[-1]
    return f"report it with the world: an error in zebroid, {last.filename}:{last.lineno}"
