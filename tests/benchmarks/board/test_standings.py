"""Who is ranked, by what, and how a forger fares."""

from __future__ import annotations

import dataclasses
import json

import pytest
from zebroid.benchmarks.board.column_scores import places
from zebroid.benchmarks.board.entered import enter
from zebroid.benchmarks.board.entries import entries
from zebroid.benchmarks.board.standings import score, standings, why_unranked
from zebroid.benchmarks.board.suite_sheets import number, sheets
from zebroid.errors import InvalidReceipt, UserError

from .conftest import both, fresh, level, renamed, retrained, scores

HIGH, MID, LOW = (0.9, 0.93, 0.91), (0.7, 0.72, 0.69), (0.4, 0.41, 0.42)


@pytest.fixture
def base(made):
    return made()


def only(found):
    (entry,) = found
    return entry


def test_an_entry_is_the_mean_over_worlds_and_ranked_columns_and_its_rows_agree(
    ranks, base, collection
):
    collection.put(base)
    entry = only(entries(ranks, collection.read().entered)[0])
    assert (entry.model, entry.budget, entry.kind, entry.ours) == (
        *("decoder-xs", "fixed", "from scratch", True),
    )
    content = json.loads((base / "receipt.json").read_text())
    columns = {s.column.mode: s for s in entry.scores if s.column.ranked}
    for mode, column in columns.items():
        ((_, found),) = scores(content, mode)
        assert column.normalised is not None
        assert column.normalised.mean == pytest.approx(found["normalised"]["mean"])
        assert sum(column.counted.values()) / 3 == pytest.approx(found["normalised"]["mean"])
    both_modes = [sum(s.counted.values()) / 3 for s in columns.values()]
    assert score(entry).mean == pytest.approx(sum(both_modes) / 2)
    assert score(entry, "chain").mean == pytest.approx(sum(columns["chain"].counted.values()) / 3)


def test_ranks_are_of_retrained_rows_alone_and_all_others_stand_below(ranks, base, collection):
    for name, by_world in (("acme.a", HIGH), ("acme.b", LOW)):
        collection.put(base, both(level(by_world), renamed(name)), name)
    collection.put(base, renamed("acme.c"), "c")
    found = collection.read().entered
    assert not standings(ranks, found).lists  # nobody has trained them again
    board = standings(ranks, [*retrained(found[:2]), found[2]])
    (listed,) = board.lists
    assert [(p.name, p.first, p.last) for p in listed.places["chain"].values()] == [
        ("acme.a", 1, 1),
        ("acme.b", 2, 2),
    ]
    assert [e.label for e in board.declared] == ["acme.c"] and not board.verified
    collection.verify()
    assert [e.label for e in standings(ranks, collection.read().entered).verified]


def test_a_dropped_bad_seed_counts_as_nothing_and_is_not_ranked(ranks, base, collection):
    def drop(content):
        worst = content["cells"].pop(0)
        content["times"]["seconds"].pop(worst["digest"])

    collection.put(base, both(level(HIGH), renamed("acme.a"), drop), "a")
    entry = only(entries(ranks, retrained(collection.read().entered))[0])
    marked = {s.column.mode: s.mark for s in entry.scores if s.column.ranked}
    assert "missing" in marked.values()
    dropped = next(s for s in entry.scores if s.mark == "missing")
    assert max(dropped.counted.values()) <= 0 and dropped.value <= 0
    assert len(dropped.counted) == 3  # no mean is over fewer worlds
    board = standings(ranks, retrained(collection.read().entered))
    assert all("" not in one.places for one in board.lists)
    (sheet,) = sheets(board)
    row = dict(zip(sheet.header, (item.text for item in sheet.lines[0].items)))
    assert row["ranks"] == row["group"] == "–" and row["score"].endswith(", incomplete")
    assert row["score"].startswith(number(score(entry)))  # over all columns, and not the others
    assert any(note.startswith("Ranks by the columns of") for note in sheet.notes)


def test_a_failed_training_counts_as_nothing_and_never_less_than_a_bad_one(ranks, base, collection):
    def fail(content):
        for record in content["cells"]:
            if record["cell"]["mode"] == "chain" and record["cell"]["seeds"]["world"] == 1:
                record["failed"] = "out of memory"

    collection.put(base, both(level(HIGH), fail), "a")
    entry = only(entries(ranks, collection.read().entered)[0])
    chain = next(s for s in entry.scores if s.column.mode == "chain" and s.column.ranked)
    assert chain.mark == "failed" and {*chain.counted.values()} == {0.0}
    collection.put(base, both(level((0.0, 0.0, 0.0)), renamed("acme.b"), fail), "b")
    below = entries(ranks, collection.read().entered)[0][1]
    worse = next(s for s in below.scores if s.column.mode == "chain" and s.column.ranked)
    assert max(worse.counted.values()) < 0  # below the floor stays below it


def test_who_has_not_learned_its_corpus_counts_as_nothing(ranks, made, collection):
    collection.put(made("--model", "mlp-xs"))
    entry = only(entries(ranks, collection.read().entered)[0])
    assert {s.mark for s in entry.scores} == {"untrained"} and entry.baseline
    assert score(entry).mean <= 0


def test_extra_seeds_are_refused_so_nobody_chooses_among_more(ranks, base, collection):
    def more(content):
        for record in content["cells"]:
            record["cell"]["seeds"]["init"] += 100
        fresh(content)

    collection.put(base, more)
    found, refused = entries(ranks, collection.read().entered)
    assert not found and "none of the suite's" in refused[0].line


def test_the_same_cells_stand_once_with_the_lower_score_and_honest_rows_stay(
    ranks, base, collection
):
    collection.put(base, level(HIGH), "better")
    collection.put(base, level(MID), "worse")
    found, refused = entries(ranks, collection.read().entered)
    assert only(found).entered.folder.name == "worse" and "better" in refused[0].line
    # a forged copy that is worse does not push out a row that somebody has trained again
    honest, forged = sorted(collection.read().entered, key=lambda e: e.folder.name)
    found, _ = entries(ranks, [*retrained([honest]), forged])
    assert only(found).entered.folder.name == "better"


def test_rows_that_differ_in_plan_differ_in_label_and_stand_in_lists_of_their_own(
    ranks, base, collection
):
    def longer(content):
        for record in content["cells"]:
            record["cell"]["recipe"]["steps"] = 200
        fresh(content)

    collection.put(base, name="fixed")
    collection.put(base, longer, "free")
    found, _ = entries(ranks, retrained(collection.read().entered))
    assert {e.budget for e in found} == {"fixed", "free"}
    labels = [e.label for e in found]
    assert len({*labels}) == 2 and all("short" in label for label in labels)
    board = standings(ranks, retrained(collection.read().entered))
    assert [one.budget for one in board.lists] == ["fixed", "free"]


def test_two_plans_for_one_column_in_a_receipt_are_refused(ranks, base, collection):
    def twice(content):
        for record in [r for r in content["cells"] if r["cell"]["mode"] == "chain"]:
            cell = {**record["cell"], "plan": "other"}
            cell["recipe"] = {**cell["recipe"], "steps": 300}
            content["cells"].append({**record, "cell": cell, "digest": "0" * 64})
        fresh(content)

    collection.put(base, twice)
    found, refused = entries(ranks, collection.read().entered)
    assert not found and "2 plans in one column" in refused[0].line


def test_unequal_flops_in_a_ranked_list_are_stated(ranks, base, collection):
    def dearer(content):
        for record in content["cells"]:
            record["flops"] *= 2

    collection.put(base, renamed("acme.a"), "a")
    collection.put(base, renamed("acme.b"), "b")
    board = standings(ranks, retrained(collection.read().entered))
    assert "spent the same compute" in board.lists[0].flops
    collection.put(base, both(renamed("acme.c"), dearer), "c")
    board = standings(ranks, retrained(collection.read().entered))
    assert "FLOPs differ" in board.lists[0].flops and "unequal compute" in board.lists[0].flops


def test_one_corpus_has_no_rank_however_small_its_interval(ranks, base, collection):
    """The same plus-or-minus as five worlds would promise what one corpus cannot keep."""
    first = [c for c in ranks.cells if c.seeds.world == 0]
    alone = dataclasses.replace(ranks, cells=tuple(first))

    def one(content):
        content["cells"] = [c for c in content["cells"] if c["cell"]["seeds"]["world"] == 0]

    collection.put(base, one)
    entry = only(entries(alone, retrained(collection.read().entered))[0])
    assert why_unranked(entry) == "fewer than 3 worlds" and not ranks_of(alone, collection)
    assert score(entry).low is None


def ranks_of(suite, collection):
    return standings(suite, retrained(collection.read().entered)).lists


def test_what_an_erratum_affects_keeps_its_row_and_loses_its_rank(ranks, base, collection):
    collection.put(base)
    found = retrained(collection.read().entered)
    assert standings(ranks, found).lists
    marked = [dataclasses.replace(e, status="affected by erratum x") for e in found]
    board = standings(ranks, marked)
    assert not board.lists and why_unranked(board.verified[0]) == "affected by erratum x"


def test_floors_and_ceilings_are_rows_and_strategies_without_the_rule_get_nothing(
    ranks, base, collection
):
    collection.put(base)
    board = standings(ranks, collection.read().entered)
    rows = {r.label: r for r in board.references}
    assert {"chance", "association", "floor", "reuser", "inductor", "deducer"} <= {*rows}
    for name in ("chance", "association", "floor"):
        for column in rows[name].scores:
            assert max(column.counted.values(), default=0.0) <= 1e-9, (name, column.column.name)
    ranked = [s for s in rows["deducer"].scores if s.column.ranked]
    assert all(s.normalised and s.normalised.mean == pytest.approx(1) for s in ranked)


def test_columns_of_other_worlds_rank_nothing_together(ranks):
    first = ranks.columns[0]
    cells = [c for c in ranks.cells if c.mode != first.mode or c.seeds.world]
    with pytest.raises(InvalidReceipt, match="different worlds"):
        places(dataclasses.replace(ranks, cells=tuple(cells)))


def test_what_is_not_to_be_cited_stands_on_no_board_under_any_name(base, collection):
    def smoke(content):
        content["suite"]["id"] = "smoke"

    collection.put(base, smoke)
    (line,) = collection.read().refused
    assert "suite smoke is not to be cited" in line and "\n" not in line


def test_the_record_beside_a_receipt_is_not_believed(base, collection):
    folder = collection.put(base)
    collection.verify()
    assert collection.read().entered[0].trust.kind == "verified"
    (collection.top / "verified.json").rename(folder / "verified.json")
    assert collection.read().entered[0].trust.kind == "declared"
    (folder / "verified.json").unlink()
    (collection.top / "verified.json").write_text('{"receipts": []}')
    with pytest.raises(UserError, match="is damaged"):
        enter([collection.top])


def test_another_suite_about_some_of_the_same_questions_is_no_entry(ranks, base, collection):
    def other(content):
        content["suite"]["id"] = "instruments"
        content["cells"] = [c for c in content["cells"] if c["cell"]["seeds"]["world"] < 2]

    collection.put(base, other)
    assert entries(ranks, collection.read().entered) == ([], [])

    def whole(content):
        content["suite"]["id"] = "instruments"

    collection.put(base, whole, "whole")
    assert [e.entered.folder.name for e in entries(ranks, collection.read().entered)[0]] == [
        "whole"
    ]
