"""glance(path): what is wrong with a file of predictions before corpora are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .collector import Collector, Columns
from .flaws import Flaws
from .prediction_file import BOM, LONGEST, checked, one_line, opened

LINES = 20  # that are looked at


class _Unknowing(Collector):
    """A collector that knows no questions: it tallies what no prediction of any corpus can have."""

    def __init__(self, flaws: Flaws) -> None:
        self.flaws, self.keys, self.samples = flaws, None, 0

    def add(self, columns: Columns, lines: Sequence[int] | range) -> None:
        self._checked(columns, lines)

    def _check_ids(
        self, ids: Sequence[object], fine: NDArray[np.bool_], lines: Sequence[int] | range
    ) -> None:
        """Every id may be one."""


def glance(path: Path) -> None:
    """Raises UserError for what is no file of predictions, and for flaws of its first lines.

    Flaws behind these are counted when all of it is read.
    """
    if checked(path) == ".parquet":
        return
    collector = _Unknowing(Flaws(str(path), first_look=True))
    with opened(path) as file:
        for number in range(1, LINES + 1):
            text = file.readline(LONGEST + 2)
            if not text:
                break
            text = text.removeprefix(BOM) if number == 1 else text
            one_line(text.removesuffix(b"\n").removesuffix(b"\r"), number, collector)
            if len(text) > LONGEST:
                break
    collector.flaws.end()
