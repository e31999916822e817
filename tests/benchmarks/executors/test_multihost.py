"""Two processes on the loopback interface that train one cell together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from zebroid.benchmarks.receipts.receipt import Receipt

SUITE = """
[suite]
id = "shared"
title = "Shared"
keep_weights = true
cost_minutes = 1
expected = "the receipt of one process"

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = "mlp-xs"
plan = "short"
questions = 20

[plans.short]
steps = 40
batch = 64
evaluations = [10]
"""
# states are saved after every segment, not every half a minute; tables without what takes seconds
COMMAND = f"""
import sys
import pytest
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from benchmarks import conftest
from zebroid.cli import main
from zebroid.models.training import batched
conftest.quick(pytest.MonkeyPatch())
batched.SAVE_S = 0.0
main()
"""


@pytest.fixture
def start(tmp_path):
    """start(out, devices, words) -> a process that runs the suite on so many virtual devices."""
    (tmp_path / "shared.toml").write_text(SUITE)

    def begin(out, devices, *words):
        environment = {
            **os.environ,
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
        }
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "run", "shared.toml", "--out", out, *words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def pair(start, out):
    """Both processes; a port is free again once it was found."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{found.getsockname()[1]}"
    return [start(out, 1, "--hosts", f"{where},{i}/2") for i in (1, 2)]


def finish(*processes):
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors


@pytest.mark.slow
def test_two_processes_train_as_one_of_two_devices_and_go_on_when_killed(start, tmp_path):
    killed = pair(start, "two")
    end = time.monotonic() + 120
    while not [*tmp_path.glob("two/training/*/*/[0-9]*")]:
        gone = [p.communicate()[1] for p in killed if p.poll() is not None]
        assert time.monotonic() < end and not gone
        time.sleep(0.02)
    for process in killed:
        process.kill()
        process.communicate()
    assert not [*tmp_path.glob("two/cells/*")]
    finish(*pair(start, "two"))
    finish(start("one", 2, "--layout", "data"))
    (two,), (one,) = (
        [Receipt.read(p).cells[0] for p in tmp_path.glob(f"{o}/*/receipt.json")]
        for o in ("two", "one")
    )
    assert (two.failed, two.device) == ("", one.device)
    assert two.device.endswith(", data over 2 devices")
    assert two.predictions == one.predictions  # every answer at every checkpoint, bit for bit
    weights = [[*tmp_path.glob(f"{out}/cells/*/weights.safetensors")] for out in ("two", "one")]
    assert weights[0][0].read_bytes() == weights[1][0].read_bytes()


@pytest.mark.parametrize("where", ["127.0.0.1:7000", "127.0.0.1:7000,3/2", "7000,1/2", "auto"])
def test_who_cannot_join_gets_one_line_with_the_cure(zebroid, suite, trained, where):
    """``auto``: nothing here says where the others are."""
    status, _, err = zebroid("run", suite(), "--hosts", where)
    assert status == 2
    assert err.startswith(f"zebroid: --hosts {where}: ") and "ADDRESS:PORT,i/n" in err
    assert err.count("\n") == 1
