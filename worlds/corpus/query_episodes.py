"""Which episodes are queried: those of whole theories, so that none is demonstrated as well."""

from __future__ import annotations

import numpy as np

from ...errors import InvalidWorld
from ..datalog.closure import Closure
from ..datalog.facts import Array
from ..datalog.isomorphism import theories_up_to_renaming
from ..exposure import Exposure
from ..world import World
from .rule_presentation import Draw


def query_episodes(world: World, gold: Closure, exposure: Exposure, draw: Draw) -> Array:
    """Episodes that are queried: those of theories drawn at random while they fit the share.

    Episodes with one theory, up to renaming, fall on one side. Raises InvalidWorld where every
    theory is that of too many episodes.
    """
    sort = world.episodes
    block = gold.base.sorts[sort]
    theory = theories_up_to_renaming(gold, sort)
    many = np.bincount(theory)
    room = wanted = round(exposure.held * len(block))
    chosen = np.zeros(len(many), bool)
    for number in draw("episodes").permutation(len(many)):
        chosen[number] = many[number] <= room
        room -= many[number] * chosen[number]
    if wanted and not chosen.any():
        raise InvalidWorld(
            f"{world.id}: {len(block)} {sort}s hold {len(many)} theories up to renaming, each that "
            f"of {many.min()} or more, and {wanted} {sort}s are to be queried whose theory is not "
            f"demonstrated; let sample vary the facts of its {sort}s"
        )
    return (block.start + np.flatnonzero(chosen[theory])).astype(np.int32)
