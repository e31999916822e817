"""AnswerLog: a folder in which answers are kept one by one, so that a run goes on where it stopped.

``run.json`` says of what, ``answers.jsonl`` has a line for each answer and only grows, and
``predictions.jsonl`` is written once all are there: what ``zebroid score`` reads.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ...errors import UserError
from ..runner import atomic_write
from .model_reply import Reply

RUN, ANSWERS, PREDICTIONS = "run.json", "answers.jsonl", "predictions.jsonl"


class AnswerLog:
    """The answers of one run. Holds its file for itself while it is open."""

    def __init__(self, folder: Path, run: Mapping[str, Any]) -> None:
        """Opens or makes ``folder``. Raises UserError where it is of another run, or in use."""
        self.folder = folder
        with atomic_write.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        if {path.name for path in folder.iterdir()} - {ANSWERS} and not (folder / RUN).exists():
            raise UserError(f"{folder} has files of something else; give another folder")
        with atomic_write.writing(folder / ANSWERS):
            self.file: BinaryIO = (folder / ANSWERS).open("a+b")
        if not _held(self.file):
            self.file.close()
            raise UserError(f"{folder} is in use by another process; wait for it, or end it")
        try:
            self.replies = self._read()
            self._same(run)
        except UserError:
            self.file.close()
            raise

    def _same(self, run: Mapping[str, Any]) -> None:
        path, whole = self.folder / RUN, json.loads(json.dumps(run))
        try:
            kept = json.loads(path.read_bytes()) if path.exists() else whole
        except (ValueError, RecursionError):
            kept = None
        if not isinstance(kept, dict) or "model" not in kept:
            raise UserError(f"{path} is damaged; give another folder")
        for key in {**kept, **whole}:
            if self.replies and kept.get(key) != whole.get(key):
                raise UserError(
                    f"{self.folder} has answers of a run with another {key}; give another folder, "
                    "or the same options as then"
                )
        with atomic_write.file(path) as draft:  # one that has no answers binds nobody
            draft.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")

    def _read(self) -> dict[str, Reply]:
        """What is kept; a line that was not finished is cut off."""
        self.file.seek(0)
        data = self.file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            self.file.truncate(len(whole))
        found: dict[str, Reply] = {}
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                id, reply = _kept(json.loads(line))
                found[id] = reply
            except (ValueError, TypeError, RecursionError):
                raise UserError(
                    f"{self.folder / ANSWERS}: line {number:,} is damaged; delete it"
                ) from None
        return found

    def add(self, id: str, reply: Reply) -> None:
        """Keeps one more answer: on the disk before this returns."""
        with atomic_write.writing(self.folder / ANSWERS):
            self.file.write(json.dumps([id, *reply]).encode() + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())
        self.replies[id] = reply

    def predictions(self, ids: Sequence[str]) -> Path:
        """Writes the answers to these questions as predictions."""
        path = self.folder / PREDICTIONS
        with atomic_write.file(path) as draft, draft.open("w", encoding="ascii") as file:
            for id in ids:
                file.write(json.dumps({"id": id, "text": self.replies[id].text}) + "\n")
        return path

    def __enter__(self) -> AnswerLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _kept(row: list[Any]) -> tuple[str, Reply]:
    """The id and the reply of a line. Raises ValueError or TypeError for what is none."""
    id, text, read, written = row
    if type(row) is not list or type(id) is not str or type(text) not in (str, type(None)):
        raise TypeError
    if not {type(read), type(written)} <= {int, type(None)}:
        raise TypeError
    return id, Reply(text, read, written)


def _held(file: BinaryIO) -> bool:
    """Takes the file for this process until it is closed; False where another has it."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
