"""The way of an outside entry: a model in a package of its own, run, verified, on the board."""

from __future__ import annotations

import json

import pytest
from zebroid.benchmarks.board.board import build_board

from .conftest import RANKS

pytestmark = pytest.mark.long


def test_a_model_of_a_package_is_run_verified_and_stands_on_the_board_without_a_rank(
    zebroid, acme, inside, unverified, tmp_path, quiet
):
    suite = tmp_path / "ranks.toml"
    suite.write_text(RANKS.replace("steps = 100", "steps = 20").replace("short", "brief"))
    status, out, _ = zebroid("run", suite, "--model", "acme.recency", "--out", "entry")
    assert status == 0
    (folder,) = (tmp_path / "entry").glob("ranks+acme.recency-*")
    (folder / "submission.toml").write_text('entrant = "Acme"\ntrials = 3\n')
    words = ("board", "entry", "--suite", suite, "--to", "site", "--verify")
    status, out, _ = zebroid(*words)
    assert status == 1 and "not verified: ranks+acme.recency" in out  # no plugin is loaded unasked
    status, out, _ = zebroid(*words, "--allow-plugins")
    assert status == 0 and "loading model acme.recency" in out
    board = build_board([tmp_path / "entry"], [str(suite)])
    ((entry,),) = [found.verified for found in board.standings]
    assert (entry.label, entry.budget, entry.ours) == ("acme.recency", "fixed", False)
    assert entry.entered.entrant == "Acme" and entry.cost.trials == 3
    row = json.loads((tmp_path / "site" / "leaderboard.json").read_text())["suites"]
    assert [r["unranked"] for found in row.values() for r in found["rows"]] == [""]
    pages = [*(tmp_path / "site" / "entries").glob("*.html")]
    assert len(pages) == 1 and "acme.recency" in pages[0].read_text()
    assert "versions" in json.loads((folder / "receipt.json").read_text())
