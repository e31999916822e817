"""A suite that ranks, as a file in which one text may stand in place of another."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.config.suite import load_suite

SUITE = """
[suite]
id = "ranks"
title = "Ranks"
cost_minutes = 1
expected = "nothing"

[[cells]]
name = "comparison"
world = "comparison-v2/small"
mode = ["chain", "direct"]
model = ["decoder-xs", "mlp-xs"]
plan = "short"
seeds = { all = [0, 1] }
columns = ["constituent after"]
headroom = ["schema after"]

[plans.short]
steps = 10
"""


@pytest.fixture
def ranks(tmp_path):
    """ranks(old, new, …) -> the suite with each text in place of the one before it."""

    def made(*pairs):
        path, text = tmp_path / "ranks.toml", SUITE
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        return load_suite(str(path))

    return made
