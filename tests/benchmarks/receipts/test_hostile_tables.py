"""Parquet beside a receipt that no run wrote: not verified, whatever it unfolds to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from zebroid.benchmarks.verification import confined

from .hostile import ANSWERS, CURVES, QUESTIONS, outcome, read, replaced, row
from .hostile import drawn as drawn
from .hostile import forged as forged


@pytest.mark.parametrize(
    ("name", "sql", "why"),
    [
        (ANSWERS, "SELECT 1 AS cell FROM range(2_000_000)", "2,000,000 rows"),
        (ANSWERS, "SELECT * EXCLUDE (answer) FROM old", "no column answer"),
        (ANSWERS, "SELECT * REPLACE (1 AS answer) FROM old", "column answer is of INTEGER"),
        (ANSWERS, "SELECT * REPLACE (NULL::VARCHAR AS answer) FROM old", "rows have no answer"),
        (ANSWERS, "SELECT * REPLACE ('zebra' AS answer) FROM old", "no answer to be had"),
        (ANSWERS, "SELECT *, {'a': 1} AS more FROM old", "columns; expected 8"),
        (ANSWERS, "SELECT * EXCLUDE (proof), 'a' AS more FROM old", "no column proof"),
        (ANSWERS, "SELECT cell, question, * EXCLUDE (cell, question) FROM old", "another order"),
        (ANSWERS, "SELECT * REPLACE (repeat('a', 1_000_000) AS proof) FROM old", "texts of"),
        (
            QUESTIONS,
            "SELECT * REPLACE (list_resize(right_answers, 1_000, 'a') AS right_answers) FROM old",
            "values in a column",
        ),
        (
            ANSWERS,
            "SELECT * FROM old UNION ALL SELECT * REPLACE ('0' AS cell) FROM old",
            "answers.parquet: rows: receipt",
        ),
        (CURVES, "SELECT * FROM old UNION ALL SELECT * FROM old", "curves.parquet: rows: receipt"),
        (
            CURVES,
            "SELECT * REPLACE ('nan'::DOUBLE AS accuracy) FROM old",
            "accuracy[0]: receipt nan",
        ),
        (
            CURVES,
            "SELECT * REPLACE ('inf'::DOUBLE AS accuracy) FROM old",
            "accuracy[0]: receipt inf",
        ),
        (
            CURVES,
            "SELECT * FROM old WHERE \"group\" <> 'instance'",
            "curves.parquet: rows: receipt",
        ),
    ],
)
def test_a_table_that_no_run_wrote_is_not_verified(forged, drawn, name, sql, why):
    replaced(forged, name, sql)
    found = outcome(forged)
    assert any(why in line for line in found.values()), found


def test_a_row_that_no_answers_give_is_not_verified(forged, drawn):
    content = read(forged)
    content["panels"][0]["rows"].append(row(content) | {"label": "better"})
    (forged / "receipt.json").write_text(json.dumps(content))
    found = outcome(forged)
    assert "panels[0].rows: length" in found["content"]


def test_a_file_beside_it_that_is_none_is_refused_without_waiting(forged):
    (forged / CURVES).unlink()
    os.mkfifo(forged / CURVES)
    assert "pipe or device" in outcome(forged)["files"]
    (forged / CURVES).unlink()
    (forged / CURVES).symlink_to("/etc/passwd")
    assert "symbolic link" in outcome(forged)["files"]


def test_an_honest_receipt_is_verified_in_a_process_of_its_own(zebroid, finished):
    status, out, err = zebroid("verify", finished)
    assert (status, err) == (0, ""), out
    assert out.splitlines()[-1].startswith("verified by zebroid 0")


MEASURED = """
import resource, sys
from zebroid import cli
sys.argv = ["zebroid", "verify", sys.argv[1]]
try:
    cli.main()
except SystemExit as left:
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of the process that reads it
    print("peak", used // 1024, int(left.code))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units")
def test_some_bytes_that_unfold_to_many_rows_take_little_memory(forged):
    replaced(forged, ANSWERS, "SELECT 'a' AS cell, 'b' AS answer FROM range(30_000_000)")
    assert (forged / ANSWERS).stat().st_size < 100_000
    words = [sys.executable, "-c", MEASURED, str(forged)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert not ended.stderr and "30,000,000 rows" in ended.stdout
    peak, status = map(int, ended.stdout.split("peak ")[1].split())
    assert status == 1 and peak < 400


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import time; print('{\"ready\": 1}', flush=True); time.sleep(60)", "not done within 1 s"),
        ("import os; os.kill(os.getpid(), 11)", "ended by SIGSEGV"),
        ("raise SystemExit(3)", "left with status 3"),
        ("print('no message')", "left with status 0"),
        ("print('9' * 10**6, flush=True)", "status 0"),
        (
            "import time; print('{\"ready\": 1}', flush=True); a = b'a' * 10**9; time.sleep(60)",
            "memory",
        ),
    ],
)
def test_a_check_that_takes_its_process_down_is_one_that_did_not_pass(
    monkeypatch, tmp_path, script, why
):
    monkeypatch.setattr(
        confined, "command", lambda path, allowed, full: [sys.executable, "-c", script]
    )
    monkeypatch.setattr(confined, "MEMORY", 2 * 10**8)
    begin = time.perf_counter()
    (found,) = confined.findings(tmp_path, lambda what: None, None, 1.0)
    assert found.passed is False and why in found.found
    assert time.perf_counter() - begin < 30
