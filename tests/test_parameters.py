"""Names with parameters: one way to write them, read back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid import parameters
from zebroid.errors import UserError

WORDS = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), WORDS
)


@given(WORDS, st.dictionaries(WORDS, PLAIN | st.lists(PLAIN.filter(bool), max_size=3), max_size=4))
def test_what_is_written_is_read_back(name, values):
    values = {k: v for k, v in values.items() if v not in ("none", "true", "false", "null", "nan")}
    text = parameters.spelled(name, values)
    assert parameters.split(text) == (name, values)
    assert parameters.spelled(*parameters.split(text)) == text


def test_the_order_in_which_values_are_given_is_no_part_of_the_name():
    one, other = {"loops": 8, "heads": 2}, {"heads": 2, "loops": 8}
    assert parameters.spelled("net", one) == parameters.spelled("net", other)


@pytest.mark.parametrize("name", ["small", "a[b]", "small[", "x[]", "x[=1]", "[entities"])
def test_other_names_have_no_values(name):
    assert parameters.split(name) == (name, {})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: parameters.split("a[b=1,b=2]"), "gives 'b' twice"),
        (lambda: parameters.split("a[b=1e999]"), "expected a finite number"),
        (lambda: parameters.split("a[b=NaN]"), "expected a finite number"),
        (lambda: parameters.split("a[b=x y]"), "or one word"),
        (lambda: parameters.split("a[b=../../etc]"), "or one word"),
        (lambda: parameters.written("12"), "quote no number"),
        (lambda: parameters.written(object()), "expected a number"),
        (lambda: parameters.fitted("size", {"ab": 1}, {"abc": [1]}), "did you mean 'abc'?"),
        (lambda: parameters.fitted("size", {"a": "b"}, {"a": [1]}), "expected a whole number"),
        (lambda: parameters.fitted("size", {"a": True}, {"a": [1]}), "expected a whole number"),
        (lambda: parameters.fitted("size", {"a": 0.5}, {"a": [1]}), "expected a whole number"),
        (lambda: parameters.fitted("size", {"a": 1}, {"a": [True]}), "expected true or false"),
        (lambda: parameters.fitted("size", {"a": None}, {"a": [1]}), "expected a whole number"),
        (lambda: parameters.fitted("size", {"a": 3}, {"a": [(1, 2)]}), "expected a list"),
    ],
)
def test_what_does_not_fit_is_one_line(call, message):
    with pytest.raises(UserError) as error:
        call()
    assert message in str(error.value) and "\n" not in str(error.value)


def test_values_take_the_kind_of_their_examples():
    known = {"share": [0.5], "whole": [3], "list": [(1,)], "open": [None], "maybe": [None, 2]}
    values = {"share": 1, "whole": 4.0, "list": [2, 3], "open": "muon", "maybe": None}
    found = parameters.fitted("size", values, known)
    assert found == {"share": 1.0, "whole": 4, "list": (2, 3), "open": "muon", "maybe": None}
    assert type(found["share"]) is float and type(found["whole"]) is int
