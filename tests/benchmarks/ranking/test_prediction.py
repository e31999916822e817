"""Predictions of a suite: what holds, what fails, what a run leaves open; and what can be none."""

from __future__ import annotations

from typing import Literal

import pytest
from zebroid.benchmarks.ranking.prediction import Prediction, judge
from zebroid.errors import InvalidSuite


def outcome(scores, expected: Literal["above", "not above"] = "above", than="floor", others=0):
    """Of a prediction about model m in column c, beside so many others."""
    one = Prediction(by="H1", model="m", column="c", than=than, expected=expected)
    return next(iter(judge([one] * (others + 1), scores))).outcome


def worlds(*values):
    return dict(enumerate(values))


@pytest.mark.parametrize(
    ("values", "above", "not_above"),
    [
        ((0.5, 0.55, 0.6), "holds", "fails"),
        ((-0.2, -0.15, -0.2), "fails", "holds"),
        ((0.9, -0.5, 0.2), "undecided", "undecided"),
        ((0.02, 0.021, 0.02), "undecided", "undecided"),  # surely above, and less than matters
        ((0.9, 0.9), "not measured", "not measured"),  # two worlds have no spread
    ],
)
def test_a_prediction_against_the_floor(values, above, not_above):
    scores = {("m", "c"): worlds(*values)}
    assert outcome(scores) == above and outcome(scores, "not above") == not_above


def test_sides_are_paired_by_world():
    """Worlds differ by far more than the models do in each of them."""
    scores = {("m", "c"): worlds(0.1, 0.5, 0.9), ("n", "c"): worlds(0.0, 0.4, 0.81)}
    assert outcome(scores, than="n") == "holds"
    scores["n", "c"] = worlds(0.4, 0.81, 0.0)
    assert outcome(scores, than="n") == "undecided"


def test_another_column_is_of_the_same_model():
    scores = {("m", "c"): worlds(0.9, 0.91, 0.9), ("m", "d"): worlds(0.1, 0.12, 0.1)}
    assert outcome(scores, than="d") == "holds"
    assert outcome({("n", "c"): worlds(1.0, 1.0, 1.0)}) == "not measured"


def test_many_predictions_need_more_each():
    scores = {("m", "c"): worlds(0.2, 0.4, 0.3)}
    assert outcome(scores) == "holds" and outcome(scores, others=19) == "undecided"


PREDICTED = (
    "[plans",
    """[[predictions]]
by = "H1"
model = "decoder-xs"
column = "comparison: constituent after"
expected = "above"

[plans""",
)
CHAIN = ('mode = ["chain", "direct"]', 'mode = "chain"')


def test_a_suite_bears_its_predictions(ranks):
    (found,) = ranks(*PREDICTED, *CHAIN).predictions
    assert str(found) == "decoder-xs on comparison: constituent after is above the floor"
    assert ranks(*CHAIN).predictions == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("n: const", "n: Const", r":18: unknown column 'comparison: Constituent after'; did"),
        ('expected = "above"', 'expected = "higher"', "expected = 'higher'"),
        (*reversed(CHAIN), "names 2 columns; give each a table"),
        ("by =", "who =", "unknown key of predictions|unknown key 'who'"),
        ('"above"', '"above"\nthan = "decoder-xs"', "compares 'decoder-xs' with itself"),
    ],
)
def test_what_can_be_no_prediction_is_refused(ranks, old, new, message):
    with pytest.raises(InvalidSuite, match=message):
        ranks(*PREDICTED, *CHAIN, old, new)
