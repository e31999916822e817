"""Labels that others chose: printed as they are, on terminals and in figures."""

from __future__ import annotations

import dataclasses
from html import escape

import matplotlib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from zebroid.eval.figures import score_figures
from zebroid.eval.figures import sweep_figures as draw
from zebroid.eval.figures.fitted_laws import Fitted, fitted
from zebroid.eval.figures.heatmap import Strip, heat
from zebroid.eval.stats.labels import drawn, of_runs, with_failed
from zebroid.printable import visible

HOSTILE = ("$x_{1$ {0}%s [/2]", "_$\\frac{ \\$5 <b>&amp; \x1b[31m \u202e")
# letters that the font has, and all that mathematics, markup and terminals read
TEXT = st.text(st.sampled_from("ab$_^{}\\[]/<>&%# \x1b\x00\u202e\n"), min_size=1, max_size=12)


def test_a_mean_says_how_many_runs_it_lacks() -> None:
    assert of_runs(1, 3) == "1 of 3 failed" and of_runs(0, 3) == ""
    assert with_failed("direct", 2, 3) == "direct (2 of 3 failed)"
    assert with_failed("direct", 0, 3) == "direct"


@given(st.text())
def test_what_a_terminal_would_obey_is_spelled_out(text: str) -> None:
    displayed = visible(text)
    assert not [c for c in displayed if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
    displayed.encode()
    assert visible(displayed) == displayed


@pytest.mark.parametrize("text", ["plain", "é 漢字 ±°↓", "two\nlines\tand a tab"])
def test_what_is_harmless_stays(text: str) -> None:
    assert visible(text) == text


@settings(deadline=None, max_examples=25)
@given(TEXT)
def test_a_label_is_never_typeset_nor_left_out_of_a_legend(text: str) -> None:
    with matplotlib.rc_context(score_figures.STYLE):
        figure = Figure()
        figure.suptitle(drawn(text))
        figure.legend(handles=[draw.sample(0, text)])
    svg = score_figures.svg(figure)
    for line in visible(text).splitlines():
        assert svg.count(escape(line.strip(), quote=False)) >= 2  # the title and the legend


@pytest.mark.parametrize("label", HOSTILE)
def test_every_figure_shows_a_label_as_it_is(label: str, row, composition_questions) -> None:
    rising = np.linspace(0.1, 0.9, 4)
    model = row(composition_questions, {"instance": rising}, label)
    x = np.array([1e6, 1e7, 1e8])
    points = np.full((3, 3), 0.5)
    panel = Fitted(x, points, 0.05, {"deducer": 1.0}, f"no law: {label}")
    path = draw.Path(x, points, 0.1, label)
    made = {
        "ladder": score_figures.ladder({label: [model]}, label),
        "curves": score_figures.curves([model], label, {label: model}),
        "heat": heat([Strip(label, label, dict(model.rungs))], label),
        "laws": fitted({label: {"instance": panel}}, label),
        "axes": draw.along({label: {label: {"instance": path}}}, label, "parameters"),
    }
    for name, figure in made.items():
        assert escape(visible(label), quote=False) in score_figures.svg(figure), name


def test_a_row_of_a_figure_says_how_many_of_its_runs_failed(row, composition_questions) -> None:
    whole = row(composition_questions, {"instance": np.linspace(0.1, 0.9, 4)}, "mine")
    model = dataclasses.replace(whole, runs=3, failed=1)
    for figure in (
        score_figures.ladder({"models": [model]}, "t"),
        score_figures.curves([model], "t"),
    ):
        assert "mine (1 of 3 failed)" in score_figures.svg(figure)
    assert "failed)" not in score_figures.svg(score_figures.ladder({"models": [whole]}, "t"))
