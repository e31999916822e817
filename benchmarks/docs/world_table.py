"""The table of built-in worlds, as Markdown between two marks in a page: nothing typed by hand.

    <!-- worlds base -->
    <!-- end of worlds -->

``python -m zebroid.benchmarks.docs docs/reference/worlds.md`` writes what stands between: for every
world at that size, in its own exposure and for seeds 0, how many questions are on each rung, and
which published benchmarks it generalises, as the world says itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ... import registry
from ...errors import UserError
from ...worlds.corpus.build import build_corpus
from ...worlds.novelty.rungs import LADDER
from ..runner import atomic_write
from .markdown_table import markdown_table

BLOCK = re.compile(r"(<!-- worlds (\S+) -->\n).*?(<!-- end of worlds -->)", re.DOTALL)


def filled(page: str) -> str:
    """``page`` with its table; raises UserError where it has no place for one."""
    if not BLOCK.search(page):
        raise UserError("the page has no place for the table; put `<!-- worlds base -->` there")
    return BLOCK.sub(lambda m: m[1] + "\n".join(_table(m[2])) + "\n" + m[3], page)


def builtin() -> list[str]:
    """Ids of the worlds that come with zebroid."""
    return [id for id in registry.worlds() if "." not in id]


def _table(size: str) -> Iterator[str]:
    yield ""
    header = ["world", *LADDER, "generalises"]
    yield from markdown_table(header, _rows(size), right=range(1, len(LADDER) + 1))
    yield ""


def _rows(size: str) -> Iterator[list[str]]:
    for id in builtin():
        world, found = registry.sized(f"{id}/{size}")
        corpus = build_corpus(world, found)
        cells = []
        for rung in LADDER:
            number = len(corpus.of_rung(rung, pure=rung != "mixed"))
            message = f"{number:,}" if number else "–"
            cells.append(f"**{message}**" if rung in world.rungs else message)
        yield [f"`{id}`", *cells, world.generalises]


def main(pages: list[str]) -> int:
    """Fills the pages named; 0, or 2 after one line on what is wrong."""
    try:
        for name in pages:
            text = filled(Path(name).read_text("utf-8"))
            with atomic_write.file(Path(name)) as draft:
                draft.write_text(text, "utf-8")
    except (UserError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
