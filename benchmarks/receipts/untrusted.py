"""What strangers wrote: read within bounds, and never imported.

A receipt comes from anybody. Here is how its bytes are read (never blocking, never more than a
limit), what JSON is taken, and which worlds that it names are made.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import registry
from ...errors import InvalidReceipt, UserError
from ...printable import ODD, TEXT, hidden, printable
from ...registry import Plugin
from ..config import bounded_file

if TYPE_CHECKING:
    from ...worlds.world import World

RECEIPT_BYTES = 32 * 2**20  # the largest of this repository has 2 MB
DEPTH, NODES, MEMBERS = 64, 2_000_000, 50_000  # of JSON: nesting, values, members of one container


class Flaw(InvalidReceipt):
    """A receipt that can be read, and contradicts itself: nothing of it is to be believed."""


class NotLoaded(InvalidReceipt):
    """A world that a receipt names, of which nothing was imported."""


@contextlib.contextmanager
def guarded(what: object) -> Iterator[None]:
    """Whatever goes wrong over a stranger's content, as one line; files have their own errors."""
    try:
        yield
    except (UserError, OSError):
        raise
    except Exception as error:
        line = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise InvalidReceipt(
            f"{what} is not understood: {line}; give a receipt as `zebroid run` wrote it"
        ) from error


def receipt_path(path: Path) -> Path:
    """``receipt.json`` of a folder, else the path itself."""
    return path / "receipt.json" if path.is_dir() else path


def read_bytes(path: Path, most: int, *, links: bool = True) -> bytes:
    """A regular file of at most ``most`` bytes; UserError for all else, without waiting for it.

    ``links``: whether a symbolic link is followed; beside a receipt none is, for it could lead
    anywhere.
    """
    return bounded_file.read_bytes(
        path, most, InvalidReceipt, "a receipt.json with its files beside it", links=links
    )


class _Refused(ValueError):
    """JSON that is not taken; the message says why."""


def json_of(path: Path) -> tuple[Any, str]:
    """(the JSON of a file, the first of its numbers that is not finite, or empty).

    UserError, one line, for what is no JSON in UTF-8, for a key that stands twice in one object,
    for whole numbers beyond 64 bits, texts with control characters or lone surrogates, and for
    more than ``DEPTH`` levels, ``MEMBERS`` members of one object or list, or ``NODES`` values.
    """
    data = read_bytes(path, RECEIPT_BYTES)
    if sum(map(data.count, (b"[", b"{", b","))) >= NODES:  # before millions of lists are made
        raise InvalidReceipt(
            f"{path} has more than {NODES:,} values or commas; give a receipt.json"
        )
    odd: list[str] = []

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            odd.append(text[:20])
        return value

    try:
        content = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=number,
            parse_constant=number,
        )
        _bounded(content)
    except RecursionError:
        raise InvalidReceipt(
            f"{path} nests deeper than {DEPTH} levels; give a receipt.json"
        ) from None
    except _Refused as error:
        raise InvalidReceipt(f"{path}: {error}; give a receipt as `zebroid run` wrote it") from None
    except ValueError as error:
        raise InvalidReceipt(f"{path} is not JSON: {error}; give a receipt.json") from None
    return content, (odd or [""])[0]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _Refused(f"key {printable(twice, 80)!r} stands twice in one object")
    return found


def _whole(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise _Refused(f"a whole number of {len(text)} digits; expected 64 bits at most")
    return int(text)


def _bounded(content: Any) -> None:
    level, nodes, depth = [content], 0, 0
    while level:
        nodes, depth, below = nodes + len(level), depth + 1, []
        if depth > DEPTH:
            raise _Refused(f"it nests deeper than {DEPTH} levels")
        if nodes > NODES:
            raise _Refused(f"it has more than {NODES:,} values")
        for value in level:
            if isinstance(value, str):
                _text(value)
            elif isinstance(value, (dict, list)):
                if len(value) > MEMBERS:
                    raise _Refused(f"{len(value):,} members in one place, at most {MEMBERS:,}")
                if isinstance(value, dict):
                    for key in value:
                        _text(key)
                below += value.values() if isinstance(value, dict) else value
        level = below


def _text(value: str) -> None:
    if len(value) > TEXT:
        raise _Refused(f"a text of {len(value):,} characters, at most {TEXT:,}")
    if any(hidden(sign) for sign in ODD.findall(value)):
        raise _Refused(f"control characters in the text '{printable(value, 80)}'")


def known(name: str) -> World | None:
    """The world of this name where it is built in, or was made by that name in this process: what a
    user's own command named is loaded already, what only a receipt names never is."""
    return registry.builtin(name) or registry.LOADED.get(name)


def world(name: str, announce: Callable[[Plugin], None] | None = None) -> World:
    """The world that a receipt names: a built-in one, for nothing else is imported on its word.

    ``announce``: where the user allows plugins, hears which one is loaded before anything of it is
    imported. NotLoaded for any other world, installed or not, and for files whatever is allowed.
    """
    found = registry.builtin(name)
    if found is not None:
        return found
    displayed = printable(name, 80)
    if not registry.WORLD_ID.fullmatch(name):
        raise NotLoaded(
            f"world {displayed} is no built-in world; a file that a receipt names is not run"
        )
    offers = [p for p in registry.plugins() if (p.kind, p.name) == ("world", name)]
    if not offers:
        raise NotLoaded(f"world {displayed} is neither built in nor of an installed plugin")
    for plugin in offers:
        if announce is None:
            raise NotLoaded(
                f"world {displayed} is of the plugin {_maker(plugin)}, which was not loaded; "
                "--allow-plugins loads it"
            )
        announce(plugin)
    return registry.world(name)


def _maker(plugin: Plugin) -> str:
    return printable(f"{plugin.distribution} {plugin.version}".rstrip(), 80)


def introduced(plugin: Plugin) -> str:
    """The line that names a plugin before it is loaded."""
    return f"loading {plugin.kind} {plugin.name} = {plugin.value!r} of the plugin {_maker(plugin)}"
