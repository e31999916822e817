"""What is no table of facts is refused, at the door and in one line with its place and a cure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from zebroid.errors import UserError
from zebroid.worlds.datalog.facts import Facts

pytestmark = pytest.mark.smoke

quick = settings(derandomize=True, database=None, deadline=None, max_examples=60)
SIZE = 5  # constants of the sort "k"


def refusal(sorts, **rows):
    """The one line in which ``Facts.of`` refuses: what was got, what was expected, the cure."""
    with pytest.raises(UserError) as refused:
        Facts.of(sorts, **rows)
    line = str(refused.value)
    assert "\n" not in line and "; " in line and len(line) < 300
    return line


def table(rows, width=2):
    """How a table of ``width`` sorts is refused."""
    line = refusal({"k": SIZE}, p=(" ".join(["k"] * width), rows))
    assert line.startswith("p(k")
    return line


TABLES = {
    "triples under a signature of two": (np.zeros((4, 3), int), "rows of 3: row 0 is [0, 0, 0]"),
    "pairs whose number of values fits": (np.zeros((3, 4), int), "rows of 4"),
    "a transposed array": (np.zeros((2, 4), int), "give it as [n, k], with .T"),
    "a transposed list": ([[0] * 4, [1] * 4], "give it as [n, k], with .T"),
    "no rows of three": (np.zeros((0, 3)), "rows of 3, expected 2"),
    "a ragged row": ([[0, 1], [0, 1], [2]], "row 2 has 1 values, [2], expected 2"),
    "an empty row": ([[]], "row 0 has 0 values"),
    "a flat list": ([0, 1, 2, 3], "row 0 is 0, int, expected 2 integers"),
    "a flat array": (np.arange(4), "an array of shape [4], expected [n, 2]"),
    "a flat array of two": (np.arange(2), "an array of shape [2], expected [n, 2]"),
    "three axes": (np.zeros((2, 2, 2), int), "an array of shape [2, 2, 2]"),
    "a list within a row": ([[[0], 1]], "row 0 has [0], list, at place 0"),
    "None in a row": ([[0, 1], [2, None]], "row 1 has None, NoneType, at place 1"),
    "None for a row": ([[0, 1], None], "row 1 is None, NoneType"),
    "None for a table": (None, "None, NoneType, expected rows"),
    "True among integers": ([[0, 1], [True, 0]], "row 1 has True, bool, at place 0"),
    "an array of booleans": (np.ones((1, 2), bool), "rows of bool, expected integers"),
    "booleans beside integers": ([np.array([0, 1]), np.array([True, False])], "row 1 has np.True_"),
    "a float among integers": ([[0, 1.0]], "row 0 has 1.0, float, at place 1"),
    "whole floats": (np.ones((2, 2)), "rows of float64, expected integers"),
    "NaN": (np.array([[0, 1], [0, np.nan]]), "row 1 is [0.0, nan], first wrong at place 1"),
    "an object array": (np.array([[0, 1], [0, None]], object), "first wrong at place 1"),
    "objects that are integers": (np.array([[0, 1]], object), "rows of object"),
    "strings of digits as rows": (["01", "23"], "row 0 is '01', str"),
    "bytes as rows": ([b"\x00\x01"], "row 0 is b'\\x00\\x01', bytes"),
    "digits as values": ([["0", "1"]], "row 0 has '0', str, at place 0"),
    "an array of digits": (np.array([["0", "1"]]), "rows of <U1"),
    "a string for a table": ("01", "'01', str, expected rows"),
    "a set for a table": ({(0, 1)}, "set, expected rows"),
    "a set for a row": ([{0, 1}], "row 0 is {0, 1}, set"),
    "a dict for a table": ({0: 1}, "dict, expected rows"),
    "a generator": ((row for row in [[0, 1]]), "generator, expected rows"),
    "hidden values": (np.ma.masked_equal(np.array([[0, 1]]), 0), "a masked array"),
    "beyond 64 bits": ([[0, 1], [2**70, 0]], "row 1 is [1180591620717411303424, 0], beyond 64-bit"),
    "beyond signed 64 bits": (np.array([[0, 2**63]], np.uint64), "row 0 is [0, 9223372036854775"),
    "below 64 bits": ([[-(2**70), 0]], "beyond 64-bit integers"),
    "outside a sort": ([[0, 1], [0, SIZE]], "row 1 is [0, 5], whose place 1 is outside"),
    "negative": ([[-1, 0]], "row 0 is [-1, 0], whose place 0 is outside"),
}


@pytest.mark.parametrize(("rows", "found"), TABLES.values(), ids=TABLES)
def test_a_wrong_table_is_refused_with_its_first_bad_row(rows, found):
    assert found in table(rows)


def test_a_flat_list_of_one_sort_is_refused_with_the_form_that_is_meant():
    assert "[[0], [1]]" in table(np.arange(3), width=1)
    assert "row 0 is 0, int" in table([0, 1], width=1)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([[0, 1]], "got list, expected a pair of signature and rows"),
        (("k k",), "got tuple, expected a pair"),
        (None, "got NoneType, expected a pair"),
        (("", [[0]]), "the signature is empty"),
    ],
)
def test_rows_without_a_signature_are_refused(given, found):
    assert found in refusal({"k": 2}, p=given)


SORTS = {
    "a negative size": ({"k": -1}, "sort 'k' has size -1"),
    "True for a size": ({"k": True}, "sort 'k' is True, bool"),
    "a float for a size": ({"k": 2.0}, "sort 'k' is 2.0, float"),
    "a size of more than 32 bits": ({"k": 2**31}, "has size 2147483648"),
    "None for a size": ({"k": None}, "sort 'k' is None"),
    "a bare string": ({"k": "abc"}, "sort 'k' is 'abc', str, expected a size or a list of names"),
    "bare bytes": ({"k": b"abc"}, "sort 'k' is b'abc', bytes"),
    "a set": ({"k": {"a"}}, "a set has another order in each process"),
    "None for a name": ({"k": ["a", None]}, "sort 'k': name 1 is None, NoneType"),
    "an integer for a name": ({"k": ["a", "b", 7]}, "sort 'k': name 2 is 7, int"),
    "NaN for a name": ({"k": [float("nan")]}, "name 0 is nan, float"),
    "bytes for a name": ({"k": [b"a"]}, "name 0 is b'a', bytes"),
    "an object array of names": ({"k": np.array(["a", 1], object)}, "name 1 is 1, int"),
    "an empty name": ({"k": ["a", ""]}, "sort 'k': name 1 is ''"),
    "a blank name": ({"k": ["a", " \t"]}, "sort 'k': name 1 is ' \\t'"),
    "a name without width": ({"k": ["\u200b"]}, "name 0 is '\\u200b'"),
    "two lines": ({"k": ["a\nb"]}, "name 0 is 'a\\nb', expected one line"),
    "half a character": ({"k": ["\ud800"]}, "name 0 is '\\ud800'"),
    "one name twice": ({"k": ["a", "a"]}, "'a' is named twice, in sort 'k' at place 0 and in sort"),
    "one name in two sorts": ({"k": ["a"], "s": ["b", "a"]}, "at place 0 and in sort 's' at pla"),
    "a made name given": ({"k": ["s1"], "s": 2}, "'s1' is named twice"),
    "a sort of two words": ({"two words": 2}, "sort 'two words' is no single word"),
    "no dict": ([("k", 2)], "sorts are list, expected a dict"),
}


@pytest.mark.parametrize(("sorts", "found"), SORTS.values(), ids=SORTS)
def test_a_wrong_sort_is_refused_with_its_first_bad_name(sorts, found):
    assert found in refusal(sorts)


def test_what_names_and_sizes_may_be():
    given = {"a": np.int64(2), "b": np.array(["x", "y"]), "c": ("á\u00a0b", "7"), "d": 0}
    facts = Facts.of(given)
    assert facts.constants == ("a0", "a1", "x", "y", "á\u00a0b", "7")
    assert {*map(type, facts.constants)} == {str} and facts.sorts["d"] == range(6, 6)


pairs = arrays.arrays(
    st.sampled_from(["int8", "int32", "int64", "uint8", "uint64"]),
    st.tuples(st.integers(0, 12), st.just(2)),
    elements=st.integers(0, SIZE - 1),
)
FORMS = [
    lambda a: a,
    np.asfortranarray,
    list,
    lambda a: a.tolist(),
    lambda a: tuple(map(tuple, a.tolist())),
    lambda a: [[int(x), y] for x, y in a],
]


@quick
@given(pairs, st.sampled_from(FORMS))
def test_every_form_of_a_sound_table_gives_the_same_rows(rows, form):
    found = Facts.of({"s": 3, "k": SIZE}, p=("k k", form(rows))).rows["p"]
    assert found.dtype == np.int32 and found.shape[1:] == (2,)
    assert [*map(tuple, found.tolist())] == sorted({(int(x) + 3, int(y) + 3) for x, y in rows})


@quick
@given(
    pairs.filter(len),
    st.data(),
    st.sampled_from([None, True, 1.0, float("nan"), "1", b"1", 2**64, SIZE, -1, [0]]),
)
def test_one_bad_value_anywhere_is_refused_with_its_row(rows, data, bad):
    given = rows.tolist()
    row = data.draw(st.integers(0, len(given) - 1))
    given[row][data.draw(st.integers(0, 1))] = bad
    assert f"row {row} " in table(given)


@quick
@given(pairs.filter(len), st.data(), st.integers(0, 4).filter(lambda n: n != 2))
def test_one_row_of_another_width_is_refused_with_its_row(rows, data, width):
    given = rows.tolist()
    row = data.draw(st.integers(0, len(given) - 1))
    given[row] = [0] * width
    assert f"row {row} has {width} values" in table(given)


@quick
@given(st.integers(1, 12), st.integers(0, 6).filter(lambda n: n != 2))
def test_an_array_of_another_width_is_refused_however_many_values_it_has(rows, width):
    assert f"rows of {width}" in table(np.zeros((rows, width), int))


@quick
@given(
    st.lists(st.text(min_size=1), max_size=4, unique=True),
    st.sampled_from([None, 7, b"a", "", "  ", "\n", "\x00", 1.5, True]),
)
def test_one_bad_name_is_refused_with_its_place(names, bad):
    sound = [f"a{i}" for i in range(len(names))]
    assert f"sort 'k': name {len(sound)} is " in refusal({"k": [*sound, bad, *names]})
