"""What is archived says one version, one licence of code, and one of data."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import zebroid

ROOT = Path(zebroid.__file__).resolve().parent


def test_citation_archive_and_package_have_one_version_title_and_licence():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    archive = json.loads((ROOT / ".zenodo.json").read_text("utf-8"))
    assert archive["version"] == zebroid.__version__
    assert re.search(rf"^version: {re.escape(zebroid.__version__)}$", citation, re.MULTILINE)
    assert f'title: "{archive["title"]}"' in citation
    assert f"license: {archive['license']}\n" in citation
    assert [c["name"] for c in archive["creators"]] == re.findall(r'- name: "(.+)"', citation)


def test_data_are_under_cc_by_wherever_they_are_licensed():
    for name in ("docs/receipts/LICENSE", ".zenodo.json", "docs/reference/governance.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "CC BY 4.0" in text and "creativecommons.org/licenses/by/4.0" in text, name


def test_a_release_builds_and_publishes_nothing():
    text = (ROOT / "Makefile").read_text("utf-8")
    recipe = re.search(r"^release:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert recipe is not None
    assert all(w in recipe[1] for w in ("wheel", "zebroid-docs", "zebroid-board", "CITATION.cff"))
    assert not re.search(r"upload|publish|push|twine|curl", recipe[1])


def test_a_release_with_files_that_are_not_committed_is_refused_before_anything_is_built(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    made = subprocess.run(
        ["make", "release"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode and "commit them" in made.stdout
    assert {path.name for path in tmp_path.iterdir()} == {".git", "Makefile"}
