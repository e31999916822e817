"""HTML from the templates beside this file: every value is escaped, and none may be missing."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

FOLDER = Path(__file__).with_name("templates")
STYLE = "style.css"


@dataclasses.dataclass(frozen=True)
class Grid:
    """A table of plain text; the first column names its row, columns ``text`` hold sentences.

    A line break in a cell sets what follows it smaller, below. ``kinds`` are classes of rows; the
    first row of each kind has a rule above it.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    kinds: Sequence[str] = ()
    text: Sequence[int] = ()

    @property
    def kind(self) -> list[str]:
        """The class of each row; empty where there is none."""
        return [*self.kinds] or [""] * len(self.rows)


@functools.cache
def environment(folder: Path = FOLDER) -> jinja2.Environment:
    """Escapes whatever a template prints; a name that nobody gave a value is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # not a template: braces of CSS mean nothing to Jinja
    found.globals["style"] = (folder / STYLE).read_text("utf-8")
    return found


def render(template: str, folder: Path = FOLDER, **values: Any) -> str:
    """The file of this name in ``folder``, with these values in it.

    Raises ``jinja2.UndefinedError`` for a value that the template needs and is not given.
    """
    return environment(folder).get_template(template).render(values)
