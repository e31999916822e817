"""Pace: how fast requests may follow each other, and how long to wait after one that failed."""

from __future__ import annotations

import datetime
import email.utils
import random
import threading
import time

from ...errors import UserError

FIRST, MOST = 1.0, 60.0  # seconds to wait after the first failure; then doubled, up to MOST
PATIENCE = 900.0  # seconds that a server may bid to wait


class Pace:
    """Spaces the requests of several threads evenly: at most ``per_minute``."""

    def __init__(self, per_minute: float) -> None:
        self.gap = 60.0 / per_minute
        self.lock = threading.Lock()
        self.next = 0.0  # when the next request may begin, by time.monotonic
        self.stopped = threading.Event()

    def turn(self) -> bool:
        """Waits until a request may begin; False where all work is to end."""
        with self.lock:
            now = time.monotonic()
            begin = max(now, self.next)
            self.next = begin + self.gap
        return self.wait(begin - now)

    def hold(self, seconds: float) -> None:
        """No request begins for so long, of any thread."""
        with self.lock:
            self.next = max(self.next, time.monotonic() + seconds)

    def wait(self, seconds: float) -> bool:
        """Waits; False where all work is to end."""
        return not self.stopped.wait(max(0.0, seconds))


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures: doubled each time, less up to a half by chance."""
    return min(MOST, FIRST * 2 ** (failures - 1)) * random.uniform(0.5, 1.0)


def bidden(header: str | None) -> float | None:
    """Seconds of a Retry-After header, a number or a date; None for none, and for what is neither.

    Raises UserError where it is longer than PATIENCE.
    """
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            then = email.utils.parsedate_to_datetime(header)
        except (ValueError, TypeError):
            return None
        if then.tzinfo is None:
            then = then.replace(tzinfo=datetime.UTC)
        seconds = (then - datetime.datetime.now(datetime.UTC)).total_seconds()
    if seconds != seconds:  # NaN
        return None
    if seconds > PATIENCE:
        raise UserError(
            f"the server bids to wait {min(seconds, 1e9):,.0f} s (Retry-After); what was answered "
            "is kept: give the same command again then"
        )
    return max(0.0, seconds)
