"""pass@k: how often one of k samples is right. What several samples find is in reach, though the
likeliest answer is another; what none finds may not be.

Of n samples with c right, 1 - C(n - c, k) / C(n, k) is unbiased (arXiv 2107.03374).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import Band, shares


def pass_at(hits: NDArray[np.integer[Any]], samples: int, k: int) -> NDArray[np.float64]:
    """[..., Q] the chance that one of ``k`` samples is right, for each question of whose
    ``samples`` ``hits`` [..., Q] are right; ``k`` is at most ``samples``.

    >>> pass_at(np.array([0, 1, 4]), 4, 2).tolist()
    [0.0, 0.5, 1.0]
    """
    wrong = samples - hits.astype(np.float64)
    none = np.ones(np.shape(hits))
    for i in range(k):
        none *= np.maximum(wrong - i, 0) / (samples - i)
    return 1 - none


def depths(samples: int) -> list[int]:
    """The k that are reported: 1, 2, 4, … and all."""
    return [*(2**i for i in range(samples.bit_length()) if 2**i < samples), samples]


def pass_bands(
    hits: Sequence[NDArray[np.integer[Any]]], samples: int, worlds: Sequence[str]
) -> dict[int, Band]:
    """k -> the band (K = 1) of pass@k, for each of ``depths``. ``hits`` has an int [S, n] per cell:
    how many of its ``samples`` are right; ``worlds`` each one's world.

    Shares of one question are between 0 and 1, and vary at most as much as what is right or wrong:
    its interval over questions is Wilson's, if anything too wide.
    """
    each = {k: [pass_at(h, samples, k)[:, None] for h in hits] for k in depths(samples)}
    return {k: shares(found, worlds) for k, found in each.items()}
