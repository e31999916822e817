"""Pages with computed tables: between two marks stands what a command writes there.

    <!-- KIND NAME ARGUMENT -->
    <!-- end of KIND -->

The first mark names the table and what it is made from, a path relative to the page's folder or
words; no number of such a page is typed by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ..registry import UserError, suggest
from . import disk

Make = Callable[[str], Iterable[str]]  # argument -> lines of Markdown


def pattern(kind: str) -> re.Pattern[str]:
    """Groups: the first mark, what it names, the last mark."""
    return re.compile(rf"(<!-- {kind} (.+?) -->\n).*?(<!-- end of {kind} -->)", re.DOTALL)


def filled(page: str, kind: str, tables: Mapping[str, Make]) -> str:
    """``page`` with every table that it names made anew. Raises UserError where it names none."""
    block = pattern(kind)
    if not block.search(page):
        first = next(iter(tables))
        raise UserError(f"the page names no table; put `<!-- {kind} {first} -->` before its place")

    def table(match: re.Match[str]) -> str:
        name, _, argument = match[2].partition(" ")
        if name not in tables:
            raise suggest(f"{kind} table", name, tables)
        return match[1] + "\n".join(["", *tables[name](argument), ""]) + "\n" + match[3]

    return block.sub(table, page)


def fill(page: Path, kind: str, tables: Mapping[str, Make]) -> int:
    """Fills a page in place; 0, or 2 after one line on what is wrong, the page left as it was."""
    try:
        text = filled(page.read_text("utf-8"), kind, tables)
        with disk.file(page) as draft:
            draft.write_text(text, "utf-8")
    except (UserError, OSError) as error:
        print(error if isinstance(error, UserError) else disk.told(error), file=sys.stderr)
        return 2
    return 0
