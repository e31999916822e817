"""Figures: equal for equal scores, every row and rung on them, legible without colour."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import matplotlib
import numpy as np
import pytest
from zebroid.eval.figures import score_figures
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import Row, score

pytestmark = pytest.mark.smoke


@pytest.fixture(scope="module")
def ceilings(composition_questions: QuestionSet) -> dict[str, Row]:
    found = references(composition_questions.corpus, composition_questions.questions)
    return {a.name: score([Predictions.of(composition_questions, a)], a.name) for a in found}


@pytest.fixture(scope="module")
def models(composition_questions: QuestionSet, row) -> list[Row]:
    rising = np.linspace(0.1, 0.9, 4)
    return [
        row(composition_questions, {"instance": rising}),
        row(composition_questions, {"constituent": rising}, "chain", shifts=(0.0,), mode="chain"),
    ]


def test_the_ladder_names_rows_rungs_numbers_and_floors_with_their_strategies(
    ceilings, models
) -> None:
    groups = {"ceilings": list(ceilings.values()), "models": models}
    drawn = score_figures.svg(score_figures.ladder(groups, "a title"))
    for word in ("a title", "reuser", "deducer", "direct", "chain", "recall", "schema", "models"):
        assert f">{word}<" in drawn, word
    score = models[0].rungs["instance"]
    assert f"n = {score.n}" in drawn and "95% intervals" in drawn
    assert f"floor {score.floor.value:.2f}" in drawn
    flat = " ".join(re.findall(r">([^<>\n]+)<", drawn))
    assert score.floor.strategy in flat


def test_curves_name_axes_units_and_ceilings(ceilings, models) -> None:
    drawn = score_figures.svg(score_figures.curves(models, "a title", ceilings))
    assert "FLOPs per run" in drawn and "accuracy (exact match)" in drawn
    assert "(−log2 probability)" in drawn
    assert "inductor, deducer" in drawn and "floor (above), uniform (below)" in drawn
    assert "spreading, a test of the world" in drawn


def test_a_legend_of_many_models_lies_below_all_panels(models) -> None:
    drawn = score_figures.curves(models * 30, "t")
    score_figures.svg(drawn)  # lays it out
    top = drawn.legends[0].get_window_extent().y1
    assert top <= min(axes.get_window_extent().y0 for axes in drawn.axes)
    assert min(axes.get_window_extent().height for axes in drawn.axes) > 1.2 * drawn.dpi


def test_the_floor_is_a_dotted_line_and_spreading_a_thin_one(models) -> None:
    drawn = score_figures.curves(models, "a title")
    names = [axes.get_title().split("\n")[0] for axes in drawn.axes]
    above, floor = drawn.axes[names.index("instance")], models[0].rungs["instance"].floor
    lines = {
        (line.get_linestyle(), round(float(np.asarray(line.get_ydata())[0]), 6))
        for line in above.lines
    }
    assert (":", round(floor.value, 6)) in lines
    assert floor.spreading is not None and ("-", round(floor.spreading, 6)) in lines
    raw = drawn.axes[names.index("recall")]
    assert not [line for line in raw.lines if line.get_linestyle() == ":"]


def test_equal_scores_give_equal_bytes_and_leave_matplotlib_as_it_was(models) -> None:
    before = dict(matplotlib.rcParams)
    one, two = (score_figures.svg(score_figures.curves(models, "same")) for _ in range(2))
    assert one == two
    assert dict(matplotlib.rcParams) == before


def test_rows_can_be_distinguished_without_colour() -> None:
    styles = [score_figures.style(i) for i in range(6)]
    assert len({(str(s["linestyle"]), s["marker"]) for s in styles}) == 6


def test_what_is_known_at_one_checkpoint_stands_among_the_curves_with_its_interval(
    composition_questions: QuestionSet, row, models
) -> None:
    alone = row(composition_questions, {"instance": [0.8]}, "decayed")
    drawn = score_figures.curves([*models, alone], "t")
    above = drawn.axes[[axes.get_title().split("\n")[0] for axes in drawn.axes].index("instance")]
    containers: list[Any] = above.containers
    (bars,) = [kept for kept in containers if kept.has_yerr]
    assert bars.lines[0].get_ydata() == pytest.approx([0.8], abs=0.02)
    points = [(s["color"], s["marker"]) for s in map(score_figures.style, range(40))]
    assert len(set(points)) == 40  # a point has no dash to tell it by


def test_a_png_is_a_png(models) -> None:
    assert score_figures.png(score_figures.ladder({"models": models}, "t"), dpi=40).startswith(
        b"\x89PNG"
    )


def test_a_row_without_bits_and_one_without_a_rung_are_drawn(
    composition_questions: QuestionSet, zebra_questions: QuestionSet, row, models
) -> None:
    plain = row(composition_questions, {"instance": 0.5}, "plain", weighed=False)
    assert "not weighed" in score_figures.svg(score_figures.curves([plain], "t"))
    other = row(zebra_questions, {"axiom has": 0.5}, "other")
    assert "no questions" in score_figures.svg(
        score_figures.ladder({"models": [*models, other]}, "t")
    )


def test_nothing_to_draw_is_an_error(ceilings) -> None:
    with pytest.raises(ValueError, match="got no trained row"):
        score_figures.curves(list(ceilings.values()), "t")
    with pytest.raises(ValueError, match="expected at least one to draw"):
        score_figures.ladder({"models": []}, "t")


def test_eval_imports_neither_jax_nor_models_nor_pyplot() -> None:
    code = (
        "import sys, pkgutil, importlib, zebroid.eval as e\n"
        "for m in pkgutil.iter_modules(e.__path__):\n"
        "    importlib.import_module(f'zebroid.eval.{m.name}')\n"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('jax', 'flax')"
        " or m.startswith('zebroid.models') or m in ('matplotlib.pyplot', 'sklearn')]\n"
        "print(*bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr
