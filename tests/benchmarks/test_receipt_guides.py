"""The guides on comparing and retraining are run, in order; nothing is trained for it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.attestations.attestation import CONFIRMS, MEANING, REFUTES
from zebroid.benchmarks.attestations.submission import submission
from zebroid.benchmarks.verification import confined

from ..docs import prose

GUIDES = Path(package.__file__).resolve().parent / "docs" / "guides"


def blocks(page):
    """(kind, name of a file or empty, text) of every block."""
    text = (GUIDES / page).read_text("utf-8")
    found = prose.blocks(text)
    assert text.count("```") == 2 * len(found)
    return found


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("retraining.md", ["equal answers at every checkpoint", "It confirms the receipt."]),
        ("comparing.md", ["A - B, 95%", '"differences": [', "not identified, one seed: exposure"]),
    ],
)
def test_the_commands_of_the_guide_do_what_it_says(
    zebroid, trained, tmp_path, monkeypatch, page, lines
):
    monkeypatch.setattr(confined, "run", lambda *_: 0)  # tested elsewhere
    printed = ""
    for kind, name, text in blocks(page):
        if name:
            (tmp_path / name).write_text(text)
        for line in text.splitlines() if kind == "bash" else ():
            words = [_expanded(word, tmp_path) for word in shlex.split(line)]
            assert words[0] == "zebroid"
            status, out, err = zebroid(*words[1:])
            assert status == 0, (line, out, err)
            printed += out
    assert all(line in printed for line in lines)


def _expanded(word, folder):
    """A word with the folder that its pattern names, as a shell finds it."""
    path, mark, label = word.partition("#")
    found = [*folder.glob(path)] if "*" in path else []
    return f"{found[0]}{mark}{label}" if found else word


def test_every_outcome_is_explained_with_what_it_means():
    text = (GUIDES / "retraining.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z ]+)` \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE))
    assert {*rows} == {*MEANING}
    assert {name for name, what in rows.items() if what.startswith("confirms")} == {*CONFIRMS}
    assert {name for name, what in rows.items() if what == "refutes"} == {*REFUTES}


def test_the_submission_of_the_guide_is_one(tmp_path):
    (text,) = [text for _, name, text in blocks("retraining.md") if name == "submission.toml"]
    (tmp_path / "submission.toml").write_text(text)
    found = submission(tmp_path)
    assert found is not None and found.entrant == "Example Lab"
