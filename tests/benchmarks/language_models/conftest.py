"""A server that speaks chat completions, with whatever mishaps a test wants."""

from __future__ import annotations

import http.server
import json
import threading

import pytest
from zebroid.benchmarks.language_models import pace
from zebroid.benchmarks.language_models.chat_endpoint import ChatEndpoint, Endpoint


def completion(text, tokens_in=7, tokens_out=3, **more):
    """The JSON of a reply."""
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
    content = {"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}
    return json.dumps({**content, **more}).encode()


class Server:
    """``answer(number of the request, its body) -> bytes, or (status, headers, bytes)``."""

    def __init__(self):
        self.answer = lambda number, body: completion("Answer: none")
        self.requests = []  # (path, headers, body)
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    outer.requests.append((self.path, dict(self.headers), body))
                    number = len(outer.requests)
                found = outer.answer(number, body)
                status, headers, data = found if isinstance(found, tuple) else (200, {}, found)
                try:
                    self.send_response(status)
                    for name, value in {"Content-Type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    for part in [data] if isinstance(data, bytes) else data:
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:  # the client has gone
                    pass

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch):
    """A server that is gone after the test; failures are waited for a moment alone."""
    monkeypatch.setattr(pace, "FIRST", 0.001)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = Server()
    yield found
    found.close()


@pytest.fixture
def endpoint(server):
    """endpoint(...) -> the model behind the server."""

    def made(**settings):
        options = {"body": {}, "per_minute": 1e6, "parallel": 1, "retries": 2, "timeout": 5.0}
        return ChatEndpoint(Endpoint(server.url, "mock", **{**options, **settings}))

    return made
