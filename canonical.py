"""Canonical JSON and digests: equal content gives equal bytes, on every machine."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .identity import DIGITS as DIGITS
from .identity import record as record

if TYPE_CHECKING:  # NumPy is loaded only where there are arrays: lists of names need none
    import numpy as np


def text(content: Any, *, indent: int | None = None) -> str:
    """Sorted keys, floats of nine significant digits, NaN and infinities as null, ASCII only.

    >>> text({"b": 1 / 3, "a": (1, float("nan"))})
    '{"a":[1,null],"b":0.333333333}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(plain(content), sort_keys=True, separators=separators, indent=indent)


def digest(content: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return digest_bytes([text(content).encode()])


def digest_bytes(parts: Iterable[bytes]) -> str:
    """SHA-256, in hex, of the parts behind one another: as of a file that holds them."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()


def digest_arrays(**arrays: np.ndarray) -> str:
    """SHA-256 over names, shapes and little-endian values, in the order of names; 8-byte types."""
    import numpy as np

    total = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        wide = "<f8" if array.dtype.kind == "f" else "<i8"
        total.update(f"{name}{array.shape}{wide}".encode())
        total.update(np.ascontiguousarray(array, dtype=wide).tobytes())
    return total.hexdigest()


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "dtype"):
        import numpy as np

        if isinstance(value, np.ndarray | np.generic):
            return plain(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical JSON")
