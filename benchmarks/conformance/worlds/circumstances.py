"""What a draw may not hang on, moved aside in a process of its own: day, host, folder and files.

``Circumstances`` are handed to a process by its environment and its arguments; ``take`` puts
another clock and another host in place before a world is imported, and ``Watched`` notes the files
that draws share with other processes, which no folder of one's own keeps apart.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import os
import platform
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SYSTEM = ("/usr", "/etc", "/lib", "/lib64", "/sys", "/bin", "/run")  # read by libraries
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclasses.dataclass(frozen=True)
class Circumstances:
    """Of one process. ``folder`` is its working and its temporary one; empty: as in this one."""

    hash_seed: str = "1"
    folder: str = ""
    days: int = 0  # how far its clock is ahead
    host: str = ""  # its name and its number of cores are others; empty: as they are

    def environment(self, here: Mapping[str, str]) -> dict[str, str]:
        """That of the process, of this one's: it finds the modules that this one finds."""
        path = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
        found = {**here, "PYTHONHASHSEED": self.hash_seed, "PYTHONPATH": path}
        if self.folder:
            found |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self.folder)
        if self.host:
            found |= {"HOSTNAME": self.host, "USER": "zebra", "LOGNAME": "zebra", "TZ": "UTC-9"}
        return found


def take(days: int, host: str) -> None:
    """Puts another clock and another host in place, for all that is imported afterwards."""
    if days:
        _ahead(days)
    if host:
        uname = platform.uname()._replace(node=host)
        for module, name, value in (
            (socket, "gethostname", host),
            (socket, "getfqdn", host),
            (platform, "node", host),
            (platform, "uname", uname),
            (uuid, "getnode", 0x7A65627261),
            (os, "cpu_count", 3),
        ):
            setattr(module, name, _constant(value))


def _constant(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def _ahead(days: int) -> None:
    """Moves every clock of the standard library that tells a date."""
    seconds = days * 86_400 + 3_723
    now, ns = time.time, time.time_ns
    time.time = lambda: now() + seconds
    time.time_ns = lambda: ns() + seconds * 10**9
    for name in ("localtime", "gmtime", "ctime"):
        setattr(time, name, _later(getattr(time, name), seconds, now))
    written, local = time.strftime, time.localtime
    time.strftime = lambda form, *when: written(form, *(when or (local(),)))

    class Moment(datetime.datetime, metaclass=_AsBefore):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Moment:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def utcnow(cls) -> Moment:
            return cls.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Moment:
            return cls.now()

    class Day(datetime.date, metaclass=_AsBefore):
        @classmethod
        def today(cls) -> Day:
            return cls.fromtimestamp(time.time())

    datetime.datetime, datetime.date = Moment, Day  # type: ignore[misc]


class _AsBefore(type):
    """Of a class that takes its base's place: what is of the base is of it."""

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, cls.__mro__[1])


def _later(read: Callable[..., Any], seconds: int, now: Callable[[], float]) -> Callable[..., Any]:
    """A function of a time, of now by default."""
    return lambda when=None: read(now() + seconds if when is None else when)


class Watched:
    """Notes what is opened, within ``watch()``, of files that other draws see too: an audit hook.

    Such a file is one opened to be written, or written since ``began``, or one in a temporary
    folder of all processes; outside the folders ``own``. What modules are read from counts as
    theirs, and so does what lies beside the world's file (``beside``). Others, but the system's,
    are ``foreign``: nothing records what stood there.
    """

    def __init__(
        self, own: Sequence[str], beside: Sequence[str], common: Sequence[str], began: float
    ) -> None:
        places = (os.path.realpath(place) for place in (*beside, *sys.path, sys.prefix) if place)
        self.own, self.beside = (*map(os.path.realpath, own), "/dev", "/proc"), (*places,)
        self.common, self.began = (*map(os.path.realpath, common),), began
        self.theirs = (*self.own, *self.beside, *self.common, *SYSTEM, sys.base_prefix)
        self.shared: list[str] = []  # paths, in the order in which they were opened
        self.foreign: list[str] = []
        self.on = False
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        self.on, self.shared, self.foreign = True, [], []
        try:
            yield
        finally:
            self.on = False

    def _hear(self, event: str, stated: tuple[Any, ...]) -> None:
        if not self.on or event not in ("open", "sqlite3.connect"):
            return
        if not isinstance(stated[0], str | bytes):  # a file that is open already
            return
        self.on = False  # what is opened to answer is not heard
        try:
            path = os.path.realpath(os.fsdecode(stated[0]))
            writes = event != "open" or bool((stated[2] or 0) & WRITES)
            if path not in self.shared and self._shares(path, writes):
                self.shared.append(path)
            elif path not in self.foreign and self._is_foreign(path):
                self.foreign.append(path)
        finally:
            self.on = True

    def _shares(self, path: str, writes: bool) -> bool:
        if _below(path, self.own) or path.endswith((".py", ".pyc")) or "__pycache__" in path:
            return False
        if writes:
            return True
        with contextlib.suppress(OSError):
            if Path(path).stat().st_mtime >= self.began:
                return True
        return _below(path, self.common) and not _below(path, self.beside)

    def _is_foreign(self, path: str) -> bool:
        return Path(path).is_file() and not _below(path, self.theirs)


def _below(path: str, folders: Sequence[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)
