"""The notebook is run: from import to a ladder figure."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zebroid

PATH = Path(zebroid.__file__).resolve().parent / "docs" / "notebooks" / "ladder.ipynb"
CELLS = json.loads(PATH.read_text("utf-8"))["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
SHOW = "plt.show()"


def test_it_needs_zebroid_numpy_and_matplotlib_alone():
    imported = re.findall(r"^\s*(?:import|from) (\S+)", "\n".join(CODE), re.MULTILINE)
    assert imported == ["numpy", "zebroid", "matplotlib.pyplot"]


def test_its_outputs_are_kept_and_end_with_a_figure():
    kept = [cell["outputs"] for cell in CELLS if cell["cell_type"] == "code"]
    assert all(kept[1:]) and any("image/png" in out.get("data", {}) for out in kept[-1])
    assert not any(out["output_type"] == "error" for outputs in kept for out in outputs)


@pytest.mark.slow
def test_every_cell_runs_and_a_ladder_is_drawn(tmp_path):
    text = "\n\n".join(CODE)
    for name, few in (("STEPS", 20), ("PER_RUNG", 40)):
        text, count = re.subn(rf"^{name} = \d+$", f"{name} = {few}", text, flags=re.MULTILINE)
        assert count == 1
    assert text.count(SHOW) == 1
    (tmp_path / "ladder.py").write_text(text.replace(SHOW, 'plt.savefig("ladder.png")'))
    found = subprocess.run(
        [sys.executable, "ladder.py"],
        cwd=tmp_path,
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    for rung in ("recall", "instance", "constituent", "schema"):
        assert re.search(rf"^chain +{rung} +\d\.\d\d \[", found.stdout, re.MULTILINE)
    assert (tmp_path / "ladder.png").read_bytes().startswith(b"\x89PNG")
