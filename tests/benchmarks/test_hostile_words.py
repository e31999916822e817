"""Words, files and terminals that nobody means well by: one line, nothing waited for, no escape."""

from __future__ import annotations

import io
import os
import sys
import xml.etree.ElementTree as ET

import pytest
from zebroid import cli
from zebroid.printable import printable, visible

from .receipts.hostile import CONTROL

EVIL = "\\x1b[2J\\u202e<script>alert(1)</script>[red]|`\\ufffe"
WORLD = f'''"""A world whose texts steer a terminal, and are markup of all kinds."""
import numpy as np
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World


class Mine(World):
    """Doc {EVIL}."""
    id = "acme.mine-v1"
    rules = "two(X,Z) :- one(X,Y), one(Y,Z)."
    phrases = {{"one": "{EVIL} {{0}} is {{1}}", "two": "{EVIL} {{0}} two {{1}}"}}
    generalises = "{EVIL}"

    def sample(self, rng, n=30):
        table = np.stack([np.arange(n), rng.permutation(n)], 1)
        return Facts.of({{"p": [f"<b>[red]&|`{{i}}" for i in range(n)]}}, one=("p p", table))
'''


def test_texts_of_a_world_file_steer_no_terminal(zebroid, world_file):
    status, out, err = zebroid("show", world_file(WORLD))
    assert (status, err) == (0, "") and "\\x1b[2J\\u202e<script>" in out
    assert not CONTROL.search(out) and "\ufffe" not in out


@pytest.mark.parametrize("share", ["9" * 5_000 + "/2", "٣/٤", "1/" + "9" * 20, "-1/2", "1/2/3"])
def test_a_share_that_is_none_is_one_line(zebroid, suite, share):
    status, out, err = zebroid("run", suite(), "--cells", share)
    assert (status, out, err.count("\n")) == (2, "", 1) and "such as 1/4" in err
    assert len(err) < 300


@pytest.mark.parametrize("command", ["show", "check", "check-model", "pin"])
def test_a_pipe_is_never_waited_for_nor_is_a_huge_file_read(zebroid, tmp_path, command):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "huge.py").write_bytes(b"#" * (4 * 2**20 + 1))
    for name, why in (("pipe.py", "no plain file"), ("huge.py", "4,194,305 bytes")):
        status, out, err = zebroid(command, tmp_path / name)
        assert (status, out, err.count("\n")) == (2, "", 1) and why in err


def test_a_pipe_for_a_suite_or_a_scenario_is_never_waited_for(zebroid, tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    for words in (
        ("run", tmp_path / "pipe.toml"),
        ("forecast", tmp_path / "receipt.json", "--scenario", tmp_path / "pipe.toml"),
        ("forecast", tmp_path / "receipt.json", "--scenario", "/dev/zero"),
    ):
        status, out, err = zebroid(*words)
        assert (status, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("name", ["é", "\udcff", "日本"])
def test_a_terminal_that_cannot_write_a_sign_is_given_its_number(monkeypatch, tmp_path, name):
    written = io.BytesIO()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, "ascii", write_through=True))
    monkeypatch.setattr(sys, "argv", ["zebroid", "cite", name])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2 and written.getvalue().count(b"\n") == 1
    assert name.encode("unicode_escape") in written.getvalue()


def test_what_is_printable_is_text_of_xml():
    everything = "".join(
        map(chr, [*range(0x3000), *range(0xD7FF, 0xE010), *range(0xFF00, 0x10010)])
    )
    for text in (visible(everything), printable(everything, len(everything))):
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        assert ET.fromstring(f"<a>{escaped}</a>").text is not None
