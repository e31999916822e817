"""run(checks, world, sizes) -> Outcomes: does a world keep what every world promises?

Here stand the promises that need nothing but the world: ``benchmarks/conformance.py`` adds those
that need reference solvers. Each is one function of ``checks/``, which returns what it found or
raises Refused with an instance and the cure.
"""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Callable, Iterator, Sequence

from ..registry import UserError
from .checks import asked, decided, declared, drawn, said, stated
from .checks.elsewhere import Elsewhere
from .checks.subject import Check, Moot, Refused, Subject
from .world import World

DECLARED = (
    Check("id", "a versioned name", declared.identity, "world"),
    Check("rules", "stratified, range-restricted Datalog", declared.rules, "world"),
    Check("axioms", "rules as data are never derived", declared.axioms, "world", ("rules",)),
    Check("sizes", "there are sizes tiny and small", declared.sizes, "world"),
)
DRAWN = (
    Check("facts", "constants in sorts, rows of integers", drawn.facts),
    Check("names", "whatever is named exists", declared.names, needs=("rules", "facts")),
    Check("repeatable", "one seed gives one world", drawn.repeatable, needs=("facts",)),
    Check("access", "what was asked before changes nothing", drawn.access, needs=("repeatable",)),
    Check("streams", "facts have a stream of their own", drawn.own_stream, needs=("access",)),
    Check("world seeds", "other seeds, other worlds", drawn.world_seeds, needs=("streams",)),
    Check("doubles", "no two predicates drawn alike", stated.doubles, needs=("names", "streams")),
)
DECIDED = (
    Check("threads", "the closure is the same", drawn.threads, needs=("names", "access")),
    Check("clingo", "finds the same closure", decided.clingo, "least", ("threads",)),
    Check("brute force", "finds the same closure", decided.bruteforce, "least", ("clingo",)),
)
ASKED = (
    Check("corpus", "built, and audited", asked.built, needs=("axioms", "clingo")),
    Check("exposure seeds", "other seeds, other corpora", drawn.exposure_seeds, needs=("corpus",)),
    Check("rungs", "promised ones are populated", asked.rungs, needs=("corpus",)),
    Check("answers", "answer sets are complete", asked.answers, needs=("corpus",)),
    Check("nothing false", "given a part, no falsehood", asked.nothing_false, needs=("corpus",)),
    Check("controls", "nontheorems don't follow", asked.controls, needs=("nothing false",)),
    Check("known", "given all, nothing is unknowable", asked.known, needs=("corpus",)),
    Check("disjoint", "statements and questions are", stated.disjoint, needs=("corpus",)),
    Check("sentences", "of the patterns told, and no others", stated.told, needs=("corpus",)),
    Check("plain rules", "give the same rungs", decided.plain, "least", ("corpus",)),
    Check("phrases", "each sentence says one fact", said.phrases, "least", ("corpus",)),
    Check("tokens", "in every mode", said.tokens, needs=("corpus",)),
)
# last, for they wait for processes that work while all else is checked
ELSEWHERE = (
    Check("processes", "digests are the same", drawn.processes, needs=("corpus",)),
    Check("golden", "no content without a version", drawn.golden, needs=("processes",)),
    Check("cost", "time and memory of a corpus", drawn.cost, needs=("processes",)),
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
            if check.scope == "least" and size != first:
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
        frame = traceback.extract_tb(error.__traceback__)[-1]
        found, passed = f"{type(error).__name__}: {error}", False
        cure = f"mend {frame.filename}:{frame.lineno}, {frame.line}"
    seconds = time.perf_counter() - began
    return Outcome(check.name, check.promise, subject.size, passed, found, cure, seconds)
