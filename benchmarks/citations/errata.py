"""affecting(receipt) -> the errata, listed in ``errata.toml``, that a receipt is affected by."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import pydantic

from ...errors import InvalidSuite
from ...printable import ODD
from ..receipts import cite
from ..receipts.receipt import Receipt
from ..receipts.strict_toml import read_strict

LISTED = Path(__file__).with_name("errata.toml")

Name = Annotated[str, pydantic.Field(pattern=r"^[a-z0-9][a-z0-9._=-]{0,99}$")]
Digits = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{16,64}$")]
Number = Annotated[int, pydantic.Field(ge=1)]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=True)


class Affected(_Strict):
    """Which receipts: of each list that is not empty one value fits."""

    suites: list[Name] = []
    worlds: list[Name] = []
    definitions: list[Number] = []
    trainings: list[Name] = []
    versions: list[Name] = []
    receipts: list[Digits] = []

    @pydantic.model_validator(mode="after")
    def _of_something(self) -> Affected:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError("nothing is affected; name suites, worlds, versions or receipts")
        return self

    def fits(self, receipt: Receipt) -> bool:
        """Whether a receipt is one of them."""
        suite, digest = receipt.suite.id, cite.digest(receipt)
        worlds = {str(record.cell.get("world")) for record in receipt.cells}
        return (
            _one(self.suites, {suite, suite.partition("+")[0]})
            and _one(self.worlds, worlds)
            and _one(self.definitions, {receipt.definitions})
            and _one(self.trainings, {receipt.training})
            and _one(self.versions, {receipt.versions["zebroid"]})
            and (not self.receipts or digest.startswith(tuple(self.receipts)))
        )


class Erratum(_Strict):
    """One entry."""

    id: Name
    date: datetime.date
    text: Annotated[str, pydantic.Field(min_length=10, max_length=1_000)]
    affects: Affected

    @pydantic.field_validator("text")
    @classmethod
    def _one_line(cls, text: str) -> str:
        if ODD.search(text):
            raise ValueError("expected one line of printable text")
        return text


class _Document(_Strict):
    errata: list[Erratum] = []


def _one(wanted: list, found: set) -> bool:
    return not wanted or not found.isdisjoint(wanted)


def listed(path: Path = LISTED) -> tuple[Erratum, ...]:
    """All errata, in the order of the file. Raises UserError where it is not what it should be."""
    found = read_strict(path, _Document, "a list of errata").errata
    ids = [erratum.id for erratum in found]
    twice = next((id for id in ids if ids.count(id) > 1), None)
    if twice is not None:
        raise InvalidSuite(f"{path}: erratum {twice!r} stands twice; give each an id of its own")
    return tuple(found)


def affecting(receipt: Receipt, errata: tuple[Erratum, ...] | None = None) -> list[Erratum]:
    """The errata that a receipt is affected by; by default of all that are listed."""
    return [e for e in (listed() if errata is None else errata) if e.affects.fits(receipt)]
