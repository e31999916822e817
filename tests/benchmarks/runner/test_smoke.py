"""The main job, whole: it shows the sign that it is for, and claims no more than it may."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.receipts.receipt import Receipt

pytestmark = pytest.mark.smoke


@pytest.mark.slow
def test_smoke_shows_chain_above_direct_on_constituent_with_intervals_apart(zebroid, tmp_path):
    status, out, err = zebroid("run", "smoke", "--out", "runs")
    assert status == 0, err
    assert "over questions" in out
    status, text, err = zebroid("verify", *(tmp_path / "runs").glob("smoke-*"))
    assert status == 0, text + err
    (path,) = (tmp_path / "runs").glob("smoke-*/receipt.json")
    panel = next(p for p in Receipt.read(path).panels if p.name.startswith("composition-v1"))
    message = {r.label: r.rungs["constituent"].accuracy for r in panel.rows if r.kind == "model"}
    chain, direct = message["chain"], message["direct"]
    assert chain.low is not None and direct.high is not None and chain.low > direct.high
    assert chain.over == direct.over == "questions", "one seed: nothing holds of others"
