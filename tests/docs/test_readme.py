"""The README is run: its Python, the names of its commands, its computed blocks; it is brief."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zebroid
from zebroid import registry
from zebroid.benchmarks.docs import readme_blocks

from .prose import mean_length

ROOT = Path(zebroid.__file__).resolve().parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
COMMANDS = sorted(
    set(re.findall(r"(?:^|`|\$ )((?:zebroid|make) [\w. /=-]+)", README, re.MULTILINE))
)


@pytest.mark.parametrize("text", PYTHON, ids=range(len(PYTHON)))
def test_python_of_the_readme_runs(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = tmp_path / "readme_example.py"
    name.write_text(text)
    import runpy

    runpy.run_path(str(name))


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_readme_exist(command):
    tool, verb, *rest = command.split()
    if tool == "make":
        assert re.search(rf"^{verb}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        return
    from zebroid.cli import app

    names = (c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands)
    known = {name.replace("_", "-") for name in names}
    assert verb in known or verb.startswith("--")
    if verb == "run" and rest:
        assert registry.suite(rest[0])
    if verb == "show" and rest:
        registry.sized(rest[0])


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"(?:\]\(|src=\")([^)#\"]+)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_it_takes_a_minute():
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    assert headings == [
        "Install and run",
        "One result",
        "Leaderboard",
        "The ladder",
        "In Python",
        "Worlds",
        "Models",
        "How to read a number",
        "Links",
    ]
    assert mean_length(README) <= 20
    assert len([line for line in PYTHON[0].splitlines() if line]) <= 8
    pictures = re.findall(r"[\w/.-]+\.svg", README)
    assert "docs/pictures/pipeline.svg" in pictures and len(pictures) == 2
    (reading,) = re.findall(r"<!-- end of headline -->\n\n(.*?)\n\n", README, re.DOTALL)
    assert len(reading.splitlines()) == 3


def test_its_numbers_and_lists_are_computed():
    kinds = {*readme_blocks.BLOCKS} - {"worlds"}  # which stands in the reference
    assert all(f"<!-- end of {kind} -->" in README for kind in kinds)
    assert readme_blocks.rendered(README, ROOT) == README, "run: make pages"


def test_all_built_in_worlds_and_models_are_listed():
    for name in registry.worlds():
        assert "." in name or f"| `{name}` |" in README
    sizes = "(xs|s|m|l|xl)"
    for name in registry.models():
        base = re.sub(rf"-{sizes}$", "", name)
        assert "." in name or f"`{base}" in README
