"""What strangers wrote: bounded, printable, never imported."""

from __future__ import annotations

import json
import os
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from zebroid import registry
from zebroid.benchmarks.receipts import untrusted
from zebroid.errors import UserError
from zebroid.printable import bibtex, clean, markdown, printable

from ...fuzzing import fuzz

ANY = st.text(st.characters(), max_size=40)  # lone surrogates among them


def seen(text):
    """Whether a terminal shows every character of a text, on one line."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text) and not any(
        unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI")
        for c in text
    )


@fuzz(300)
@given(ANY)
@example("\x1b[2J\x1b]0;x\x07\x9b31m\r\n\u202e\u2066\u2028\x7f\ud800")
def test_what_is_printable_steers_no_terminal(text):
    for displayed in (printable(text), markdown(text), bibtex(text)):
        assert seen(displayed)
        displayed.encode("utf-8")
    assert not set(bibtex(text)) & set("{}")


def test_honest_text_is_printed_as_it_is():
    for text in (
        "zebra-v2/small (0.3 exemplified + 0.2 stated)",
        "größer ≥ 3",
        "👩\u200d🔬",
        "می\u200cخواهم",
    ):
        assert printable(text) == text


def test_a_text_has_an_end():
    assert len(printable("a" * 10**6)) == 2_000


def test_a_table_of_markdown_keeps_its_columns_and_has_no_markup():
    assert markdown("a | [b](x) <i>`*") == r"a \| \[b\](x) \<i\>\`\*"


def test_what_is_written_into_a_receipt_can_be_read_again(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(clean({"a\n": ["\x1b[2J", 1, None, ("\ud800",)]})))
    assert untrusted.json_of(path)[0] == {"a\\n": ["\\x1b[2J", 1, None, ["\\ud800"]]}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not JSON"),
        (b"\xff{}", "is not JSON"),
        (b"{", "is not JSON"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b'{"a": %s}' % (b"[" * 100 + b"]" * 100), "nests deeper"),
        (b"[" * 100_000, "nests deeper"),
        (b'{"a": %s}' % (b"9" * 5_000), "5000 digits"),
        (b'{"a": 99999999999999999999}', "whole number"),
        (b'{"a": "\\ud800"}', "control characters"),
        (b'{"a\\u001b": 1}', "control characters"),
        (b'{"a": "\\u202e"}', "control characters"),
        (b'["%s"]' % (b"a" * 100_000), "100,000 characters"),
        (b"[%s1]" % (b"1," * 60_000), "60,001 members"),
    ],
)
def test_json_that_no_run_wrote_is_one_line(tmp_path, content, why):
    path = tmp_path / "receipt.json"
    path.write_bytes(content)
    with pytest.raises(UserError) as error:
        untrusted.json_of(path)
    assert why in str(error.value) and seen(str(error.value))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(tmp_path, number):
    path = tmp_path / "receipt.json"
    path.write_text(f'{{"a": {number}, "b": 1e9}}')
    assert untrusted.json_of(path)[1] == number


def test_files_that_are_none_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "folder").mkdir()
    (tmp_path / "long").write_bytes(b"x" * 11)
    (tmp_path / "fine").write_bytes(b"x" * 10)
    (tmp_path / "link").symlink_to(tmp_path / "fine")
    for name, why in {
        "pipe": "pipe or device",
        "zero": "pipe or device",
        "round": "cannot read",
        "folder": "is a folder",
        "long": "11 bytes",
        "none": "cannot read",
    }.items():
        with pytest.raises(UserError, match=why):
            untrusted.read_bytes(tmp_path / name, 10)
    assert untrusted.read_bytes(tmp_path / "link", 10) == b"x" * 10
    with pytest.raises(UserError, match="symbolic link"):
        untrusted.read_bytes(tmp_path / "link", 10, links=False)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_file_that_tells_no_size_is_read_no_further_than_the_limit():
    with pytest.raises(UserError, match="more than 10 bytes"):
        untrusted.read_bytes(untrusted.Path("/proc/self/status"), 10)


EVIL = 'import pathlib; pathlib.Path("EXECUTED").write_text("")\n'


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A module on the path, and in the working folder, that says so when it is imported."""
    (tmp_path / "evil.py").write_text(EVIL)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text(EVIL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in ("evil", "pack"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    "name",
    [
        "./evil.py",
        "evil.py/small",
        "{}/evil.py",
        "../{}/evil.py/tiny",
        "evil",
        "evil:World",
        "pack",
        "pack.evil-v1",
        "evil@0123456789ab",
        "composition-v1/../evil.py",
        "zebroid.worlds.catalog.zebra",
        "zebra-v2.py",
        "",
        "\x1b[2J-v1",
        "zebra-v2\n",
    ],
)
@pytest.mark.parametrize("allowed", [False, True])
def test_nothing_that_a_receipt_names_is_imported(evil, name, allowed):
    with pytest.raises(untrusted.NotLoaded) as error:
        untrusted.world(name.format(evil), print if allowed else None)
    assert seen(str(error.value))
    assert not (evil / "EXECUTED").exists() and not {"evil", "pack"} & {*sys.modules}


def test_a_built_in_world_is_made_whatever_plugins_say(plugin):
    made = untrusted.world("composition-v1")
    assert made.id == "composition-v1"
    plugin("acme", "[zebroid.worlds]\ncomposition-v1 = acme_evil\n", acme_evil=EVIL)
    assert untrusted.world("composition-v1").id == "composition-v1"
    assert "acme_evil" not in sys.modules


def test_a_plugin_is_named_before_anything_of_it_is_imported(acme):
    with pytest.raises(
        untrusted.NotLoaded, match=r"plugin acme-plugin 1\.2\.3, which was not loaded"
    ):
        untrusted.world("acme.harbour-v1")
    assert "acme_plugin" not in sys.modules
    named = []

    def announce(found):
        named.append(untrusted.introduced(found))
        assert "acme_plugin" not in sys.modules

    assert untrusted.world("acme.harbour-v1", announce).id == "acme.harbour-v1"
    assert named == [
        "loading world acme.harbour-v1 = 'acme_plugin.harbour' of the plugin acme-plugin 1.2.3"
    ]


def test_what_the_user_named_is_known_and_what_a_receipt_names_is_not(acme, monkeypatch):
    monkeypatch.setattr(registry, "LOADED", {})
    assert untrusted.known("acme.harbour-v1") is None and "acme_plugin" not in sys.modules
    made, size = registry.sized("acme.harbour-v1/tiny")
    assert untrusted.known("acme.harbour-v1") is made and size == "tiny"
