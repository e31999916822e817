"""The site is built from the extra `docs` alone, and a warning is an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import zebroid

ROOT = Path(zebroid.__file__).resolve().parent


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path):
    pytest.importorskip("sphinx")
    words = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "--quiet", "-b", "html")
    command = [*words, "-d", tmp_path / "doctrees", ROOT / "docs", tmp_path / "site"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert found.returncode == 0, found.stderr
    text = (tmp_path / "site" / "reference" / "api.html").read_text("utf-8")
    assert "zebroid.errors.InvalidReceipt" in text
