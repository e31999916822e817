"""Skewed frequencies: some facts are stated far more often than others, as in any natural text."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from ...errors import UserError
from .intervention import EQUAL_FREQUENCY, EQUALLY_OFTEN, Intervention
from .reading_rows import FACT, Rows, Source

MOST = 20_000_000  # rows, each as often as it is drawn


@dataclasses.dataclass(frozen=True)
class SkewedFrequencies(Intervention):
    """Of the n facts of a predicate, in a random order, the i-th is stated (n / i) ** ``exponent``
    times, rounded: Zipf's law. The rarest is stated once.

    All else is read as many times as a fact is stated on average, rounded, so that statements of
    facts have the share of the text that they had.
    """

    type: ClassVar[str] = "skew"
    strength: ClassVar[str] = "exponent"
    breaks: ClassVar[tuple[str, ...]] = (EQUALLY_OFTEN, EQUAL_FREQUENCY)
    exponent: float = dataclasses.field(metadata={"neutral": 0.0})

    def __post_init__(self) -> None:
        self._number(0, 3)

    def rows(self, rows: Rows, source: Source) -> Rows:
        self._needs_statements(source)
        states = rows.kind == FACT
        stated = np.unique(rows.fact[states])
        if not len(stated):
            raise UserError(
                f"exposure.interventions: {self.type} changes how often facts are stated, and "
                f"{source.world} states none here; leave it out"
            )
        often = np.ones(stated.max() + 1)
        for predicate, block in source.facts.items():
            mine = stated[(stated >= block.start) & (stated < block.stop)]
            order = source.draw(f"skew {predicate}").permutation(mine)
            often[order] = np.rint((len(mine) / np.arange(1, 1 + len(mine))) ** self.exponent)
        mean = max(1, round(float(often[rows.fact[states]].mean())))
        times = np.full(len(states), float(mean))
        times[states] = often[rows.fact[states]]
        times *= rows.times
        if times.sum() > MOST:
            raise UserError(
                f"exposure.interventions: {self.type}.exponent = {self.exponent:g} makes "
                f"{times.sum():,.0f} rows of this corpus, expected at most {MOST:,}; give less, or "
                "a smaller size"
            )
        return dataclasses.replace(rows, times=times.astype(np.int32), unit=rows.unit * mean)
