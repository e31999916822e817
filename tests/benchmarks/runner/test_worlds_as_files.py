"""Worlds and models given as files: known by what they hold, never by where they lie."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks.config.changed_suite import changed
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Store
from zebroid.benchmarks.runner.run import InProcess
from zebroid.benchmarks.sweeps import axes
from zebroid.errors import UserError

ACME = Path(__file__).parents[2] / "plugins" / "acme" / "acme_plugin"
NET = '''
"""A net in a file."""
import dataclasses

@dataclasses.dataclass(frozen=True)
class Net:
    type = "acme.net"
    version = 1
    width: int = 8
    loops: int = 4
    at_test: int | None = dataclasses.field(
        default=None, metadata={"query_only": "loops", "neutral": None}
    )

    def build(self, vocabulary, prompt, rngs): ...
    def flops(self, vocabulary, prompt, at): return 1.0
'''


@pytest.fixture
def seed(tmp_path):
    """seed(folder, old=new changes) -> path of a world's file there."""

    def write(folder, **changes):
        text = (ACME / "harbour.py").read_text()
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / folder / "seed.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


def test_two_worlds_of_one_file_name_and_id_stand_in_two_tables(zebroid, suite, trained, seed):
    one, two = seed("one"), seed("two", **{"values=6": "values=7"})
    for path in (one, two):
        assert zebroid("run", suite(), "--world", path, "--out", path.parent)[0] == 0
    names = [registry.find_world(str(path))[0].name for path in (one, two)]
    assert len({*names}) == 2
    receipts = [next(path.parent.glob("*/receipt.json")) for path in (one, two)]
    status, out, _ = zebroid("board", *receipts)
    assert status == 0
    assert {line for line in out.splitlines() if line.startswith("## ")} == {
        f"## {name}/tiny" for name in names
    }
    for name, path in zip(names, receipts):
        assert re.fullmatch(r"acme\.harbour-v1@[0-9a-f]{12}", name)
        assert f"corpora of {name};" in zebroid("cite", path)[1]
        assert [panel.name for panel in Receipt.read(path).panels] == [f"{name}/tiny"]
        assert "seed.py" not in path.read_text()
    status, out, _ = zebroid("verify", receipts[0])
    assert status == 1 and "a file that a receipt names is not run" in out.replace("\n", " ")


def test_a_file_that_is_moved_or_commented_anew_keeps_its_results(
    zebroid, suite, trained, seed, tmp_path
):
    path = seed("one")
    _, first, _ = zebroid("run", suite(), "--world", path, "--out", "out")
    assert len(trained) == 4
    moved = tmp_path / "elsewhere.py"
    moved.write_text("# another thought\n" + path.read_text().replace("A ship is", "A boat is"))
    path.unlink()
    status, second, _ = zebroid("run", suite(), "--world", "./elsewhere.py", "--out", "out")
    assert status == 0 and len(trained) == 4 and second.count(": kept") == 4
    assert first.split("exact answers")[1] == second.split("exact answers")[1]
    moved.write_text(moved.read_text().replace("harbours=12", "harbours=11"))
    zebroid("run", suite(), "--world", "./elsewhere.py", "--out", "out")
    assert len(trained) == 8


def test_cells_of_a_file_are_selected_by_its_name_or_its_place(suite, seed, monkeypatch):
    path = seed("one")
    found = changed(load_suite(suite()), str(path))
    monkeypatch.chdir(path.parent)
    for world in (found.cells[0].world, "./seed.py", str(path)):
        assert found.select([f"world={world}"]) == found.cells
    with pytest.raises(UserError, match="admits none"):
        found.select(["world=./other.py"])


def test_a_file_that_changes_while_a_run_goes_on_is_refused_where_it_is_read(suite, seed, tmp_path):
    path = seed("one")
    cell = changed(load_suite(suite()), str(path)).cells[0]
    there = Cell.from_message(json.loads(json.dumps(cell.message())))
    assert there == cell and there.places == cell.places
    assert there.load_world().id == "acme.harbour-v1"
    path.write_text("# the same\n" + path.read_text())
    assert there.load_world().id == "acme.harbour-v1"
    seed("one", **{"values=6": "values=7"})
    with pytest.raises(UserError, match=r"seed\.py' changed while the run was going on: it was"):
        there.load_world()
    outcome = execute(InProcess(), [there], Store(tmp_path / "out"))
    (cause,) = outcome.failures.values()
    assert "changed while the run was going on" in cause and "\n" not in cause
    path.unlink()
    with pytest.raises(UserError, match="no world file"):
        there.load_world()


def test_a_path_in_a_record_is_never_loaded(suite, seed, tmp_path, monkeypatch):
    (tmp_path / "evil.py").write_text("import pathlib; pathlib.Path('ran').touch()")
    monkeypatch.chdir(tmp_path)
    record = load_suite(suite()).cells[0].record()
    for name in ("./evil.py", "evil.py", "./evil.py/tiny"):
        cell = Cell.of(record | {"world": name})
        with pytest.raises(UserError, match="is a path; give the file"):
            cell.load_world()
        assert axes.drawn_as(cell) == "tiny"
        net = record | {"model": name, "spec": {"type": "acme.net@0", "version": 1}}
        with pytest.raises(UserError, match="is a path; give the file"):
            Cell.of(net).load_spec()
    gone = Cell.of(record | {"world": "acme.harbour-v1@0123456789ab"})
    with pytest.raises(UserError, match="was given as a file; give the file itself"):
        gone.load_world()
    assert not (tmp_path / "ran").exists()


def test_a_model_may_be_a_file(zebroid, suite, trained, tmp_path):
    (tmp_path / "net.py").write_text(NET)
    path = suite(**{'"decoder-xs"': '["decoder-xs", "./net.py"]'})
    _, out, _ = zebroid("run", path, "--dry-run")
    (name,) = {*re.findall(r"acme\.net@[0-9a-f]{12}", out)}
    assert zebroid("run", path, "--out", "out")[0] == 0
    assert len(trained) == 8
    (receipt,) = tmp_path.glob("out/tiny-*/receipt.json")
    spec = {"type": name, "version": 1, "width": 8, "loops": 4}
    mine = [c.cell for c in Receipt.read(receipt).cells if c.cell["model"] == name]
    assert len(mine) == 4 and all(cell["spec"] == spec for cell in mine)
    (tmp_path / "sub").mkdir()
    (tmp_path / "net.py").rename(tmp_path / "sub" / "other.py")
    path = suite(Path(path).read_text().replace("./net.py", "sub/other.py"))
    assert zebroid("run", path, "--out", "out")[0] == 0 and len(trained) == 8
    moved = tmp_path / "sub" / "other.py"
    moved.write_text(NET.replace("return 1.0", "return 2.0"))
    zebroid("run", path, "--out", "out")
    assert len(trained) == 12


@pytest.mark.parametrize(
    ("text", "expected_message"),
    [
        (NET + "SPEC = Net(width=16)\n", 16),
        (NET + "class Other(Net):\n    pass\nSPEC = Net\n", 8),
        (NET.replace("class Net", "class Other") + NET, "found Other, Net; name a SPEC"),
        ("width = 8\n", "found none; name a SPEC"),
        (NET.replace("    type", "    kind"), "Net declares no type of its own"),
        (NET + "SPEC = 3\n", "is 'int', without build()"),
        (NET + "SPEC = Net(hidden=3)\n", "does not load: TypeError"),
        ("def broken(:", "does not load: SyntaxError"),
        ("SPEC = 'x'\0", "does not load: "),
    ],
)
def test_a_file_gives_its_one_spec_or_says_why_not(tmp_path, text, expected_message):
    path = tmp_path / "net.py"
    path.write_text(text)
    if isinstance(expected_message, int):
        assert registry.model(str(path)).width == expected_message
        return
    with pytest.raises(UserError) as error:
        registry.model(str(path))
    assert expected_message in str(error.value) and str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_with_a_built_in_spec_gives_what_its_name_would(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(
        "from zebroid.models.architectures.decoder import DecoderSpec\n"
        "SPEC = DecoderSpec(width=32, layers=2, heads=2)\n"
    )
    assert registry.find_model(str(path)).record() == registry.find_model("decoder-xs").record()


def test_a_file_that_is_not_there_is_one_line_with_file_and_line(suite):
    path = suite(**{'"decoder-xs"': '"./gone.py"'})
    with pytest.raises(UserError, match=r"tiny\.toml:10: no model file './gone\.py'") as error:
        load_suite(path)
    assert "\n" not in str(error.value)


def test_loops_of_a_plugin_count_as_those_of_a_built_in_model(suite, plugin):
    points = "[zebroid.models]\n"
    points += "".join(f"acme.{n} = acme_loops:{n.upper()}\n" for n in ("bare", "two", "eight"))
    specs = "BARE, TWO, EIGHT = Net(), Net(at_test=2), Net(at_test=8)\n"
    plugin("acmeloops", points, acme_loops=NET + specs)
    cells = load_suite(suite(**{'"decoder-xs"': '["acme.bare", "acme.two", "acme.eight"]'})).cells
    assert {cell.model: cell.loops for cell in cells} == {
        "acme.bare": 4,
        "acme.two": 2,
        "acme.eight": 8,
    }
    assert axes.varied(cells) == ["loops"]
    assert len({cell.training for cell in cells}) == len(cells) / 3
    built = '{ preset = "looped-s", query_loops = [4, 2, 8] }'
    assert axes.varied(load_suite(suite(**{'"decoder-xs"': built})).cells) == ["loops"]


def test_a_plugin_that_changed_since_is_refused_by_name_and_record(suite, plugin):
    plugin("acmenet", "[zebroid.models]\nacme.net = acme_net:Net\n", acme_net=NET)
    cell = load_suite(suite(**{'"decoder-xs"': '"acme.net"'})).cells[0]
    assert cell.load_spec() == registry.model("acme.net")
    other = Cell.of(cell.record() | {"spec": {**cell.spec, "width": 16}})
    with pytest.raises(UserError, match=r"'acme\.net' is .*\"width\":8.* here, not .*\"width\":16"):
        other.load_spec()
