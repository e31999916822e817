"""How long a stranger's code may take to draw facts, so that endless sampling is an error."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from contextvars import ContextVar

from ..errors import InvalidWorld

_LIMIT: ContextVar[float] = ContextVar("seconds of one draw", default=0.0)  # 0: none


class _Late(BaseException):
    """The time is up; no `except Exception` of a world stops it."""


@contextlib.contextmanager
def draws_within(seconds: float) -> Iterator[None]:
    """Within this context ``ends`` gives up after so many seconds."""
    token = _LIMIT.set(seconds)
    try:
        yield
    finally:
        _LIMIT.reset(token)


@contextlib.contextmanager
def ends(what: str) -> Iterator[None]:
    """Runs a stranger's code: InvalidWorld where it ends the process, or does not end in time.

    Time is limited in the main thread, where the system has timers; elsewhere it is not. What
    waits within a library written in another language is interrupted when it returns.
    """
    seconds = _LIMIT.get()
    timed = (
        seconds > 0
        and hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
    )
    before = signal.signal(signal.SIGALRM, _stop) if timed else None
    if timed:
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Late:
        raise InvalidWorld(
            f"{what} has run for {seconds:g} seconds, expected an end; bound its loops: what is "
            "drawn until it fits may never fit at this size"
        ) from None
    except SystemExit as why:
        raise InvalidWorld(
            f"{what} ends the process ({type(why).__name__}: {why}), expected facts; raise an "
            "error that says what is wrong instead"
        ) from None
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _stop(*_: object) -> None:
    raise _Late
