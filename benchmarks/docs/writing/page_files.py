"""The files beside a page: figures as SVG, tables as CSV, and the lines that show them; and counts
of a long simulation, kept after every line so that it can go on."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from ....errors import UserError
from ....eval.figures.score_figures import svg
from ...runner import atomic_write

Counts = dict[str, dict[str, dict[str, int]]]  # design -> truth -> word -> how often


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


@dataclasses.dataclass(frozen=True)
class Simulated:
    """What was found of simulated truths, by table."""

    path: Path
    tables: dict[str, Counts]

    @classmethod
    def at(cls, path: Path) -> Simulated:
        """What stands in the file; nothing where there is none. Raises UserError where it is not
        such a file."""
        if not path.exists():
            return cls(path, {})
        try:
            tables: dict[str, Counts] = json.loads(path.read_text("utf-8"))
            designs = [one for table in tables.values() for one in table.values()]
            numbers = [n for one in designs for counts in one.values() for n in counts.values()]
        except (OSError, ValueError, AttributeError, TypeError):
            tables, numbers = {}, [None]
        if not all(type(number) is int for number in numbers):
            raise UserError(f"{path}: got no counts of a simulation; delete it and --simulate anew")
        return cls(path, tables)

    def lacks(self, table: str, design: str, truth: str, repeats: int) -> bool:
        """Whether not so many curves were simulated."""
        found = self.tables.get(table, {}).get(design, {}).get(truth, {})
        return sum(found.values()) != repeats

    def keep(self, table: str, design: str, truth: str, counts: Counter[str]) -> None:
        """Writes one line of a table."""
        self.tables.setdefault(table, {}).setdefault(design, {})[truth] = dict(
            sorted(counts.items())
        )
        with atomic_write.file(self.path) as draft:
            draft.write_text(json.dumps(self.tables, indent=1, sort_keys=True) + "\n", "utf-8")

    def read(self, table: str, design: str, truths: Iterable[str]) -> dict[str, Counter[str]]:
        """Truth -> counts. Raises UserError where one is missing."""
        known = self.tables.get(table, {}).get(design, {})
        missing = [truth for truth in truths if truth not in known]
        if missing:
            raise UserError(
                f"{self.path} has no simulation of {missing[0]!r}, {design}; --simulate N makes it"
            )
        return {truth: Counter(known[truth]) for truth in truths}
