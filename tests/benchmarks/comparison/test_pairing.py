"""Runs are paired on the same corpus, by seed where both have it, on the questions in common."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from zebroid.benchmarks.comparison.comparison_report import as_csv
from zebroid.benchmarks.comparison.differences import differences
from zebroid.benchmarks.comparison.pairing import pairing
from zebroid.benchmarks.comparison.plain_lines import plain_lines
from zebroid.benchmarks.comparison.sides import Answers, Side
from zebroid.benchmarks.config.run_config import Seeds
from zebroid.errors import UserError

pytestmark = pytest.mark.long


@pytest.fixture
def answers(grid):
    """answers(right, seeds, corpus, questions, names) -> what one made-up training answered."""
    from zebroid.benchmarks.receipts.bounds import cells_of
    from zebroid.benchmarks.receipts.receipt import Receipt

    receipt = Receipt.read(grid / "receipt.json")
    cell = cells_of(receipt)[receipt.cells[0].digest]

    def make(right, seeds=(0, 0, 0, 0), corpus="a", questions=None, **names):
        right = np.asarray(right, bool)
        number = np.arange(len(right)) if questions is None else np.asarray(questions)
        mine = dataclasses.replace(cell, seeds=Seeds(*seeds), **names)
        record: Any = SimpleNamespace(
            corpus=corpus, flops=1.0, parameters=1, device="cpu: x", environment=None
        )
        return Answers(mine, record, number, right, np.full(len(right), "schema", object))

    return make


def sides(*both) -> Any:
    receipt: Any = SimpleNamespace()
    trust = SimpleNamespace(kind="declared")
    return [
        Side(name, receipt, trust, tuple(answers), ())  # type: ignore[arg-type]
        for name, answers in zip("AB", both)
    ]


def half(n, share=0.5):
    return np.arange(n) < share * n


def test_runs_are_paired_by_their_seeds(answers):
    a = [answers(half(60), (0, 0, i, i)) for i in (0, 1, 2)]
    b = [answers(half(60), (0, 0, i, i)) for i in (2, 1, 5)]
    found = pairing(*sides(a, b))
    (row,) = found.pairs
    pairs = [(x.cell.seeds.init, y.cell.seeds.init) for x, y in row.corpora["a"]]
    assert pairs == [(1, 1), (2, 2)] and row.by_seed and row.alone == (1, 1)
    assert [*found.left_out] == [
        f"1 runs of {name} have no counterpart, and are left out" for name in "AB"
    ]


def test_runs_without_common_seeds_are_paired_in_order(answers):
    a = [answers(half(60), (0, 0, i, i)) for i in (3, 0)]
    b = [answers(half(60), (0, 0, i, i)) for i in (7, 9, 8)]
    (row,) = pairing(*sides(a, b)).pairs
    pairs = [(x.cell.seeds.init, y.cell.seeds.init) for x, y in row.corpora["a"]]
    assert pairs == [(0, 7), (3, 8)] and not row.by_seed and row.alone == (0, 1)


def test_only_questions_that_both_answered_count(answers):
    a = answers(half(100), questions=np.arange(100))
    b = answers(np.zeros(80), questions=np.arange(20, 100))
    (score,), few = differences(pairing(*sides([a], [b])))
    assert score.pairs.questions == 80 and not few
    assert score.a == pytest.approx(30 / 80) and score.b == 0
    assert score.pairs.over == "questions"
    c = answers(np.zeros(20), questions=np.arange(90, 110))
    none, few = differences(pairing(*sides([a], [c])))
    row = "composition-v1/tiny direct decoder-xs short"
    assert not none and few == [f"{row}: schema has 10 questions in common, too few"]


def test_modes_that_only_one_side_has_are_named_and_left_out(answers):
    a = [answers(half(60)), answers(half(60), mode="chain")]
    found = pairing(*sides(a, [answers(half(60))]))
    assert len(found.pairs) == 1 and not found.differs
    assert "mode chain is of A alone, and left out" in found.left_out


def test_several_models_against_others_need_a_label(answers):
    a = [answers(half(60), model=name) for name in ("decoder-xs", "lstm-xs")]
    b = [answers(half(60), model=name) for name in ("gru-xs", "mlp-xs")]
    with pytest.raises(UserError, match="name one of each, as in A#decoder-xs B#gru-xs"):
        pairing(*sides(a, b))
    assert pairing(*sides(a[:1], b[:1])).differs == {"model": ("decoder-xs", "gru-xs")}


def test_corpora_of_one_side_alone_are_left_out(answers):
    a = [answers(half(60), (w, 0, 0, 0), corpus=str(w)) for w in range(3)]
    b = [answers(half(60), (w, 0, 0, 0), corpus=str(w)) for w in range(1, 4)]
    found = pairing(*sides(a, b))
    assert [*found.pairs[0].corpora] == ["1", "2"] and len(found.left_out) == 2


def test_an_equal_plan_of_other_numbers_is_named(answers, grid):
    a = answers(half(60))
    plan = dataclasses.replace(a.cell.recipe, steps=7)
    b = answers(half(60), recipe=plan)
    from zebroid.benchmarks.receipts.receipt import Receipt

    receipt = Receipt.read(grid / "receipt.json")
    one, other = (dataclasses.replace(s, receipt=receipt) for s in sides([a], [b]))
    found = pairing(one, other)
    lines = plain_lines(one, other, found, differences(found)[0])
    assert "plan.steps: 100 in A, 7 in B" in lines


def test_no_spreadsheet_takes_a_name_for_a_formula(answers):
    a = [answers(half(60), plan="=1+1")]
    scores, _ = differences(pairing(*sides(a, a)))
    assert "=1+1" in scores[0].row
    scores = [dataclasses.replace(scores[0], row="=1+1")]
    assert ",'=1+1," in as_csv(scores)
