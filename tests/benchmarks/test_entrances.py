"""What is mistyped at an entrance is one line with the cure; what is harmless works."""

from __future__ import annotations

from pathlib import Path

import pytest
import zebroid as package
from zebroid.errors import UserError


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--cells", "100/100"), "--cells 100/100: there are 4 trainings, so the share is empty"),
        (("--world", ""), "--world has an empty value; give one, or leave --world out"),
        (("--world=",), "--world has an empty value"),
        (("--out", ""), "--out has an empty value"),
        (("--hosts", "foo"), "--hosts foo: expected auto, or ADDRESS:PORT,i/n"),
        (("--hosts", "a:1,3/2"), "--hosts a:1,3/2: expected auto, or ADDRESS:PORT,i/n"),
        (("--ray", "foo"), "--ray foo: expected auto, local, or HOST:PORT"),
        (
            ("--only", "mode=fast"),
            "--only mode=fast admits none of the 4 cells; mode is direct, chain",
        ),
        (("--only", "seeds.init=7"), "admits none of the 4 cells; seeds.init is 0, 1"),
        (
            ("--only", "mode=chain", "--only", "seeds.init=7"),
            "admits none of the 4 cells; seeds.init is 0, 1",
        ),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_runs(zebroid, suite, words, message):
    status, _, err = zebroid("run", suite(), "--dry-run", *words)
    assert status == 2 and message in err and err.count("\n") == 1


def test_the_hosts_and_clusters_that_there_can_be_are_taken(zebroid, suite):
    for words in (("--hosts", "auto"), ("--hosts", "10.0.0.1:99,2/2"), ("--ray", "host:6379")):
        assert zebroid("run", suite(), "--dry-run", *words)[0] == 0


def test_a_byte_order_mark_is_no_part_of_a_suite(zebroid, suite):
    path = Path(suite())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert zebroid("run", path, "--dry-run")[0] == 0


OLD = "seeds = { init = [0, 1], order = [0, 1] }"


def test_a_number_of_seeds_is_so_many_chances_throughout(zebroid, suite):
    status, out, _ = zebroid("run", suite(**{OLD: "seeds = 3"}), "--dry-run")
    assert status == 0 and out.count("to run") == 6 and "seeds 2,2,2,2" in out


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_number_of_seeds_is_at_least_one(zebroid, suite, value):
    status, _, err = zebroid("run", suite(**{OLD: f"seeds = {value}"}), "--dry-run")
    assert status == 2 and "expected a number of seeds from 1" in err and err.count("\n") == 1


def test_an_empty_list_makes_no_cell(zebroid, suite):
    path = suite(**{'mode = ["direct", "chain"]': "mode = []"})
    status, _, err = zebroid("run", path, "--dry-run")
    assert status == 2 and "mode has an empty list, which makes no cell" in err


@pytest.mark.parametrize("value", [-5, 0, 2.5, True])
def test_questions_of_a_rung_are_at_least_one(value):
    corpus = package.build_corpus(package.make("composition-v1"), "tiny")
    with pytest.raises(UserError, match=r"per_rung = .*: expected a whole number, at least 1"):
        package.sample_questions(corpus, value, 0)


def test_a_broken_file_is_named_with_its_line(zebroid, world_file):
    world_file("import zebroid\n\n\ndef make():\n    return 1 / 0\n\n\nmake()\n", "odd.py")
    status, _, err = zebroid("check", "./odd.py")
    assert status == 2 and "ZeroDivisionError: division by zero, at odd.py line 5" in err
    assert err.count("\n") == 1


def test_a_broken_plugin_is_named_with_its_line(zebroid, plugin):
    plugin("acme-odd", "[zebroid.worlds]\nacme.odd-v1 = acme_odd\n", acme_odd="x = 1\ny = z\n")
    status, _, err = zebroid("check", "acme.odd-v1")
    assert status == 2 and "at acme_odd.py line 2" in err and "acme-odd 1.0" in err
