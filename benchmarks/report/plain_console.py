"""Consoles that print every text as it is, and the line that says what is being done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

from ...printable import visible

PIPED = 100  # columns where there is no terminal to ask


class PlainConsole(Console):
    """A console that prints every text as it is, in tables too: what looks like markup, a name of
    an emoji or a control character came from a suite or a receipt."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)


def plain(text: str, style: str = "") -> Text:
    """The text as it is, for the cells and titles of tables on any console."""
    return Text(visible(text), style)


def console() -> Console:
    """The console of a command: no control codes where the output is piped."""
    return PlainConsole(width=None if sys.stdout.isatty() else PIPED)


class Working:
    """A line that says what is being done; called with what comes next."""

    def __init__(self, status: Status) -> None:
        self.status = status

    def __call__(self, text: str) -> None:
        self.status.update(plain(text))

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Takes the line away while something is printed on another stream of the terminal."""
        self.status.stop()
        try:
            yield
        finally:
            self.status.start()


@contextlib.contextmanager
def working(displayed: Console, what: str) -> Iterator[Working]:
    """Shows such a line while the block works."""
    with displayed.status(plain(what)) as status:
        yield Working(status)
