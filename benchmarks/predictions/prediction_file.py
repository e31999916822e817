"""Reading predictions: JSON lines, gzipped or not, or Parquet, a part at a time.

Nothing of a file is kept but its answers, so that its size costs time alone. A compressed file that
would never end meets the first line that answers a question again.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ...errors import UserError
from ...printable import printable
from .collector import KEYS, Collector

CHUNK = 1 << 15  # bytes read at a time: what their rows take fits a core's cache
LONGEST = 1_000_000  # bytes of a line
BOM = b"\xef\xbb\xbf"
KINDS = (".jsonl", ".jsonl.gz", ".parquet")
GZIP = b"\x1f\x8b"  # what a file that gzip wrote begins with


def read(path: Path, collector: Collector) -> None:
    """All predictions of a file into ``collector``; UserError for what is no such file."""
    if checked(path) == ".parquet":
        collector.flaws.row = "row"
        _parquet(path, collector)
        return
    with opened(path) as file, _uncollected():
        _lines(file, collector)


def checked(path: Path) -> str:
    """The kind of a file of predictions: .jsonl, .jsonl.gz or .parquet. UserError, without reading
    more than its first bytes, for what is none."""
    if not path.is_file():
        there = "is a folder" if path.is_dir() else "no such file"
        raise UserError(f"{path}: {there}; give predictions as .jsonl, .jsonl.gz or .parquet")
    kind = next((kind for kind in KINDS if path.name.endswith(kind)), "")
    if not kind:
        got = "".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:])
        got = printable(got, 40) or "a name without a suffix"
        raise UserError(f"{path}: got {got}, expected {', '.join(KINDS)}; rename or convert it")
    with path.open("rb") as file:
        begin = file.read(len(GZIP))
    if not begin:
        raise UserError(f"{path}: the file is empty, so it holds no predictions; give one a line")
    if kind == ".jsonl" and begin == GZIP:
        raise UserError(f"{path}: it is compressed by gzip; name it .jsonl.gz")
    if kind == ".jsonl.gz" and begin != GZIP:
        raise UserError(f"{path}: it is not compressed by gzip; name plain text .jsonl")
    return kind


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The lines of a file of JSON; UserError where it is compressed and cannot be read."""
    try:
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        why = printable(str(error), 100)
        raise UserError(f"{path} is no whole gzip file ({why}); compress it again") from None


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No search for circles among the tuples of rows, of which there are none: it takes a third of
    the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _lines(file: BinaryIO, collector: Collector) -> None:
    number, rest = 1, b""
    begin = True
    while True:
        chunk = file.read(CHUNK)
        if begin:
            chunk, begin = chunk.removeprefix(BOM), False
        text = rest + chunk
        if not chunk:
            if rest:
                _block(rest, number, collector)
            return
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if len(rest) > LONGEST:
            line = number + text.count(b"\n", 0, end)
            collector.flaws.add("is longer than 1,000,000 bytes", line)
            collector.flaws.end()
        if end:
            block = text[: end - 1]
            _block(block, number, collector)
            number += block.count(b"\n") + 1


def _block(block: bytes, number: int, collector: Collector) -> None:
    """Whole lines, without the last line's end; ``number``: of the first."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").removesuffix(b"\r")
    n = block.count(b"\n") + 1
    columns = _together(block, n)
    if columns is not None:
        collector.add(columns, range(number, number + n))
        return
    for line, text in enumerate(block.split(b"\n"), start=number):
        one_line(text, line, collector)


def _together(block: bytes, n: int) -> dict[str, list[Any]] | None:
    """The columns of ``n`` lines with the keys of the first, in its order; None where one has
    others, or is no plain object: these are read one by one."""
    try:
        text = block.decode("utf-8")
        keys = tuple(key for key, _ in json.loads(text.partition("\n")[0], object_pairs_hook=tuple))
    except (ValueError, TypeError, RecursionError):
        return None
    if len({*keys}) < len(keys) or not len(keys) > 1 or not {*keys} <= {*VALUES}:
        return None
    rows = _pattern(keys).findall(text)
    if len(rows) != n:
        return None
    columns = {key: list(column) for key, column in zip(keys, zip(*rows))}
    for key, column in columns.items():
        if key in ("run", "step"):
            columns[key] = list(map(int, column))
        elif key == "bits":
            columns[key] = list(map(float, column))
        elif "\\" in text:
            columns[key] = [json.loads(f'"{v}"') if "\\" in v else v for v in column]
    return columns


PLAIN, ESCAPED = r'[^"\\\x00-\x1f]*', r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})'
TEXT = f'"({PLAIN}(?:{ESCAPED}{PLAIN})*)"'
WHOLE = "(-?(?:0|[1-9][0-9]{0,17}))"
# key -> the values of it that are plain, null as an empty text
VALUES = {
    "id": TEXT,
    "answer": f"(?:{TEXT}|null)",
    "text": f"(?:{TEXT}|null)",
    "bits": r"((?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?)",
    "run": WHOLE,
    "step": WHOLE,
}


@functools.lru_cache(64)
def _pattern(keys: tuple[str, ...]) -> re.Pattern[str]:
    """A line with these keys in this order, each value a group."""
    gap = "[ \t]*"
    pairs = (f'{gap}"{key}"{gap}:{gap}{VALUES[key]}{gap}' for key in keys)
    return re.compile(f"^{{{','.join(pairs)}}}{gap}$", re.MULTILINE)


class _Constant(ValueError):
    """NaN or an infinity, which Python's json takes and JSON lacks."""


def one_line(text: bytes, number: int, collector: Collector) -> None:
    flaws = collector.flaws
    if not text.strip():
        flaws.add("is blank", number)
        return
    if len(text) > LONGEST:
        flaws.add("is longer than 1,000,000 bytes", number)
        return
    try:
        pairs = json.loads(text.decode("utf-8"), object_pairs_hook=tuple, parse_constant=_refuse)
    except UnicodeDecodeError:
        flaws.add("is not UTF-8", number)
        return
    except _Constant as error:
        flaws.add("holds a number that JSON lacks", number, str(error))
        return
    except (ValueError, RecursionError):
        flaws.add("is no JSON object", number, text[:40].decode("utf-8", "replace"))
        return
    if type(pairs) is not tuple or not pairs:
        flaws.add("is no JSON object", number, text[:40].decode("utf-8", "replace"))
        return
    record = dict(pairs)
    if len(record) < len(pairs):
        flaws.add("has a key twice", number)
        return
    if odd := [key for key in record if key not in KEYS]:
        flaws.add("has an unknown key", number, odd[0])
        return
    collector.add({name: [value] for name, value in record.items()}, [number])


def _refuse(name: str) -> None:
    raise _Constant(name)


def _parquet(path: Path, collector: Collector) -> None:
    import duckdb

    try:
        with duckdb.connect(config={"memory_limit": "512MB", "threads": 2}) as database:
            found = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
            names = [column[0] for column in found.description or ()]
            number = 1
            while rows := found.fetchmany(20_000):
                columns = {name: list(values) for name, values in zip(names, zip(*rows))}
                if odd := [name for name in names if name not in KEYS]:
                    collector.flaws.add("has an unknown key", number, odd[0])
                    collector.flaws.end()
                collector.add(columns, range(number, number + len(rows)))
                number += len(rows)
    except duckdb.Error as error:
        why = printable(str(error).splitlines()[0], 200)
        raise UserError(f"{path} is no Parquet file to be read ({why}); write it again") from None
