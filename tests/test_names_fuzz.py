"""Names with parameters, rules and texts at random: read, or one line; printed, and harmless."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from zebroid import parameters, printable
from zebroid.benchmarks.config.settings import of_world
from zebroid.errors import InvalidWorld, UserError
from zebroid.registry import make
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.datalog.syntax import Program

from .fuzzing import fuzz, garbled

RULES = """two(X,Z) :- one(X,Y), one(Y,Z), X != Z.  % é
has(X,V) :- kind(X,K), typical(K,V), not decides(X,V).
"""
PIECES = (
    *("(", ")", ",", ".", ":-", "not ", "not not ", "X", "_", "1", '"', "%", "%*", "*%", "\n", "#"),
    *("\x00", "\ud800", "é", "@", ";", "{", "}", "..", "#show.", "#include", "#script(python)"),
    *("(" * 2_000, "f(" * 500, "X = Y + 1", "9" * 5_000, ":~", "#minimize"),
)
SIGNS = "[]=,{}\"'.-_ abz019\x00\x1b\ud800\u202e٣"
NAMES = st.text(st.sampled_from(SIGNS), max_size=12)
SETTINGS = st.sampled_from(
    ["world.", "exposure.", "model.", "entities", "held", "=", "1", "[", "9"]
)
TEXTS = st.text(st.characters(), max_size=40)


@fuzz(100)
@given(st.integers(0, 2**32))
def test_no_change_of_rules_ends_in_a_traceback(seed):
    try:
        assert isinstance(parse(garbled(RULES, seed, PIECES)), Program)
    except InvalidWorld as error:
        assert "\n" not in str(error)


@fuzz(12)
@given(st.sampled_from(["composition-v1/tiny", "decoder-xs", "zebra-v1", ""]), NAMES)
def test_no_name_ends_in_a_traceback(base, rest):
    for name in (f"{base}{rest}", f"{base}[{rest}]"):
        try:
            found, values = parameters.split(name)
            parameters.split(parameters.spelled(found, values))
            make(name)
        except UserError as error:
            assert len(str(error)) < 2_000


@fuzz(60)
@given(st.lists(st.lists(SETTINGS, max_size=5).map("".join) | NAMES, max_size=3))
def test_no_setting_ends_in_a_traceback(settings):
    try:
        of_world("composition-v1/tiny", settings)
    except UserError as error:
        assert len(str(error)) < 3_000


@fuzz(100)
@given(TEXTS)
def test_no_text_steers_a_terminal_or_breaks_xml_markdown_or_bibtex(text):
    for spelled in (printable.printable(text), printable.visible(text), printable.markdown(text)):
        assert not any(printable.hidden(c) for c in spelled if c not in "\n\t")
        escaped = spelled.replace("&", "&amp;").replace("<", "&lt;")
        ET.fromstring(f"<a>{escaped}</a>")
    assert not {"\n", "\t"} & {*printable.printable(text)}
    line = printable.markdown(text)
    assert all(line[i - 1] == "\\" for i, c in enumerate(line) if c in "|<>[]`*" and i)
    assert not {"{", "}"} & {*printable.bibtex(text)}
