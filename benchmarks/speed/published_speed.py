"""From command to curve: how soon the published contrast can be seen, by suite ``quickest``.

    python -m zebroid.benchmarks.speed.published_speed [--repeat 3]

Each mode and seed is a command of its own, ``zebroid run``, with nothing kept from earlier runs:
neither results nor compiled programs. The clock stops when receipt and report are written.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ... import registry
from ..receipts.receipt import Receipt
from . import keep

GOALS = {"direct": ("instance", 0.90, 25.0), "chain": ("constituent", 0.95, 45.0)}


def measure(mode: str, seed: int) -> tuple[float, float]:
    """(seconds, accuracy on the rung of this mode's goal)."""
    source = registry.suite("quickest").read_text("utf-8")
    head, *tables = re.split(r"(?m)^(?=\[)", source)

    def mine(table: str) -> bool:
        """Whether it is of this mode; the competitor beside it is not what was published."""
        return f'mode = "{mode}"' in table and 'model = "mlp-s"' not in table

    kept = [t for t in tables if not t.startswith("[[cells]]") or mine(t)]
    text = head + "".join(kept).replace("all = [0, 1, 2]", f"all = [{seed}]")
    with tempfile.TemporaryDirectory() as top:
        (Path(top) / "one.toml").write_text(text, "utf-8")
        words = [sys.executable, "-m", "zebroid.cli", "run", "one.toml", "--out", "out"]
        environment = {**os.environ, "XDG_CACHE_HOME": str(Path(top) / "cache")}
        began = time.perf_counter()
        subprocess.run(words, cwd=top, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        (path,) = Path(top).glob("out/*/receipt.json")
        (row,) = (r for p in Receipt.read(path).panels for r in p.rows if r.kind == "model")
    accuracy = row.rungs[GOALS[mode][0]].accuracy.mean
    assert accuracy is not None
    return seconds, accuracy


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="seeds, from 0")
    parser.add_argument("--json", type=Path, help="write all figures here")
    queries = parser.parse_args(words)
    if queries.repeat < 1:
        parser.exit(2, f"got --repeat {queries.repeat}, expected at least 1\n")
    console, found = Console(), {}
    out = Table("mode", "seconds, by seed", "median", "goal", "rung", "accuracy, by seed", "goal")
    for mode, (rung, least, most) in GOALS.items():
        with console.status(mode):
            found[mode] = [measure(mode, seed) for seed in range(queries.repeat)]
        seconds, accuracy = zip(*found[mode])
        message = [f"{s:.1f}" for s in seconds], [f"{a:.2f}" for a in accuracy]
        middle = f"{statistics.median(seconds):.1f} s"
        out.add_row(
            mode,
            ", ".join(message[0]),
            middle,
            f"{most:g} s",
            rung,
            ", ".join(message[1]),
            f"{least:g}",
        )
    console.print(out)
    console.print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if queries.json:
        keep(queries.json, found)


if __name__ == "__main__":
    main()
