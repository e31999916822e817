"""Cells on a Ray cluster: what comes back is what would be made here, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from zebroid.benchmarks.executors import ray_cluster
from zebroid.benchmarks.receipts.receipt import Receipt

SUITE = """
[suite]
id = "spread"
title = "Spread"
keep_weights = true
cost_minutes = 1
expected = "the receipt of one machine"

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = "acme.marking"
plan = "long"
questions = 20
seeds = { init = [0, 1, 2, 3, 4, 5], order = [0, 1, 2, 3, 4, 5] }

[plans.long]
steps = 2000
batch = 64
evaluations = 2
"""
# a model that leaves a mark of the node where it is trained, and one that kills the process
MODELS = """
import dataclasses, os, pathlib
from zebroid.models.architectures.mlp import MLPSpec

@dataclasses.dataclass(frozen=True)
class Marking(MLPSpec):
    type, version = "acme.marking", 1

    def build(self, *given):
        pathlib.Path(os.environ["MARKS"], str(os.getppid())).write_text(str(os.getpid()))
        return super().build(*given)

@dataclasses.dataclass(frozen=True)
class Deadly(MLPSpec):
    type, version = "acme.deadly", 1

    def build(self, *given):
        os.kill(os.getpid(), 9)

MARKING, DEADLY = Marking(width=32, layers=1), Deadly(width=32, layers=1)
"""
POINTS = """[zebroid.models]
acme.marking = acme_marking:MARKING
acme.deadly = acme_marking:DEADLY
"""


# Ray starts its processes from this one, in which other tests may have had JAX at work
pytestmark = pytest.mark.filterwarnings(r"ignore:os\.fork\(\) was called:RuntimeWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cluster")
    (path / "spread.toml").write_text(SUITE)
    deadly = SUITE.replace('"spread"', '"deadly"').replace("acme.marking", "acme.deadly")
    (path / "deadly.toml").write_text(deadly.replace("0, 1, 2, 3, 4, 5", "0"))
    info = path / "site" / "acmemarking-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acmemarking\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    (path / "site" / "acme_marking.py").write_text(MODELS)
    (path / "marks").mkdir()
    return path


@pytest.fixture(scope="module")
def nodes(folder):
    """A cluster of two nodes on this machine, one core each."""
    from ray.cluster_utils import Cluster

    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setenv("PYTHONPATH", str(folder / "site"))
    patch.setenv("MARKS", str(folder / "marks"))
    patch.delenv("XLA_FLAGS", raising=False)  # other tests ask for several devices
    size = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
    found = Cluster(initialize_head=True, head_node_args=size)
    other = found.add_node(True, **size)
    yield found, other
    found.shutdown()
    patch.undo()


@pytest.fixture(scope="module")
def start(folder, nodes):
    """start(suite, out, words) -> a process that runs it; what it prints goes to a file."""

    def begin(suite, out, *words):
        with (folder / f"{out}.txt").open("w") as message:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "zebroid.cli",
                    "run",
                    suite,
                    "--out",
                    out,
                    *words,
                ],
                cwd=folder,
                stdout=message,
                stderr=subprocess.STDOUT,
            )

    return begin


def wait(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def receipt(folder, out):
    (path,) = (folder / out).glob("*/receipt.json")
    return Receipt.read(path).lasting


@pytest.mark.slow
def test_a_cell_that_kills_every_process_is_given_up(folder, nodes, start):
    assert start("deadly.toml", "deadly", "--ray", nodes[0].address).wait(timeout=300) == 1
    message = (folder / "deadly.txt").read_text()
    assert message.count("lost: composition-v1/tiny direct acme.deadly") == ray_cluster.RETRIES
    (cell,) = receipt(folder, "deadly")["cells"]
    assert cell["failed"].startswith(
        f"lost {ray_cluster.RETRIES + 1} times with its process or node"
    )


@pytest.mark.slow
def test_a_node_that_dies_midway_costs_nothing_but_time(folder, nodes, start):
    found, other = nodes
    process = start("spread.toml", "spread", "--ray", found.address)
    mark = folder / "marks" / str(other.all_processes["raylet"][0].process.pid)
    wait(lambda: mark.exists() and mark.read_text())  # it has begun a cell
    worker = int(mark.read_text())
    os.kill(worker, signal.SIGSTOP)  # and is kept within it, while the other node finishes one
    wait(lambda: ": trained in" in (folder / "spread.txt").read_text())
    found.remove_node(other, allow_graceful=False)
    os.kill(worker, signal.SIGKILL)
    assert process.wait(timeout=300) == 0
    message = (folder / "spread.txt").read_text()
    assert message.count(": trained in") == 6 and message.count("lost: ") == 1, message
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])  # as a task of the cluster has it
    try:
        local = start("spread.toml", "local")
    finally:
        os.sched_setaffinity(0, cores)
    assert local.wait(timeout=300) == 0
    assert receipt(folder, "spread") == receipt(folder, "local")
    files = [*(folder / "local" / "cells").glob("*/*s.*")]
    assert {path.name for path in files} == {"answers.npz", "weights.safetensors"}
    for path in files:
        elsewhere = folder / "spread" / path.relative_to(folder / "local")
        assert elsewhere.read_bytes() == path.read_bytes()


def test_without_ray_there_is_one_line_with_the_cure(zebroid, suite, trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    status, _, err = zebroid("run", suite(), "--ray", "auto")
    assert status == 2
    assert "Ray is not installed; pip install 'zebroid[cluster]'" in err and err.count("\n") == 1


def test_where_no_cluster_is_there_is_one_line_with_the_cure(zebroid, suite, trained):
    status, _, err = zebroid("run", suite(), "--ray", "127.0.0.1:1")
    assert status == 2
    assert "--ray 127.0.0.1:1: " in err and "ray start --head" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("--jobs", "2"), ("--layout", "data"), ("--hosts", "auto", "--jobs", "2")]
)
def test_only_one_may_say_who_trains(zebroid, suite, trained, words):
    status, _, err = zebroid("run", suite(), "--ray", "auto", *words)
    assert status == 2 and "exclude each other" in err and err.count("\n") == 1
