"""README's head of the board: entries that have all columns, the ranked first, then references."""

import pytest
from zebroid import registry
from zebroid.benchmarks.board import board_head
from zebroid.benchmarks.board.flat_files import CSV
from zebroid.benchmarks.docs.writing.doc_blocks import pattern
from zebroid.errors import UserError


def line(row, column, **known):
    return {**dict.fromkeys(CSV, ""), "board": "core-v1", "row": row, "column": column, **known}


def entry(row, mean, **known):
    score = {"normalised": f"{mean}", "low": f"{mean - 0.2}", "high": f"{mean + 0.1}"}
    spent = {"list": "verified", "trust": "verified", "flops": "1e14"}
    return [
        line(row, "score", **score | spent | known),
        line(row, "direct: constituent", list="verified", mark=known.get("mark", "")),
    ]


FLOOR = line("floor", "direct: constituent", list="reference", ranked="true", counted="0")


def test_ranked_rows_show_their_interval_of_ranks_and_others_none():
    rows = [
        *entry("one", 0.5, rank_first="1", rank_last="2", group="1"),
        *entry("two", 0.25),
        FLOOR,
    ]
    table = [*board_head.head("core-v1", rows)][2:]
    assert table == [
        "| 1–2 | one | .50 ±.20 | verified | 1.0e+14 |",
        "| – | two | .25 ±.20 | verified | 1.0e+14 |",
        "| – | *floor* | .00 | | |",
    ]


def test_a_score_of_too_few_worlds_has_no_interval_and_flops_that_nobody_declared_are_none():
    table = [*board_head.head("core-v1", entry("few", 0.5, low="", high="", flops=""))][2:]
    assert table == ["| – | few | .50, no interval | verified | – |"]


def test_an_entry_that_lacks_a_training_is_left_to_the_board():
    rows = [*entry("whole", 0.1), *entry("half", 0.9, mark="missing"), FLOOR]
    text = "\n".join(board_head.head("core-v1", rows))
    assert "whole" in text and "half" not in text


def test_rows_beyond_the_first_are_counted():
    rows = [one for i in range(board_head.FIRST + 2) for one in entry(f"m{i}", 0.5)]
    assert [*board_head.head("core-v1", rows)][-1] == "2 more stand on the board."


def test_a_suite_that_the_board_lacks_is_named(tmp_path, capsys):
    with pytest.raises(UserError, match="no suite 'core-v9'; it has core-v1"):
        list(board_head.head("core-v9", [FLOOR]))
    page = tmp_path / "page.md"
    page.write_text("<!-- board head elsewhere core-v1 -->\n<!-- end of board -->\n")
    assert board_head.main([str(page)]) == 2
    assert "leaderboard.csv" in capsys.readouterr().err


def test_the_head_in_readme_is_that_of_the_committed_board():
    root = registry.ROOT
    page = (root / "README.md").read_text("utf-8")
    found = pattern(board_head.KIND).search(page)
    assert found is not None
    made = board_head._head(root, "docs/board core-v1")
    assert found[0].splitlines()[2:-2] == [*made], "run: make board"
