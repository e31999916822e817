"""zebroid board: models of many receipts beside one another, as Markdown, data and a site."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from zebroid.benchmarks.board import world_tables
from zebroid.benchmarks.board.board import build_board
from zebroid.benchmarks.board.column_scores import axiom_control
from zebroid.benchmarks.board.flat_files import document, table
from zebroid.benchmarks.board_site.site import write
from zebroid.errors import UserError

from .conftest import both, level, renamed, scores


def boards(out):
    """Title -> the rows of its table, as lists of cells."""
    found = {}
    for part in out.split("## ")[1:]:
        title, *lines = part.splitlines()
        rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        found[title] = rows
    return found


def test_models_of_two_receipts_stand_in_one_unranked_table_of_their_world(
    zebroid, made, collection
):
    one = collection.put(made(), name="one")
    other = collection.put(made("--model", "lstm-xs"), name="other")
    zebroid("board", one)
    status, out, _ = zebroid("board", one, other / "receipt.json")
    assert status == 0
    found = boards(out)
    assert {*found} == {"composition-v1/tiny"}
    head, floor, *rows = found["composition-v1/tiny"]
    assert head[:5] == ["model, mode (plan)", "receipt", "trust", "corpora", "recall"]
    assert floor[0] == "floor" and any(", " in cell for cell in floor)  # its strategy is named
    assert sum(name.startswith("**") for name in head) == 1  # what orders the table
    assert sorted(row[:4] for row in rows) == [
        ["decoder-xs, chain (short)", "1", "declared", "3"],
        ["decoder-xs, direct (short)", "1", "declared", "3"],
        ["lstm-xs, chain (short)", "2", "declared", "3"],
        ["lstm-xs, direct (short)", "2", "declared", "3"],
    ]
    assert re.search(r"^1\. suite ranks@\w+, .*^2\. suite ranks", out, re.MULTILINE | re.DOTALL)
    assert zebroid("board", one, one / "receipt.json", other)[1] == out  # given twice, stands once


def entry(untrained=False, **found) -> Any:
    """A row of a table: instrument -> its score above the floor; None: reuse by likeness."""
    rungs = {
        name: SimpleNamespace(
            rung=name.partition(" ")[0],
            normalised=None if value is None else SimpleNamespace(value=value),
            accuracy=SimpleNamespace(mean=0.9),
        )
        for name, value in found.items()
    }
    return SimpleNamespace(rungs=rungs, untrained=untrained)


def test_a_table_is_ordered_by_the_first_instrument_beyond_reuse_that_leaves_room():
    names = ["recall", "instance", "constituent", "schema"]
    rows = [entry(recall=1.0, instance=0.9, constituent=None, schema=0.4)]
    assert world_tables.ordering(rows, names) == "schema"
    rows = [entry(recall=1.0, instance=0.9, constituent=0.1, schema=0.4)]
    assert world_tables.ordering(rows, names) == "constituent"
    good, bad = entry(schema=0.4), entry(untrained=True, schema=0.9)
    assert world_tables.value(good, "schema") == 0.4
    assert world_tables.value(bad, "schema") == 0.0
    assert world_tables.value(entry(depth=0.4), "schema") < 0


def test_an_axiom_score_is_never_printed_without_its_control(made, collection):
    def axiom(content):
        for row, score in scores(content):
            row["rungs"]["axiom"] = {**score, "rung": "axiom"}

    def control(content):
        axiom(content)
        for profile in content["panels"][0]["profiles"]:
            share = {"kind": "deduction", "instrument": "axiom", "measure": "above its twin"}
            share |= {"value": 0.3, "low": 0.1, "high": 0.5, "over": "worlds", "note": ""}
            profile["shares"].append(share | {"absent": ""})

    folder = collection.put(made(), axiom)
    board = build_board([folder])
    head, *_ = board.world_sheets[0].header, None
    place = head.index("axiom")
    chain = [r for r in board.world_sheets[0].lines if "chain" in r.items[0].text]
    assert [r.items[place].text for r in chain] == ["no control"]
    rows = [r for r in csv.DictReader(table(board).splitlines()) if r["column"] == "axiom"]
    assert rows and all(not r["accuracy"] and not r["normalised"] for r in rows)
    board = build_board([collection.put(made(), control)])
    chain = [r for r in board.world_sheets[0].lines if "chain" in r.items[0].text]
    assert "above its twin 0.30 [0.10, 0.50]" in chain[0].items[place].text


def test_an_interval_of_one_corpus_says_so(made, collection):
    def one(content):
        kept = content["cells"][0]["corpus"]
        content["cells"] = [c for c in content["cells"] if c["corpus"] == kept]

    text = build_board([collection.put(made(), one)]).markdown()
    assert "¹ one corpus" in text and re.search(r"\| 1 \| [^|]*±[^|]*¹", text)
    assert "¹" not in build_board([collection.put(made())]).markdown()


def test_nothing_to_rank_is_one_line(zebroid, made, collection, suite, tmp_path):
    folder = collection.put(made())
    for words, why in (
        ((tmp_path / "none",), "none of these receipts has a model with a score: "),
        ((folder, "--suite", suite()), "ranks nothing: none of its cells names columns"),
        ((folder, "--verify"), "give the folder that holds receipts"),
        ((folder, "--to", collection.top), "is there and no board"),
    ):
        status, out, err = zebroid("board", *words)
        assert (status, out, err.count("\n")) == (2, "", 1) and why in err


def test_equal_receipts_give_equal_bytes_and_a_board_replaces_itself_alone(
    made, collection, tmp_path, ranks
):
    collection.put(made(), name="one", entrant="Lab <b>x</b>")
    collection.put(made(), both(level((0.5, 0.6, 0.7)), renamed("acme.x")), "two")
    collection.verify()
    suite = str(made().parents[1] / "ranks.toml")
    site = write(build_board([collection.top], [suite]), tmp_path / "site")
    first = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    (site / "left over").write_text("x")
    write(build_board([collection.top], [suite]), site)
    assert {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()} == first
    text = (site / "LEADERBOARD.md").read_text()
    assert "ranks: Verified, not retrained: no ranks" in text
    content = json.loads((site / "leaderboard.json").read_text())
    rows = content["suites"][ranks.name]["rows"]
    assert {r["entrant"] for r in rows} == {"", "Lab <b>x</b>"} and not any(
        r["ranked"] for r in rows
    )
    page = (site / "index.html").read_text()
    assert "Lab &lt;b&gt;x&lt;/b&gt;" in page and "<b>x</b>" not in page
    (archive,) = [p for p in site.glob("receipts/*.zip") if _holds(p, "submission.toml")]
    with zipfile.ZipFile(archive) as found:
        data = found.read(f"{archive.stem}/answers.parquet")
    digest = json.loads((made() / "receipt.json").read_text())["files"]["answers.parquet"]
    assert hashlib.sha256(data).hexdigest() == digest
    pages = [p.read_text() for p in site.rglob("*.html")]
    assert all("Content-Security-Policy" in p and "http://" not in p for p in pages)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("")
    with pytest.raises(UserError, match="no board"):
        write(build_board([collection.top], [suite]), tmp_path / "mine")
    assert json.loads(document(build_board([collection.top], [suite]))) == content


def _holds(path, name):
    with zipfile.ZipFile(path) as found:
        return any(entry.endswith(name) for entry in found.namelist())


def test_all_receipts_are_verified_and_the_record_keeps_which_passed(
    zebroid, inside, made, collection
):
    collection.put(made(), name="good")
    collection.put(made(), level((0.9, 0.9, 0.9)), "forged")
    status, out, _ = zebroid("board", collection.top, "--verify")
    assert status == 1 and "not verified: forged: " in out
    record = json.loads((collection.top / "verified.json").read_text())
    assert [*record["receipts"].values()] == ["good"]
    assert " verified | 3 |" in out and " declared | 3 |" in out


def test_the_control_of_one_row_is_none_of_another_whose_label_begins_alike():
    share = {"measure": "above its twin", "instrument": "axiom", "value": 0.3, "low": 0.1}
    share |= {"high": 0.5, "note": ""}
    panel: Any = SimpleNamespace(profiles=[{"label": "chain lstm-big", "shares": [share]}])
    assert axiom_control(panel, "chain lstm", "axiom") == ""
    assert axiom_control(panel, "chain lstm-big", "axiom") == "above its twin 0.30 [0.10, 0.50]"
    assert axiom_control(panel, "chain lstm-big", "axiom two") == ""
