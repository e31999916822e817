"""What there is: worlds, models, suites, plugins, a line each; and Markdown about one of them."""

from __future__ import annotations

import inspect
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

from ... import registry
from ...errors import UserError
from ...printable import printable, visible

WIDE = 100  # columns beyond which prose is hard to read
LEAST = 30  # columns below which nothing is wrapped
Line = tuple[str, ...]  # name, what it is; or other columns


def show(lines: Iterable[Line]) -> None:
    """Prints the lines in columns; on a terminal the last column is wrapped within itself."""
    table = [tuple(map(printable, line)) for line in lines]  # of other packages too
    widths = [max(map(len, column)) for column in zip(*table)]
    before = sum(w + 2 for w in widths[:-1])
    room = shutil.get_terminal_size().columns - before if sys.stdout.isatty() else 0
    for *line, last in table:
        first = "".join(f"{text:<{width}}  " for text, width in zip(line, widths))
        wrapped = textwrap.wrap(last, room) if room >= LEAST else [last]
        print(f"\n{' ' * before}".join([first + "".join(wrapped[:1]), *wrapped[1:]]).rstrip())


def read(markdown: str) -> None:
    """Prints Markdown, set for a terminal; as it is where it is piped."""
    from rich.console import Console
    from rich.markdown import Markdown

    markdown = visible(markdown)  # worlds of files and packages have their say in it
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
    yield from _refused("world")


def models() -> Iterator[Line]:
    """The spec that each name stands for."""
    yield from registry.models().items()
    yield from _refused("model")


def _refused(kind: str) -> Iterator[Line]:
    """Who claims an id that is built in."""
    for plugin in registry.refused(kind):
        yield plugin.name, f"({plugin.flaw.partition(':')[0]}) {plugin}: {plugin.flaw}"


def plugins() -> Iterator[Line]:
    """A header, and all that installed packages offer, with what a citation needs.

    The content of a world: the version that it declares, and its digest, equal on every machine: of
    the corpus of the size named before it, in its own exposure and for seeds 0, as a receipt gives
    it. A model has none: it is known by its spec, and by the version of its package; nor has a
    policy.
    """
    yield "name", "kind", "package", "version", "content", "state"
    for plugin in registry.plugins():
        package = plugin.distribution, plugin.version
        try:
            content, state = "" if plugin.flaw else _content(plugin), plugin.flaw or "ok"
        except Exception as error:  # one that is broken harms no other
            line = " ".join(str(error).split())
            message = line if isinstance(error, UserError) else f"{type(error).__name__}: {line}"
            content, state = "", f"broken: {message}"
        yield plugin.name or "?", plugin.kind or "?", *package, content or "-", state


def _content(plugin: registry.Plugin) -> str:
    """Raises whatever the plugin's code raises."""
    if plugin.kind == "model":
        registry.model(plugin.name)
        return ""
    if plugin.kind == "finding":
        plugin.load()
        return ""
    if plugin.kind in ("policy", "tool"):
        (registry.policy if plugin.kind == "policy" else registry.tool)(plugin.name)
        return ""
    from ...worlds.corpus.build import build_corpus
    from ...worlds.world import content_of

    world, size = registry.sized(plugin.name)
    return f"{content_of(world)} {size} {build_corpus(world, size).digest[:16]}"


def suites() -> Iterator[Line]:
    """Cost, cells and title of every suite."""
    from ..config.suite import load_suite

    for name in registry.suites():
        suite = load_suite(name)
        cost = f"{suite.cost_minutes:g} min, {len(suite.cells)} cells"
        yield suite.id, f"{suite.title} ({cost})"
