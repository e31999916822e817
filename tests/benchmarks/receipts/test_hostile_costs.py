"""What hostile files cost: seconds and memory of the command that refuses each, as a table.

Only by ``make fuzz``; by itself: ``ZEBROID_FUZZ=1 pytest -s`` with the path of this file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from ...fuzzing import CASES
from ..conftest import TINY
from .hostile import forged as forged
from .hostile import read, replaced

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(not CASES, reason="a process for each file: make fuzz"),
    pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units"),
]
SECONDS, MEGABYTES = 30.0, 2_500  # at most; what starts and refuses nothing takes 2 s and 120 MB
SHARES = [n / 1_000 for n in range(1_000)]


def text(folder, write):
    (folder / "receipt.json").write_text(write)


def edited(folder, **fields):
    text(folder, json.dumps(read(folder) | fields))


RECEIPTS = {
    "JSON of 100,000 levels": lambda f: text(f, "[" * 100_000 + "]" * 100_000),
    "JSON of 32 MB, of empty lists": lambda f: text(f, "[" + "[]," * 11_000_000 + "[]]"),
    "JSON of 33 MB": lambda f: text(f, " " * 33 * 2**20),
    "JSON of a number of 30,000,000 digits": lambda f: text(f, "9" * 30_000_000),
    "lone surrogates": lambda f: edited(f, commit="\ud800"),
    "NaN": lambda f: edited(f, scaling={"a": float("nan")}),
    "a whole number of 4,000 digits": lambda f: text(f, f'{{"schema": {"9" * 4_000}}}'),
    "a key that stands twice": lambda f: text(f, '{"schema": 1, "schema": 1}'),
    "a text of 20 MB": lambda f: edited(f, commit="a" * 20_000_000),
    "terminal escapes": lambda f: edited(f, commit="\x1b[2J\u202e"),
    "40,000 cells": lambda f: edited(f, cells=read(f)["cells"] * 10_000),
    "steps of 1e18": lambda f: text(
        f, (f / "receipt.json").read_text().replace('"steps": 100', f'"steps": {10**18}')
    ),
}
ANSWERS = "answers.parquet"
TABLES = {
    "Parquet of 300,000,000 rows": "SELECT 'a' AS cell FROM range(300_000_000)",
    "Parquet of texts of 4 GB": "SELECT * REPLACE (repeat('a', 20_000_000) AS answer) FROM old "
    "LIMIT 200",
    "Parquet without a column": "SELECT * EXCLUDE (answer) FROM old",
    "Parquet with null answers": "SELECT * REPLACE (NULL::VARCHAR AS answer) FROM old",
    "Parquet with infinite bits": "SELECT * REPLACE ('inf'::FLOAT AS bits) FROM old",
}


def suited(**changes):
    found = TINY
    for old, new in changes.items():
        assert old in found
        found = found.replace(old, new)
    return found


SUITES = {
    "suite of 1e9 combinations": suited(
        **{
            'plan = "short"': f'plan = "short"\nexposure = {{ held = {SHARES}, far = {SHARES}, '
            f"coverage = {SHARES} }}"
        }
    ),
    "suite with steps of 1e23": suited(**{"steps = 100": f"steps = {10**23}"}),
    "suite with evaluations of 1e9": suited(**{"evaluations = 4": f"evaluations = {10**9}"}),
    "suite with a batch of 2e9": suited(**{"batch = 32": f"batch = {2 * 10**9}"}),
    "suite with a model of 15e12 parameters": suited(
        **{'"decoder-xs"': '{ preset = "decoder-xs", width = 800000 }'}
    ),
    "suite with a world of 1e9 entities": suited(**{"v1/tiny": f"v1/tiny[entities={10**9}]"}),
    "TOML of 100,000 levels": TINY + "x = " + "[" * 100_000,
    "TOML of 2 MB": TINY + "# " + "x" * 2**21,
    "TOML of a number of 100,000 digits": suited(**{"steps = 100": "steps = " + "9" * 100_000}),
}


def cost(words, folder):
    """(status, lines, CPU seconds, megabytes) of a command in a process of its own, and all that it
    starts."""
    code = (
        "import resource, sys\nfrom zebroid import cli\nsys.argv = ['zebroid', *sys.argv[1:]]\n"
        "try:\n    cli.main()\nexcept SystemExit as left:\n    status = left.code or 0\n"
        # its own peak, which ru_maxrss would begin at that of whoever started it
        "own = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
        "others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print('peak', status, max(int(own), others))\n"
    )
    before = os.times()
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        timeout=300,
        check=False,
    )
    after = os.times()
    seconds = sum(after[2:4]) - sum(before[2:4])  # of the CPU: those of the wall depend on others
    assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
    status, peak = map(int, ended.stdout.rpartition("peak ")[2].split())
    return status, ended.stderr.strip().splitlines(), seconds, peak / 1024


def test_no_hostile_file_costs_more_than_seconds(forged, finished, tmp_path):
    rows = []

    def measure(name, words, expected):
        status, lines, seconds, peak = cost(words, tmp_path)
        rows.append((name, words[0], status, seconds, peak))
        assert status in expected and len(lines) <= 1, (name, lines)
        if status == 2:
            assert len(lines) == 1 and lines[0].startswith("zebroid: "), (name, lines)
        assert seconds < SECONDS and peak < MEGABYTES, rows[-1]

    before = (forged / "receipt.json").read_bytes()
    for name, spoil in RECEIPTS.items():
        (forged / "receipt.json").write_bytes(before)
        spoil(forged)
        for command in ("verify", "board"):
            measure(name, (command, forged), {1, 2})
    for name, sql in TABLES.items():
        (forged / "receipt.json").write_bytes(before)
        (forged / ANSWERS).write_bytes((finished / ANSWERS).read_bytes())
        replaced(forged, ANSWERS, sql)
        measure(name, ("verify", forged), {1, 2})
    for name, content in SUITES.items():
        (tmp_path / "hostile.toml").write_text(content)
        measure(name, ("run", "hostile.toml", "--dry-run"), {2})
    (tmp_path / "nested.py").write_text("x = " + "(" * 1_000_000)
    os.mkfifo(tmp_path / "pipe.py")
    for file in ("nested.py", "pipe.py"):
        measure(f"world file {file}", ("check", file), {2})
    for scenario in ("/dev/zero", "hostile.toml"):
        measure(f"scenario {scenario}", ("forecast", finished, "--scenario", scenario), {2})
    print("\n| file | command | status | CPU s | MB |\n|---|---|---:|---:|---:|")
    for name, command, status, seconds, peak in rows:
        print(f"| {name} | {command} | {status} | {seconds:.1f} | {peak:.0f} |")
