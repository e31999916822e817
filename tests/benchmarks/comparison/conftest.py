"""A finished suite of two models and two modes on three worlds, trained in no time."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner import run

GRID = {
    'model = "decoder-xs"': 'model = ["decoder-xs", "lstm-xs"]',
    "seeds = { init = [0, 1], order = [0, 1] }": (
        "seeds = { world = [0, 1, 2], init = [0, 1], order = [0, 1] }"
    ),
}


@pytest.fixture(scope="session")
def grid(tmp_path_factory, stage, receipt_of):
    """The folder of its receipt."""
    folder, text = tmp_path_factory.mktemp("grid"), stage.suite
    for old, new in GRID.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "tiny.toml").write_text(text)

    def train(cell, corpora, watch, draft=None, layout="", **options):
        wrong = 0.0 if cell.model == "decoder-xs" else 0.2
        return stage.train(cell, corpora, watch, draft, wrong=wrong, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "train_cell", train)
        stage.quick(patch)
        made = receipt_of(patch, folder, "run", "tiny.toml")
    assert len(Receipt.read(made / "receipt.json").cells) == 24
    return made
