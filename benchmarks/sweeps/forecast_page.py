"""The scenario figure of a page: branches of a receipt's curve, with rates that were measured.

    <!-- forecast branches RECEIPT ROW|RUNG,RUNG|FOLDER,FOLDER -->
    <!-- end of forecast -->

RECEIPT and each FOLDER of a suite with rounds are relative to the page's; ROW is a row of the
report. The same as ``zebroid forecast RECEIPT --row ROW --rung RUNG --rounds FOLDER`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...errors import UserError
from ...eval.figures.forecast_figures import branches
from ...eval.forecasting.forecast import Forecast
from ..config.scenario_file import load
from ..docs.writing import doc_blocks, page_files
from ..docs.writing.markdown_table import markdown_table
from ..receipts.curves import read
from .forecast_branches import chosen, foretold
from .measured_rates import measured

KIND = "forecast"


def main(words: list[str] | None = None) -> int:
    """Fills the page that is given."""
    return doc_blocks.command(words, __doc__ or "", KIND, tables)


def tables(root: Path) -> dict[str, doc_blocks.Make]:
    """Those of a page in this folder."""
    return {"branches": lambda argument: _branches(root, argument)}


def _branches(root: Path, argument: str) -> Iterator[str]:
    name, _, rest = argument.partition(" ")
    parts = rest.split("|")
    if len(parts) != 3:
        raise UserError(f"{argument!r}: expected RECEIPT ROW|RUNG,RUNG|FOLDER,FOLDER")
    row, rungs, folders = parts[0], parts[1].split(","), parts[2].split(",")
    configurations = read(root / name)
    plan = measured(load(), [root / folder for folder in folders])
    found = [*foretold(chosen(configurations, row), configurations, plan, rungs)]
    title = f"{row}: {plan.title}"
    stem = "-".join((Path(name).name, KIND, *rungs))
    yield from page_files.figure(root, stem, branches(found, title), f"forecast: {title}")
    rows = [cells for one in found for cells in _rows(one)]
    years = [f"{found[0].years[at]:.0f}" for at in (0, -1)]
    header = ["rung", "branch", *years, "compute then", "data then", "parts from the first"]
    yield from markdown_table(header, rows, right=range(2, 7))
    yield ""
    for what, rate in (("yearly", plan.conclusions.yearly), ("worth", plan.queries.worth)):
        yield f"- `{what}` {rate.value:.3g} [{rate.low:.3g}, {rate.high:.3g}]: {rate.source}"


def _rows(found: Forecast) -> Iterator[list[str]]:
    first, partings = found.branches[0].name, found.partings()
    for branch in found.branches:
        cells = ["{:.2f} [{:.2f}, {:.2f}]".format(*branch.ability[:, at]) for at in (0, -1)]
        cells += [f"{one[0, -1]:.0e}" for one in (branch.compute, branch.data)]
        at = partings.get((first, branch.name))
        parts = "–" if branch.name == first else "not by then" if at is None else f"{at[0]:.0f}"
        yield [found.rung, branch.name, *cells, parts]
