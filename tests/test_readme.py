"""The README is run: its Python, and the names of its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zebroid
from zebroid import registry

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
    from zebroid.benchmarks.cli import app

    names = (c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands)
    known = {name.replace("_", "-") for name in names}
    assert verb in known or verb.startswith("--")
    if verb == "run" and rest:
        assert registry.suite(rest[0])
    if verb == "show" and rest:
        registry.sized(rest[0])


def test_links_of_the_readme_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
