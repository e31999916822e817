"""`zebroid probe`: from a receipt or a cell to a table, a JSON file and a figure."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.probing.probe_result import ProbeResult
from zebroid.benchmarks.runner import run
from zebroid.models.training.compiled import Program
from zebroid.models.training.plan import Plan
from zebroid.models.training.weights import named
from zebroid.worlds.encoding.encode import encode

from ..conftest import TINY, pretend

pytestmark = pytest.mark.long


@pytest.fixture
def weighed(monkeypatch, trained):
    """Trainings that take no time and keep weights of the right shapes, which nothing taught."""

    def train_cell(cell, corpora, watch, draft=None, layout="", keep_weights=False, **options):
        made = pretend(cell, corpora, watch, draft, **options)
        found = corpora.question_set(cell)
        tokens = encode(found.corpus, cell.mode, found.questions)
        shapes = named(Program.of(cell.load_spec(), Plan(), tokens).model[1])
        rng = np.random.RandomState(cell.seeds.world)
        weights = {
            name: rng.normal(0, 0.3, (1, *shape.shape)).astype(np.float32)
            for name, shape in shapes.items()
        }
        return dataclasses.replace(made, run=dataclasses.replace(made.run, weights=weights))

    monkeypatch.setattr(run, "train_cell", train_cell)


def test_a_receipt_with_weights_is_probed_and_one_without_is_refused(zebroid, weighed, suite):
    text = TINY.replace('mode = ["direct", "chain"]', 'mode = "direct"')
    text = text.replace("questions = 40", "questions = 200")
    text = text.replace(
        "seeds = { init = [0, 1], order = [0, 1] }", "seeds = { world = [0, 1, 2] }"
    )
    bare = suite(text)
    status, out, _ = zebroid("run", bare)
    assert status == 0
    receipt = next(line.split()[-1] for line in out.splitlines() if line.startswith("receipt"))
    status, _, err = zebroid("probe", receipt)
    assert status == 2 and "was kept without weights" in err and err.count("\n") == 1
    path = suite(text.replace("[suite]", "[suite]\nkeep_weights = true"))
    assert zebroid("run", path)[0] == 0
    status, out, _ = zebroid("probe", receipt)
    assert status == 0 and "composition-v1/tiny direct decoder-xs short" in out
    (name,) = [line.split()[-1] for line in out.splitlines() if line.startswith("result")]
    result = ProbeResult.read(Path(name))
    assert len(result.worlds) == 3 and result.positions[0] == "cue"
    mean, low, high = result.band("mediated")
    assert np.nanmax(mean) < 0.4 and not np.isnan(low).any() and (high >= low).all()
    digest = load_suite(path).cells[0].digest
    status, out, _ = zebroid("probe", digest[:16])
    assert status == 0 and "mediated" in out
    status, _, err = zebroid("probe", "0000000000000000")
    assert status == 2 and "none begins so" in err
