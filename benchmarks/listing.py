"""What there is: worlds, models and suites, a line each, and Markdown about one of them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

from .. import registry
from ..registry import UserError

WIDE = 100  # columns beyond which prose is hard to read
Line = tuple[str, str]  # name, what it is


def show(lines: Iterable[Line]) -> None:
    """Prints the lines with the names in a column."""
    table = list(lines)
    width = max((len(name) for name, _ in table), default=0)
    for name, what in table:
        print(f"{name:<{width}}  {what}")


def read(markdown: str) -> None:
    """Prints Markdown, set for a terminal; as it is where it is piped."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if not console.is_terminal:
        print(markdown, end="")
        return
    # the terminal's own colours for rules: nobody knows whether its background is dark
    text = Markdown(markdown, code_theme="ansi_dark", hyperlinks=False)
    console.print(text, width=min(console.width, WIDE))


def worlds() -> Iterator[Line]:
    """Sizes and rungs of every world; one that doesn't load is listed with the reason."""
    for id in registry.worlds():
        try:
            world = registry.make(id)
        except UserError as error:
            yield id, f"(broken) {error}"
            continue
        about = (inspect.getdoc(type(world)) or "").partition("\n")[0].rstrip(".")
        yield id, f"{about}; sizes {', '.join(world.sizes)}; rungs {', '.join(world.rungs)}"


def models() -> Iterator[Line]:
    """The spec that each name stands for."""
    yield from registry.models().items()


def suites() -> Iterator[Line]:
    """Cost, cells and title of every suite."""
    from .suite import load

    for name in registry.suites():
        suite = load(name)
        cost = f"{suite.cost_minutes:g} min, {len(suite.cells)} cells"
        yield suite.id, f"{suite.title} ({cost})"
