"""A split that a world hands in, instead of one that an exposure draws: official test sets.

Either ``World.split``, or the one of ``World.splits`` that ``Exposure.split`` names.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InvalidWorld, UserError, suggest
from .datalog.facts import Bools

if TYPE_CHECKING:
    from .datalog.closure import Closure
    from .exposure import Exposure
    from .world import World


@dataclasses.dataclass(frozen=True)
class HandedSplit:
    """What a corpus demonstrates and what it is queried about. F facts of the closure.

    Masks come from ids, ``closure.find(predicate, ids_of_names(closure.base, rows))``:
    ``HandedSplit.of(closure, demonstrated, queried)``.
    """

    demonstrated: Bools  # [F] conclusions
    queried: Bools  # [F] facts whose questions are posed; those of stated facts always are

    @classmethod
    def of(cls, closure: Closure, demonstrated: object, queried: object) -> HandedSplit:
        """The split of facts by their ids; -1, as of what is not true in the world, is refused."""
        masks = []
        for what, given in (("demonstrated", demonstrated), ("queried", queried)):
            ids = np.asarray(given, np.int64).reshape(-1)
            if len(ids) and (ids.min() < 0 or ids.max() >= len(closure.predicate)):
                place = int(np.flatnonzero((ids < 0) | (ids >= len(closure.predicate)))[0])
                raise InvalidWorld(
                    f"{what}: place {place} is fact {ids[place]}, which does not follow; leave it "
                    "out, or mend the rules"
                )
            mask = np.zeros(len(closure.predicate), bool)
            mask[ids] = True
            masks.append(mask)
        return cls(*masks)

    def in_gold(
        self, world: World, truth: Closure, gold: Closure, conclusion: Bools
    ) -> HandedSplit:
        """The same in terms of gold, whose ``conclusion`` [F] may be demonstrated; what does not
        follow there is neither demonstrated nor queried. Raises InvalidWorld, one line, for masks
        of another shape, and for a demonstrated fact that is no conclusion."""
        own = self
        for mask in (self.demonstrated, self.queried):
            if world.episodes or mask.shape != truth.predicate.shape or mask.dtype != bool:
                raise InvalidWorld(
                    f"{world.id}: split() gives masks of shape {mask.shape}, expected bool "
                    f"[{len(truth.predicate)}] of a world without episodes; end it with "
                    "`return HandedSplit.of(closure, demonstrated, queried)`"
                )
        if gold is not truth:
            same = np.concatenate([truth.find(p, gold.rows(p)) for p in gold.predicates])
            own = HandedSplit(self.demonstrated[same], self.queried[same])
        wrong = np.flatnonzero(own.demonstrated & ~conclusion)
        if len(wrong):
            names = [gold.base.constants[i] for i in gold.arguments[wrong[0]].tolist() if i >= 0]
            fact = " ".join([gold.predicates[gold.predicate[wrong[0]]], *names])
            raise InvalidWorld(
                f"{world.id}: split() demonstrates {fact}, which is a base fact or never queried; "
                "demonstrate conclusions, base facts are stated"
            )
        return own


def check_split(world: World, exposure: Exposure) -> None:
    """Raises UserError for a split that the world has not, with the nearest that it has."""
    name = exposure.split
    if name is None or name in world.splits:
        return
    if not world.splits:
        raise UserError(
            f"exposure.split = {name!r:.80}: {world.id} has no named splits; leave it out"
        )
    raise suggest(f"split of {world.id}", name, world.splits)


def handed_split(
    world: World, exposure: Exposure, closure: Closure, seed: int
) -> HandedSplit | None:
    """The split of ``closure``, all that is true, that the exposure names, which ``check_split``
    let through, or that the world hands in anyway; None: the exposure draws one.

    Raises InvalidWorld for what is no split.
    """
    name = exposure.split
    found = world.split(closure, seed) if name is None else world.splits[name](closure, seed)
    if isinstance(found, HandedSplit) or (found is None and name is None):
        return found
    where = "split()" if name is None else f"splits[{name!r}]"
    raise InvalidWorld(
        f"{world.id}: {where} gives {type(found).__name__}, expected HandedSplit"
        f"{' or None' if name is None else ''}; end it with "
        "`return HandedSplit.of(closure, demonstrated, queried)`"
    )
