"""Figures of a leaderboard: every row has its place, its name as text, and no clock."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.figures.board_figures import Line, Point, _apart, against_flops, training_curves
from zebroid.eval.figures.score_figures import svg
from zebroid.eval.stats.rank_intervals import Mean


def test_points_of_equal_flops_stand_side_by_side_and_others_where_they_are():
    found = _apart([1e12, 1.01e12, 5e12])
    assert found[2] == 5e12 and found[0] < 1e12 < 1.01e12 < found[1]
    assert found[1] / found[0] == pytest.approx(1.01 * 1.08)


def test_every_row_with_flops_is_named_and_equal_rows_give_equal_bytes():
    points = [
        Point("a $x$ <b>", 1e12, Mean(0.5, 0.4, 0.6), True),
        Point("b", 1e12, Mean(0.1, None, None), False),
        Point("undeclared", 0.0, Mean(0.9, 0.8, 1.0), False),
    ]
    drawing = svg(against_flops(points, "score"))
    assert "a $x$ &lt;b&gt;" in drawing and ">b<" in drawing and "undeclared" not in drawing
    assert drawing == svg(against_flops(points, "score"))


def test_curves_have_a_panel_for_each_world_and_a_line_for_each_instrument():
    line = Line(np.array([1e9, 1e10]), np.array([0.1, 0.9]), 0.3)
    panels = {
        name: {"recall": line, "constituent": line} for name in ("one", "two", "three", "four")
    }
    drawing = svg(training_curves(panels, "a model"))
    assert all(f">{name}<" in drawing for name in panels)
    assert drawing.count(">constituent<") == 4
