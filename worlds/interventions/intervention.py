"""An intervention: something about how a corpus is written that its world does not say.

It is a frozen dataclass with a ``type`` and a ``version``, as a part of a model's spec is, and its
strength has a neutral value, which gives the very corpus that there was without it. What follows
from the statements, which questions are queried and what answers them is the same under each: they
change what is read, and how often.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from ... import identity
from ...errors import UserError
from ...printable import brief
from .reading_rows import Rows, Source

# promises of a corpus that an intervention may break by design: the audit then passes them over
EQUALLY_OFTEN = "every fact of a predicate is stated equally often"
EQUAL_FREQUENCY = "what instance and constituent rest on is written equally often"
PROMISES = (EQUALLY_OFTEN, EQUAL_FREQUENCY)


@dataclasses.dataclass(frozen=True)
class Intervention:
    """What all have in common."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    breaks: ClassVar[tuple[str, ...]] = ()  # of PROMISES
    strength: ClassVar[str]  # the field that has a neutral value

    @property
    def neutral(self) -> bool:
        """Whether it changes nothing."""
        fields = {field.name: field for field in dataclasses.fields(self)}
        value = fields[self.strength].metadata[identity.NEUTRAL]
        return bool(getattr(self, self.strength) == value)

    def rows(self, rows: Rows, source: Source) -> Rows:
        """What is read instead of ``rows``. Raises UserError for a corpus that it cannot change."""
        return rows

    def _number(self, least: float, most: float, whole: bool = False) -> None:
        """Refuses a strength that is no number from ``least`` to ``most``, and keeps nine
        significant digits of it, as a receipt does."""
        value = getattr(self, self.strength)
        kinds = (int,) if whole else (int, float)
        number = isinstance(value, kinds) and not isinstance(value, bool)
        if not number or not least <= value <= most:
            what = "a whole number" if whole else "a number"
            raise UserError(
                f"{self.type}.{self.strength} = {brief(value)}; give {what} from {least:g} to "
                f"{most:,}"
            )
        kept = value if whole else float(f"{value:.9g}")
        object.__setattr__(self, self.strength, kept)

    def _needs_statements(self, source: Source) -> None:
        """Refuses a world in which facts stand in prompts and nowhere else."""
        if source.episodes:
            raise UserError(
                f"exposure.interventions: {self.type} changes statements, and in {source.world} "
                "facts stand in prompts; give it to a world without episodes"
            )

    def __str__(self) -> str:
        fields = (f"{f.name} {getattr(self, f.name)}" for f in dataclasses.fields(self))
        return f"{self.type} ({', '.join(fields)})"
