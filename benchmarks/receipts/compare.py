"""The first place where what a receipt says differs from what is recomputed: JSON and columns.

Whole numbers, truth values, names and texts are compared as they are. Numbers may differ by CLOSE:
libraries and processors of other machines differ in the last digits. What such a number prints as
in a sentence may then differ too, in the last digit printed; where no number differs at all, no
text does.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...printable import printable

CLOSE = 1e-6  # of a number, or of 1 where it is smaller
DISPLAYED = 60  # characters of a value in a message
# keys of sentences, which print numbers; what other texts print are names, and these are exact
SENTENCES = re.compile(r"(?:^|\.)(?:evidence|sentence|note|notes|text|why|shifts)(?:\[\d+\])*$")
# a number as they print it: 1,024 or -0.25 or 1.5e+12
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")


class Doubt(Exception):
    """What is stored and what is recomputed differ; the message says where first."""


@dataclasses.dataclass
class Comparison:
    """What came of comparing a receipt, part by part, with what is recomputed."""

    first: str = ""  # the first difference, in one line; empty: there is none
    numbers: int = 0  # that differ, by no more than CLOSE
    texts: list[str] = dataclasses.field(default_factory=list)  # equal but for last digits printed

    def settle(self) -> str:
        """Raises Doubt where something differs; else what differs in last digits, or empty."""
        if self.first or (self.texts and not self.numbers):
            raise Doubt(self.first or self.texts[0])
        if not self.numbers:
            return ""
        found = f"{self.numbers:,} number{'s' * (self.numbers > 1)} differ by at most {CLOSE:g}"
        if self.texts:
            found += f", {len(self.texts):,} texts in the last digit that they print"
        return f"; {found}: another processor, or other versions of the libraries"

    def values(self, text: Any, mine: Any, path: str) -> bool:
        """Compares two values of JSON, and says whether they are equal; ``path`` names them."""
        if self.first:
            return False
        if isinstance(text, Mapping) and isinstance(mine, Mapping):
            return self._mappings(text, mine, path)
        if isinstance(text, list) and isinstance(mine, list):
            return self._lists(text, mine, path)
        if type(text) is not type(mine):
            return self._refuse(path, text, mine)
        if isinstance(text, float):
            return self._floats(text, mine, path)
        if (
            isinstance(text, str)
            and text != mine
            and SENTENCES.search(path)
            and printed_alike(text, mine)
        ):
            self.texts.append(_difference(path, text, mine))
            return True
        return text == mine or self._refuse(path, text, mine)

    def columns(
        self, text: Mapping[str, NDArray[Any]], mine: Mapping[str, NDArray[Any]], path: str
    ) -> bool:
        """Compares two tables, column by column and row by row: their order counts."""
        if self.first:
            return False
        if [*text] != [*mine]:
            return self._keys([*text], [*mine], path, "column ")
        counts = [len(next(iter(table.values()), ())) for table in (text, mine)]
        if counts[0] != counts[1]:
            return self._refuse(f"{path}: rows", *counts)
        return all(self._column(text[name], mine[name], f"{path}: {name}") for name in mine)

    def _column(self, text: NDArray[Any], mine: NDArray[Any], path: str) -> bool:
        if text.dtype.kind != mine.dtype.kind:
            return self._refuse(path, f"{text.dtype} values", f"{mine.dtype} values")
        if mine.dtype.kind != "f":
            odd = np.flatnonzero(text != mine)
        else:
            odd = np.flatnonzero((text != mine) & ~(np.isnan(text) & np.isnan(mine)))
            size = np.maximum(1.0, np.abs(mine[odd]))
            with np.errstate(invalid="ignore"):  # infinities are close to nothing
                close = np.abs(text[odd] - mine[odd]) <= CLOSE * size
            self.numbers += int(close.sum())
            odd = odd[~close]
        if not len(odd):
            return True
        row = int(odd[0])
        return self._refuse(
            f"{path}[{row}]", *(column[row : row + 1].tolist()[0] for column in (text, mine))
        )

    def _mappings(self, text: Mapping[str, Any], mine: Mapping[str, Any], path: str) -> bool:
        if {*text} != {*mine}:
            return self._keys([*text], [*mine], path)
        return all(self.values(text[k], mine[k], _below(path, k)) for k in mine)

    def _lists(self, text: Sequence[Any], mine: Sequence[Any], path: str) -> bool:
        for i, (a, b) in enumerate(zip(text, mine)):
            if not self.values(a, b, f"{path}[{i}]"):
                return False
        if len(text) != len(mine):
            return self._refuse(f"{path}: length", len(text), len(mine))
        return True

    def _floats(self, text: float, mine: float, path: str) -> bool:
        if text == mine or (math.isnan(text) and math.isnan(mine)):
            return True
        finite = math.isfinite(text) and math.isfinite(mine)
        if not finite or abs(text - mine) > CLOSE * max(1.0, abs(mine)):
            return self._refuse(path, text, mine)
        self.numbers += 1
        return True

    def _keys(self, text: Sequence[str], mine: Sequence[str], path: str, kind: str = "") -> bool:
        """Refuses keys or columns: one that is too many, one that lacks, or their order."""
        for word, found, others in (("stands", text, mine), ("is missing", mine, text)):
            odd = next((key for key in found if key not in others), None)
            if odd is not None:
                where = f"{path}: {kind}{odd}" if kind else _below(path, odd)
                there = "in the receipt alone" if word == "stands" else "in the receipt"
                self.first = printable(f"{where} {word} {there}", 400)
                return False
        return self._refuse(f"{path}: order", ", ".join(text), ", ".join(mine))

    def _refuse(self, path: str, text: Any, mine: Any) -> bool:
        self.first = _difference(path, text, mine)
        return False


def printed_alike(text: str, mine: str) -> bool:
    """Whether two texts are equal but for numbers that differ by one in the last digit printed."""
    if NUMBER.sub("", text) != NUMBER.sub("", mine):
        return False
    pairs = zip(NUMBER.findall(text), NUMBER.findall(mine), strict=True)
    return all(a == b or _one_apart(a, b) for a, b in pairs)


def _one_apart(a: str, b: str) -> bool:
    """Whether two printed numbers differ by one unit of the coarser one's last digit."""
    values = [float(number.replace(",", "")) for number in (a, b)]
    unit = max(_unit(a), _unit(b))
    return math.isfinite(unit) and abs(values[0] - values[1]) <= unit * (1 + 1e-9)


def _unit(number: str) -> float:
    """What one in the last digit of a printed number is worth: 0.01 of 0.25, 1e11 of 1.5e12."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    try:
        return 10.0 ** (int(exponent or 0) - decimals)
    except OverflowError:
        return math.inf


def _difference(path: str, text: Any, mine: Any) -> str:
    """One line: where, what the receipt says, and what is recomputed."""
    there, found = _displayed(text), _displayed(mine)
    if isinstance(text, str) and isinstance(mine, str) and len(text) + len(mine) > DISPLAYED:
        at = next((i for i, (a, b) in enumerate(zip(text, mine)) if a != b), 0)
        start = max(0, at - DISPLAYED // 3)
        there, found = _displayed(text[start:]), _displayed(mine[start:])
        path = f"{path}, from character {start}" if start else path
    return printable(f"{path}: receipt {there}, recomputed {found}", 400)


def _displayed(value: Any) -> str:
    text = "null" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= DISPLAYED else f"{text[:DISPLAYED]}…"


def _below(path: str, key: str) -> str:
    """The path of a key of JSON."""
    if not re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII):
        return f"{path}[{key!r}]"
    return f"{path}.{key}" if path else key
