"""Sealed evaluation: questions of seeds that nobody could know when the receipt was made.

The checker publishes the SHA-256 of a salt, receives a receipt, and only then opens the salt: world
and exposure seeds follow from suite, receipt and salt. A model that nobody can train again answers
those questions without their key; one that can is trained on those corpora. How much better it was
on the public seeds is a sign of overfitting to them.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import pydantic

from ... import canonical
from ...errors import InvalidSuite
from ...eval.stats.rank_intervals import Mean, gap
from ..attestations.salted_choice import LONGEST, checked_salt
from ..config.run_config import Cell
from ..config.suite import Suite
from ..config.suite_limits import SEED
from ..receipts.strict_toml import read_strict
from .column_scores import World
from .entered import Entered
from .entries import Entry, LeftOut, entries

LISTED = Path(__file__).with_name("salts.toml")
EXPECTED = "a list of salts"


class Salt(pydantic.BaseModel):
    """A salt whose SHA-256 was published; empty until it is opened."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]
    published: datetime.date
    receipt: Annotated[str, pydantic.Field(pattern=r"^([0-9a-f]{16})?$")] = ""
    salt: Annotated[str, pydantic.Field(max_length=LONGEST)] = ""

    @pydantic.model_validator(mode="after")
    def _opened(self) -> Salt:
        if self.salt and commitment(self.salt) != self.sha256:
            raise ValueError("its SHA-256 is another")
        if bool(self.salt) != bool(self.receipt):
            raise ValueError("give salt and receipt together: a salt is opened for one receipt")
        return self


class _Document(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    salts: list[Salt] = []


@dataclasses.dataclass(frozen=True)
class Sealed:
    """What an entry answered to sealed questions."""

    entry: Entry  # the same model on sealed seeds
    salt: Salt
    gap: Mean  # score on public seeds less score on sealed ones
    outside: bool  # whether nobody can train its model again


def commitment(salt: str) -> str:
    """What is published of a salt: the SHA-256 of its UTF-8."""
    return hashlib.sha256(salt.encode("utf-8")).hexdigest()


def listed(path: Path | None = None) -> tuple[Salt, ...]:
    """The salts of the list. Raises UserError where that is not what it should be."""
    path = path or LISTED
    found = read_strict(path, _Document, EXPECTED).salts
    for name in ("sha256", "receipt"):
        values = [getattr(salt, name) for salt in found if getattr(salt, name)]
        if len({*values}) < len(values):
            raise InvalidSuite(f"{path}: a {name} stands twice; a salt serves one receipt")
    return tuple(found)


def entry_seeds(suite: Suite, receipt: str, salt: str) -> dict[World, World]:
    """Public seeds of world and exposure -> those of the entry: SHA-256 over the canonical JSON of
    [suite, digest of the receipt, salt, number]. None is a public one, and none stands twice.

    Raises UserError for what is no salt.
    """
    public = sorted({c.seeds.corpus for c in suite.cells})
    taken = {seed for pair in public for seed in pair}
    found, number = dict[World, World](), 0
    for pair in public:
        while True:
            key = [suite.digest, receipt, checked_salt(salt), number]
            seed, number = int(canonical.digest(key)[:15], 16) % (SEED + 1), number + 1
            if seed not in taken:
                break
        taken.add(seed)
        found[pair] = seed, seed
    return found


def sealed_cells(cells: Iterable[Cell], seeds: Mapping[World, World]) -> tuple[Cell, ...]:
    """The same trainings on the corpora of an entry's seeds."""
    return tuple(
        dataclasses.replace(
            cell, seeds=dataclasses.replace(cell.seeds, world=world, exposure=exposure)
        )
        for cell in cells
        for world, exposure in (seeds[cell.seeds.corpus],)
    )


def sealed_suite(suite: Suite, receipt: str, salt: str) -> Suite:
    """The suite on the seeds of an entry: the same columns, other worlds."""
    cells = sealed_cells(suite.cells, entry_seeds(suite, receipt, salt))
    return dataclasses.replace(suite, cells=cells, floors="")


def sealed_entries(
    suite: Suite, receipts: Sequence[Entered], found: Sequence[Entry]
) -> tuple[dict[str, Sealed], list[LeftOut]]:
    """(label of an entry -> its sealed evaluation, what is none).

    A receipt counts as sealed where its seeds are those of an opened salt and of the entry's
    receipt, and it is verified. Of several the one with less counts.
    """
    out: dict[str, Sealed] = {}
    left = list[LeftOut]()
    for salt in listed():
        if not salt.salt:
            continue
        of = [e for e in found if e.entered.digest.startswith(salt.receipt)]
        for entry in of:
            public = entry.entered
            drawn = sealed_suite(suite, public.digest, salt.salt)
            worlds = {c.seeds.corpus for c in drawn.cells}
            for other in receipts:
                mine = {c.seeds.corpus for c in other.cells.values()}
                if not mine <= worlds:
                    continue
                answered, why = entries(drawn, [other])
                left += why
                one = next((e for e in answered if _same(e, entry)), None)
                if one is None:
                    continue
                if not other.verified:
                    line = f"{other.folder.name}: sealed, and not verified"
                    left.append(LeftOut(other.digest, line))
                    continue
                more = gap(entry.worlds(), one.worlds())
                made = Sealed(one, salt, more, entry.outside)
                if entry.label not in out or out[entry.label].gap.mean < more.mean:
                    out[entry.label] = made
    return out, left


def _same(one: Entry, other: Entry) -> bool:
    """Whether two entries are one model by one plan, on other seeds."""
    return _trained(one) == _trained(other)


def _trained(entry: Entry) -> set[str]:
    return {
        canonical.text([c.panel[:2], c.mode, c.spec, c.recipe.record()])
        for score in entry.scores
        if score.trained
        for c in score.trained.cells
    }
