"""Writing so that a file or a folder is there whole or not at all, whatever kills the process."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from ...errors import Unwritable

HOST = platform.node()  # shares of a suite may run on several machines in one folder


# of waiting, not of a file: libraries raise them by themselves, where a clock jumps for instance
WAITED = (TimeoutError, ConnectionError, InterruptedError, BlockingIOError, ChildProcessError)


def of_files(error: OSError) -> bool:
    """Whether an error is one that the system has with a file or a disk, which ends a run: every
    other cell would meet it too."""
    return error.errno is not None and not isinstance(error, WAITED)


def reason(error: OSError) -> str:
    """One line for an error of the system that nobody expected."""
    if not of_files(error):
        line = " ".join(str(error).split())
        return f"{type(error).__name__}: {line}; the same command goes on where this one stopped"
    what = f"{error.filename}: " if error.filename else ""
    return f"{what}{error.strerror or error}; free, mend or choose another folder"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an error of the file system into one line that names what, where and the cure."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        where = error.filename or path
        raise Unwritable(
            f"cannot write {where}: {reason}; free some space there or make it writable, "
            "or give another folder with --out"
        ) from error


@contextlib.contextmanager
def folder(final: Path) -> Iterator[Path]:
    """A folder to fill, which then takes the name ``final``; one that is there already stays."""
    with writing(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        sweep(final.parent)
        draft = _draft(final)
        draft.mkdir()
        try:
            yield draft
            for file in draft.iterdir():
                _sync(file)
            _sync(draft)
            if not final.exists():  # else somebody finished the same work first, with equal content
                draft.rename(final)
            _sync(final.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextlib.contextmanager
def file(final: Path) -> Iterator[Path]:
    """A path to write, which then replaces ``final``."""
    with writing(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        sweep(final.parent)
        draft = _draft(final)
        try:
            yield draft
            _sync(draft)
            draft.replace(final)
            _sync(final.parent)
        finally:
            draft.unlink(missing_ok=True)


def sweep(parent: Path) -> None:
    """Removes what processes of this machine that are no more left half-written in ``parent``."""
    for draft in parent.glob(f".draft-*-{HOST}-*"):
        owner = draft.name.split("-")[1]
        if not owner.isdigit() or _alive(int(owner)):
            continue
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _draft(final: Path) -> Path:
    return final.parent / f".draft-{os.getpid()}-{HOST}-{final.name}"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    """Waits until ``path`` is on the disk: a rename must not outlive its content in a crash."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
