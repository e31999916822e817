"""Instruments: the (rung, cue) pairs that a world is scored on, each a column of its own.

A *cue* is a predicate and a queried position. Cues are never pooled: of kinship "which relation"
could be guessed at .46, "who" at .01. Instruments are fixed with the world's version.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InvalidWorld, UserError, suggest
from .novelty.rungs import RUNGS
from .world import World

Pair = tuple[str, str]  # rung, name of a cue
NOVEL = tuple(r for r in RUNGS if r not in ("recall", "mixed"))  # recall is one raw group
APART = ("near", "unmatched")  # what a group of questions apart may be called after its rung


def cue_names(world: World) -> tuple[str, ...]:
    """The queried cues of derived predicates, sorted, as they are printed."""
    derived = {rule.head.predicate for rule in world.program.rules}
    out = []
    for predicate in sorted(derived - world.axioms):
        places = world.positions(predicate, world.program.arity[predicate])
        out += [cue_name(predicate, position, places) for position in dict.fromkeys(places)]
    return tuple(out)


def cue_name(predicate: str, position: int, places: Sequence[int]) -> str:
    """A cue as it is printed: its predicate, and the queried place where there are several.

    >>> cue_name("child", 1, (0, 1))
    'child/2'
    """
    return f"{predicate}/{position + 1}" if len({*places}) > 1 else predicate


def unknown_cue(world: World, name: str) -> UserError:
    """The error for a name of no cue: it has a place only where several are queried."""
    predicate, names = name.partition("/")[0], cue_names(world)
    places = [known for known in names if known.startswith(f"{predicate}/")]
    if predicate in names:
        why = f"{predicate} is queried at one place, which is left out: write {predicate!r}"
    elif places:
        why = f"{predicate} is queried at several places, counted from 1: {', '.join(places)}"
    else:
        return suggest("cue", name, names)
    return InvalidWorld(f"unknown cue {name!r}; {why}")


def instruments(world: World) -> tuple[Pair, ...]:
    """The instruments of a world, by rung; UserError for a declared one that it cannot have.

    Undeclared: every promised rung but recall and mixed, with every queried cue of derived
    predicates.
    """
    cues = cue_names(world)
    if not world.instruments:
        found = [(rung, cue) for rung in NOVEL if rung in world.rungs for cue in cues]
    else:
        declared = _known(world, "instruments", world.instruments)
        found = sorted(declared, key=lambda pair: NOVEL.index(pair[0]))
    clash = [cue for _, cue in found if cue in APART]
    if clash and len({cue for _, cue in found}) > 1:
        raise InvalidWorld(
            f"{world.id}: a cue is called {clash[0]!r}, as is what stands apart from a rung; "
            "give the predicate another name"
        )
    return tuple(found)


def beyond_association(world: World) -> tuple[Pair, ...]:
    """The instruments that a world declares beyond association: chance and association get at most
    chance + .05 there, blinded deducers at most .25. UserError for what is no instrument of it."""
    declared = _known(world, "beyond_association", world.beyond_association)
    mine = instruments(world)
    for pair in declared:
        if pair not in mine:
            names = [" ".join(p) for p in mine]
            raise InvalidWorld(f"{world.id}: {suggest('instrument', ' '.join(pair), names)}")
    return declared


def instrument_name(world: World, rung: str, cue: str) -> str:
    """The name of a column: the rung where the world's instruments have one cue, else both."""
    return rung if len({c for _, c in instruments(world)}) < 2 else f"{rung} {cue}"


def _known(world: World, attribute: str, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    rungs, cues = [r for r in NOVEL if r in world.rungs], cue_names(world)
    for pair in pairs:
        rung, cue = pair
        if rung not in rungs:
            raise InvalidWorld(f"{world.id}: {attribute}: {suggest('rung', rung, rungs)}")
        if cue not in cues:
            raise InvalidWorld(f"{world.id}: {attribute}: {unknown_cue(world, cue)}")
    if len({*pairs}) < len(pairs):
        raise InvalidWorld(f"{world.id}: {attribute} holds a pair twice; give each once")
    return tuple(pairs)
