"""A job: what ``zebroid run`` does, from the name of a suite to its receipt and report."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from .. import __version__
from ..errors import UserError, suggest
from ..models import training_version
from ..models.training.plan import LAYOUTS, hosts
from ..printable import visible
from .config.changed_suite import changed
from .config.run_config import Cell
from .config.suite import Suite, load_suite
from .estimates import feasible
from .executors.local_workers import LocalWorkers, shares
from .executors.multihost_run import MultiHost
from .executors.ray_cluster import RayCluster
from .interaction import rounds
from .interaction.tools import tool_run
from .panels.panel import Panel, panels
from .protocols.beyond_table import Tools
from .receipts.receipt import Receipt
from .receipts.tables.all_tables import write_tables
from .receipts.tables.parquet_table import Content
from .report import html_report, plain_console, sweep_section, terminal
from .runner import provenance
from .runner.corpora import Corpora
from .runner.executor import Executor, Outcome, execute
from .runner.failures import Failed, failed, kept_failed, published, summary
from .runner.progress import Displayed, Shielded
from .runner.result_store import Store
from .runner.run import InProcess
from .runner.tracker import KINDS, open_tracker

# How much longer than in direct mode a step takes, per height of proofs; by decoder-s, the fastest
# of 3: composition (height 1) 1 : 2.6 : 3.8 : 3.7, zebra (3) 1 : 4.7 : 11 : 10; tools: a guess.
LONGER = {"direct": 0.0, "filler": 1.5, "post-hoc": 2.8, "chain": 3.0, "tools": 6.0}
EXAMPLE_FLOPS = 1.7e6  # of an example in direct mode, by decoder-s: what a budget in FLOPs buys


@dataclasses.dataclass(frozen=True)
class Where:
    """Who trains: this process, unless one of these is given; and how it is logged."""

    jobs: int = 1  # processes of this machine
    layout: str = ""  # over several devices: models/training/sharding.py
    # one of several processes that train each cell together: models/training/multihost.py
    hosts: str = ""
    ray: str = ""  # address of a cluster
    log: str = ""  # loss and scores while training runs: runner/tracker.py

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise UserError(f"--jobs {self.jobs}: expected a number of processes, at least 1")
        if self.layout and self.layout not in LAYOUTS:
            raise suggest("layout", self.layout, LAYOUTS)
        here = "--hosts" if self.hosts else "--layout"  # which go together
        given = {"--jobs": self.jobs > 1, "--ray": self.ray, here: self.hosts or self.layout}
        chosen = [name for name, value in given.items() if value]
        if len(chosen) > 1:
            raise UserError(f"{' and '.join(chosen)} exclude each other; give one of them")
        if self.hosts:
            hosts(self.hosts)
        if self.ray and not re.fullmatch(r"auto|local|(ray://)?[^\s:]+:\d{1,5}", self.ray):
            raise UserError(
                f"--ray {self.ray}: expected auto, local, or HOST:PORT as `ray start --head` prints"
            )
        if self.log and self.log not in KINDS:
            raise suggest("--log", self.log, KINDS)

    def executor(self) -> Executor:
        """Raises UserError where other hosts cannot be met."""
        if self.ray:
            return RayCluster(self.ray)
        if self.hosts:
            return MultiHost(self.hosts, self.layout or "data")
        if len(places := shares(self.jobs)) > 1:
            return LocalWorkers(places)
        return InProcess(self.layout)


HERE = Where()


@dataclasses.dataclass(frozen=True)
class Job:
    """Some cells of a suite, where their results go, and who makes them."""

    suite: Suite
    cells: tuple[Cell, ...]
    out: Path
    where: Where = HERE
    sweep: bool = False  # whether to report what only a sweep can say

    @classmethod
    def of(
        cls,
        name: str,
        world: str,
        out: Path,
        only: Sequence[str],
        share: str,
        where: Where = HERE,
        sweep: bool = False,
        model: str = "",
        settings: Sequence[str] = (),
    ) -> Job:
        """Raises UserError for whatever of these does not exist or fit."""
        suite = changed(load_suite(name), world, model, settings)
        if sweep:
            sweep_section.ready(suite)
        return cls(suite, suite.select(only, share), out, where, sweep)

    @property
    def folder(self) -> Path:
        """Where receipt, report and Parquet files of the whole suite go."""
        return self.out / f"{self.suite.id}-{self.suite.digest[:8]}"

    def preview(self) -> int:
        """Prints cells, cost, what is kept, and of that what failed; 0. Raises UserError where a
        cell cannot fit into memory."""
        store = Store(self.out, self.suite.keep_weights)
        self._feasible(store)
        for cell in self.cells:
            lacks = store.lacks_weights(cell)
            again = lacks or store.stale(cell)
            plan = "kept" if store.has(cell) else "to redo" if again else "to run"
            plan = "failed" if store.failed(cell) else plan
            why = " (kept without weights)" if lacks else ""
            print(visible(f"{cell.digest[:16]}  {plan:<7}  {cell}{why}"))
        print(self.cost(store) + rounds.note(self.suite))
        kept = summary(kept_failed(self.cells, store), self.cells)
        if kept:
            print(f"kept, not to be trained again: {kept}")
        return 0

    def _feasible(self, store: Store) -> None:
        """Raises UserError where what is left to train cannot fit into memory."""
        rest, where = [cell for cell in self.cells if not store.has(cell)], self.where
        feasible.check(rest, where.jobs, elsewhere=bool(where.ray or where.hosts))

    def cost(self, store: Store) -> str:
        """One line: how many cells, how many of them kept, how long the rest will take."""
        rest = [cell for cell in self.cells if not store.has(cell)]
        stale = [found for found in map(store.stale, rest) if found]
        by = " and ".join(sorted({*stale}))
        again = (
            f" ({len(stale)} kept by {by}, to be trained again by {training_version.TRAINING})"
            if stale
            else ""
        )
        lacking = sum(map(store.lacks_weights, rest))
        if lacking:
            again += f" ({lacking} kept without weights, to be trained again for them alone)"
        whole = sum(map(_work, self.suite.cells))
        minutes = self.suite.cost_minutes * sum(map(_work, rest)) / whole
        least, doubt = feasible.least_minutes(rest), ""
        if least > max(1, 2 * minutes):
            doubt = f"; its FLOPs alone take {least:,.0f} minutes or more, at two cores' peak"
        return (
            f"{self.suite.name}: {len(self.cells)} cells, {len(self.cells) - len(rest)} kept"
            f"{again}; by its own cost_minutes about {minutes:.1f} of {self.suite.cost_minutes:g} "
            f"minutes on two cores{doubt}"
        )

    def run(self) -> int:
        """Trains, writes, prints; 0, or 1 if a cell failed or something could not be displayed, or
        130 if interrupted. The last line names the cells that failed, with their causes. Raises
        UserError, before anything is drawn, where a cell cannot fit into memory."""
        self._feasible(Store(self.out, self.suite.keep_weights))
        if self.suite.beyond is not None:
            return (tool_run if isinstance(self.suite.beyond, Tools) else rounds).run(self)
        console, executor = plain_console.console(), self.where.executor()
        store = Store(self.out, self.suite.keep_weights, helper=not executor.leads)
        if not executor.leads:
            outcome = execute(executor, self.cells, store)
            known = [cell for cell in self.cells if cell.digest in outcome.ended]
            return self._end(console, failed(known, outcome), [])
        store.prepare()
        provenance.commit()  # that of the code as it is loaded; the run may outlast it
        console.print(self.suite.title, style="bold", markup=False)
        console.print(self.cost(store), markup=False, soft_wrap=True)
        with Corpora(ahead=True) as corpora, open_tracker(self.where.log, self.out) as tracker:
            try:
                with Displayed(console, len(self.cells)) as displayed:
                    watch = Shielded(displayed)
                    outcome = execute(executor, self.cells, store, watch, corpora, tracker)
            except KeyboardInterrupt:
                console.print("interrupted; finished cells are kept, the same command goes on")
                return 130
            public = published(outcome)
            found = panels(self.cells, public, corpora)
            whole = len(self.cells) == len(self.suite.cells)
            kept = self._keep(public, found, corpora) if whole else None
        hidden = [f"progress was not all displayed: {watch.broken}"] if watch.broken else []
        if tracker is not None and tracker.broken:
            hidden.append(f"not all was logged: {tracker.broken}; the results are whole")
        with _made("the table", hidden):
            terminal.show(console, found, caption(self.suite, self.cells))
        if kept is None:
            missing = len(self.suite.cells) - len(self.cells)
            verb = "scale" if self.sweep else "run"
            command = f"zebroid {verb} {self.suite.command or self.suite.id}"
            line = f"{missing} more cells to the receipt and report: {command}"
            console.print(line, soft_wrap=True)
        else:
            self._report(console, found, kept, hidden)
        return self._end(console, failed(self.cells, outcome), hidden)

    def _end(self, console: Console, found: Sequence[Failed], hidden: Sequence[str]) -> int:
        """Prints what could not be made, and last which cells failed; the exit status."""
        for line in hidden:
            console.print(line, soft_wrap=True)
        if found:
            console.print(summary(found, self.cells), soft_wrap=True)
        return 1 if found or hidden else 0

    def _keep(self, outcome: Outcome, found: tuple[Panel, ...], corpora: Corpora) -> Receipt:
        """Parquet and receipt, before anything is drawn: of whole suites only, so that a receipt is
        never partial."""
        results = {result.cell.digest: result for result in outcome.results}
        content = Content(self.suite.cells, results, outcome.failures, found, corpora)
        files = write_tables(self.folder, content)
        finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        receipt = Receipt.of(self.suite, content, files, finished)
        receipt.write(self.folder / "receipt.json")
        return receipt

    def _report(
        self, console: Console, found: tuple[Panel, ...], receipt: Receipt, hidden: list[str]
    ) -> None:
        """What the sweep says, which goes into the receipt too, and the report."""
        path, page = self.folder / "receipt.json", self.folder / "report.html"
        swept = None
        if self.sweep and receipt.files:
            with _made("what the sweep says", hidden):
                with plain_console.working(console, "what the sweep says") as report:
                    receipt, swept = sweep_section.swept(receipt, path, report)
                receipt.write(path)
                sweep_section.show(console, receipt, swept)
        text = caption(self.suite, self.cells)
        written = False
        with _made("the report", hidden):
            html_report.write(page, self.suite, found, receipt, text, swept)
            written = True
        console.print(f"receipt  {path}", soft_wrap=True)
        if written:
            console.print(f"report   {page}", soft_wrap=True)


@contextlib.contextmanager
def _made(what: str, hidden: list[str]) -> Iterator[None]:
    """Adds to ``hidden`` why ``what`` could not be made: a finished training has its receipt
    already, and neither a drawing nor a table shall end the command before the rest.

    A disk or an output that takes no more is for the user to mend.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        if isinstance(error.__cause__, OSError):  # it names the file and the cure
            raise
        line = " ".join(str(error).split())
        text = line if isinstance(error, UserError) else f"{type(error).__name__}: {line}"
        hidden.append(f"{what} could not be made: {text}; the receipt is whole")


def caption(suite: Suite, cells: Sequence[Cell]) -> str:
    """Suite and digest, version, models and plans, and the seeds of each axis."""
    axes = dict.fromkeys(axis for cell in cells for axis in cell.drawn)
    seeds = {a: sorted({c.drawn[a] for c in cells if a in c.drawn}) for a in axes}
    text = ", ".join(f"{axis} {_range(values)}" for axis, values in seeds.items())
    trained = ", ".join(dict.fromkeys(f"{cell.model} by plan {cell.plan}" for cell in cells))
    return f"{suite.name}, zebroid {__version__}; {trained}; seeds: {text}"


def _range(values: list[int]) -> str:
    """``0`` or ``0-4`` or ``0,2,7``."""
    whole = values[-1] - values[0] + 1  # of different values, ascending
    if len(values) > 2 and len(values) == whole:
        return f"{values[0]}-{values[-1]}"
    return ",".join(map(str, values))


def _work(cell: Cell) -> float:
    """In proportion to the time that a cell takes, models being equal."""
    plan = cell.recipe
    if plan.steps is None:
        return (plan.flops or 0.0) / EXAMPLE_FLOPS
    return plan.steps * plan.batch * (1 + LONGER[cell.mode] * cell.exposure.demonstrated_height)
