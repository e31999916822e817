"""Parts of a receipt: what their texts and dictionaries must be, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import pydantic

from ...printable import printable
from .tables.all_tables import FILES, files_of

if TYPE_CHECKING:
    from .receipt import Receipt

T = TypeVar("T")
_VERSION = re.compile(r"[0-9A-Za-z.+!_-]{1,60}", re.ASCII)
# as many errors as strangers like are found in a list, and only the first is of use
Many = Annotated[list[T], pydantic.FailFast()]
Digest = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]
DigestOrNone = Annotated[str, pydantic.Field(pattern=r"^([0-9a-f]{64})?$")]
FileName = Annotated[str, pydantic.Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class _Part(pydantic.BaseModel):
    """A record that is kept as the dictionary that it is; others may stand in it."""

    model_config = pydantic.ConfigDict(strict=True, use_attribute_docstrings=True)


class _Share(_Part):
    kind: Literal["reuse", "recombination", "deduction"]
    """What it is a share of."""
    instrument: str
    """On which instrument."""
    measure: str
    """What is measured there."""
    value: float | None
    """The measure; null: absent."""
    low: float | None
    """Lower end of its 95% interval."""
    high: float | None
    """Upper end of its 95% interval."""
    over: str
    """What the interval is over: worlds, runs, questions or patterns."""
    note: str
    """What is to be known of it, in words."""
    absent: str
    """Why there is no value."""


class _Profile(_Part):
    label: str
    """Of the row of the model."""
    shares: list[_Share]
    """Its parts."""


class _Slope(_Part):
    largest: float
    """The largest change a decade of the budget that is not excluded."""
    flat: bool
    """Whether a change of 0.03 a decade is excluded."""


class _Verdict(_Part):
    rung: str
    """Instrument."""
    kind: str
    """plateau, rising, fell or undecided."""
    ceiling: str
    """Against which ceiling."""
    evidence: str
    """In words."""
    budget: float | None = None
    """Budget that would decide it; null: it is decided, or none would."""
    level: float | None = None
    """Accuracy over the last decade, or at the last point."""
    error: float | None = None
    """The wider side of the 95% interval of the level."""
    unit: str | None = None
    """Of the budget."""
    slope: _Slope | None = None
    """Of a plateau."""


class _MissingRun(_Part):
    label: str
    """Of the row."""
    cells: int
    """Trainings that gave nothing."""
    cause: str
    """Why the first of them did."""
    runs: int
    """Trainings that there should be."""


def _fits(kind: type[_Part]) -> pydantic.AfterValidator:
    def check(record: dict[str, Any]) -> dict[str, Any]:
        try:
            kind.model_validate(record)
        except pydantic.ValidationError as error:
            raise ValueError(first_of(error)) from None
        return record

    return pydantic.AfterValidator(check)


def _documented(kind: type[_Part]) -> pydantic.WithJsonSchema:
    """The JSON Schema of a dictionary that fits ``kind``, as one without references."""
    schema = kind.model_json_schema()
    parts = schema.pop("$defs", {})

    def whole(node: Any) -> Any:
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            return whole(parts[name]) if name else {k: whole(v) for k, v in node.items()}
        return [whole(part) for part in node] if isinstance(node, list) else node

    return pydantic.WithJsonSchema(whole(schema))


ProfileDict = Annotated[dict[str, Any], _fits(_Profile), _documented(_Profile)]
VerdictDict = Annotated[dict[str, Any], _fits(_Verdict), _documented(_Verdict)]
MissingRunRecord = Annotated[dict[str, Any], _fits(_MissingRun), _documented(_MissingRun)]


def first_of(error: pydantic.ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    why = first["msg"].removeprefix("Value error, ")
    return f"{'.'.join(map(str, first['loc']))}: {why}"


def versions(found: dict[str, str]) -> dict[str, str]:
    """Raises ValueError where that of zebroid is missing, which citations need."""
    if not _VERSION.fullmatch(found.get("zebroid", "")):
        raise ValueError("expected the version of zebroid among them")
    return found


Versions = Annotated[dict[str, str], pydantic.AfterValidator(versions)]
Commit = Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{0,64}$")]


def maker(content: Any) -> str:
    """``, or read it by zebroid==0.1.0 (commit a754dfc6a2a7)`` of what is no receipt here, where it
    says what wrote it; else empty."""
    text = content if isinstance(content, dict) else {}
    named = text.get("versions")
    version = named.get("zebroid") if isinstance(named, dict) else None
    commit = text.get("commit")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        return ""
    line = f", or read it by zebroid=={version}"
    if isinstance(commit, str) and re.fullmatch(r"[0-9a-f]{12,64}", commit):
        line += f" (commit {commit[:12]})"
    return line


def flaws(receipt: Receipt) -> Iterator[str]:
    """Where a receipt contradicts itself, whatever its answers are."""
    names = [("cell", c.digest[:16]) for c in receipt.cells]
    names += [("panel", p.name) for p in receipt.panels]
    for panel in receipt.panels:
        names += [(f"{panel.name}: {row.kind} row", row.label) for row in panel.rows]
        names += [(f"{panel.name}: profile", p["label"]) for p in panel.profiles]
        for label, verdicts in panel.verdicts.items():
            names += [(f"{panel.name}: {label}: verdict", v["rung"]) for v in verdicts]
    seen: set[tuple[str, str]] = set()
    for kind, name in names:
        if (kind, name) in seen:
            yield printable(f"{kind} {name!r} stands twice", 200)
        seen.add((kind, name))
    used = {cell.environment for cell in receipt.cells} - {None}
    for number in range(len(receipt.environments)):
        if number not in used:
            yield f"environment {number} made no cell"
    files = files_of(cell.cell.get("recipe") for cell in receipt.cells)
    for name in files:
        if name not in receipt.files:
            every = "every receipt" if name in FILES else "a receipt of samples"
            yield f"files names no {name}, which {every} has"
    for name in receipt.files:
        if name not in files:
            yield printable(f"files names {name!r}, which is no table of a receipt", 200)
    for cell in receipt.cells:
        number = cell.environment
        if number is not None and number >= len(receipt.environments):
            yield f"cell {cell.digest[:16]} was made by environment {number}, which is not there"
        if number is None and not cell.failed:
            yield f"cell {cell.digest[:16]} has answers and no environment"
