"""ChatEndpoint: a language model behind an address that speaks OpenAI's chat completions.

By the standard library alone. Nothing that a server sends is trusted: its size, its time, its form
and its words are bounded, redirects are not followed, and the key goes to the one address only.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import os
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import UserError
from ...printable import printable
from ..export.prompts import Prompt
from .bounded_response import Flawed, Refused, fetched
from .model_reply import Reply, Watch, shortened
from .pace import Pace, backoff

FORM = "openai:URL#NAME, such as openai:http://127.0.0.1:8000/v1#my-model"
TOKENS = 2**48


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """Where a model is, and how it is to be queried."""

    url: str  # of the API, without /chat/completions
    name: str  # of the model there
    body: Mapping[str, Any]  # what each request has beside model and messages
    key: str = dataclasses.field(default="", repr=False)
    per_minute: float = 60.0
    parallel: int = 1  # requests at once
    retries: int = 6  # of one request
    timeout: float = 120.0  # seconds, of one reply

    @classmethod
    def parsed(cls, text: str, variable: str, **settings: Any) -> Endpoint:
        """Of ``URL#NAME``, and the key in this variable of the environment, if it is set."""
        url, _, name = text.partition("#")
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not name:
            raise UserError(f"--model openai:{printable(text, 200)}: expected {FORM}")
        if parts.username or parts.password or parts.query:
            raise UserError(
                "--model: the address has a user, a password or a query, which would be written "
                f"down; put the key into the variable {variable}"
            )
        key = os.environ.get(variable, "")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise UserError(f"{variable} is no key: expected printable ASCII without blanks")
        if key and parts.scheme == "http" and not _local(parts.hostname):
            raise UserError(
                f"the key in {variable} would cross the network in the clear; give an https "
                f"address, or unset {variable}"
            )
        return cls(url.rstrip("/"), name, key=key, **settings)


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class ChatEndpoint:
    """Queries an endpoint by several threads, as fast as it may be."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def identity(self) -> Mapping[str, Any]:
        """What answers depend on; never the key."""
        e = self.endpoint
        return {"openai": e.url, "name": e.name, "body": dict(e.body)}

    def replies(self, prompts: Sequence[Prompt], watch: Watch) -> Iterator[tuple[int, Reply]]:
        """Of every prompt. Where one cannot be had, those under way are waited for."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for i in range(len(prompts)):
            waiting.put(i)
        done: queue.SimpleQueue[tuple[int, Reply | UserError | None]] = queue.SimpleQueue()
        pace, error = Pace(self.endpoint.per_minute), None

        def work() -> None:
            while not pace.stopped.is_set():
                try:
                    i = waiting.get_nowait()
                except queue.Empty:
                    break
                try:
                    done.put((i, self._reply(prompts[i], pace, watch)))
                except UserError as error:
                    pace.stopped.set()
                    done.put((i, error))
                except Exception as error:  # else nobody would hear of it
                    pace.stopped.set()
                    done.put((i, UserError(self._redacted(f"{type(error).__name__}: {error}"))))
            done.put((-1, None))

        # daemons: an interrupted command does not wait for a server
        workers = min(self.endpoint.parallel, len(prompts))
        for _ in range(workers):
            threading.Thread(target=work, daemon=True).start()
        try:
            while workers:
                i, found = done.get()
                if isinstance(found, Reply):
                    yield i, found
                elif isinstance(found, UserError):
                    error = error or found
                elif i < 0:
                    workers -= 1
        finally:
            pace.stopped.set()
        if error:
            raise error

    def _reply(self, prompt: Prompt, pace: Pace, watch: Watch) -> Reply | None:
        """The reply to one prompt; None where all work is to end before it came."""
        e = self.endpoint
        body = {"model": e.name, "messages": prompt.messages(), **e.body}
        data = json.dumps({k: v for k, v in body.items() if v is not None}).encode()
        failures = 0
        while pace.turn():
            try:
                return self._read(fetched(self._request(data), e.timeout))
            except Refused as refused:
                raise UserError(self._redacted(refused.line)) from None
            except Flawed as flaw:
                failures += 1
                line = self._redacted(flaw.line)
                if failures > e.retries:
                    raise UserError(
                        f"{printable(e.url, 200)}: {line}, {failures} times; what was answered is "
                        "kept: see to the server, then give the same command again"
                    ) from None
                seconds = backoff(failures) if flaw.wait is None else flaw.wait
                watch(f"{line}; again in {seconds:.0f} s")
                if flaw.wait is not None:
                    pace.hold(seconds)
                elif not pace.wait(seconds):
                    break
        return None

    def _request(self, data: bytes) -> urllib.request.Request:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers["User-Agent"] = "zebroid"
        request = urllib.request.Request(
            f"{self.endpoint.url}/chat/completions", data, headers, method="POST"
        )
        if self.endpoint.key:
            request.add_unredirected_header("Authorization", f"Bearer {self.endpoint.key}")
        return request

    def _read(self, content: Any) -> Reply:
        """The reply in a JSON object; Flawed where it has none."""
        try:
            text = content["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise Flawed("the reply has no choices[0].message.content") from None
        if text is not None and not isinstance(text, str):
            raise Flawed("the reply's content is no text")
        usage = content.get("usage")
        counted = [
            n if type(n) is int and 0 <= n < TOKENS else None
            for n in (
                usage.get(name) if isinstance(usage, dict) else None
                for name in ("prompt_tokens", "completion_tokens")
            )
        ]
        return Reply(None if text is None else shortened(self._redacted(text)), *counted)

    def _redacted(self, text: str) -> str:
        """A text without the key, which a server may send back."""
        return text.replace(self.endpoint.key, "[key]") if self.endpoint.key else text
