"""What is drawn hangs on the world, the size and the seed: not on what was drawn before, nor where.

Two processes draw the same seeds in opposite orders, with other hash seeds, folders, days and
hosts; where they differ, further ones draw alone, each with one thing changed, to find out why.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..framework import Moot, Refused
from .subprocesses import DRAWN, Elsewhere, digests_of
from .world_fixture import Subject

KEPT = (
    "let sample() keep nothing from one draw to the next (class, module, lru_cache, file), or key "
    "what it keeps by all that it hangs on: the arguments, and what was drawn from `rng`"
)
OWN = "draw everything from the `rng` given to sample(), and nothing from anywhere else"
OPENED = {  # what of a draw -> (a path that it should not have opened, cure)
    "shared": (
        "opens {}, which other draws may have written",
        "keep what is drawn in memory, or in tempfile.gettempdir() where one must; name data from "
        "the world's own file: Path(__file__).parent",
    ),
    "foreign": (
        "reads {}, which is no part of the world: nothing records what stood there",
        "put data beside the world's own file, and name it from there: Path(__file__).parent",
    ),
}
CHANGED = {  # field of Circumstances -> (where the draw differs, cure)
    "hash_seed": (
        "with another PYTHONHASHSEED",
        "iterate no set, and hash() nothing, on the way into facts: sort first",
    ),
    "days": ("on another day", "read no clock: a world has no date"),
    "host": ("on another host", "read no name of the host or the user, nor its number of cores"),
    "folder": (
        "in another working folder",
        "name files from the world's own: Path(__file__).parent",
    ),
}


def history(subject: Subject) -> str:
    """Facts of several seeds, here and in two other processes."""
    elsewhere = subject.elsewhere
    if elsewhere is None:
        raise Moot("no other processes were started")
    try:
        found = elsewhere.drawn()
    except RuntimeError as error:
        raise Refused(f"in another process: {error}", "let the world be made anywhere") from error
    world = subject.fresh()
    for seed in (*DRAWN[1:], DRAWN[0]):  # first one that the first process drew after another
        draw = f"{subject.size}:{seed}"
        here = {"digests": digests_of(world.facts(subject.size, seed)), "error": ""}
        if any(_difference(here, drawn[draw]) for drawn in found):
            raise _why(elsewhere, draw, here, [drawn[draw] for drawn in found])
        for kind, (what, cure) in OPENED.items():
            for path in (path for drawn in found for path in drawn[draw][kind]):
                raise Refused(f"{_named(draw)} {what.format(path)}", cure)
    return f"{len(DRAWN)} seeds, in two orders and three processes, folders, days and hosts"


def _why(
    elsewhere: Elsewhere, draw: str, here: Mapping[str, Any], found: list[Mapping[str, Any]]
) -> Refused:
    """What makes the draws differ: each of them again, alone, then with one thing changed."""
    first, second = elsewhere.circumstances
    near = dataclasses.replace(first, folder="")
    alone = elsewhere.alone(draw, [first, second, near])
    for order, drawn, single in zip(elsewhere.orders, found, alone):
        place, differs = order.index(draw), _difference(drawn, single)
        if differs and place:
            before = f"drawn after {_named(order[place - 1], draw)}"
            return Refused(f"{_differ(draw, before, 'drawn first')}: {differs}", KEPT)
        if differs:
            return Refused(f"{_differ(draw, 'of one process', 'of the next')}: {differs}", OWN)
    if _difference(alone[0], alone[1]):
        fields = [field for field in CHANGED if field != "folder"]
        changed = [dataclasses.replace(first, **{f: getattr(second, f)}) for f in fields]
        for field, other in zip(fields, elsewhere.alone(draw, changed)):
            differs = _difference(alone[0], other)
            if differs:
                return Refused(f"{CHANGED[field][0]} {_named(draw)}: {differs}", CHANGED[field][1])
        differs = _difference(alone[0], alone[1])
        return Refused(f"{_differ(draw, 'of one process', 'of the next')}: {differs}", OWN)
    differs = _difference(alone[2], alone[0])
    if differs:
        return Refused(f"{CHANGED['folder'][0]} {_named(draw)}: {differs}", CHANGED["folder"][1])
    after = "drawn after all that was checked"
    return Refused(f"{_differ(draw, after, 'drawn first')}: {_difference(here, alone[0])}", KEPT)


def _differ(draw: str, one: str, other: str) -> str:
    return f"{_named(draw)} {one} differs from {_named(draw)} {other}"


def _named(draw: str, beside: str = "") -> str:
    """A draw for people; its size too, where it is not that of the draw ``beside``."""
    size, seed = draw.split(":")
    return f"seed {seed}" + (f" of {size}" if beside and beside.split(":")[0] != size else "")


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What differs between two draws; empty if nothing does."""
    if one["error"] != other["error"]:
        return other["error"] or one["error"]
    here, there = one["digests"], other["digests"]
    return next((n for n in sorted({*here, *there}) if here.get(n) != there.get(n)), "")
