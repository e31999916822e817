"""Python files that a user names by their paths: loaded, and known by the digest of their content.

Comments, docstrings, layout and the place of a file are no part of its content.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.machinery
import importlib.util
import stat
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

from . import canonical
from .errors import InvalidModel, InvalidWorld, UnknownName, UserError

BYTES = 4 * 2**20  # of a file: its world would be data, which belongs into files of its own
LENGTH = 12  # digits of a digest that stand in a name
IMPORTLIB = Path(importlib.util.__file__).parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def read(path: str, kind: str) -> tuple[bytes, str]:
    """(the source, the first digits of its digest) of a file that was given as a world or a model.

    Raises UserError where there is no such file, or it isn't Python.
    """
    source = b""
    try:
        about = Path(path).stat()
        why = "" if stat.S_ISREG(about.st_mode) else "no plain file"
        if about.st_size > BYTES:
            why = f"it has {about.st_size:,} bytes, at most {BYTES:,}"
        source = b"" if why else Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a path with a null byte is none
        why = getattr(error, "strerror", None) or str(error) or repr(error)
    if why:
        raise UnknownName(
            f"no {kind} file {path!r} ({why}); give an existing file, or a name that "
            f"`zebroid {kind}s` lists"
        )
    with named(f"{kind} file {path!r}", InvalidWorld if kind == "world" else InvalidModel):
        return source, digest(source)[:LENGTH]


def digest(source: bytes) -> str:
    """SHA-256 of the syntax tree, equal on every version of Python that reads the file.

    Docstrings count where the code itself reads them.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):  # what a world's corpora were is no part of it
            node.body = [child for child in node.body if not _pins(child)] or node.body
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)}
    return canonical.digest_bytes(_parts(tree, bool(names & {"__doc__", "getdoc"})))


def module(path: str, source: bytes) -> ModuleType:
    """The module of this source, run anew. Raises whatever its code raises."""
    file = Path(path).resolve()
    name = f"zebroid_file_{file}_{canonical.digest_bytes([source])}"
    loader = _Loader(name, str(file))
    loader.source = source
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # dataclasses look their module up
    loader.exec_module(made)
    return made


@contextlib.contextmanager
def named(source: str, error: type[UserError]) -> Iterator[None]:
    """Whatever a stranger's code raises, as one line that names where it came from.

    What is no UserError yet becomes an ``error``.
    """
    try:
        yield
    except UserError as why:
        raise type(why)(f"{source}: {why}") from why
    except (Exception, SystemExit) as why:
        raise error(f"{source} does not load: {line(why)}{_place(why)}; mend or remove it") from why


def _place(error: BaseException) -> str:
    """``, at mine.py line 3``: where in the stranger's code it was raised; empty: nowhere there."""
    if isinstance(error, SyntaxError):
        return ""  # it says where
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _ours(f.filename)]
    return f", at {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""


def _ours(file: str) -> bool:
    """Whether a file is no stranger's: zebroid's own, or Python's and its imports."""
    return file.startswith("<") or Path(file).parent in (Path(__file__).parent, IMPORTLIB)


def line(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


class _Loader(importlib.machinery.SourceFileLoader):
    """Runs the very bytes that were digested: neither a later state of the file nor what was
    compiled of an earlier one."""

    source: bytes = b""

    def get_code(self, fullname: str) -> CodeType | None:
        return self.source_to_code(self.source, self.path)


def _parts(node: ast.AST, docstrings: bool) -> Iterator[bytes]:
    """A tree as text without ambiguity; fields that are empty are left out, for versions of
    Python differ in which there are."""
    yield f"({type(node).__name__}".encode()
    for name, value in ast.iter_fields(node):
        if name == "body" and isinstance(node, DOCUMENTED) and not docstrings:
            value = value[1:] if ast.get_docstring(node, clean=False) is not None else value
        if value is None and not isinstance(node, ast.Constant):
            continue
        if isinstance(node, ast.JoinedStr):  # some versions end with empty text, or split it
            value = _joined(node.values)
        if value == [] or (isinstance(node, ast.Constant) and name == "kind"):
            continue
        yield f" {name}=".encode()
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield from _parts(item, docstrings)
            else:
                yield _constant(item)
        yield b";"
    yield b")"


def _joined(parts: list[ast.expr]) -> list[ast.expr]:
    """The parts of an f-string with neighbouring text as one, and none that is empty."""
    found: list[ast.expr] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
            found[-1] = ast.Constant(str(last.value) + str(part.value))
        elif not isinstance(part, ast.Constant) or part.value != "":
            found.append(part)
    return found


def _pins(node: ast.stmt) -> bool:
    """Whether a statement of a class is the one that ``zebroid pin`` writes."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [getattr(target, "id", "") for target in targets] == ["pins"]


def _constant(value: object) -> bytes:
    if isinstance(value, int) and not isinstance(value, bool):
        text = hex(value).encode()  # decimal digits of a large number are limited
    elif isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
    elif isinstance(value, bytes):
        text = value
    else:
        text = repr(value).encode()
    return f"<{type(value).__name__} {len(text)} ".encode() + text + b">"
