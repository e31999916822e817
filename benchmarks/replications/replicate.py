"""replicate(findings): measure findings one after the other, keep each result, print the table.

Trainings are cells of the runner: what is kept is not trained again, whichever suite or finding
trained it, and what was stopped goes on by the same command.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from ...eval.verdicts.replication import over_table
from ...printable import visible
from ..estimates import feasible
from ..job import Where
from ..report import plain_console
from ..runner import provenance
from ..runner.corpora import Corpora
from ..runner.executor import execute
from ..runner.failures import failed, summary
from ..runner.progress import Displayed, Shielded
from ..runner.result_store import Store
from .finding import Computed, Finding, Trained
from .finding_result import FindingResult, judged
from .trained_quantities import read

RESULTS = "replications"  # folder of results within OUT


def replicate(findings: Sequence[Finding], out: Path, jobs: int) -> int:
    """Measures, writes ``OUT/replications/FINDING.json`` and prints a line each; 0, or 1 if a cell
    failed, or 130 if interrupted. Raises UserError, before anything is drawn, where a cell cannot
    fit into memory."""
    console, where = plain_console.console(), Where(jobs)
    for finding in findings:
        if isinstance(finding.measured, Trained):
            feasible.check(finding.measured.suite.cells, jobs, elsewhere=False)
    provenance.commit()
    kept: dict[str, FindingResult] = {}
    lost = False
    try:
        for finding in findings:
            console.print(f"{finding.id}: {finding.title}", style="bold", markup=False)
            if isinstance(finding.measured, Computed):
                result = _computed(finding, finding.measured, console)
            else:
                result = _trained(finding, finding.measured, out, where, console)
                lost |= bool(result.missing)
            kept[finding.id] = result
            path = result.write(out / RESULTS / f"{finding.id}.json")
            console.print(f"result  {path}", soft_wrap=True)
    except KeyboardInterrupt:
        console.print("interrupted; finished cells are kept, the same command goes on")
        return 130
    for line in lines(findings, kept):
        console.print(line, markup=False, soft_wrap=True)
    return int(lost)


def _computed(finding: Finding, how: Computed, console: Console) -> FindingResult:
    began = time.monotonic()
    with plain_console.working(console, finding.id) as doing:
        found = how.quantities(lambda draw: doing(f"{finding.id}: draw {draw + 1}/{how.draws}"))
    return FindingResult.of(finding, found, (time.monotonic() - began) / 60)


def _trained(
    finding: Finding, how: Trained, out: Path, where: Where, console: Console
) -> FindingResult:
    store, cells = Store(out, how.suite.keep_weights), how.suite.cells
    store.prepare()
    with Corpora() as corpora:
        with Displayed(console, len(cells)) as displayed:
            outcome = execute(where.executor(), cells, store, Shielded(displayed), corpora)
        results = {result.cell.digest: result for result in outcome.results}
        if gone := failed(cells, outcome):
            console.print(summary(gone, cells), soft_wrap=True)
        found = read(how, results, corpora)
    minutes = sum(result.run.seconds for result in results.values()) / 60
    devices = ", ".join(sorted({result.device for result in results.values()}))
    rest = (minutes, devices, found.recall, found.missing)
    return FindingResult.of(finding, found.quantities, *rest)


def lines(findings: Sequence[Finding], kept: dict[str, FindingResult]) -> Iterator[str]:
    """Finding, verdict and why, with every claim and null: a line each."""
    found = {f.id: judged(f, kept[f.id]) for f in findings if f.id in kept}
    verdicts = over_table(found)
    for name, one in found.items():
        verdict, why = verdicts[name]
        yield visible(f"{name}: {verdict} ({why})")
        for kind, effects in (("claim", one.claims), ("null", one.nulls)):
            for number, effect in enumerate(effects, 1):
                beyond = "its margin" if kind == "claim" else "its bound"
                yield f"  {kind} {number}: {effect} above {beyond}, {effect.worlds} worlds"


def preview(findings: Sequence[Finding], out: Path) -> int:
    """Prints what each finding costs, its criterion and what is kept of it; 0."""
    for finding in findings:
        if isinstance(finding.measured, Computed):
            state = "computed"
        else:
            suite = finding.measured.suite
            store, cells = Store(out, suite.keep_weights), suite.cells
            state = f"{len(cells)} cells, {sum(map(store.has, cells))} kept"
        line = f"{finding.criterion[:12]}  {finding.id}: about {finding.minutes:g} minutes; {state}"
        print(visible(line))
    return 0


def listed(found: dict[str, Finding | str]) -> Iterator[tuple[str, str]]:
    """Id, and title, source and cost, of every finding; or why it is none."""
    for name, one in found.items():
        if isinstance(one, str):
            yield name, f"({one})"
            continue
        seen = "; seen" if one.seen else ""
        core = "; core" if one.core else ""
        yield name, f"{one.title} ({one.source}; {one.minutes:g} min{core}{seen})"
