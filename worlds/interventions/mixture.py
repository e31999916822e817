"""Mixture: a second world is read beside the first, in words of its own."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from ...entry_points import built_in
from ...errors import UserError, suggest
from ...printable import brief
from .intervention import Intervention


@dataclasses.dataclass(frozen=True)
class Mixture(Intervention):
    """A share of the rows of another world's corpus is read too, in that world's own exposure and
    drawn with the same seeds. No word but the marks is in both. Nothing is queried about it.

    The world is one that comes with zebroid: a receipt names it, and must not make others' code
    run. Rows of a smaller share are among those of a larger one.
    """

    type: ClassVar[str] = "mixture"
    strength: ClassVar[str] = "share"
    world: str  # its id, or id/size; without a size `tiny`
    share: float = dataclasses.field(metadata={"neutral": 0.0})

    def __post_init__(self) -> None:
        self._number(0, 1)
        if not isinstance(self.world, str):
            raise UserError(
                f"{self.type}.world = {brief(self.world)}; give the id of a world, such as "
                "'composition-v1'"
            )
        _, size = self.second()
        object.__setattr__(self, "world", f"{self.world.partition('/')[0]}/{size}")

    def second(self) -> tuple[Any, str]:
        """The other world and its size. Raises UserError for one that is unknown."""
        id, _, size = self.world.partition("/")
        known = built_in("world")
        if id not in known:
            raise suggest("world of a mixture, of those that come with zebroid,", id, known)
        world = known[id].load()()
        return world, world.named_size(size or "tiny")
