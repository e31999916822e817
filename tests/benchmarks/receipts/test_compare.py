"""Where a receipt and what is recomputed differ first, and what may differ on another machine."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from zebroid.benchmarks.receipts.compare import Comparison, Doubt, printed_alike

CONTENT = {
    "panels": [{"rows": [{"n": 3, "mean": 0.4, "label": "direct", "low": None}], "sentence": ""}],
    "files": {"a b.parquet": "00"},
}


def first(edit, path=""):
    changed = copy.deepcopy(CONTENT)
    edit(changed)
    found = Comparison()
    found.values(changed, CONTENT, path)
    return found.first


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (
            lambda c: c["panels"][0]["rows"][0].update(mean=0.9),
            "panels[0].rows[0].mean: receipt 0.9, recomputed 0.4",
        ),
        (
            lambda c: c["panels"][0]["rows"][0].update(n=4),
            "panels[0].rows[0].n: receipt 4, recomputed 3",
        ),
        (
            lambda c: c["panels"][0]["rows"][0].update(n=3.0),
            "panels[0].rows[0].n: receipt 3.0, recomputed 3",
        ),
        (
            lambda c: c["panels"][0]["rows"][0].update(low=0.1),
            "panels[0].rows[0].low: receipt 0.1, recomputed null",
        ),
        (
            lambda c: c["panels"][0]["rows"][0].update(mean=math.inf),
            "panels[0].rows[0].mean: receipt inf, recomputed 0.4",
        ),
        (
            lambda c: c["panels"].append(c["panels"][0]),
            "panels: length: receipt 2, recomputed 1",
        ),
        (lambda c: c["panels"][0].pop("rows"), "panels[0].rows is missing in the receipt"),
        (
            lambda c: c["files"].update({"b.parquet": ""}),
            "files['b.parquet'] stands in the receipt alone",
        ),
        (
            lambda c: c["files"].update({"a b.parquet": "01"}),
            "files['a b.parquet']: receipt '01', recomputed '00'",
        ),
    ],
)
def test_the_first_difference_is_named_by_its_path(edit, line):
    assert first(edit) == line


def test_equal_content_differs_nowhere():
    assert not first(lambda c: None)


def test_a_message_is_one_short_line_whatever_the_text():
    line = first(lambda c: c["panels"][0].update(sentence="a\n\x1b" * 500))
    assert len(line) < 400 and line.isprintable()


def compared(text, mine):
    found = Comparison()
    names = ("level", "evidence", "label")
    found.values(dict(zip(names, text)), dict(zip(names, mine)), "verdict")
    return found.settle()


def test_numbers_may_differ_in_last_digits_and_that_is_reported():
    assert compared([0.25], [0.25]) == ""
    assert "2 numbers differ" in compared([1.0, 2e15], [1.0 + 5e-7, 2e15 + 1e6])
    with pytest.raises(Doubt, match=r"verdict\.level: receipt 1\.0, recomputed 1\.00001"):
        compared([1.0], [1.00001])


def test_a_sentence_may_print_another_last_digit_only_where_a_number_differs():
    says = [0.125, "level at 0.13 [0.02, 0.20], by 1.5e+12 FLOPs of 1,024"]
    mine = [0.125 - 1e-9, "level at 0.12 [0.02, 0.20], by 1.5e+12 FLOPs of 1,024"]
    assert "1 texts in the last digit" in compared(says, mine)
    with pytest.raises(Doubt, match=r"recomputed 'level at 0\.12"):
        compared([mine[0], says[1]], mine)


def test_what_is_no_sentence_is_compared_letter_by_letter():
    with pytest.raises(Doubt, match="label: receipt 'run 1', recomputed 'run 2'"):
        compared([0.125 + 1e-9, "", "run 1"], [0.125, "", "run 2"])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("at 0.13", "at 0.12", True),
        ("at 0.13", "at 0.11", False),
        ("rising to 0.13", "fell to 0.13", False),
        ("by 1.5e+12", "by 1.6e+12", True),
        ("by 1.5e+12", "by 1.5e+13", False),
        ("1,024 of them", "1,025 of them", True),
        ("of 9", "of 10", True),
        ("0.13", "0.13, 0.13", False),
        ("-0.01", "0.01", False),
        ("1e9999", "2", False),
    ],
)
def test_texts_are_alike_up_to_one_in_the_last_digit_printed(one, other, alike):
    assert printed_alike(one, other) is alike and printed_alike(other, one) is alike


def tables(**columns):
    return {name: np.array(values) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (tables(a=[1, 2], b=[0.5, 0.25]), "curves: b[1]: receipt 0.25, recomputed 0.75"),
        (tables(a=[1, 2], b=[0.5, np.inf]), "curves: b[1]: receipt inf, recomputed 0.75"),
        (tables(a=[1, 2], b=[0.5, np.nan]), "curves: b[1]: receipt nan, recomputed 0.75"),
        (tables(a=[2, 1], b=[0.5, 0.75]), "curves: a[0]: receipt 2, recomputed 1"),
        (tables(a=[1], b=[0.5]), "curves: rows: receipt 1, recomputed 2"),
        (tables(a=[1, 2]), "curves: column b is missing in the receipt"),
        (tables(a=[1, 2], b=[0.5, 0.75], c=[0, 0]), "curves: column c stands in the receipt alone"),
        (tables(b=[0.5, 0.75], a=[1, 2]), "curves: order: receipt 'b, a', recomputed 'a, b'"),
        (tables(a=["1", "2"], b=[0.5, 0.75]), "curves: a: receipt '<U1 values'"),
    ],
)
def test_the_first_difference_of_a_table_is_named_by_column_and_row(text, line):
    found, mine = Comparison(), tables(a=[1, 2], b=[0.5, 0.75])
    assert not found.columns(text, mine, "curves") and found.first.startswith(line)
    assert Comparison().columns(mine, mine, "curves")


def test_numbers_of_a_table_may_differ_in_last_digits():
    found = Comparison()
    assert found.columns(tables(b=[0.5, np.nan]), tables(b=[0.5 + 1e-9, np.nan]), "curves")
    assert "1 number differ" in found.settle()
