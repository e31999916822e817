"""The extractor reads the last line's answer, strictly, and says why it reads none."""

from __future__ import annotations

import inspect

import pytest
from zebroid.benchmarks.export import answer_extractor
from zebroid.benchmarks.export.answer_extractor import EMPTY, UNKNOWN, UNMARKED, extract, folded

NAMES = folded({"zuvok": 1, "Left": 2, "walk": 3, "WALK": 4, "none": 5, "the hague": 6})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Answer: zuvok", 1),
        (" zuvok\n", 1),
        ("It follows.\nAnswer: Zuvok.\n\n", 1),
        ("Answer: left\nAnswer: the zuvok", 1),
        ("Answer:left", 2),
        ("Answer: walk", 3),
        ("Answer: WALK", 4),
        ("Answer: a walk", 3),
        ("none", 5),
        ("Answer: The Hague.", 6),
    ],
)
def test_an_answer_is_read(text, answer):
    assert extract(text, NAMES) == (answer, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", EMPTY),
        (" \n\n", EMPTY),
        ("Answer: zuvok\nbecause it is so", UNMARKED),
        ("zuvok\nor left", UNMARKED),
        ("answer: zuvok", UNKNOWN),
        ("Answer: zuvok or left", UNKNOWN),
        ("Answer: Walk", UNKNOWN),
        ("Answer:", UNKNOWN),
        ("Answer: zuvok..", UNKNOWN),
    ],
)
def test_anything_else_is_malformed_with_its_cause(text, why):
    assert extract(text, NAMES) == (-1, why)


def test_it_needs_the_standard_library_alone():
    names = {
        line.split()[1]
        for line in inspect.getsource(answer_extractor).splitlines()
        if line.startswith(("import ", "from "))
    }
    assert names == {"__future__", "collections.abc"}
