"""What is drawn: the same for the same seed, whatever was drawn before, and wherever."""

from __future__ import annotations

import numpy as np

from ....errors import UserError
from ....seeding import stream
from ....worlds.datalog.closure import Closure
from ....worlds.datalog.engine import close
from ....worlds.datalog.facts import Facts
from ....worlds.datalog.tables import named
from ....worlds.world import content_of
from ..framework import FAULT, Moot, Refused
from .golden import built_in, digests, pins_of, stored
from .subprocesses import HASH_SEEDS, SEEDS
from .world_fixture import Subject, unequal

THREADS = (1, 4)
WORLDS, EXPOSURES = 8, 2  # seeds that must differ from one another
OWN = "draw everything from the `rng` given to sample(), and nothing from anywhere else"


def facts(subject: Subject) -> str:
    """Constants in sorts, rows of integers within them: what all else rests upon."""
    found = subject.facts
    names = found.constants
    try:
        named({"any": names if isinstance(names, tuple) else repr(names)})
    except UserError as error:  # a name twice, or what is no name
        what, _, cure = str(error).replace("sort 'any'", "the constants").rpartition("; ")
        raise Refused(what, cure) from error
    blocks = {sort: block for sort, block in found.sorts.items() if isinstance(block, range)}
    ids = [id for block in sorted(blocks.values(), key=lambda b: b.start) for id in block]
    if len(blocks) < len(found.sorts) or ids != [*range(len(names))]:
        raise Refused(
            f"the sorts {dict(found.sorts)} do not divide {len(names)} constants into blocks",
            "make the facts with Facts.of",
        )
    for predicate, rows in found.rows.items():
        why = _unsound(rows, len(names))
        if why:
            raise Refused(f"the rows of {predicate} {why}", "make the facts with Facts.of")
    counts = ", ".join(f"{len(rows):,} {p}" for p, rows in sorted(found.rows.items()))
    return f"{len(names):,} constants in {len(found.sorts)} sorts; {counts}"


def _unsound(rows: np.ndarray, constants: int) -> str:
    if not isinstance(rows, np.ndarray):
        return f"are {type(rows).__name__}, expected an array int32 [n, arity]"
    if rows.dtype != np.int32 or rows.ndim != 2:
        return f"are {rows.dtype} {list(rows.shape)}, expected int32 [n, arity]"
    bad = (rows < 0) | (rows >= constants)
    if bad.any():
        row = int(bad.any(1).argmax())
        return f"hold a number of no constant: row {row} is {rows[row].tolist()}"
    if len(rows) > 1 and (not rows.shape[1] or not np.array_equal(rows, np.unique(rows, axis=0))):
        return "are not unique and in order"
    return ""


def repeatable(subject: Subject) -> str:
    """Twice from the same stream, each time by a world just loaded."""
    differs = unequal(
        subject.fresh().facts(subject.size, 0), subject.fresh().facts(subject.size, 0)
    )
    if differs:
        raise Refused(f"drawn twice from the same seed, {differs} differ", OWN)
    return "twice the same from the same seed"


def own_stream(subject: Subject) -> str:
    """Facts come from a stream named after world, size and seed, shared with no other draw."""
    world, size = subject.world, subject.size
    for seed in (0,) if world.fixed else (0, 1):
        rng = stream(world.id, world.draws(size), "world", seed)
        drawn = subject.fresh().sample(rng, **world.arguments(size))
        differs = unequal(subject.fresh().facts(size, seed), drawn)
        if differs:
            raise Refused(
                f"for seed {seed}, {differs} are not what sample() draws from the stream of this "
                "size and seed",
                "leave World.facts as it is: seeds would be shared between sizes or worlds",
            )
    return f"a stream of its own for {world.id}, {world.draws(size)} and each seed"


def world_seeds(subject: Subject) -> str:
    if subject.world.fixed:
        first, other = (subject.fresh().facts(subject.size, seed) for seed in (0, 1))
        if differs := unequal(first, other):
            raise Refused(f"of a fixed world, {differs} differ with the seed", OWN)
        return "fixed: one world, whatever the seed"
    found: list[Facts] = []
    for seed in range(WORLDS):
        found.append(subject.world.facts(subject.size, seed))
        for other in range(seed):
            if not unequal(found[other], found[seed]):
                raise Refused(f"world seeds {other} and {seed} give the same facts", OWN)
    return f"{WORLDS} seeds, {WORLDS} worlds"


def access(subject: Subject) -> str:
    """Other seeds drawn in between change nothing."""
    world, size = subject.fresh(), subject.size
    first = world.facts(size, 0)
    world.facts(size, 1)
    differs = unequal(first, world.facts(size, 0))
    if differs:
        raise Refused(
            f"drawn again after another seed, {differs} differ",
            "let sample() change nothing of the world (self, class, module) that it reads",
        )
    return "nothing that was drawn before changes what is drawn"


def threads(subject: Subject) -> str:
    """Also more threads than there are cores."""
    found = [close(subject.world.program, subject.facts, threads=n) for n in THREADS]
    for n, closure in zip(THREADS, found):
        differs = _different(found[0], closure)
        if differs:
            raise Refused(
                f"with {n} threads, {differs} of the closure differ",
                FAULT,
            )
    return f"the same closure with {', '.join(map(str, THREADS))} threads"


def _different(one: Closure, other: Closure) -> str:
    for field in ("predicates", "predicate", "arguments", "is_base", "rule", "head", "premises"):
        if not np.array_equal(getattr(one, field), getattr(other, field)):
            return field
    return ""


def processes(subject: Subject) -> str:
    if subject.elsewhere is None:
        raise Moot("no other processes were started")
    try:
        found = subject.elsewhere.made()
    except RuntimeError as error:
        raise Refused(f"in another process: {error}", "let the world be made anywhere") from error
    for seeds in SEEDS:
        world, exposure = map(int, seeds.split(":"))
        here = digests(subject.corpus(seeds=(world, exposure)))
        for seed, made in zip(HASH_SEEDS, found):
            there = made[f"{subject.size}:{seeds}"]["digests"]
            differ = [what for what in here if here[what] != there[what]]
            if differ:
                raise Refused(
                    f"with PYTHONHASHSEED={seed} the digest of {differ[0]} is another",
                    "iterate no set, and hash() nothing, on the way into facts: sort first",
                )
    return f"the same digests with PYTHONHASHSEED={', '.join(HASH_SEEDS)}, in either order"


def exposure_seeds(subject: Subject) -> str:
    e = subject.exposure
    if subject.world.split(subject.closure, 0) is not None:
        raise Moot("the world hands its split in")
    shares = (
        e.coverage,
        e.held,
        e.held_frames,
        *([] if e.phi else [e.demonstrated]),
        *e.given.values(),
    )
    if all(share in (0, 1) for share in shares) and not e.phi and not e.nontheorems:
        raise Moot("the exposure leaves nothing to chance")
    found = [subject.corpus(seeds=(0, seed)) for seed in range(EXPOSURES)]
    for seed, corpus in enumerate(found):
        if unequal(found[0].split.truth.base, corpus.split.truth.base):
            raise Refused(f"exposure seed {seed} changes the world", FAULT)
        if corpus.digest in {c.digest for c in found[:seed]}:
            raise Refused(
                f"exposure seed {seed} gives the corpus of another seed",
                "hold or show less than all, so that there is something to choose",
            )
    return f"{EXPOSURES} seeds, {EXPOSURES} corpora of one world"


def golden(subject: Subject) -> str:
    """What was released under this id and content: of built-in worlds as stored, else as pinned."""
    name = f"{subject.world.id}/{subject.size}"
    known = stored().get(name)
    if known is None and not built_in(subject.world):
        return _pinned(subject)
    if known is None:
        if subject.size in ("tiny", "small"):
            raise Refused(
                f"no digest of {name} is stored",
                "python -m pytest tests/benchmarks/conformance/test_golden.py --update-golden",
            )
        raise Moot("digests are stored of sizes tiny and small")
    found = digests(subject.corpus())
    moved = [what for what in {**found, **known} if known.get(what) != found.get(what)]
    if moved:
        raise Refused(
            f"{', '.join(moved)} of {name}: not what was released under this id and content",
            "undo the change, or raise `content` of the class and store the new digests",
        )
    return f"as released, {known['corpus'][:12]}"


def _pinned(subject: Subject) -> str:
    world, size = subject.world, subject.size
    content, pins = content_of(world), pins_of(world)
    if size not in pins:
        raise Moot(
            f"not pinned, so that its content may move unnoticed: zebroid pin WORLD --size {size}"
        )
    version, digest = pins[size]
    if version != content:
        raise Refused(
            f"it declares content {content}, and is pinned at {size} as content {version}",
            "run `zebroid pin` for the new content"
            if version < content
            else f"set content = {version}: versions only rise",
        )
    found = subject.corpus().digest
    if found != digest:
        raise Refused(
            f"the corpus of {size} is {found[:12]}, and content {content} was pinned as "
            f"{digest[:12]}: content moved under an equal version",
            f"undo the change, or write content = {content + 1} and run `zebroid pin`",
        )
    return f"as pinned for content {content}, {digest[:12]}"


def cost(subject: Subject) -> str:
    """Time and memory of one corpus, in a process of its own."""
    corpus = subject.corpus()
    size = f"{len(corpus.examples.kind):,} statements, {len(corpus.prompt):,} questions"
    if subject.elsewhere is None:
        raise Moot(size)
    made = subject.elsewhere.made()[0][f"{subject.size}:{SEEDS[0]}"]
    return f"{size}: {made['seconds']:.2f} s, {made['megabytes']:,.0f} MB in all"
