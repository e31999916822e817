"""docs/instruments.md: what makes an instrument live, and what the page says of each."""

from __future__ import annotations

import shutil

import pytest
from zebroid import registry
from zebroid.benchmarks.docs import instrument_tables
from zebroid.benchmarks.docs.instrument_status import (
    HEADROOM,
    LIVE,
    OPEN,
    REUSE,
    Instrument,
    Score,
)
from zebroid.errors import UserError


def score(above, most, label="decoder-s"):
    return Score(label, 0.5, 0.4, 0.6, above, most, False, "1500 x 256")


def instrument(*scores, floor=0.1, pivotal=1.0):
    return Instrument("w-v1/small", "depth", "p", "chain", floor, "likeness", 0.0, pivotal, scores)


ABOVE, AT, BELOW = score(0.2, 0.6), score(-0.1, 0.2), score(-0.2, 0.0)


@pytest.mark.parametrize(
    "scores, status",
    [
        ((ABOVE, BELOW), LIVE),
        ((ABOVE,), OPEN),  # nobody is known to fail
        ((ABOVE, AT), OPEN),  # nor surely
        ((AT, BELOW), HEADROOM),
        ((), HEADROOM),
    ],
)
def test_live_is_what_one_model_surely_masters_and_another_surely_does_not(scores, status):
    assert instrument(*scores).status == status


def test_who_answers_nothing_is_surely_not_above_floors_that_differ_by_world():
    """A normalised score is never above the raw one, however wide floors make its interval."""
    silent = Score("mlp-s", 0.0, 0.0, 0.01, -0.5, 0.3, True, "1500 x 256")
    some = Score("mlp-s", 0.1, 0.0, 0.2, -0.5, 0.3, True, "1500 x 256")
    assert instrument(ABOVE, silent).status == LIVE
    assert instrument(ABOVE, some).status == OPEN


def test_what_likeness_answers_is_reuse_whatever_models_get():
    assert instrument(ABOVE, BELOW, floor=0.95).status == REUSE


@pytest.mark.parametrize("fault", [{"floor": 0.4}, {"pivotal": 0.2}])
def test_a_target_for_the_field_has_low_floors_and_ingredients_that_decide(fault):
    assert instrument(AT, **fault).status == OPEN


def test_the_best_model_is_the_one_whose_worst_case_is_best():
    sure, lucky = score(0.2, 0.3, "sure"), score(-0.1, 0.9, "lucky")
    assert instrument(lucky, sure).best is sure


def test_scores_say_what_has_not_learned_its_corpus():
    untrained = Score("mlp-s", 0.1, 0.05, 0.12, -0.1, 0.0, True, "10 x 8")
    assert str(untrained) == "mlp-s 0.10 ± 0.05†"
    assert "†" not in str(ABOVE)


def test_the_page_is_what_the_receipts_and_the_floors_give(tmp_path):
    docs = registry.ROOT / "docs"
    page = tmp_path / "instruments.md"
    shutil.copy(docs / "instruments.md", page)
    for part in ("results/data", "receipts"):
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).symlink_to(docs / part)
    assert instrument_tables.main([str(page)]) == 0
    assert page.read_text() == (docs / "instruments.md").read_text()


def test_a_receipt_that_is_not_there_is_refused_by_name():
    docs = registry.ROOT / "docs"
    with pytest.raises(UserError, match=r"no-such holds no scores\.parquet"):
        instrument_tables.instruments(docs, ["no-such"])
