"""A world whose package needs something that is not there."""

import harbour_charts_that_nobody_installed  # type: ignore[import-not-found]

__all__ = ["harbour_charts_that_nobody_installed"]
