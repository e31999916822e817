"""What stands behind the name of a block in a page: a receipt, and words that choose within it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from ...errors import UserError
from ..receipts.panel import slug

T = TypeVar("T")


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
