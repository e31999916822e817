"""``zebroid forecast``: a receipt and a scenario -> branches, when they part, and their figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ...errors import UserError
from ...eval.figures import score_figures
from ...eval.figures.forecast_figures import branches
from ...eval.forecasting.forecast import Forecast
from ...printable import printable
from ..config.scenario_file import DEFAULT, load
from ..receipts.curves import read
from ..receipts.untrusted import guarded
from ..runner import atomic_write
from ..sweeps.forecast_branches import chosen, foretold
from ..sweeps.measured_rates import measured
from .plain_console import plain

FORMATS = (".svg", ".png")


def run(
    receipt: Path,
    scenario: Path | None,
    row: str,
    rungs: Sequence[str],
    out: Path,
    console: Console,
    rounds: Sequence[Path] = (),
) -> None:
    """Prints the branches of one row of a receipt and writes their figure to ``out``. ``rounds``:
    folders of suites with rounds, whose rates take the place of assumed ones.

    ``row``: "LABEL" or "PANEL: LABEL"; empty: the first. Raises UserError, one line, for a row or
    rung that isn't there, a format that can't be drawn, and curves that no law fits.
    """
    if out.suffix not in FORMATS:
        raise UserError(f"--out {out}: expected a name that ends in {' or '.join(FORMATS)}")
    plan = measured(load(scenario or DEFAULT), rounds)
    with guarded(receipt):
        configurations = read(receipt)
        configuration = chosen(configurations, row)
        found = list(foretold(configuration, configurations, plan, rungs))
    title = f"{configuration.title}: {plan.title}"
    drawn = branches(found, title)
    with atomic_write.file(out) as draft:
        image = (
            score_figures.png(drawn) if out.suffix == ".png" else score_figures.svg(drawn).encode()
        )
        draft.write_bytes(image)
    console.print(printable(title), markup=False)
    console.print(f"Numbers and sources: {scenario or DEFAULT}", markup=False)
    if rounds:
        for name, rate in (
            ("conclusions.yearly", plan.conclusions.yearly),
            ("queries.worth", plan.queries.worth),
        ):
            value = f"{name} {rate.value:.3g} [{rate.low:.3g}, {rate.high:.3g}]"
            console.print(printable(f"{value}: {rate.source}"), markup=False, soft_wrap=True)
    console.print()
    for one in found:
        _tell(console, one)
    console.print(f"{out}: the branches, with their 95% intervals", markup=False)


def _tell(console: Console, found: Forecast) -> None:
    last = len(found.years) - 1
    table = Table(title=plain(f"{found.rung}: {found.verdict}", "table.title"))
    table.add_column("branch")
    for at in (0, last // 2, last):
        table.add_column(f"{found.years[at]:.0f}", justify="right")
    table.add_column("compute then\n(today's: 1)", justify="right")
    table.add_column("data then\n(today's: 1)", justify="right")
    for branch in found.branches:
        cells = [
            "{:.2f}\n[{:.2f}, {:.2f}]".format(*branch.ability[:, i]) for i in (0, last // 2, last)
        ]
        cells += [
            "{:.0e}\n[{:.0e}, {:.0e}]".format(*v[:, -1]) for v in (branch.compute, branch.data)
        ]
        table.add_row(plain(branch.name), *cells)
    console.print(table)
    for note in found.notes:
        console.print(printable(f"{found.rung}: {note}."), markup=False)
    partings = found.partings()
    for (one, other), at in partings.items():
        if at is not None:
            when = f"from {at[0]:.0f}, at {at[1]:.0e} times today's compute"
            console.print(f"{one} and {other}: distinguishable {when}", markup=False)
    open_ = sum(at is None for at in partings.values())
    if open_:
        text = f"{open_} of {len(partings)} pairs of branches are not distinguishable"
        console.print(f"{text} by {found.years[-1]:.0f}", markup=False)
    console.print()
