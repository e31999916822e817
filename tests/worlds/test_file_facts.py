"""Facts from files of names: what is read, how it is ordered, and what is refused in one line."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds import World, close, facts_of_files, facts_of_names, ids_of_names, parse
from zebroid.worlds.file_facts import rows_of_file

RULES = "old(X) :- age(X,A), A >= 18."


@pytest.fixture
def file(tmp_path):
    """file(name, text) -> its path."""

    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def rows(facts, predicate):
    return [[facts.constants[i] for i in row] for row in facts.rows[predicate].tolist()]


def test_the_same_rows_are_read_from_every_kind_of_file(file, tmp_path):
    wanted = [["Ada, née Byron", "mother-in-law", "Zoë"], ["Bob", "friend of", "Ada, née Byron"]]
    csv = file("a.csv", 'who,skipped,how,whom\r\n"Ada, née Byron",x,mother-in-law,Zoë\r\n'
               'Bob,y,friend of,"Ada, née Byron"\r\n')  # fmt: skip
    tsv = file("a.tsv", "\n".join("\t".join(row) for row in wanted) + "\n")
    parquet = tmp_path / "a.parquet"
    with duckdb.connect() as db:
        db.execute(f"COPY (FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)")
    columns = ("who", "how", "whom")
    assert [*map(list, rows_of_file(csv, 3, columns))] == wanted
    assert [*map(list, rows_of_file(parquet, 3, columns))] == wanted
    assert [*map(list, rows_of_file(tsv, 3))] == wanted
    signature = "person relation person"
    one, other, third = (
        facts_of_files({"fact": (signature, path, *more)})
        for path, *more in ((csv, columns), (tsv,), (parquet, columns))
    )
    assert one.constants == other.constants == third.constants
    assert sorted(rows(one, "fact")) == sorted(wanted) == sorted(rows(third, "fact"))


def test_the_order_of_rows_is_no_part_of_the_facts(file):
    lines = ["b\t3", "a\t10", "c\t9"]
    one, other = (
        facts_of_files({"age": ("who n", file(f"{i}.tsv", "\n".join(some)))})
        for i, some in enumerate((lines, lines[::-1]))
    )
    assert one.constants == other.constants == ("a", "b", "c", "3", "9", "10")
    assert (one.rows["age"] == other.rows["age"]).all()


def test_numbers_are_compared_as_numbers_whether_they_stand_in_the_data_or_not():
    table = [["Ada", "9"], ["Bob", "17.5"], ["Cy", "100"], ["Di", "18"], ["Ed", "-3"]]
    wanted = {"18": {"Cy", "Di"}, "20": {"Cy"}, "'17.5'": {"Bob", "Cy", "Di"}}
    for threshold, expected in wanted.items():
        program = parse(f"old(X) :- age(X,A), A >= {threshold}.")
        facts = facts_of_names({"age": ("who n", table)}, program.rules[0].text)
        closure = close(program, facts)
        assert {facts.constants[i] for (i,) in closure.rows("old").tolist()} == expected


def test_a_number_is_found_through_derived_predicates_too():
    rules = "older(Y,B) :- age(Y,B), born(Y). old(X) :- older(X,A), 30 < A."
    tables = {"age": ("who n", [["Ada", "9"], ["Bob", "70"]]), "born": ("who", [["Ada"], ["Bob"]])}
    facts = facts_of_names(tables, rules)
    assert facts.constants[2:] == ("9", "30", "70")
    assert close(parse(rules), facts).rows("old").tolist() == [[1]]


def test_names_that_are_no_numbers_are_ordered_as_text():
    facts = facts_of_names({"p": ("a", [["10"], ["9"], ["nine"]])}, "q(X) :- p(X), X < 20.")
    assert facts.constants == ("10", "9", "nine")  # and 20 is not among them


BAD = {
    "width": (b"a\tb\tc\n", "a.tsv", "line 1 has 3 values, expected 2"),
    "empty": (b"a\tb\n\nc\t \n", "a.tsv", "line 3 has an empty value"),
    "not text": (b"a\t\xff\n", "a.tsv", "give a CSV or TSV file in UTF-8"),
    "open quote": (b'a,"b\n', "a.csv", "give a CSV or TSV file"),
    "another kind": (b"a b\n", "a.txt", "expected a file .csv, .tsv or .parquet"),
    "no Parquet": (b"PAR1", "a.parquet", "give a Parquet file"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_is_one_line_with_its_place(file, kind):
    text, name, why = BAD[kind]
    with pytest.raises(UserError, match=why) as refused:
        facts_of_files({"p": ("a b", file(name, text))})
    assert "\n" not in str(refused.value) and name in str(refused.value)


def test_what_is_given_wrongly_is_one_line(file, tmp_path):
    path = file("a.csv", "x,y\n1,2\n")
    for given, why in (
        (("a b", tmp_path / "gone.csv"), "cannot read .*name files from the world's own"),
        (("a b", tmp_path / "gone.parquet"), "cannot read"),
        (("a b", tmp_path), "expected a file"),
        (("a b", path, ("x",)), "1 columns for 2 sorts"),
        (("a b", path, ("x", "z")), "0 columns are called 'z'"),
        (("a b",), "1 values; give a pair"),
    ):
        with pytest.raises(UserError, match=why) as refused:
            facts_of_files({"p": given})
        assert "\n" not in str(refused.value)
    for table, why in (
        ([["a"]], "expected 2 names"),
        (["ab"], "row 0 is 'ab'"),
        ([["a", 1]], "write numbers out as text"),
        ([["1", "2"], ["1.0", "3"]], "'1' and '1.0', which are one number"),
        ([["a", "a"]], "named twice"),
    ):
        with pytest.raises(UserError, match=why):
            facts_of_names({"p": ("x y", table)})


def test_ids_are_those_of_the_names_and_strangers_are_refused():
    facts = facts_of_names({"p": ("x y", [["a", "1"], ["b", "2"]])})
    assert ids_of_names(facts, [["b", "1"]]).tolist() == [[1, 2]]
    with pytest.raises(UserError, match="row 1 has 'c'"):
        ids_of_names(facts, [["a"], ["c"]])


class Fixed(World):
    """Old people."""

    id = "acme.fixed-v1"
    rules = RULES
    fixed = True

    def sample(self, rng):
        return facts_of_names({"age": ("who n", [["Ada", "9"], ["Bob", str(rng.randint(900))]])})


def test_a_fixed_world_is_one_world_whatever_the_seed():
    world = Fixed()
    first, other = world.facts("small", 0), world.facts("small", 7)
    assert first.constants == other.constants
    assert all((first.rows[p] == other.rows[p]).all() for p in first.rows)
    drawn = type("Drawn", (Fixed,), {"fixed": False, "__doc__": "Drawn."})()
    assert len({drawn.facts("small", seed).constants for seed in range(5)}) > 1
    assert np.array_equal(first.rows["age"], drawn.facts("small", 0).rows["age"])
