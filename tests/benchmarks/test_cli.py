"""The command line: instant where it should be, and one line for whatever a user got wrong."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from zebroid import __version__, cli, registry
from zebroid.benchmarks.report import listing

pytestmark = pytest.mark.smoke

HEAVY = {"jax", "flax", "optax", "orbax", "matplotlib"}


def imported(*words):
    """The modules that a command imports, in a process of its own."""
    code = (
        "import sys\n"
        "from zebroid import cli\n"
        f"sys.argv = ['zebroid', *{words!r}]\n"
        "try:\n    cli.main()\n"
        "except SystemExit as left:\n    assert not left.code, left.code\n"
        "print('MODULES', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.partition("MODULES")[2].split()}


def test_help_imports_neither_numpy_nor_jax():
    assert not imported("--help") & (HEAVY | {"numpy", "duckdb", "rich"})
    assert not imported("run", "--help") & (HEAVY | {"numpy", "duckdb", "rich"})


@pytest.mark.parametrize("words", [("worlds",), ("models",), ("suites",)])
def test_lists_import_no_jax(words):
    assert not imported(*words) & HEAVY


def test_a_dry_run_imports_no_jax():
    assert not imported("run", "smoke", "--dry-run") & {"jax", "flax", "optax"}


def test_lists_have_a_line_each(zebroid):
    for what, names in (
        ("worlds", registry.worlds()),
        ("models", registry.models()),
        ("suites", registry.suites()),
    ):
        status, out, err = zebroid(what)
        assert (status, err) == (0, "")
        assert [line.split()[0] for line in out.splitlines()] == list(names)


def test_show_prints_every_promised_rung(zebroid):
    status, out, _ = zebroid("show", "composition-v1")
    assert status == 0
    for rung in registry.make("composition-v1").rungs:
        assert rung in out


@pytest.mark.long
def test_a_world_is_printed_as_markdown_in_a_pipe_and_set_on_a_terminal(zebroid, monkeypatch):
    _, piped, _ = zebroid("show", "zebra-v2")
    assert piped.startswith("# zebra-v2\n") and "**tiny**" in piped and "\x1b" not in piped
    for columns in (80, 100, 200):
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
        _, displayed, _ = zebroid("show", "zebra-v2")
        plain = re.sub(r"\x1b\[[0-9;]*m", "", displayed)
        assert plain != displayed and "**" not in plain and "##" not in plain
        assert max(len(line.rstrip()) for line in plain.splitlines()) <= min(columns, 100)
        words = re.sub(r"[*#`>•\s-]|prolog", "", piped)
        assert re.sub(r"[*#`>•\s-]|prolog", "", plain) == words  # nothing is lost


def test_version(zebroid):
    assert zebroid("--version")[:2] == (0, f"zebroid {__version__}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "smoek"), "unknown suite 'smoek'; did you mean 'smoke'?"),
        (("run", "absent.toml"), "no suite file 'absent.toml'"),
        (("run", "smoke", "--world", "zebra-v1"), "did you mean 'zebra-v2'?"),
        (("run", "smoke", "--world", "zebra-v2/tinny"), "did you mean 'tiny'?"),
        (("run", "smoke", "--world", "./absent.py"), "no world file './absent.py'"),
        (("run", "smoke", "--only", "mode=chian"), "admits none"),
        (("run", "smoke", "--cells", "3/2"), "expected i/n"),
        (("score", "p.jsonl", "--mood", "chain"), "No such option: --mood"),
        (("score",), "see zebroid score --help"),
        (("scoer", "p.jsonl"), "No such command 'scoer'"),
        (("export", "zebra-v2", "--to", "x", "--seeds", "many"), "--seeds"),
        (("show", "zebra"), "did you mean 'zebra-v2'?"),
        (("show", "zebra-v2/enormous"), "unknown size of zebra-v2 'enormous'"),
    ],
)
def test_a_mistake_is_one_line_with_status_2(zebroid, words, message):
    status, out, err = zebroid(*words)
    assert status == 2
    assert message in err
    assert err.startswith("zebroid: ") and err.count("\n") == 1
    assert "Traceback" not in out + err


def test_broken_toml_is_one_line(zebroid, suite):
    status, _, err = zebroid("run", suite("[suite\nid = 3"))
    assert status == 2 and "tiny.toml: not TOML" in err and err.count("\n") == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_an_error_of_the_system_is_one_line(zebroid, monkeypatch, number):
    def fails(*_):
        raise OSError(number, os.strerror(number), "/some/file")

    monkeypatch.setattr(registry, "worlds", fails)
    status, _, err = zebroid("worlds")
    assert status == 2
    assert err.startswith("zebroid: /some/file: " + os.strerror(number))
    assert err.count("\n") == 1


def test_a_bug_of_ours_keeps_its_traceback(monkeypatch):
    def fails():
        raise AssertionError("ours")

    monkeypatch.setattr(registry, "worlds", fails)
    monkeypatch.setattr(sys, "argv", ["zebroid", "worlds"])
    with pytest.raises(AssertionError, match="ours"):
        cli.main()


def test_a_broken_plugin_is_named_in_its_line(zebroid, monkeypatch):
    def worlds():
        return ("composition-v1", "acme.broken-v1")

    def make(name, make=registry.make):
        if name.startswith("acme"):
            raise registry.UserError("plugin 'acme.broken-v1' does not load")
        return make(name)

    monkeypatch.setattr(registry, "worlds", worlds)
    monkeypatch.setattr(registry, "make", make)
    status, out, _ = zebroid("worlds")
    assert status == 0
    assert "(broken) plugin 'acme.broken-v1' does not load" in out
    assert "composition-v1" in out


def test_a_file_too_large_for_the_system_is_one_line(suite, tmp_path):
    """A real failing write, in a process that may write no file beyond 2 kB."""
    code = (
        "import resource, signal, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "from benchmarks import conftest\n"
        "from zebroid import cli\n"
        "from zebroid.benchmarks.runner import run\n"
        "run.train_cell = conftest.pretend\n"
        f"sys.argv = ['zebroid', 'run', {suite()!r}, '--out', {str(tmp_path / 'out')!r}]\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))\n"
        "cli.main()"
    )
    command = [sys.executable, "-c", code]  # elsewhere, for this repository has another benchmarks
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.returncode == 2, run.stderr
    assert run.stderr.count("\n") == 1 and "cannot write" in run.stderr
    assert not [p for p in (tmp_path / "out").rglob("*") if p.is_file()]


def test_a_long_line_is_wrapped_within_its_column_on_a_terminal_alone(monkeypatch, capsys):
    lines = [("zebra-v2", "what a zebra is called " * 5)]
    listing.show(lines)
    assert len(capsys.readouterr().out.splitlines()) == 1
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    listing.show(lines)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("zebra-v2  what") and rest and len(first) <= 60
    assert all(line.startswith(" " * 10 + line.strip()[0]) and len(line) <= 60 for line in rest)
