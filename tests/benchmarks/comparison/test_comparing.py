"""zebroid compare: two receipts, or two rows of one, cell by cell."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
from zebroid.benchmarks.comparison.differences import differences
from zebroid.benchmarks.comparison.pairing import pairing
from zebroid.benchmarks.comparison.sides import side
from zebroid.errors import UserError

pytestmark = pytest.mark.long


@pytest.fixture
def edited(grid, tmp_path):
    """edited(change) -> a copy of the receipt with its JSON changed."""

    def write(change):
        folder = shutil.copytree(grid, tmp_path / "edited", dirs_exist_ok=True)
        path = folder / "receipt.json"
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
        return folder

    return write


def compared(a, b):
    found = pairing(side("A", str(a)), side("B", str(b)))
    return found, differences(found)[0]


def test_two_models_of_one_receipt_are_compared_mode_by_mode(grid):
    found, scores = compared(f"{grid}#decoder-xs", f"{grid}#lstm-xs")
    assert found.differs == {"model": ("decoder-xs", "lstm-xs")} and not found.left_out
    assert {score.row for score in scores} == {"direct short", "chain short"}
    recall = next(s for s in scores if (s.row, s.instrument) == ("direct short", "recall"))
    assert (recall.a, recall.corpora, recall.runs, recall.pairs.over) == (1.0, 3, 6, "worlds")
    assert recall.pairs.difference.mean == pytest.approx(recall.a - recall.b)
    assert recall.sure and 0.1 < recall.pairs.difference.low < 0.2 < recall.pairs.difference.high
    same = next(s for s in scores if (s.row, s.instrument) == ("direct short", "constituent"))
    assert not same.sure  # neither derives anything there


def test_a_minus_b_is_b_minus_a_with_the_other_sign(grid):
    _, there = compared(f"{grid}#decoder-xs chain", f"{grid}#lstm-xs chain")
    _, back = compared(f"{grid}#lstm-xs chain", f"{grid}#decoder-xs chain")
    for one, other in zip(there, back):
        a, b = one.pairs.difference, other.pairs.difference
        assert (a.mean, a.low, a.p) == pytest.approx((-b.mean, -b.high, b.p))
        assert (one.a, one.b, one.p) == pytest.approx((other.b, other.a, other.p))
        for x, y in zip(one.splits["difference"].components, other.splits["difference"].components):
            assert x.estimate == pytest.approx(y.estimate)


def test_many_differences_are_corrected_for_their_number(grid):
    _, scores = compared(f"{grid}#decoder-xs", f"{grid}#lstm-xs")
    _, few = compared(f"{grid}#decoder-xs direct", f"{grid}#lstm-xs direct")
    assert all(score.p >= score.pairs.difference.p for score in scores)
    assert min(s.p for s in scores) > min(s.p for s in few) > 0


def test_the_variance_of_a_suite_is_split_over_worlds_and_runs(grid):
    _, scores = compared(f"{grid}#direct", f"{grid}#chain")
    for score in scores:
        for split in score.splits.values():
            assert [c.axes for c in split.components] == [("world",), ("init", "order")]
            assert split.unidentified == {"exposure": "one seed"}


def test_table_csv_and_json_agree(zebroid, grid):
    both = f"{grid}#direct", f"{grid}#chain"
    status, out, _ = zebroid("compare", *both)
    assert status == 0
    assert "mode: direct in A, chain in B" in out and "A - B, 95%" in out
    assert "not identified, one seed: exposure" in out and "with init" in out
    assert "not separable, for they vary together: init + order" in out
    rows = [*csv.DictReader(zebroid("compare", *both, "--csv")[1].splitlines())]
    content = json.loads(zebroid("compare", *both, "--json")[1])
    assert zebroid("compare", *both, "--csv", "--json")[0] == 2
    assert len(rows) == len(content["differences"]) > 4
    for row, one in zip(rows, content["differences"]):
        assert row["instrument"] == one["instrument"]
        assert float(row["difference"]) == pytest.approx(one["difference"], abs=1e-8)
        assert row["variance_exposure"] == "not identified"
        assert row["variance_order"] == "with init"
        assert {*one["variance"]} == {"difference", "A", "B"}
    assert "mode: direct in A, chain in B" in content["notes"]


def test_what_else_differs_stands_in_plain_lines(zebroid, grid, edited):
    def change(content):
        content["training"] = "training-9"
        content["environments"][0]["versions"]["jax"] = "0.0.1"
        content["environments"][0]["commit"] = "0" * 40
        for record in content["cells"]:
            record["flops"] *= 2
            record["device"] = "gpu: none x 1"
        content["cells"][0]["failed"] = "no memory"

    other = edited(change)
    status, out, _ = zebroid("compare", grid, other)
    assert status == 0
    for line in (
        "unequal FLOPs a run",
        "training: training-1 in A, training-9 in B",
        "device: cpu: none x 1 in A, gpu: none x 1 in B",
        "0.0.1 in B",
        "000000000000 in B",
        "1 of 24 failed",
        "1 runs of A have no counterpart, and are left out",
    ):
        assert line in out, line
    assert "the same receipt" not in out


def test_a_receipt_against_itself_differs_in_nothing(zebroid, grid):
    status, out, _ = zebroid("compare", grid, grid)
    assert status == 0 and "A and B are the same receipt: every difference is 0" in out
    assert "0 of " in out


def test_receipts_of_other_corpora_are_refused_in_one_line(zebroid, grid, edited):
    def change(content):
        for record in content["cells"]:
            record["corpus"] = "0" * 64

    status, out, err = zebroid("compare", grid, edited(change))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "no corpus in common: A has composition-v1/tiny seeds 0,0" in err


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("#nonsense", "", "it has mode chain, direct; model decoder-xs, lstm-xs; plan short"),
        ("#direct chain", "", "give fewer words"),
        ("/none", "", "cannot read"),
    ],
)
def test_what_is_not_there_is_one_line(zebroid, grid, a, b, why):
    status, out, err = zebroid("compare", f"{grid}{a}", f"{grid}{b}")
    assert (status, out, err.count("\n")) == (2, "", 1) and why in err


def test_a_table_that_is_not_the_receipts_is_refused(zebroid, grid, edited):
    folder = edited(lambda content: None)
    path = folder / "answers.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    status, out, err = zebroid("compare", grid, folder)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "is not the file of this receipt" in err


def test_a_receipt_of_failures_alone_has_nothing_to_compare(edited):
    def change(content):
        for record in content["cells"]:
            record["failed"] = "no memory"

    with pytest.raises(UserError, match="every cell failed"):
        side("A", str(edited(change)))
