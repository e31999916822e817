"""Random streams: every choice has a name, and equal names give equal choices for ever.

A stream is SHA-256 of the canonical JSON of its name's parts -> Philox key -> RandomState, whose
output is frozen across NumPy versions. Never seed + index: two streams whose names differ in any
part are independent, and no two seeds are neighbours.
"""

from __future__ import annotations

import numpy as np

from . import canonical


def stream(*parts: str | int) -> np.random.RandomState:
    """The random stream called ``parts``, for instance ``stream("zebra-v2", "world", 0)``.

    >>> int(stream("doc", "world", 0).randint(1000)), int(stream("doc", "world", 1).randint(1000))
    (548, 716)
    """
    key = np.frombuffer(bytes.fromhex(canonical.digest(parts))[:16], dtype="<u8")
    return np.random.RandomState(np.random.Philox(key=key))
