"""Checks of a spec's sizes, with one-line errors."""

from __future__ import annotations

import dataclasses
from typing import Any

from ...errors import InvalidModel
from ...printable import brief
from ..layers.positions import Rotary

MOST = 1_000_000  # of any size: widths, layers, loops; memory bounds them long before


def check(spec: Any) -> None:
    """Every field declared ``int`` is a whole number from 1 to MOST (one declared ``int | None``
    may be None too); heads divide the width.

    Raises UserError.
    """
    # a type, or its text where annotations aren't evaluated
    kinds = {f.name: getattr(f.type, "__name__", str(f.type)) for f in dataclasses.fields(spec)}
    sizes = [name for name, kind in kinds.items() if kind in ("int", "int | None")]
    for name in sizes:
        value = getattr(spec, name)
        if value is None and kinds[name] != "int":
            continue
        if type(value) is not int or value < 1:
            raise InvalidModel(
                f"spec.{name} is {brief(value)}; expected a whole number, at least 1"
            )
        if value > MOST:
            raise InvalidModel(f"spec.{name} is {brief(value)}; expected at most {MOST:,}")
    if "heads" not in sizes:
        return
    pairs = isinstance(spec.positions, Rotary)
    if spec.width % (2 * spec.heads if pairs else spec.heads):
        of = f"2 * heads = {2 * spec.heads}" if pairs else f"heads = {spec.heads}"
        why = "rotary positions turn pairs within a head" if pairs else "heads share the width"
        raise InvalidModel(f"spec.width {spec.width} isn't a multiple of {of}; {why}")
