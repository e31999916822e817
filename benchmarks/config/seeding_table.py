"""The table ``seeds`` of a suite; ``seeds = 3`` stands for so many chances throughout."""

from __future__ import annotations

import itertools
from typing import Any

import pydantic

from . import suite_limits
from .run_config import Seeds


class Seeding(pydantic.BaseModel):
    """The table ``seeds`` of a grid: which chances it is run under."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)

    world: list[int] = [0]
    exposure: list[int] = [0]
    init: list[int] = [0]
    order: list[int] = [0]
    # of the answers that plans sample; each training draws its own by it, so it is one number
    sample: int = pydantic.Field(default=0, ge=0, le=suite_limits.SEED)
    all: list[int] = []  # instead of these: n stands for n on every axis, another chance throughout

    @pydantic.field_validator("world", "exposure", "init", "order", "all")
    @classmethod
    def natural(cls, seeds: list[int]) -> list[int]:
        if not seeds or not 0 <= min(seeds) <= max(seeds) <= suite_limits.SEED:
            raise ValueError(
                f"expected whole numbers from 0 to {suite_limits.SEED:,}, at least one"
            )
        return seeds

    @pydantic.model_validator(mode="after")
    def either(self) -> Seeding:
        if self.all and len(self.model_fields_set) > 1:
            raise ValueError("expected either `all` or the axes")
        return self

    def tuples(self) -> list[Seeds]:
        """Worlds and exposures multiply; initialisations and orders are paired."""
        if self.all:
            return [Seeds(n, n, n, n, n) for n in self.all]
        return [
            Seeds(*pair, *ends, self.sample)
            for pair in itertools.product(self.world, self.exposure)
            for ends in zip(self.init, self.order)
        ]


def all_seeds(value: Any) -> Any:
    """Of ``seeds = 3`` the table ``seeds = { all = [0, 1, 2] }``; anything else as it is."""
    if type(value) is not int:
        return value
    if not 1 <= value <= suite_limits.CELLS:
        raise ValueError(
            f"expected a number of seeds from 1 to {suite_limits.CELLS:,}, or a table of the axes, "
            "as { init = [0, 1], order = [0, 1] }"
        )
    return {"all": [*range(value)]}
