"""Exporting, scoring and verifying need no JAX: they run where neither it nor what needs it is."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from importlib import metadata
from pathlib import Path

import pytest

JAX = ("jax", "flax", "optax", "orbax", "chex", "ml_dtypes", "tensorstore", "torch", "ray")
CODE = """
import importlib.util, json, sys
from pathlib import Path
from zebroid import cli
assert all(importlib.util.find_spec(name) is None for name in ("jax", "flax", "optax", "orbax"))
def run(*words):
    sys.argv = ["zebroid", *words]
    try:
        cli.main()
    except SystemExit as left:
        assert not left.code, left.code
options = ("--questions", "40")
run("export", "composition-v1/tiny", "--to", "made", "--format", "tokens", *options)
with open("p.jsonl", "w") as file:
    for line in Path("made/key/key.jsonl").read_text().splitlines():
        row = json.loads(line)
        print(json.dumps({"id": row["id"], "answer": row["answers"][0]}), file=file)
run("score", "p.jsonl", "--world", "composition-v1/tiny", *options)
(folder,) = Path("runs").iterdir()
run("verify", str(folder))
assert not {"jax", "jaxlib", "flax"} & {*sys.modules}
"""


@pytest.mark.long
def test_export_score_and_verify_run_without_jax(tmp_path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    here = Path(str(metadata.distribution("numpy").locate_file("")))
    for path in here.iterdir():
        if not path.name.lower().startswith(JAX):
            (site / path.name).symlink_to(path)
    for path in site.glob("*.pth"):  # of editable installs, which name their places
        path.unlink()
    root = Path(__file__).parents[3]
    (site / "zebroid").symlink_to(root)
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    words = [home / "bin" / "python", "-c", CODE]
    found = subprocess.run(words, cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "verified as declared: " in found.stdout
    (receipt,) = (tmp_path / "runs").glob("*/receipt.json")
    versions = json.loads(receipt.read_text())["versions"]
    assert "numpy" in versions and "jax" not in versions
