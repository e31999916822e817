"""Identity bridge: extra statements that a thing is itself, "A is A" (arXiv 2602.02470).

They say nothing that was not known. The paper reports that they let a model answer the reverse of
what it read, which without them it does not.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from ...errors import UserError
from .intervention import Intervention
from .reading_rows import EXTRA, Rows, Source, Word, free_word

IS = "is"


@dataclasses.dataclass(frozen=True)
class IdentityBridge(Intervention):
    """Of a share of the names that stand in the corpus it is stated, once, that each is itself.

    Names of several words, of a world's ``spelled`` sorts, have no such statement. Names of a
    smaller share are among those of a larger one.
    """

    type: ClassVar[str] = "identity"
    strength: ClassVar[str] = "share"
    share: float = dataclasses.field(metadata={"neutral": 0.0})

    def __post_init__(self) -> None:
        self._number(0, 1)

    def rows(self, rows: Rows, source: Source) -> Rows:
        self._needs_statements(source)
        number = len(source.cues) + len(rows.words)
        if rows.prompt.shape[1] < 2:
            raise UserError(
                f"exposure.interventions: {self.type} needs prompts with a name, and no predicate "
                f"of {source.world} has two arguments; leave it out"
            )
        order = source.draw("identity bridge").permutation(source.names)
        names = np.sort(order[: round(self.share * len(order))]).astype(np.int32)
        prompt = np.full((len(names), rows.prompt.shape[1]), -1, np.int32)
        prompt[:, 0], prompt[:, 1] = number, names
        more = Rows(
            prompt=prompt,
            answer=names,
            kind=np.full(len(names), EXTRA, np.int8),
            fact=np.full(len(names), -1),
            times=np.full(len(names), rows.unit, np.int32),
        )
        return rows.with_more((Word(free_word(IS, source.taken), -1),), more)
