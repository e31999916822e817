"""``seeds = 3`` in a suite: so many chances throughout."""

from __future__ import annotations

from typing import Any

from . import suite_limits


def all_seeds(value: Any) -> Any:
    """Of ``seeds = 3`` the table ``seeds = { all = [0, 1, 2] }``; anything else as it is."""
    if type(value) is not int:
        return value
    if not 1 <= value <= suite_limits.CELLS:
        raise ValueError(
            f"expected a number of seeds from 1 to {suite_limits.CELLS:,}, or a table of the axes, "
            "as { init = [0, 1], order = [0, 1] }"
        )
    return {"all": [*range(value)]}
