"""The guide for language models is run: its commands against a server, its training with torch."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.export.prompts import Prompt
from zebroid.benchmarks.language_models.chat_endpoint import ChatEndpoint, Endpoint

from .conftest import completion

ROOT = Path(package.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "language-models.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LONGEST = 90
NEEDED = ("torch", "transformers")


def expanded(word):
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


@pytest.fixture
def run(zebroid, server):
    """run(bash) -> what its commands print; each is run in this process, in a folder of its own."""

    def block(text):
        message = ""
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line.replace("$SERVER", server.url))
            words = [found for word in words for found in expanded(word)]
            if words[0] == "python":
                done = subprocess.run(
                    [sys.executable, *words[1:]],
                    env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stderr
                continue
            status, out, err = zebroid(*words[1:])
            assert status == 0, err
            message += out + err
        return message

    return block


def test_every_block_is_run_and_the_program_is_short():
    assert [(kind, name) for kind, name, _ in BLOCKS] == [
        ("python", "mock.py"),
        ("bash", ""),
        ("bash", ""),
        ("python", "finetune.py"),
        ("bash", ""),
        ("python", "lessons.py"),
        ("python", "read_context.py"),
        ("bash", ""),
        ("bash", ""),
    ]
    assert TEXT.count("```") == 2 * len(BLOCKS)
    lines = {name: len(text.splitlines()) for _, name, text in BLOCKS if name}
    assert max(lines.values()) <= LONGEST


def test_the_server_for_trying_answers_in_the_form_that_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "mock.py").write_text(BLOCKS[0][2])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, tmp_path / "mock.py", str(port)]) as process:
        try:
            endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", "mock", {}, per_minute=1e6)
            prompt = Prompt((), "Question: The tail of mojox is ___.\nAnswer:")
            ((_, reply),) = ChatEndpoint(endpoint).replies([prompt], lambda _: None)
        finally:
            process.kill()
    assert reply.text == "Answer: mojox" and (reply.tokens_in or 0) > 9


def test_options_of_the_guide_are_those_of_the_command():
    from zebroid.benchmarks.language_models.query_command import query

    names = {f"--{name.replace('_', '-')}" for name in query.__annotations__}
    named = set(re.findall(r"`(--[a-z-]+)", TEXT)) - {"--questions", "--format", "--mode"}
    assert len(named) > 8 and named <= names


@pytest.mark.long
def test_a_model_behind_an_address_gets_a_declared_row(run, server):
    server.answer = lambda number, body: completion("Answer: none", 500, 4)
    dry, query, board = (BLOCKS[i][2] for i in (1, 2, 8))
    assert ", $" in run(dry) and not server.requests
    message = run(query)
    n = len(server.requests)
    assert f"{n} of {n} answered: {n * 500:,} tokens read" in message and n > 9
    assert "| outside.mock, direct (declared) | 1 | declared | 1 |" in run(board)


@pytest.mark.long
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs the extra torch"
)
def test_a_model_of_the_folder_that_was_trained_gets_one_too(run, tmp_path):
    name, text = BLOCKS[3][1:]
    (tmp_path / name).write_text(text)
    message = run(BLOCKS[4][2].replace(" 3000", " 2"))
    assert re.search(r"(\d+) of \1 answered: [\d,]+ tokens read", message)
    assert "| outside.tuned, direct (declared) |" in run(BLOCKS[8][2])


@pytest.mark.long
@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs the extra torch"
)
def test_a_model_that_is_trained_to_read_a_context_gets_one_as_well(run, tmp_path):
    for _, name, text in BLOCKS[5:7]:
        (tmp_path / name).write_text(text)
    message = run(BLOCKS[7][2].replace(" 1400", " 2"))
    assert re.search(r"(\d+) of \1 answered: [\d,]+ tokens read", message)
    assert [*tmp_path.glob("runs/outside-in-context-*")]


@pytest.mark.long
def test_prompts_to_be_trained_on_are_exported(run, tmp_path):
    run(BLOCKS[7][2].splitlines()[0])
    found = [*tmp_path.glob("lessons/**/train.jsonl")]
    assert len(found) == 12 and all(path.read_text().count("completion") > 9 for path in found)
