"""run(job): a suite with tools: cells are trained, then their calls answered."""

from __future__ import annotations

import dataclasses
from typing import Any

from .... import registry
from ....errors import MissingResult, UserError
from ....worlds.encoding.traces import MODE
from ...protocols.beyond_table import Tools
from ...report import plain_console
from ...runner.corpora import Corpora
from ...runner.trained import load
from .. import round_tables
from ..rounds import INTERRUPTED, Work
from .acting import rows
from .tool_table import TOOLS


def run(job: Work) -> int:
    """The receipt of the cells as of any suite, and the table of tools beside it. The exit status.

    Raises UserError, before anything is trained, for a tool that does not exist and for a suite
    that keeps no weights; afterwards for a tool that breaks its contract: trained cells are kept.
    """
    suite, how = job.suite, job.suite.beyond
    assert isinstance(how, Tools), "a job sends other protocols to rounds"
    if len(job.cells) != len(suite.cells) or job.where.hosts:
        raise UserError("a suite with tools is run whole; leave out --only, --cells and --hosts")
    if not suite.keep_weights:
        raise UserError(f"{suite.id} keeps no weights, and tools need them; set keep_weights")
    for name in how.tools:
        registry.tool(name)
    if how.looks and not any(c.exposure.undescribed for c in suite.cells if c.mode == MODE):
        raise UserError(
            f"{suite.id} allows looks, and no cell of mode {MODE!r} leaves anything undescribed to "
            "look at; set exposure.undescribed, or leave out looks"
        )
    plain: Any = dataclasses.replace(job, suite=dataclasses.replace(suite, beyond=None))  # type: ignore[type-var]
    status = plain.run()
    if status == INTERRUPTED:
        return status
    console, found = plain_console.console(), list[dict[str, Any]]()
    try:
        with Corpora() as corpora, plain_console.working(console, "answering calls") as report:
            for number, cell in enumerate(suite.cells, 1):
                report(f"answering calls, {number} of {len(suite.cells)}: {cell}")
                try:
                    trained = load(cell, job.out)
                except MissingResult:  # it failed, and has a line of its own
                    continue
                found += rows(how, trained, corpora)
    except KeyboardInterrupt:
        console.print("interrupted; cells are kept, the same command answers calls anew")
        return INTERRUPTED
    path = round_tables.write(job.folder, TOOLS, found)
    console.print(f"table    {path}", soft_wrap=True)
    return status
