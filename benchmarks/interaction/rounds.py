"""Rounds: cells of the runner whose corpora grow by what came of the cells before.

A round is nothing but cells: kept, resumed and reported as all are. What a branch adds is content
of its cells' exposures, so that a run that was stopped finds its rounds again. Which facts are
added is computed anew from kept results, always.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from ... import registry
from ...errors import UserError
from ...worlds.exposure import Exposure
from ...worlds.interventions.added_facts import AddedFacts, Fact
from ..config.changed_suite import CHANGES
from ..config.run_config import Cell
from ..config.suite import Suite, distinct
from ..protocols.beyond_table import Acquisition, Production
from ..report import plain_console
from ..runner.corpora import Corpora
from ..runner.executor import Executor, execute
from ..runner.progress import Displayed, Shielded
from ..runner.result_store import Result, Store
from . import round_audit, round_records
from .acquisition import acquired
from .conclusions import Posed
from .production import PROVED, produced

INTERRUPTED = 130  # the exit status
MORE = "more steps"  # the branch of equal compute on the first corpus


class Work(Protocol):
    """A job whose suite goes on in rounds."""

    @property
    def suite(self) -> Suite: ...
    @property
    def cells(self) -> tuple[Cell, ...]: ...
    @property
    def out(self) -> Path: ...
    @property
    def folder(self) -> Path: ...
    @property
    def where(self) -> Any: ...


@dataclasses.dataclass(frozen=True)
class Step:
    """One round of one branch."""

    base: Cell  # of round 0
    branch: str
    round: int
    cell: Cell
    queries: int = 0  # made of the world until its corpus was what it is

    @property
    def facts(self) -> frozenset[Fact]:
        """What has been added to its corpus."""
        given = self.cell.exposure.interventions
        return frozenset(f for one in given if isinstance(one, AddedFacts) for f in one.facts)


def note(suite: Suite) -> str:
    """What a preview says of a suite with rounds, behind what it costs."""
    how = suite.beyond
    return "" if how is None else f"; these are round 0, from which {how.protocol} goes on"


def run(job: Work) -> int:
    """All rounds of a suite's protocol, and then the receipt of all their cells, as they are kept
    by then; the exit status."""
    suite, status = played(job)
    if status == INTERRUPTED:
        return status
    whole: Any = dataclasses.replace(job, suite=suite, cells=suite.cells)  # type: ignore[type-var]
    return max(status, whole.run())


def played(job: Work) -> tuple[Suite, int]:
    """Trains all rounds and writes their tables; (the suite of all cells, 0 or 1 where a branch
    ended early by a failure, or 130 where it was interrupted)."""
    if len(job.cells) != len(job.suite.cells) or job.where.hosts:
        raise UserError("a suite with rounds is run whole; leave out --only, --cells and --hosts")
    if isinstance(job.suite.beyond, Acquisition):
        for name in job.suite.beyond.policies:
            registry.policy(name)  # or a line on what is there, before anything is trained
    console, executor, status = plain_console.console(), job.where.executor(), 0
    store = Store(job.out, job.suite.keep_weights)
    store.prepare()
    console.print(job.suite.title, style="bold", markup=False)
    branches = () if job.suite.beyond is None else job.suite.beyond.branches
    steps = [Step(cell, b, 0, cell) for cell in job.suite.cells for b in branches]
    steps += [*control(job.suite)]
    whole = list[Step]()
    results = dict[str, Result]()
    with Corpora() as corpora:
        try:
            while steps:
                found = _trained(executor, steps, store, corpora, console)
                status = max(status, int(len(found) < len({s.cell.digest for s in steps})))
                results |= found
                whole += [step for step in steps if step.cell.digest in found]
                steps = [*_after(job.suite, steps, found, corpora, console)]
        except KeyboardInterrupt:
            console.print("interrupted; finished rounds are kept, the same command goes on")
            return job.suite, INTERRUPTED
        for path in round_records.write(job.suite, whole, results, corpora, job.folder):
            console.print(f"table    {path}", soft_wrap=True)
    cells = distinct([*job.suite.cells, *(step.cell for step in whole)])
    return dataclasses.replace(job.suite, cells=cells, beyond=None), status


def control(suite: Suite) -> Iterator[Step]:
    """Of each cell one of as many steps as all rounds together, on the first corpus alone."""
    how = suite.beyond
    if not isinstance(how, Production) or not how.control:
        return
    for cell in suite.cells:
        if cell.recipe.steps is None:
            raise UserError("rounds of equal compute count steps; give plan.steps, not plan.flops")
        longer = CHANGES["plan"](cell, {"steps": cell.recipe.steps * (how.rounds + 1)})
        yield Step(cell, MORE, how.rounds, longer)


def _trained(
    executor: Executor,
    steps: Sequence[Step],
    store: Store,
    corpora: Corpora,
    console: Console,
) -> dict[str, Result]:
    """Digest of a cell -> its result, of those that did not fail."""
    cells = distinct(step.cell for step in steps)
    with Displayed(console, len(cells)) as displayed:
        outcome = execute(executor, cells, store, Shielded(displayed), corpora)
    return {r.cell.digest: r for r in outcome.results if not r.run.failed}


def _after(
    suite: Suite,
    steps: Sequence[Step],
    results: dict[str, Result],
    corpora: Corpora,
    console: Console,
) -> Iterator[Step]:
    """The next round of every branch that goes on."""
    how = suite.beyond
    if not isinstance(how, Production | Acquisition):
        return
    for step in steps:
        if step.round >= how.rounds or step.cell.digest not in results:
            continue
        result, before = results[step.cell.digest], step.facts
        share = how.scored if isinstance(how, Production) else 0.0
        posed = Posed(corpora.question_set(step.cell), share)
        made = 0
        if isinstance(how, Production):
            facts = produced(step.branch, posed, result.run, before, how.agreement)
        else:
            number = how.queries * (step.round + 1) // how.rounds - step.queries
            facts, made = acquired(
                posed, result.run, before, step.branch, number, how, step.base.seeds.order
            )
        round_audit.audit(how, posed, result.run, before, facts, step.branch == PROVED)
        if facts == before:
            console.print(
                f"{step.base}: {step.branch} adds nothing after round {step.round}, and ends",
                markup=False,
                soft_wrap=True,
            )
            continue
        turn = step.round + 1
        label = f"{step.branch}, round {turn}"
        exposure = with_facts(step.base.exposure, label, facts, step.branch == PROVED)
        cell = dataclasses.replace(step.base, exposure=exposure)
        yield Step(step.base, step.branch, turn, cell, step.queries + made)


def with_facts(
    exposure: Exposure, label: str, facts: frozenset[Fact], proved: bool = False
) -> Exposure:
    """The exposure with these facts added, beside what it adds by itself."""
    own = [one for one in exposure.interventions if isinstance(one, AddedFacts)]
    others = [one for one in exposure.interventions if not isinstance(one, AddedFacts)]
    together = facts.union(*(one.facts for one in own))
    return dataclasses.replace(
        exposure, interventions=(*others, AddedFacts(label, tuple(together), proved))
    )
