"""``python -m zebroid.benchmarks.docs [PAGE ...]``: every computed block of README and docs anew.

Without pages: all of a checkout. Takes some minutes; ``make pages`` does it.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ... import registry
from ..board import board_head, core_tables
from ..interaction import beyond_tables
from ..interaction.test_time import loop_figures
from ..interaction.tools import tool_figures
from ..probing import mechanism_tables
from ..replications import replication_tables
from ..sweeps import forecast_page
from . import (
    architecture_tables,
    floors_tables,
    instrument_tables,
    plateau_tables,
    readme_blocks,
    readme_tables,
    receipt_reference,
    rescored,
    split_tables,
    verdict_tables,
)

# mark -> the command that fills a page which has it
FILLS = {
    "receipt": lambda page: readme_tables.main([page]),
    "headline": lambda page: readme_blocks.main([page]),
    "world-list": lambda page: readme_blocks.main([page]),
    "model-list": lambda page: readme_blocks.main([page]),
    "receipt-reference": lambda page: receipt_reference.main([page]),
    "worlds": lambda page: readme_blocks.main([page]),
    "beyond": lambda page: beyond_tables.main([page]),
    "loops": lambda page: loop_figures.main([page]),
    "forecast": lambda page: forecast_page.main([page]),
    "tools": lambda page: tool_figures.main([page]),
    "plateau": lambda page: plateau_tables.main([page]),
    "results": lambda page: architecture_tables.main([page]),
    "board": lambda page: board_head.main([page]),
    "core": lambda page: core_tables.fill(Path(page)),
    "floors": lambda page: floors_tables.fill([page]),
    "instruments": lambda page: instrument_tables.main([page]),
    "language-models": lambda page: readme_tables.side_by_side(Path(page)),
    "rescored": lambda page: rescored.fill(page),
    "splits": lambda page: split_tables.fill(Path(page)),
    "replications": lambda page: replication_tables.main([page]),
    "mechanism": lambda page: mechanism_tables.main([page]),
    "recovery": lambda page: verdict_tables.main([page]),
}


def pages() -> list[Path]:
    """README and the pages of the documentation that have a computed block."""
    docs = registry.ROOT / "docs"
    found = [registry.ROOT / "README.md", *sorted(docs.rglob("*.md"))]
    return [page for page in found if marks(page.read_text("utf-8"))]


def marks(text: str) -> list[str]:
    """Kinds of the blocks of a page, each once; only marks that begin a line count."""
    kinds = re.findall(r"^<!-- end of ([a-z-]+) -->$", text, re.MULTILINE)
    return list(dict.fromkeys(kinds))


def main(words: list[str] | None = None) -> int:
    """0, or 2 after one line on what is wrong; pages that are wrong stay as they were."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("page", type=Path, nargs="*")
    status = 0
    for page in parser.parse_args(words).page or pages():
        print(page)
        for mark in marks(page.read_text("utf-8")):
            status = max(status, FILLS[mark](str(page)))
    return status


if __name__ == "__main__":
    raise SystemExit(main())
