"""interventions(given) -> those of an exposure, from tables or instances, in their one order."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import UserError, suggest
from ...printable import brief
from .added_facts import AddedFacts
from .identity_bridge import IdentityBridge
from .intervention import Intervention
from .mixture import Mixture
from .rephrasings import Rephrasings
from .skewed_frequencies import SkewedFrequencies

TYPES: Mapping[str, type[Intervention]] = {
    kind.type: kind
    for kind in (AddedFacts, IdentityBridge, Mixture, Rephrasings, SkewedFrequencies)
}
EXAMPLE = '{ type = "identity", share = 1.0 }'


def interventions(given: Any) -> tuple[Intervention, ...]:
    """Each ``given`` one, by its type in the order of the alphabet; none that is neutral.

    A table names its type and gives all its fields: ``{"type": "skew", "exponent": 1.0}``. One
    may stand alone. Raises UserError for what is no intervention, and for one given twice.
    """
    several = [given] if isinstance(given, Mapping | Intervention) else given
    if several is None:
        return ()
    if not isinstance(several, Sequence) or isinstance(several, str):
        raise _wrong(given)
    found: dict[str, Intervention] = {}
    for one in several:
        if not isinstance(one, Mapping | Intervention):
            raise _wrong(one)
        try:
            made = one if isinstance(one, Intervention) else _made(one)
        except UserError as error:
            raise UserError(f"exposure.interventions: {error}") from None
        if made.type in found:
            raise UserError(f"exposure.interventions: {made.type} is given twice; give it once")
        found[made.type] = made
    return tuple(found[name] for name in sorted(found) if not found[name].neutral)


def broken(given: Sequence[Intervention]) -> dict[str, str]:
    """Promise of a corpus -> the type of the intervention that breaks it by design."""
    return {promise: one.type for one in given for promise in one.breaks}


def broken_in_words(given: Sequence[Intervention]) -> list[str]:
    """A sentence a promise that is broken by design; of nothing else the audit is silent."""
    return [
        f"By design of {type} this promise is not kept, and the audit passes it over: {promise}."
        for promise, type in broken(given).items()
    ]


def _made(table: Mapping[Any, Any]) -> Intervention:
    fields = {str(key): value for key, value in table.items()}
    if "type" not in fields:
        raise UserError(f"{brief(fields)} has no type; give a table such as {EXAMPLE}")
    name = fields.pop("type")
    if not isinstance(name, str) or name not in TYPES:
        raise suggest("intervention", str(name), TYPES)
    kind = TYPES[name]
    version = fields.pop("version", kind.version)
    if version != kind.version or isinstance(version, bool):
        raise UserError(
            f"{name} of version {brief(version)}, {kind.version} here; use the version of zebroid "
            "that wrote it"
        )
    known = {field.name: field for field in dataclasses.fields(kind)}
    for key in fields:
        if key not in known:
            raise suggest(f"key of {name}", key, known)
    for key, field in known.items():
        if key not in fields and field.default is dataclasses.MISSING:
            raise UserError(f"{name} has no {key}; give it")
    return kind(**fields)


def _wrong(given: Any) -> UserError:
    return UserError(
        f"exposure.interventions = {brief(given)}: a value has the wrong type; give a list of "
        f"tables such as {EXAMPLE}"
    )
