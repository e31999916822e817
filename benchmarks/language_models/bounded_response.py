"""fetched(request, timeout) -> the JSON of a response, read within bounds of size and time."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any

from ...printable import printable
from .pace import bidden

LARGEST = 4_000_000  # bytes of a response
EXPLAINED = 10_000  # bytes of one that refuses
AGAIN = {408, 409, 425, 429, *range(500, 600)}  # statuses that may pass


class Flawed(Exception):
    """Nothing usable came, and may come later. ``wait``: seconds that the server bids to wait."""

    def __init__(self, line: str, wait: float | None = None) -> None:
        super().__init__(line)
        self.line, self.wait = line, wait


class Refused(Exception):
    """The server will not answer this request, however often it is sent."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """None: the status stands, and the key goes nowhere else."""


OPENER = urllib.request.build_opener(_NoRedirect)


def fetched(request: urllib.request.Request, timeout: float) -> Any:
    """The object of one response. ``timeout``: seconds for all of it.

    Raises Flawed where another try may help, Refused where none will, and UserError where the
    server bids to wait too long.
    """
    end = time.monotonic() + timeout
    try:
        with OPENER.open(request, timeout=timeout) as response:
            kind = response.headers.get_content_type()
            data = _bounded(response, LARGEST, end)
    except urllib.error.HTTPError as error:
        with error:
            raise _of_status(error, end) from None
    except TimeoutError:
        raise Flawed(f"no reply within {timeout:g} s") from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            raise Flawed(f"no reply within {timeout:g} s") from None
        raise Flawed(
            f"no connection ({printable(str(reason) or type(error).__name__, 120)})"
        ) from None
    if kind != "application/json":
        raise Flawed(f"the reply is {printable(kind, 60)}, expected application/json")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise Flawed("the reply is no JSON") from None
    if not isinstance(content, dict):
        raise Flawed("the reply is no JSON object")
    return content


def _bounded(response: Any, most: int, end: float) -> bytes:
    data = bytearray()
    while chunk := response.read1(1 << 16):
        data += chunk
        if len(data) > most:
            raise Refused(f"the reply is longer than {most:,} bytes; lower --max-tokens")
        if time.monotonic() > end:
            raise TimeoutError
    return bytes(data)


def _of_status(error: urllib.error.HTTPError, end: float) -> Flawed | Refused:
    why = _message(error, end)
    line = f"the server answers {error.code}{f' ({why})' if why else ''}"
    if error.code in AGAIN:
        return Flawed(line, bidden(error.headers.get("Retry-After")))
    if error.code in (401, 403):
        return Refused(f"{line}; put a key that it takes into the variable of --key-variable")
    if 300 <= error.code < 400:
        return Refused(f"{line}, a redirect, which is not followed; give the address it leads to")
    return Refused(f"{line}; check the address, the model's name and --body")


def _message(error: urllib.error.HTTPError, end: float) -> str:
    """What the server says of it, on one line."""
    try:
        found = json.loads(_bounded(error, EXPLAINED, end))
        found = found.get("error", found) if isinstance(found, dict) else found
        found = found.get("message", "") if isinstance(found, dict) else found
    except (ValueError, RecursionError, Refused, OSError, http.client.HTTPException):
        return ""
    return printable(found, 200) if isinstance(found, str) else ""
