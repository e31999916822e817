"""What is trained again: all once the version of training is raised, nothing for other edits."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import zebroid
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner.result_store import Store

from .test_kept_result import result

ROOT = Path(zebroid.__file__).resolve().parent
LOOK = """
    from pathlib import Path
    from zebroid.benchmarks.runner.result_store import Store
    from zebroid.benchmarks.config.suite import load_suite
    store, (cell, *_) = Store(Path("out")), load_suite("tiny.toml").cells
    print(store.has(cell), store.stale(cell) or "-", store.draft(cell).name)
"""


@pytest.mark.long
def test_an_edited_docstring_trains_nothing_again_and_a_raised_version_does(suite, tmp_path):
    copied = tmp_path / "here" / "zebroid"
    skipped = shutil.ignore_patterns("docs", "tests", ".*", "__pycache__", "build", "runs", "*.md")
    shutil.copytree(ROOT, copied, ignore=skipped)
    Store(tmp_path / "out").save(result(load_suite(suite()).cells[0]))

    def look():
        code = f"import sys; sys.path.insert(0, {str(copied.parent)!r})\n{textwrap.dedent(LOOK)}"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        return done.stdout.split()

    kept, stale, draft = look()
    assert (kept, stale) == ("True", "-")
    for path in copied.rglob("*.py"):
        text = path.read_text("utf-8")
        if text.startswith('"""'):
            path.write_text(f'"""In other words: {text[3:]}# and a remark\n', "utf-8")
    assert look() == [kept, stale, draft]
    declared = copied / "models" / "training_version.py"
    declared.write_text(re.sub(r'"training-1"', '"training-2"', declared.read_text("utf-8")))
    kept, stale, other = look()
    assert (kept, stale) == ("False", "training-1") and other != draft
