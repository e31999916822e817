"""The files beside a page: figures as SVG, tables as CSV, and the lines that show them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from ...eval.figures.score_figures import svg
from ..runner import atomic_write


def figure(root: Path, name: str, drawn: Figure, shows: str) -> Iterator[str]:
    """Writes ``figures/NAME.svg`` in the page's folder; the lines that show it."""
    path = Path("figures") / f"{name}.svg"
    (root / "figures").mkdir(parents=True, exist_ok=True)
    with atomic_write.file(root / path) as draft:
        draft.write_text(svg(drawn), "utf-8")
    yield f"![{shows}]({path.as_posix()})"
    yield ""


def data(
    root: Path, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]
) -> Iterator[str]:
    """Writes ``data/NAME.csv`` in the page's folder; the line that links it."""
    path = Path("data") / f"{name}.csv"
    (root / "data").mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    with atomic_write.file(root / path) as draft:
        draft.write_text(text.getvalue(), "utf-8")
    count = f"{len(rows):,} row" + ("" if len(rows) == 1 else "s")
    yield f"Data: [CSV]({path.as_posix()}), {count}."
