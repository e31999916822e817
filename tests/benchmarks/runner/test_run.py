"""Runs: what is finished is kept, and what fails is a missing run."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from zebroid.benchmarks.config.run_config import run_batches
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.receipts.curves import read
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.runner.result_store import Store
from zebroid.errors import UserError


def receipt(folder):
    """The one receipt below a folder, without its times."""
    (path,) = folder.glob("*/receipt.json")
    return Receipt.read(path).lasting


def test_finished_cells_are_not_trained_again(zebroid, suite, trained, tmp_path):
    path = suite()
    status, first, err = zebroid("run", path, "--out", "out")
    assert (status, err, len(trained)) == (0, "", 4)
    before = receipt(tmp_path / "out")
    _, second, _ = zebroid("run", path, "--out", "out")
    assert len(trained) == 4
    assert second.count(": kept") == 4
    assert receipt(tmp_path / "out") == before
    assert first.split("exact answers")[1] == second.split("exact answers")[1]


def test_finished_cells_are_shared_between_suites(zebroid, suite, trained):
    zebroid("run", suite(), "--out", "out")
    zebroid("run", suite(**{'"tiny"': '"other"', '"short"': '"brief"', ".short": ".brief"}))
    zebroid("run", suite(**{'"tiny"': '"other"', "steps = 100": "steps = 101"}), "--out", "out")
    assert len(trained) == 4 + 4 + 4  # another folder, then another recipe
    zebroid("run", suite(**{'"tiny"': '"third"'}), "--out", "out")
    assert len(trained) == 12


def test_a_raised_version_of_training_trains_again(zebroid, suite, trained, raised):
    zebroid("run", suite(), "--out", "out")
    raised()
    _, out, _ = zebroid("run", suite(), "--dry-run", "--out", "out")
    again = "(4 kept by training-1, to be trained again by training-2)"
    assert f"4 cells, 0 kept {again}; by its own" in out
    assert out.count("to redo") == 4
    zebroid("run", suite(), "--out", "out")
    assert len(trained) == 8
    _, out, _ = zebroid("run", suite(), "--dry-run", "--out", "out")
    assert "4 cells, 4 kept; by its own" in out


def test_two_folders_get_equal_receipts_and_equal_files(zebroid, suite, trained, tmp_path):
    for out in ("a", "b"):
        zebroid("run", suite(), "--out", out)
    assert receipt(tmp_path / "a") == receipt(tmp_path / "b")
    for name in ("questions.parquet", "answers.parquet", "curves.parquet", "scores.parquet"):
        (one,), (two,) = tmp_path.glob(f"a/*/{name}"), tmp_path.glob(f"b/*/{name}")
        assert one.read_bytes() == two.read_bytes()


def test_shares_and_filters_add_up_to_the_whole(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "whole")
    for part in (["--cells", "1/3"], ["--cells", "2/3"], ["--only", "mode=chain"]):
        status, out, _ = zebroid("run", suite(), "--out", "parts", *part)
        assert status == 0
        assert "more cells to the receipt" in out
        assert not list(tmp_path.glob("parts/*/receipt.json"))
    trained.clear()
    zebroid("run", suite(), "--out", "parts")
    assert len(trained) < 2
    assert receipt(tmp_path / "parts") == receipt(tmp_path / "whole")


def test_rows_of_one_table_had_the_same_questions(zebroid, suite, trained, tmp_path):
    fewer = '[[cells]]\nworld = "composition-v1/tiny"\nmode = "chain"\nmodel = "decoder-xs"\n'
    fewer += 'plan = "short"\nquestions = 20\n\n[plans.short]'
    status, _, err = zebroid("run", suite(**{"[plans.short]": fewer}), "--out", "out")
    assert (status, err) == (0, "")
    panels = receipt(tmp_path / "out")["panels"]
    name = "composition-v1/tiny"
    assert [p["name"] for p in panels] == [f"{name} (40 questions)", f"{name} (20 questions)"]
    (path,) = tmp_path.glob("out/*/receipt.json")
    assert [configuration.panel.name for configuration in read(path)] == [
        panels[i]["name"] for i in (0, 0, 1)
    ]
    assert zebroid("verify", path)[0] == 0


LOOPS = {'model = "decoder-xs"': 'model = { preset = "looped-s", query_loops = [4, 2, 8] }'}


def test_cells_that_differ_in_how_they_are_queried_are_made_by_one_training(
    zebroid, suite, trained, monkeypatch
):
    made = []

    def train_cells(cells, corpora, watch, draft, layout):
        made.append([cell.model for cell in cells])
        return [run.train_cell(cell, corpora, watch) for cell in cells]

    monkeypatch.setattr(run, "train_cells", train_cells)
    status, out, _ = zebroid("run", suite(**LOOPS), "--out", "out")
    assert (status, out.count(": trained in")) == (0, 12)
    assert made == [["looped-s", "looped-s[query_loops=2]", "looped-s[query_loops=8]"]] * 4
    made.clear()
    assert zebroid("run", suite(**LOOPS), "--out", "out")[0] == 0
    assert not made
    for share in ("1/2", "2/2"):
        assert zebroid("run", suite(**LOOPS), "--out", "parts", "--cells", share)[0] == 0
    assert [len(models) for models in made] == [3] * 4


def test_batches_hold_whole_trainings_and_no_more_than_they_may(suite):
    cells = load_suite(suite(**LOOPS)).cells
    assert [len(run_batch) for run_batch in run_batches(cells)] == [3] * 4
    assert [len(run_batch) for run_batch in run_batches(cells, 2)] == [6] * 2
    for run_batch in run_batches(cells, 2):
        assert (
            len({cell.vmap_group for cell in run_batch}) == 1
            and len({c.training for c in run_batch}) == 2
        )
    assert sorted(c.digest for run_batch in run_batches(cells) for c in run_batch) == sorted(
        c.digest for c in cells
    )


def test_a_failing_cell_is_a_missing_run_and_the_rest_goes_on(zebroid, suite, trained, monkeypatch):
    kind = run.train_cell

    def fails(cell, *rest):
        if cell.mode == "chain" and cell.seeds.init == 0:
            raise RuntimeError("out of\nmemory")
        return kind(cell, *rest)

    monkeypatch.setattr(run, "train_cell", fails)
    status, out, _ = zebroid("run", suite(), "--out", "out")
    assert status == 1
    assert len(trained) == 3
    assert "chain: 1 of 2 failed: RuntimeError: out of memory" in out
    monkeypatch.setattr(run, "train_cell", kind)
    status, out, _ = zebroid("run", suite(), "--out", "out")
    assert (status, len(trained)) == (0, 4)


def test_a_row_whose_cells_all_fail_is_printed_empty(
    zebroid, suite, trained, monkeypatch, tmp_path
):
    kind = run.train_cell

    def fails(cell, *rest):
        if cell.mode == "chain":
            raise UserError("no proof; give one")
        return kind(cell, *rest)

    monkeypatch.setattr(run, "train_cell", fails)
    status, out, _ = zebroid("run", suite(), "--out", "out")
    assert status == 1
    row = next(line for line in out.splitlines() if line.strip().startswith("chain "))
    assert set(row.split()[1:]) == {"–"}
    assert "chain: 2 of 2 failed: no proof; give one" in out
    found = receipt(tmp_path / "out")
    assert [c["failed"] for c in found["cells"]].count("no proof; give one") == 2
    assert len(list(tmp_path.glob("out/failures/*.txt"))) == 2


def test_a_suite_without_any_result_still_ends_in_words(zebroid, suite, monkeypatch):
    def fails(*_):
        raise UserError("no luck; try again")

    monkeypatch.setattr(run, "train_cell", fails)
    status, out, err = zebroid("run", suite(), "--out", "out")
    assert (status, err) == (1, "")
    assert "every cell failed: no luck" in " ".join(out.split())


def test_a_loss_that_is_not_finite_is_a_finished_failure(zebroid, suite, trained, monkeypatch):
    import dataclasses

    kind = run.train_cell

    def diverges(cell, *rest):
        result = kind(cell, *rest)
        broken = dataclasses.replace(result.run, failed="loss not finite at step 7")
        return dataclasses.replace(result, run=broken) if cell.mode == "direct" else result

    monkeypatch.setattr(run, "train_cell", diverges)
    for _ in range(2):
        status, out, _ = zebroid("run", suite(), "--out", "out")
        assert status == 1
        assert "direct: 2 of 2 failed: loss not finite at step 7" in out
    assert len(trained) == 4  # it would fail again


def test_a_damaged_result_is_named(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    cell = load_suite(suite()).cells[0]
    path = Store(tmp_path / "out").path(cell) / "answers.npz"
    whole = path.read_bytes()
    for broken in (whole[: len(whole) // 2], b"no archive"):
        path.write_bytes(broken)
        status, _, err = zebroid("run", suite(), "--out", "out")
        assert status == 2
        assert cell.digest[:16] in err and "delete the folder" in err and err.count("\n") == 1


def test_changed_answers_are_noticed(suite, trained, zebroid, tmp_path):
    zebroid("run", suite(), "--out", "out")
    cell = load_suite(suite()).cells[0]
    path = Store(tmp_path / "out").path(cell) / "answers.npz"
    with np.load(path) as file:
        arrays = dict(file)
    arrays["answer"][0, -1, 0] += 1
    np.savez_compressed(path, **arrays)
    with pytest.raises(UserError, match=r"damaged \(its digest is not that of cell.json\)"):
        Store(tmp_path / "out").load(cell)


def test_clean_removes_cells_and_keeps_receipts(zebroid, suite, trained, tmp_path, files):
    zebroid("run", suite(), "--out", "out")
    kept = [f for f in files(tmp_path / "out") if not f.startswith("cells/")]
    status, out, _ = zebroid("clean", "--out", "out")
    assert status == 0 and "removed 4 cells" in out
    assert files(tmp_path / "out") == kept
    assert zebroid("clean", "--out", "nowhere")[0] == 0


def test_a_suite_runs_on_the_world_of_a_file(zebroid, suite, trained, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from zebroid.worlds.catalog.composition import Composition\n"
        "class Mine(Composition):\n"
        "    id = 'acme.mine-v1'\n"
        "    sizes = {'few': {'entities': 12, 'relations': 6}}\n"
    )
    status, out, err = zebroid("run", suite(), "--world", "./mine.py", "--out", "out")
    assert (status, err, len(trained)) == (0, "", 4)
    assert re.search(r"acme\.mine-v1@[0-9a-f]{12}/few", out)
    assert {(c.world.partition("@")[0], c.size) for c in trained} == {("acme.mine-v1", "few")}


def test_dry_run_writes_nothing_and_says_what_it_would_cost(zebroid, suite, trained, tmp_path):
    status, out, _ = zebroid("run", suite(), "--dry-run", "--out", "out")
    assert status == 0
    assert out.count("to run") == 4
    assert "; by its own cost_minutes about 0.1 of 0.1 minutes on two cores" in out
    assert not (tmp_path / "out").exists()
    assert trained == []


def test_a_chain_is_expected_to_take_longer_than_an_answer(zebroid, suite, trained):
    def minutes(*words):
        message = zebroid("run", suite(**{"minutes = 0.1": "minutes = 100"}), "--dry-run", *words)[
            1
        ]
        return float(message.partition("about ")[2].split()[0])

    direct, chain = minutes("--only", "mode=direct"), minutes("--only", "mode=chain")
    assert direct + chain == minutes() == 100
    assert chain > 2 * direct


def test_cells_are_stored_as_plain_arrays_and_json(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    for path in tmp_path.glob("out/cells/*/cell.json"):
        json.loads(path.read_text("ascii"))
    for path in tmp_path.glob("out/cells/*/answers.npz"):
        with np.load(path, allow_pickle=False) as file:
            assert {array.dtype.kind for array in file.values()} <= {"i", "f"}


def test_an_interrupt_keeps_what_is_finished(zebroid, suite, trained, monkeypatch):
    kind = run.train_cell

    def interrupted(cell, *rest):
        if len(trained) == 2:
            raise KeyboardInterrupt
        return kind(cell, *rest)

    monkeypatch.setattr(run, "train_cell", interrupted)
    status, out, _ = zebroid("run", suite(), "--out", "out")
    assert status == 130 and "the same command goes on" in out
    monkeypatch.setattr(run, "train_cell", kind)
    assert zebroid("run", suite(), "--out", "out")[0] == 0
    assert len(trained) == 4
