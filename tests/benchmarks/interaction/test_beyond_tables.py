"""The page on protocols is computed from tables, and says in one line what is missing."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.interaction import beyond_tables, round_tables

WHO = {
    "cell": "a",
    "world": "w/tiny",
    "mode": "chain",
    "model": "m",
    "branch": "random",
    "round": 0,
}


def page(folder, name):
    path = folder / "page.md"
    path.write_text(f"<!-- beyond {name} data/it -->\n<!-- end of beyond -->\n")
    return path


def test_shares_after_a_quarter_half_and_all_queries_stand_with_their_interval(tmp_path):
    rows = [
        WHO | {"seed": str(seed), "draw": draw, "queries": n, "share": n / 8 + seed / 100}
        for seed in range(3)
        for draw in range(2)
        for n in range(9)
    ]
    round_tables.write(tmp_path / "data/it", round_tables.QUERIES, rows)
    path = page(tmp_path, "queries")
    assert beyond_tables.main([str(path)]) == 0
    (line,) = [text for text in path.read_text().splitlines() if "| random |" in text]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:3] == ["`w/tiny`", "random", "8"]
    assert [cell.partition(" ")[0] for cell in cells[3:]] == ["0.26", "0.51", "1.01"]
    assert (tmp_path / "figures" / "it-queries.svg").is_file()


def test_votes_have_a_verdict_and_small_groups_are_left_out(tmp_path):
    who = WHO | {"branch": "short"}
    rows = [
        who
        | {"seed": str(seed), "rung": rung, "way": "vote", "number": n, "flops": 10.0 * n}
        | {"questions": many, "right": many * min(1.0, 0.2 + 0.1 * n + seed / 100), "floor": 0.15}
        for seed in range(3)
        for n in (1, 2, 4, 8)
        for rung, many in (("instance", 40), ("schema", 20))
    ]
    round_tables.write(tmp_path / "data/it", round_tables.TEST_TIME, rows)
    path = page(tmp_path, "votes")
    assert beyond_tables.main([str(path)]) == 0
    text = path.read_text()
    assert "| `w/tiny` | short: instance | vote | 0.15 |" in text
    assert "| rising |" in text and "schema" not in text


def test_shares_of_a_learned_model_stand_by_round_and_of_scored_questions_alone(tmp_path):
    held = {
        "distance": 1,
        "questions": 40,
        "added": 0,
        "passed": None,
        "queries": 0,
        "statements": 1,
    }
    held |= {"passed": None, "flops": 1.0, "answer_flops": 1.0}
    held |= {"added_true": 0, "added_false": 0, "added_values": 0}
    who = WHO | held | {"branch": "verified", "rung": "instance"}
    rows = [
        who
        | {"seed": str(seed), "round": turn, "scored": scored, "right": right}
        | {"floor": floor if scored else None}
        for seed in range(3)
        for turn, floor in ((0, 0.1), (2, 0.5))
        for scored, right in ((True, 10 * (turn + 1)), (False, 40))
    ]
    round_tables.write(tmp_path / "data/it", round_tables.ROUNDS, rows)
    path = page(tmp_path, "production")
    assert beyond_tables.main([str(path)]) == 0
    last = "0.50 | +0.25 [+0.25, +0.25]"  # the floor of the last round, that reads what joined
    line = f"| `w/tiny` | verified | instance | 0.25 ± 0.00 | 0.75 ± 0.00 | {last} | 3 |"
    assert line in path.read_text()


def test_two_worlds_of_one_table_have_rows_of_their_own_in_its_figure(tmp_path, monkeypatch):
    held = {"distance": 1, "scored": True, "added": 0, "passed": None, "floor": 0.1}
    held |= {"queries": 0, "statements": 1, "flops": 1.0, "answer_flops": 1.0, "added_true": 0}
    held |= {"added_false": 0, "added_values": 0, "rung": "instance", "questions": 40}
    rows = [
        WHO | held | {"world": world, "cell": world, "seed": "0", "round": 0, "right": right}
        for world, right in (("one/tiny", 10), ("two/tiny", 30))
    ]
    round_tables.write(tmp_path / "data/it", round_tables.ROUNDS, rows)
    seen = {}
    grid = beyond_tables.grid
    monkeypatch.setattr(beyond_tables, "grid", lambda *given: seen.update(given[2]) or grid(*given))
    assert beyond_tables.main([str(page(tmp_path, "production"))]) == 0
    assert {name: cell.mean[0] for (name, _), cell in seen.items()} == {
        "random in one": 0.25,
        "random in two": 0.75,
    }
    assert {cell.floor for cell in seen.values()} == {0.1}


def test_a_learner_has_a_line_a_branch_and_rung_with_what_the_last_round_cost(tmp_path):
    held = {"distance": 1, "scored": False, "added": 0, "passed": None, "floor": None}
    held |= {"statements": 1, "answer_flops": 1e10, "added_false": 0, "added_values": 0}
    rows = [
        WHO
        | held
        | {"seed": str(seed), "round": turn, "rung": rung, "questions": many, "right": 10 * turn}
        | {"queries": 20 * turn, "added_true": 30 * turn, "flops": 9e10 * (turn + 1)}
        for seed in range(3)
        for turn in (0, 1)
        for rung, many in (("unknowable", 40), ("constituent", 20))
    ]
    round_tables.write(tmp_path / "data/it", round_tables.ROUNDS, rows)
    path = page(tmp_path, "learned")
    assert beyond_tables.main([str(path)]) == 0
    text = path.read_text()
    line = "| random | unknowable | 0.00 ± 0.00 | 0.25 ± 0.00 | 20 | 30 | 0 | 1.9e+11 | 3 |"
    assert line in text and "constituent" not in text


def test_what_joined_is_counted_by_round_as_a_mean_of_runs(tmp_path):
    who = WHO | {"rung": "instance", "distance": 1, "follows": True}
    rows = [
        who | {"seed": seed, "cell": seed, "round": turn, "fact": fact, "holds": holds}
        for seed, turn, fact, holds in (
            ("0", 1, '["two", "a", "b"]', True),
            ("0", 1, '["two", "c", "b"]', True),
            ("0", 1, '["two", "c", "d"]', False),
            ("1", 1, '["two", "a", "b"]', True),
            ("1", 2, '["two", "a", "c"]', False),
        )
    ]
    round_tables.write(tmp_path / "data/it", round_tables.CONCLUSIONS, rows)
    path = page(tmp_path, "joined")
    assert beyond_tables.main([str(path)]) == 0
    text = path.read_text()
    assert "| `w/tiny` | random | 1 | instance | 1 | 1.5 | 0.5 | 1.5 | 2 |" in text
    assert "| `w/tiny` | random | 2 | instance | 1 | 0.0 | 0.5 | 0.5 | 2 |" in text


@pytest.mark.parametrize("name", [*beyond_tables.MAKES])
def test_a_missing_table_is_one_line_and_the_page_stays(tmp_path, capsys, name):
    path = page(tmp_path, name)
    before = path.read_text()
    assert beyond_tables.main([str(path)]) == 2 and path.read_text() == before
    assert "run the suite, and copy its tables" in capsys.readouterr().err


def test_a_row_of_one_identity_stands_once(tmp_path):
    row = WHO | {"seed": "0", "added_true": 1, "added_false": 0}
    path = round_tables.write(tmp_path, round_tables.PLANTED, [row, row | {"added_true": 2}])
    assert round_tables.read(path, "SELECT added_true FROM read_parquet($path)") == [(1,)]
    again = round_tables.write(tmp_path / "again", round_tables.PLANTED, [row])
    assert again.read_bytes() == path.read_bytes()
