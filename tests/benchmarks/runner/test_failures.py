"""Misfortunes that really happen, one a cell: each is named, and the others go on."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.models.training import train

pytestmark = pytest.mark.smoke

MODELS = """
import dataclasses
from zebroid.models.architectures.decoder import DecoderSpec

@dataclasses.dataclass(frozen=True)
class Breaks(DecoderSpec):
    type, version = "acme.breaks", 1

    def build(self, vocabulary, prompt, rngs):
        raise ZeroDivisionError("no heads\\nto share the width")

@dataclasses.dataclass(frozen=True)
class Huge(DecoderSpec):
    type, version = "acme.huge", 1

    def __post_init__(self):  # of what is built in, such sizes are refused before anything runs
        pass

# more bytes than a process has addresses: no system grants them on trust
HUGE = Huge(width=16, layers=1, heads=2, ratio=10**13)
BREAKS = Breaks(width=16, layers=1, heads=2)
FINE = DecoderSpec(width=16, layers=1, heads=2)
"""
POINTS = """[zebroid.models]
acme.huge = acme_ill:HUGE
acme.breaks = acme_ill:BREAKS
acme.fine = acme_ill:FINE
"""
SUITE = """
[suite]
id = "ill"
title = "Ill"
cost_minutes = 0.1
expected = "three missing runs"

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = ["acme.huge", "acme.breaks"]
plan = "plain"
questions = 8

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = "acme.fine"
plan = ["diverges", "plain", "poor"]
questions = 8

[plans.plain]
optimizer = "sgd"
learning_rate = 1e-3
batch = 8
steps = 3
evaluations = 1
[plans.diverges]
optimizer = "sgd"
learning_rate = 1e30
warmup = 0
batch = 8
steps = 3
evaluations = 1
[plans.poor]
optimizer = "sgd"
learning_rate = 1e-3
batch = 8
flops = 1e3
"""
CAUSES = {
    "acme.huge plain": "no memory left (Out of memory allocating",
    "acme.breaks plain": "ZeroDivisionError: no heads to share the width",
    "acme.fine diverges": "loss not finite at step",
    "acme.fine poor": "plan.flops is 1e+03; expected at least those of one step, ",
}


def test_a_cell_that_fails_is_a_missing_run_with_its_cause(
    zebroid, suite, plugin, quiet, monkeypatch, tmp_path
):
    monkeypatch.setattr(train, "enable_cache", lambda: None)
    plugin("acmeill", POINTS, acme_ill=MODELS)
    status, out, err = zebroid("run", suite(SUITE), "--out", "out")
    assert (status, err) == (1, "")
    assert out.count(": trained in") == 1
    message = " ".join(out.split())
    (path,) = (tmp_path / "out").glob("*/receipt.json")
    receipt = Receipt.read(path)
    failed = {f"{c.cell['model']} {c.cell['plan']}": c.failed for c in receipt.cells}
    assert failed.pop("acme.fine plain") == ""
    assert [*failed] == [*CAUSES]
    for label, cause in CAUSES.items():
        assert cause in failed[label] and "\n" not in failed[label]
        assert f"direct {label}: 1 of 1 failed: {cause}" in message
    assert len(list((tmp_path / "out" / "failures").iterdir())) == 3  # one is a result
