"""An outsider's entry as it is committed: a plugin's model, verified, and on the board as theirs.

Made by ``zebroid run tests/plugins/entry/ranks.toml --model acme.recency`` with the package
tests/plugins/acme installed; make it anew where the training or the schema gets a new version.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.board.board import build_board

pytestmark = pytest.mark.slow
ENTRY = Path(package.__file__).resolve().parent / "tests" / "plugins" / "entry"


@pytest.fixture
def entry(tmp_path):
    """A collection that holds the committed entry, and the words of its board."""
    shutil.copytree(ENTRY / "acme", tmp_path / "entry" / "acme")
    return "board", "entry", "--suite", ENTRY / "ranks.toml", "--to", "site", "--verify"


def test_it_is_verified_with_its_package_and_stands_as_an_outsiders_without_a_rank(
    zebroid, acme, inside, unverified, entry, tmp_path
):
    status, out, _ = zebroid(*entry)
    assert status == 1 and "not verified: acme: " in out  # no plugin is loaded unasked
    status, out, _ = zebroid(*entry, "--allow-plugins")
    assert status == 0 and "'acme_plugin.recency:RecencySpec'" in out and "not verified" not in out
    board = build_board([tmp_path / "entry"], [str(ENTRY / "ranks.toml")])
    ((found,),) = [standing.verified for standing in board.standings]
    assert (found.label, found.ours, found.budget) == ("acme.recency", False, "fixed")
    assert (found.entered.entrant, found.cost.trials) == ("Acme", 0)
    written = json.loads((tmp_path / "site" / "leaderboard.json").read_text())["suites"]
    assert [row["model"] for of in written.values() for row in of["rows"]] == ["acme.recency"]
    table = (tmp_path / "site" / "LEADERBOARD.md").read_text()
    assert "Verified, not retrained: no ranks" in table
    assert "\n| acme.recency | " in table and "| Acme |" in table  # one of ours bears a mark
    pages = [*(tmp_path / "site" / "entries").glob("*.html")]
    assert len(pages) == 1 and "Acme" in pages[0].read_text()


def test_a_better_score_than_its_answers_have_is_not_verified(
    zebroid, acme, inside, unverified, entry, tmp_path
):
    path = tmp_path / "entry" / "acme" / "receipt.json"
    text = path.read_text()
    content = json.loads(text)
    model = next(r for r in content["panels"][0]["rows"] if r["kind"] == "model")
    model["rungs"]["constituent"]["accuracy"]["mean"] = 0.9
    path.write_text(json.dumps(content))
    status, out, _ = zebroid(*entry, "--allow-plugins")
    assert status == 1 and "not verified: acme" in out
