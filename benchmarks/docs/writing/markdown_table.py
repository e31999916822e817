"""markdown_table(header, rows) -> lines of Markdown: the one place where its tables are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

# a code span, whose content is no markup
CODE = re.compile(r"(?<![\\`])(`+)(?!`)[^`]*(?<!`)\1(?!`)")
# what would begin a column or an HTML element, and is not escaped yet
BARE = re.compile(r"(?<!\\)((?:\\\\)*)([|<])")
PIPE = re.compile(r"(?<!\\)((?:\\\\)*)(\|)")


def markdown_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[int] = ()
) -> Iterator[str]:
    r"""The lines of a table. Cells are Markdown: their emphasis, code and links stay.

    A pipe or an angle bracket in a cell is text, escaped unless it is escaped already, and line
    breaks become spaces. ``right``: columns that are aligned to the right, as numbers are. Raises
    ValueError for a row that has not one cell per column.

    >>> print(*markdown_table(["", "n"], [["a|b", "1"], [r"c\|d", "**2**"]], right=[1]), sep="\n")
    | | n |
    |---|---:|
    | a\|b | 1 |
    | c\|d | **2** |
    """
    yield _line(header)
    yield "".join("|---:" if i in right else "|---" for i in range(len(header))) + "|"
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(header)} columns")
        yield _line(row)


def _line(cells: Sequence[str]) -> str:
    return "|" + "|".join(f" {text} " if text else " " for text in map(_cell, cells)) + "|"


def _cell(text: str) -> str:
    line, out, end = " ".join(text.split()), "", 0
    for code in CODE.finditer(line):
        out += _escaped(BARE, line[end : code.start()]) + _escaped(PIPE, code[0])
        end = code.end()
    return out + _escaped(BARE, line[end:])


def _escaped(signs: re.Pattern[str], text: str) -> str:
    return signs.sub(r"\1\\\2", text)
