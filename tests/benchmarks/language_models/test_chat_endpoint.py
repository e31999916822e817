"""A model behind an address: what its server does wrong costs a wait or one line, no answer."""

from __future__ import annotations

import datetime
import email.utils
import itertools
import json
import time

import pytest
from zebroid.benchmarks.export.prompts import Prompt
from zebroid.benchmarks.language_models import bounded_response, model_reply
from zebroid.benchmarks.language_models.chat_endpoint import Endpoint
from zebroid.benchmarks.language_models.pace import Pace, bidden
from zebroid.errors import UserError

from .conftest import completion

ONE = [Prompt((), "Question: Who?\nAnswer:")]


def replied(model, prompts=ONE):
    """(replies in the order of the prompts, lines that were watched)."""
    lines = []
    found = dict(model.replies(prompts, lines.append))
    return [found[i] for i in range(len(prompts))], lines


def test_a_prompt_and_its_solved_examples_are_the_turns_of_a_chat(server, endpoint):
    server.answer = lambda number, body: completion("Answer: zebra", 12, 4)
    prompt = Prompt((("Question: A?\nAnswer:", "horse"),), "Question: B?\nAnswer:")
    ((reply,), lines) = replied(endpoint(body={"temperature": 0, "top_p": None}), [prompt])
    assert reply == ("Answer: zebra", 12, 4) and not lines
    path, headers, body = server.requests[0]
    assert path == "/v1/chat/completions" and "Authorization" not in headers
    assert [(m["role"], m["content"]) for m in body["messages"]] == [
        ("user", "Question: A?\nAnswer:"),
        ("assistant", "Answer: horse"),
        ("user", "Question: B?\nAnswer:"),
    ]
    assert body["model"] == "mock" and body["temperature"] == 0 and "top_p" not in body


def test_every_prompt_gets_its_own_reply_however_many_are_under_way(server, endpoint):
    def answer(number, body):
        time.sleep(0.02 * (number % 3))
        return completion(body["messages"][-1]["content"])

    server.answer = answer
    prompts = [Prompt((), f"Question: {i}?") for i in range(12)]
    found, _ = replied(endpoint(parallel=4), prompts)
    assert [reply.text for reply in found] == [f"Question: {i}?" for i in range(12)]


@pytest.mark.parametrize(
    ("mishap", "line"),
    [
        ((429, {"Retry-After": "0"}, b'{"error": {"message": "slow down"}}'), "answers 429 (slow"),
        ((503, {}, b"<html>"), "the server answers 503; again"),
        (b'{"choices": [', "the reply is no JSON"),
        (b"[" * 100_000, "the reply is no JSON"),
        (b'{"error": "none"}', "no choices[0].message.content"),
        (b'{"choices": [{"message": {"content": ["parts"]}}]}', "content is no text"),
        (b"[]", "no JSON object"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "is text/html, expected application/js"),
        ((200, {"Content-Length": "999"}, b'{"choices"'), "the reply is no JSON"),
    ],
)
def test_what_may_pass_is_tried_again(server, endpoint, mishap, line):
    server.answer = lambda number, body: mishap if number == 1 else completion("Answer: a")
    (reply,), lines = replied(endpoint())
    assert reply.text == "Answer: a" and len(server.requests) == 2
    assert len(lines) == 1 and line in lines[0] and "again in" in lines[0]


@pytest.mark.parametrize("mishap", [b"no JSON", (500, {}, b"{}")])
def test_what_does_not_pass_ends_in_one_line(server, endpoint, mishap):
    server.answer = lambda number, body: mishap
    with pytest.raises(UserError, match="3 times; what was answered is kept") as error:
        replied(endpoint(retries=2))
    assert len(server.requests) == 3 and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (400, "check the address, the model's name and --body"),
        (401, "put a key that it takes into the variable of --key-variable"),
        (404, "check the address"),
        (307, "a redirect, which is not followed"),
    ],
)
def test_what_no_other_try_can_cure_is_sent_once(server, endpoint, status, cure):
    body = json.dumps({"error": {"message": "bad\x1b[2J\nthing"}}).encode()
    there = {"Location": f"{server.url}/elsewhere"}
    server.answer = lambda number, sent: (status, there, body)
    with pytest.raises(UserError) as error:
        replied(endpoint())
    assert f"answers {status} (bad\\x1b[2J\\nthing)" in str(error.value)
    assert cure in str(error.value) and len(server.requests) == 1


def test_a_server_that_says_nothing_or_drips_is_left_in_time(server, endpoint):
    def drip():
        yield b"{"
        for _ in range(100):
            time.sleep(0.05)
            yield b" "

    server.answer = lambda number, body: (200, {}, drip()) if number == 1 else time.sleep(2) or b""
    begin = time.monotonic()
    with pytest.raises(UserError, match=r"no reply within 0\.2 s, 2 times"):
        replied(endpoint(timeout=0.2, retries=1))
    assert time.monotonic() - begin < 1.5


def test_a_server_that_is_not_there_is_named(server, endpoint):
    model = endpoint(retries=1)
    server.close()
    with pytest.raises(UserError, match=rf"^{server.url}: no connection .*refused.*, 2 times"):
        replied(model)


@pytest.mark.parametrize("status", [200, 400])
def test_a_huge_response_is_not_read_to_its_end(server, endpoint, monkeypatch, status):
    monkeypatch.setattr(bounded_response, "LARGEST", 100_000)
    sent = []

    def flood():
        for _ in range(10_000):
            sent.append(1)
            yield b" " * 100_000

    server.answer = lambda number, body: (status, {}, flood())
    line = "longer than 100,000 bytes; lower" if status == 200 else "the server answers 400;"
    with pytest.raises(UserError, match=line):
        replied(endpoint())
    assert len(sent) < 1_000


@pytest.mark.parametrize(
    "text", ["\x1b]0;x\x07", "\ud800", "\u202e", "\0" * 9, "Answer: \u2028", "", " \n ", "[red]"]
)
def test_hostile_text_comes_as_it_is(server, endpoint, text):
    server.answer = lambda number, body: completion(text)
    assert replied(endpoint())[0][0].text == text


def test_a_long_text_keeps_its_end_and_wins_no_answer_by_the_cut(server, endpoint):
    long = "word " * 9_999
    texts = iter([f"{long}\nAnswer: a", long + "Answer: a " * 2_001])
    server.answer = lambda number, body: completion(next(texts))
    whole, cut = replied(endpoint(), ONE * 2)[0]
    assert whole.text.endswith("\nAnswer: a") and len(whole.text) == model_reply.LONGEST + 1
    assert not cut.text.startswith("Answer:")


@pytest.mark.parametrize("usage", [None, [], {"prompt_tokens": -1, "completion_tokens": 1e9}, "x"])
def test_tokens_that_are_not_counted_are_not_made_up(server, endpoint, usage):
    server.answer = lambda number, body: completion(None, usage=usage)
    assert replied(endpoint())[0][0] == (None, None, None)


def test_the_key_goes_to_the_server_and_nowhere_else(server, endpoint, monkeypatch):
    key = "sk-very-secret"
    server.answer = lambda number, body: (
        completion(f"Answer: {key}")
        if number == 1
        else (401, {}, json.dumps({"error": f"wrong key {key}"}).encode())
    )
    model = endpoint(key=key)
    replies = model.replies(ONE * 2, lambda line: None)
    assert next(replies)[1].text == "Answer: [key]"
    with pytest.raises(UserError, match=r"wrong key \[key\]"):
        next(replies)
    assert server.requests[0][1]["Authorization"] == f"Bearer {key}"
    assert key not in repr(model.endpoint) and key not in json.dumps(model.identity())


def test_replies_that_came_before_an_error_are_handed_on(server, endpoint):
    server.answer = lambda number, body: completion("Answer: a") if number < 4 else (400, {}, b"")
    got = []
    with pytest.raises(UserError, match="answers 400"):
        for place, _ in endpoint().replies(ONE * 9, lambda line: None):
            got.append(place)
    assert got == [0, 1, 2] and len(server.requests) == 4


def test_requests_keep_their_pace(server, endpoint):
    begin = time.monotonic()
    replied(endpoint(per_minute=600, parallel=4), ONE * 4)
    assert 0.3 <= time.monotonic() - begin < 2


def test_retry_after_holds_all_requests(server, endpoint):
    times = []

    def answer(number, body):
        times.append(time.monotonic())
        return (429, {"Retry-After": "0.3"}, b"") if number == 1 else completion("Answer: a")

    server.answer = answer
    replied(endpoint(), ONE * 3)
    assert times[1] - times[0] >= 0.3 and times[3] - times[1] < 0.3


def test_retry_after_is_a_number_or_a_date():
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
    assert bidden("12") == 12 and bidden(None) is None and bidden("soon") is None
    assert bidden("-5") == 0 and bidden("nan") is None
    assert 50 < (bidden(email.utils.format_datetime(soon, usegmt=True)) or 0) <= 60
    for late in ("1e99", "901", "inf"):
        with pytest.raises(UserError, match="bids to wait"):
            bidden(late)


def test_a_pace_that_is_stopped_waits_no_more():
    pace = Pace(1)
    assert pace.turn()
    pace.stopped.set()
    begin = time.monotonic()
    assert not pace.turn() and not pace.wait(60) and time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("http://127.0.0.1/v1", "expected openai:URL#NAME"),
        ("ftp://127.0.0.1/v1#a", "expected openai:URL#NAME"),
        ("http://#a", "expected openai:URL#NAME"),
        ("https://me:pw@example.org/v1#a", "which would be written down"),
        ("https://example.org/v1?key=1#a", "which would be written down"),
        ("http://example.org/v1#a", "would cross the network in the clear; give an https"),
    ],
)
def test_addresses_that_are_none_or_not_safe_are_one_line(monkeypatch, text, line):
    monkeypatch.setenv("MY_KEY", "sk-1")
    with pytest.raises(UserError) as error:
        Endpoint.parsed(text, "MY_KEY", body={})
    assert line in str(error.value) and "sk-1" not in str(error.value)


@pytest.mark.parametrize("key", ["a\r\nX: y", "a b", "é"])
def test_a_key_that_no_header_may_have_is_refused_unprinted(monkeypatch, key):
    monkeypatch.setenv("MY_KEY", key)
    with pytest.raises(UserError, match="MY_KEY is no key") as error:
        Endpoint.parsed("http://localhost/v1#a", "MY_KEY", body={})
    assert key not in str(error.value)


def test_local_addresses_may_be_plain(monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-1")
    hosts = itertools.product(["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"], ["a"])
    for host, name in hosts:
        assert Endpoint.parsed(f"{host}/v1/#{name}", "MY_KEY", body={}).url == f"{host}/v1"
