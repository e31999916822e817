"""Errors have a class of their own at every main door, and all are one line of a UserError."""

from __future__ import annotations

import sys

import pytest
import zebroid
from zebroid import errors, registry
from zebroid.benchmarks import load, load_suite
from zebroid.benchmarks.executors import ray_cluster
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner import atomic_write
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse

KINDS = [getattr(errors, name) for name in errors.__all__ if name != "UserError"]


def raised(door, kind):
    """What the door raises: exactly of this kind or a narrower one, and of no other."""
    with pytest.raises(errors.UserError) as found:
        door()
    assert [k for k in KINDS if isinstance(found.value, k)] == [kind]
    assert str(found.value) and "\n" not in str(found.value)
    return str(found.value)


def file(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return str(tmp_path / name)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_user_error_and_says_when_it_is_raised(kind):
    assert issubclass(kind, errors.UserError) and issubclass(kind, ValueError)
    assert (kind.__doc__ or "").startswith("Raised where ")


@pytest.mark.parametrize(
    "door",
    [
        lambda: zebroid.make("zebra-v9"),
        lambda: zebroid.make("./absent.py"),
        lambda: zebroid.model("decoder-xxl"),
        lambda: registry.make("zebra-v2").facts("tinny", 0),
        lambda: registry.suite("smok"),
        lambda: load_suite("absent.toml"),
    ],
)
def test_a_name_of_nothing_is_unknown(door, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raised(door, errors.UnknownName)


def test_wrong_rules_facts_and_files_are_of_a_world(tmp_path):
    raised(lambda: parse("p(X) :- q(Y)."), errors.InvalidWorld)
    raised(lambda: Facts.of({"k": 2}, p=("k k", [[0, 7]])), errors.InvalidWorld)
    empty = file(tmp_path, "empty.py", "x = 1\n")
    assert "exactly one World" in raised(lambda: zebroid.make(empty), errors.InvalidWorld)
    for name, text in (("syntax.py", "def\n"), ("raises.py", "1 / 0\n")):
        path = file(tmp_path, name, text)
        assert "does not load" in raised(lambda path=path: zebroid.make(path), errors.InvalidWorld)


def test_wrong_sizes_and_files_are_of_a_model(tmp_path):
    raised(lambda: DecoderSpec(layers=0), errors.InvalidModel)
    for name, text in (("none.py", "x = 1\n"), ("raises.py", "1 / 0\n"), ("syntax.py", "def\n")):
        path = file(tmp_path, name, text)
        raised(lambda path=path: zebroid.model(path), errors.InvalidModel)


def test_what_a_file_itself_raises_keeps_its_kind(tmp_path):
    text = "from zebroid import UserError\nfrom zebroid.errors import MissingExtra\n"
    path = file(tmp_path, "needy.py", f"{text}raise MissingExtra('no rdkit; install it')\n")
    assert "needy.py" in raised(lambda: zebroid.make(path), errors.MissingExtra)


@pytest.mark.parametrize(
    "text", ["[suite", "[suite]\nid = 1\n", '[suite]\nid = "a"\ntitle = "A"\nworlds = 3\n']
)
def test_a_wrong_file_is_of_a_suite(text, tmp_path):
    path = file(tmp_path, "wrong.toml", text)
    assert raised(lambda: load_suite(path), errors.InvalidSuite).startswith(path)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 99}', '{"schema": 0}', "[" * 500])
def test_a_wrong_file_is_of_a_receipt(text, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(text)
    assert str(path) in raised(lambda: Receipt.read(path), errors.InvalidReceipt)


def test_a_training_that_was_not_kept_is_missing(tmp_path):
    raised(lambda: load("abcdef", tmp_path), errors.MissingResult)


def test_what_is_not_installed_is_a_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    message = raised(lambda: ray_cluster._cluster("local").__enter__(), errors.MissingExtra)
    assert "zebroid[cluster]" in message


def test_a_place_that_is_a_file_is_unwritable(tmp_path):
    file(tmp_path, "taken", "")

    def write():
        with atomic_write.file(tmp_path / "taken" / "a.json"):
            raise AssertionError("there is no folder to write in")

    raised(write, errors.Unwritable)


def test_other_mistakes_are_of_no_kind():
    with pytest.raises(errors.UserError) as found:
        zebroid.Exposure(held=2.0)
    assert type(found.value) is errors.UserError
