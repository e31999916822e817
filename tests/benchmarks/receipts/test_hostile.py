"""Receipts that somebody made to harm or to deceive: refused in one line by every command."""

from __future__ import annotations

import copy
import json
import sys
import time

import pytest
from zebroid.benchmarks.board.board import build_board
from zebroid.errors import UserError

from .hostile import CONTROL, CURVES, consistent, read, row
from .hostile import forged as forged


def _twice(content):
    better = copy.deepcopy(row(content))
    better["rungs"]["instance"]["accuracy"]["mean"] = 1.0
    content["panels"][0]["rows"].append(better)


def _infinite(content):
    row(content)["rungs"]["instance"]["accuracy"] |= dict.fromkeys(("mean", "low", "high"), 9e999)


def _panel_twice(content):
    content["panels"].append(content["panels"][0])


def _cell_twice(content):
    content["cells"].append(content["cells"][0])


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (_twice, "model row 'direct' stands twice"),
        (_infinite, "a number is Infinity"),
        (_panel_twice, "panel 'composition-v1/tiny' stands twice"),
        (_cell_twice, "stands twice"),
        (lambda c: c["panels"][0]["profiles"].append(c["panels"][0]["profiles"][0]), "profile"),
        (lambda c: c.update(files={}), "files names no cells.parquet"),
        (lambda c: c["files"].pop(CURVES), "files names no curves.parquet"),
    ],
)
def test_a_receipt_that_contradicts_itself_is_not_verified_and_on_no_board(
    zebroid, inside, forged, edit, why
):
    content = read(forged)
    edit(content)
    (forged / "receipt.json").write_text(json.dumps(content))
    status, out, _ = zebroid("verify", forged)
    assert status == 1 and why in out and out.splitlines()[-1].startswith("NOT verified")
    for command in ("board", "cite", "plot", "forecast"):
        status, out, err = zebroid(command, forged)
        assert (status, out, err.count("\n")) == (2, "", 1) and why in err


def _name(name):
    return lambda c: c["files"].update({name: "0" * 64})


@pytest.mark.parametrize(
    "edit",
    [
        lambda c: c.update(versions={}),
        lambda c: c.update(definitions=True),
        lambda c: c.pop("definitions"),
        lambda c: c["versions"].update(zebroid="1}\n\\input{x}"),
        lambda c: c["suite"].update(id="a\x1b[2J\x1b]0;x\x07"),
        lambda c: c["panels"][0]["profiles"][0]["shares"][0].update(value="high"),
        lambda c: c.update(scaling=json.loads("[" * 500 + "]" * 500)),
        lambda c: c.update(cells=[]),
        lambda c: c["cells"][0].update(cell={}),
        lambda c: c["cells"][0].update(parameters=1.5),
        lambda c: c["cells"][0]["cell"]["exposure"].update(coverage="all"),
        lambda c: c["cells"][0]["cell"]["exposure"].update(wordings=10**9),
        lambda c: c["cells"][0]["cell"]["recipe"].update(steps=10**18),
        lambda c: c["cells"][0]["cell"]["recipe"].update(evaluations=10**9),
        lambda c: c["cells"][0]["cell"].update(questions=10**9),
        lambda c: c["cells"][0]["cell"].update(questions=True),
        lambda c: c["cells"][0]["cell"]["seeds"].update(world=-1),
        lambda c: c["cells"][0]["cell"].update(world=7),
        lambda c: c["panels"][0].update(name="\u202eeht"),
        lambda c: c["panels"][0]["missing_runs"].append({"label": "direct"}),
        lambda c: c["times"].update(finished="soon"),
        lambda c: c["environments"][0].update(commit="main"),
        lambda c: c.update(commit="\\x"),
        _name("../answers.parquet"),
        _name("/etc/passwd"),
        _name(".."),
        _name("a/b"),
        _name(""),
    ],
)
def test_what_no_run_wrote_is_one_line_for_every_command(zebroid, inside, forged, edit):
    content = read(forged)
    edit(content)
    (forged / "receipt.json").write_text(json.dumps(content))
    for command in ("verify", "board", "cite", "plot", "forecast"):
        status, out, err = zebroid(command, forged)
        assert (status, out, err.count("\n")) == (2, "", 1), (command, out, err)
        assert not CONTROL.search(err)


@pytest.mark.parametrize(
    ("name", "status", "why"),
    [
        ("evil.py", 1, "a file that a receipt names is not run"),
        ("./evil.py", 2, "world is './evil.py'; expected at most 200 letters"),
    ],
)
def test_a_world_that_is_a_file_is_never_run(
    zebroid, inside, forged, monkeypatch, name, status, why
):
    monkeypatch.chdir(forged)
    (forged / "evil.py").write_text('import pathlib; pathlib.Path("EXECUTED").write_text("")\n')
    content = read(forged)
    for cell in content["cells"]:
        cell["cell"]["world"] = name
    (forged / "receipt.json").write_text(json.dumps(consistent(content)))
    for words in (("verify",), ("verify", "--allow-plugins")):
        left, out, err = zebroid(*words, forged)
        assert left == status and why in out + err
    for command in ("board", "cite", "plot", "forecast"):
        zebroid(command, forged)
    assert not (forged / "EXECUTED").exists()


def test_a_plugin_is_loaded_only_where_it_is_allowed_and_named_first(zebroid, inside, forged, acme):
    content = read(forged)
    for cell in content["cells"]:
        cell["cell"]["world"] = "acme.harbour-v1"
    (forged / "receipt.json").write_text(json.dumps(consistent(content)))
    for command in ("board", "cite", "plot", "forecast", "verify"):
        _, out, _ = zebroid(command, forged)
        assert "acme_plugin" not in sys.modules, command
    assert "of the plugin acme-plugin 1.2.3, which was not loaded; --allow-plugins loads it" in out
    assert out.splitlines()[-1].startswith("NOT verified")
    status, out, _ = zebroid("verify", "--allow-plugins", forged)
    first = "loading world acme.harbour-v1 = 'acme_plugin.harbour' of the plugin acme-plugin 1.2.3"
    assert out.splitlines()[0] == first
    assert status == 1 and "acme_plugin" in sys.modules  # its corpora are others


def test_one_bad_receipt_is_named_below_the_board_of_the_others(zebroid, forged, finished):
    content = read(forged)
    content["versions"] = {"zebroid": "<b>\x1b[31m"}
    (forged / "receipt.json").write_text(json.dumps(content))
    (forged / "folder").mkdir()
    status, out, err = zebroid("board", forged, finished, forged / "folder", forged / "none.json")
    assert status == 1 and not err and not CONTROL.search(out.replace("\n", ""))
    table, _, below = out.partition("Refused, and in no table:")
    assert "decoder-xs, direct (short)" in table
    assert sum(line.startswith("- ") for line in below.splitlines()) == 3


def test_a_name_with_markup_is_refused_and_a_version_with_markup_is_text(zebroid, forged):
    content = read(forged)
    content["versions"]["evil"] = "1}} @misc{x, source 0 [x](y) <i>"
    (forged / "receipt.json").write_text(json.dumps(content))
    status, out, _ = zebroid("board", forged)
    assert status == 0 and "[x](y)" not in out and "<i>" not in out.replace("\\<", "")
    assert zebroid("cite", forged)[1].partition("note = ")[2].count("}") == 2
    for cell in content["cells"]:
        cell["cell"]["plan"] = "a|b [x](y) <i>"
    (forged / "receipt.json").write_text(json.dumps(consistent(content)))
    for command in ("board", "cite"):
        status, out, err = zebroid(command, forged)
        assert (status, out, err.count("\n")) == (2, "", 1) and "expected at most 200" in err


def test_many_panels_take_no_longer_than_many_lines(finished, tmp_path):
    content = read(finished)
    first = content["cells"][0]
    content["cells"] = []
    for number in range(2_000):
        cell = copy.deepcopy(first)
        cell["cell"]["exposure"]["coverage"] = (number + 1) / 4_000
        cell["digest"] = f"{number:064x}"
        content["cells"].append(cell)
    (tmp_path / "receipt.json").write_text(json.dumps(content))
    begin = time.perf_counter()
    with pytest.raises(UserError):
        build_board([tmp_path])
    assert time.perf_counter() - begin < 20
