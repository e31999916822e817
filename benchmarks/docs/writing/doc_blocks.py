"""Pages with computed tables: between two marks stands what a command writes there.

    <!-- KIND NAME ARGUMENT -->
    <!-- end of KIND -->

The first mark names the table and what it is made from, a path relative to the page's folder or
words; no number of such a page is typed by hand.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from ....errors import UserError, suggest
from ...panels.panel import slug
from ...runner import atomic_write

T = TypeVar("T")
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
    return rewritten(page, lambda text: filled(text, kind, tables))


def rewritten(page: Path, make: Callable[[str], str]) -> int:
    """Writes what is made of a page in its place; 0, or 2 after one line on what is wrong."""
    try:
        text = make(page.read_text("utf-8"))
        with atomic_write.file(page) as draft:
            draft.write_text(text, "utf-8")
    except (UserError, OSError) as error:
        print(
            error if isinstance(error, UserError) else atomic_write.reason(error), file=sys.stderr
        )
        return 2
    return 0


def rooted(
    makes: Mapping[str, Callable[[Path, str], Iterable[str]]],
) -> Callable[[Path], dict[str, Make]]:
    """What ``command`` takes, of functions of a page's folder and an argument."""
    return lambda root: {name: functools.partial(make, root) for name, make in makes.items()}


def command(
    words: list[str] | None, about: str, kind: str, tables: Callable[[Path], Mapping[str, Make]]
) -> int:
    """What a script does that fills the page it is given; ``tables``: those of a page's folder."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("page", type=Path)
    page: Path = parser.parse_args(words).page
    return fill(page, kind, tables(page.resolve().parent))


def measured(root: Path, name: str, make: Callable[[Path], Iterable[str]]) -> Iterable[str]:
    """What is made of the receipt in this folder, or that there is none yet."""
    if (root / name / "receipt.json").exists():
        return make(root / name)
    return [not_yet(name)]


def not_yet(name: str) -> str:
    return f"Not measured yet: there is no receipt in `{name}`."


def split_argument(argument: str) -> tuple[str, list[str]]:
    name, *words = argument.split()
    return name, words


def some(found: list[T], folder: Path, words: Sequence[str]) -> list[T]:
    if not found:
        raise UserError(
            f"{folder.name} has nothing of {' '.join(words) or 'this kind'!r}; "
            "give words of a configuration's name, such as a world/size or a mode"
        )
    return found


def file_name(kind: str, receipt: str, words: Sequence[str]) -> str:
    return slug(" ".join([Path(receipt).name, kind, *words]))


def name_words(name: str) -> list[str]:
    """The words by which configurations differ: ``world (a, b): mode model`` -> its parts."""
    plain = name.replace(" (", ", ").replace("):", ",").replace(": ", ", ")
    parts = [part.strip() for part in plain.split(",")]
    return [*parts[:-1], *parts[-1].split()]


def admits(name: str, words: Sequence[str]) -> bool:
    parts = {*name.replace(":", " ").replace("(", " ").replace(")", " ").split()}
    return all(word in parts for word in words)
