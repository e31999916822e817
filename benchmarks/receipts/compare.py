"""Comparing what a receipt says with what is made anew: columns of Parquet, records of scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from .tables.parquet_table import SEPARATOR
from .untrusted import NotLoaded

T = TypeVar("T")
CLOSE = 1e-6  # of a score: libraries of other machines differ in the last digits


class Doubt(Exception):
    """What is stored and what is made anew differ; the message says where first."""


def checked(check: Callable[[T], str], subject: T) -> tuple[bool | None, str]:
    """Whether a check passed, None where it was not made; and its line."""
    try:
        return True, check(subject)
    except NotLoaded as error:
        return None, str(error)
    except (Doubt, UserError) as error:
        return False, str(error)
    except MemoryError:
        return False, "it takes more memory than a receipt is given"
    except Exception as error:  # content that nobody thought of is refused like all other
        return False, f"not understood: {type(error).__name__}: {' '.join(str(error).split())}"


def same(text: NDArray[Any], mine: NDArray[Any]) -> bool:
    """Whether two columns hold the same; a list of right answers is joined as in writing."""
    if len(text) != len(mine):
        return False
    rows = zip(np.asarray(text, object).tolist(), np.asarray(mine, object).tolist())
    return all(_plain(a) == _plain(b) for a, b in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, np.ndarray)):
        return SEPARATOR.join(value)
    return value


def differs(text: Any, mine: Any, where: str) -> str:
    """The first place where two records differ; empty: nowhere. Only stated fields count."""
    if text is None:
        return "" if mine is None else f"{where}: null, not {mine!r}"
    if isinstance(text, Mapping) and isinstance(mine, Mapping):
        if {*text} != {*mine}:
            return f"{where}: {sorted({*text} ^ {*mine})} are in one of them only"
        return next(
            filter(None, (differs(v, mine[k], f"{where}, {k}") for k, v in text.items())), ""
        )
    if (
        isinstance(text, (list, tuple))
        and isinstance(mine, (list, tuple))
        and len(text) == len(mine)
    ):
        return next(filter(None, (differs(a, b, where) for a, b in zip(text, mine))), "")
    if isinstance(text, (int, float)) and isinstance(mine, (int, float)):
        finite = math.isfinite(text) and math.isfinite(mine)  # infinity is close to all else
        close = finite and abs(text - mine) <= CLOSE * max(1.0, abs(text))
        return "" if close else f"{where}: {text:g} in the receipt, {mine:g} from the answers"
    return "" if text == mine else f"{where}: {text!r} in the receipt, {mine!r} from the answers"
