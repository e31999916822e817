"""A table of the board, whatever it is written as: Markdown, or a page that sorts and filters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from ...printable import markdown
from ..docs.writing.markdown_table import markdown_table


@dataclasses.dataclass(frozen=True)
class Item:
    """What stands in a cell."""

    text: str
    by: float | str | None = None  # what a page sorts by; None: the text
    link: str = ""  # of a page, from the board's folder


@dataclasses.dataclass(frozen=True)
class Line:
    """A row: what it is, and its cells."""

    items: tuple[Item, ...]
    kind: str = "model"  # or reference


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A table with its heading and what is to be known to read it. All of it is plain text."""

    id: str  # of its place on the page: small letters, digits and dashes
    title: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    strong: int = -1  # the column by which it is ordered

    def markdown(self) -> Iterator[str]:
        """Its lines."""
        yield from (f"## {markdown(self.title)}", "")
        for note in self.notes:
            yield from (markdown(note), "")
        heads = [f"**{n}**" if i == self.strong else n for i, n in enumerate(self.header)]
        rows = [[markdown(item.text) for item in line.items] for line in self.lines]
        yield from markdown_table(heads, rows)
        yield ""


def of_texts(texts: Sequence[str], kind: str = "model") -> Line:
    """A row of plain texts."""
    return Line(tuple(Item(text) for text in texts), kind)
