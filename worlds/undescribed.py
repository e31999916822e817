"""Undescribed entities: whatever else is stated, certain facts of them stand in no text.

``Exposure.undescribed`` says which: ``{"bears": 0.3, "genus": 0.3}`` leaves out what three in ten
of the things bear and of which kind they are. What is *familiar* may be left out too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import UserError, suggest
from ..printable import brief, printable
from .datalog.facts import Array, Bools, Facts

if TYPE_CHECKING:
    from .exposure import Exposure
    from .world import World


def undescribed(
    world: World, exposure: Exposure, facts: Facts, draw: Callable[[str], np.random.RandomState]
) -> dict[str, Bools]:
    """Predicate -> [n] which of its n base facts no text states.

    Entities are the first arguments, drawn by their sort: of two predicates the larger share leaves
    out all that the smaller does. Raises UserError for a predicate of which nothing can be left
    out, and for a share of its entities that is none.
    """
    if not exposure.undescribed:
        return {}
    if world.episodes:
        raise UserError(
            f"exposure.undescribed: in {world.id} facts stand in prompts, where none is left out; "
            "give it to a world without episodes"
        )
    could = could_be_undescribed(world, facts)
    out: dict[str, Bools] = {}
    for predicate, share in exposure.undescribed.items():
        if predicate not in could:
            unknown = suggest("predicate", predicate, could)
            raise UserError(
                f"exposure.undescribed: {unknown} (no rules, nothing under negation, nothing that "
                f"no text of {world.id} states)"
            )
        first = facts.rows[predicate][:, 0]
        ranked = _ranked(facts, first, draw)
        number = round(share * len(ranked))
        if not number:
            raise UserError(
                f"exposure.undescribed.{predicate} = {share:g} of {len(ranked)} is none; give at "
                f"least {1 / len(ranked):.2g}, or leave it out"
            )
        out[predicate] = np.isin(first, ranked[:number])
    return out


def could_be_undescribed(world: World, facts: Facts) -> list[str]:
    """Base predicates whose facts are stated, and need not all be."""
    return [
        predicate
        for predicate, rows in facts.rows.items()
        if rows.shape[1]
        and len(rows)
        and predicate not in world.axioms | world.program.negated
        and (predicate not in world.familiar or world.positions(predicate, rows.shape[1]))
    ]


def _ranked(
    facts: Facts, first: Array, draw: Callable[[str], np.random.RandomState]
) -> NDArray[np.int64]:
    """The different ``first`` arguments, in an order drawn for their sort."""
    there = np.unique(first)
    sort = next(name for name, block in facts.sorts.items() if int(there[0]) in block)
    block = facts.sorts[sort]
    order = block.start + draw(f"undescribed {sort}").permutation(len(block))
    return order[np.isin(order, there)]


def shares(given: Mapping[str, float]) -> dict[str, float]:
    """The ``given`` shares but those of nothing, by the alphabet. Raises UserError for one that is
    no share."""
    for predicate, share in given.items():
        number = isinstance(share, int | float) and not isinstance(share, bool)
        if not isinstance(predicate, str) or not number or not 0 <= share <= 1:
            raise UserError(
                f"exposure.undescribed.{printable(str(predicate), 40)} = {brief(share)}; give a "
                "share, 0 to 1, of what its facts are about"
            )
    return {name: float(f"{given[name]:.9g}") for name in sorted(given) if given[name]}
