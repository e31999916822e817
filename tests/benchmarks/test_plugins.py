"""Third parties' worlds and models: listed, run, written anew, and gone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks import provenance
from zebroid.benchmarks.readme import filled
from zebroid.benchmarks.receipt import Receipt
from zebroid.worlds.state import state

ACME = Path(__file__).parents[1] / "plugins" / "acme"


def columns(out):
    """name -> the other columns of ``zebroid plugins``."""
    header, *lines = (line.split(maxsplit=6) for line in out.splitlines())
    assert header == ["name", "kind", "package", "version", "digest", "state"]
    return {line[0]: line[1:] for line in lines}


def test_plugins_are_listed_with_package_version_digest_and_state(zebroid, acme):
    status, out, err = zebroid("plugins")
    assert (status, err) == (0, "")
    found = columns(out)
    corpus = state(registry.make("acme.harbour-v1"), "tiny").digest
    harbour = ["world", "acme-plugin", "1.2.3", "tiny", corpus[:16], "ok"]
    assert found["acme.harbour-v1"] == harbour
    (model,) = provenance.plugins([], ["acme.recency"])
    digest = provenance.source(model)[:16]
    assert found["acme.recency"] == ["model", "acme-plugin", "1.2.3", "source", digest, "ok"]
    kind, package, version, none, told, _ = found["acme.broken-v1"]
    assert (kind, package, version, none) == ("world", "acme-plugin", "1.2.3", "-")
    assert told == "broken:" and "No module named 'harbour_charts_that_nobody_installed'" in out


def test_without_plugins_there_is_a_header_alone(zebroid, monkeypatch):
    monkeypatch.setattr(registry, "plugins", lambda: iter(()))
    assert zebroid("plugins") == (0, "name  kind  package  version  digest  state\n", "")


def test_two_plugins_of_one_id_are_both_listed_as_such(zebroid, plugin):
    for package in ("acmeone", "acmetwin"):
        plugin(package, f"[zebroid.worlds]\nacme.twice-v1 = {package}_w\n")
    _, out, _ = zebroid("plugins")
    lines = [line for line in out.splitlines() if line.startswith("acme.twice-v1")]
    assert len(lines) == 2
    for line in lines:
        assert "defined twice, by 'acmetwin_w' of acmetwin 1.0 and by 'acmeone_w'" in line


def test_a_package_without_readable_entry_points_is_listed_with_the_reason(zebroid, plugin):
    plugin("acmebad", "[zebroid.worlds]\nno equals sign\n")
    assert columns(zebroid("plugins")[1])["?"][:2] == ["?", "acmebad"]


def test_a_broken_plugin_harms_no_other_command(zebroid, acme):
    status, out, _ = zebroid("worlds")
    assert status == 0
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert (
        "A ship is known for what its harbour is known for; sizes tiny"
        in (lines["acme.harbour-v1"])
    )
    assert "(broken) plugin 'acme.broken-v1'" in lines["acme.broken-v1"]
    assert {"acme.harbour-v1", "zebra-v1"} <= {*lines}
    assert "'acme_plugin.recency:RecencySpec' of acme-plugin 1.2.3" in zebroid("models")[1]
    status, _, err = zebroid("show", "acme.broken-v1")
    assert status == 2 and err.count("\n") == 1 and "mend or remove it" in err


def on_acme(suite):
    """The tiny suite on the plugin's world, trained with the plugin's model."""
    return suite(**{"composition-v1": "acme.harbour-v1", "decoder-xs": "acme.recency"})


def test_a_receipt_is_read_and_shown_when_the_plugin_is_gone(
    zebroid, suite, trained, tmp_path, acme
):
    assert zebroid("run", on_acme(suite), "--out", "out")[0] == 0
    (path,) = tmp_path.glob("out/tiny-*/receipt.json")
    page = f"<!-- receipt {path.relative_to(tmp_path)} -->\n<!-- end of receipt -->\n"
    before = filled(page, tmp_path)
    (model,) = provenance.plugins([], ["acme.recency"])
    code = provenance.source(model)[:16]
    acme()
    assert "acme.harbour-v1" not in registry.worlds()
    receipt = Receipt.read(path)
    assert receipt.versions["acme-plugin"] == f"1.2.3, source {code}"
    assert {c.cell["world"] for c in receipt.cells} == {"acme.harbour-v1"}
    spec = {"type": "acme.recency", "version": 1, "width": 32, "hidden": 128}
    assert all(c.cell["spec"] == spec for c in receipt.cells)
    assert "**acme.harbour-v1/tiny**" in before and filled(page, tmp_path) == before
    status, _, err = zebroid("run", on_acme(suite), "--out", "out")
    assert status == 2 and "unknown world 'acme.harbour-v1'" in err
    assert "removed 4 cells" in zebroid("clean", "--out", "out")[1]


def test_results_of_another_version_of_a_plugins_code_are_made_again(
    zebroid, suite, trained, plugin
):
    own = ACME / "acme_plugin"
    modules = {f"acme_{n}": (own / f"{n}.py").read_text() for n in ("harbour", "recency")}
    points = "[zebroid.worlds]\nacme.harbour-v1 = acme_harbour\n"
    points += "[zebroid.models]\nacme.recency = acme_recency:RecencySpec\n"
    site = plugin("acme-plugin", points, **modules)
    zebroid("run", on_acme(suite), "--out", "out")
    assert len(trained) == 4
    zebroid("run", on_acme(suite), "--out", "out")
    assert len(trained) == 4
    with (site / "acme_recency.py").open("a") as file:
        file.write("# another thought\n")
    provenance.maker.cache_clear()
    zebroid("run", on_acme(suite), "--out", "out")
    assert len(trained) == 8


def test_a_path_works_where_an_id_does(zebroid, suite, trained, world_file):
    text = (ACME / "acme_plugin" / "harbour.py").read_text()
    path = world_file(text)
    assert "# acme.harbour-v1" in zebroid("show", "./mine.py")[1]
    name = registry.find_world(path)[0].name
    assert re.fullmatch(r"acme\.harbour-v1@[0-9a-f]{12}", name)
    assert f"{name}/tiny direct" in zebroid("run", suite(), "--world", "./mine.py", "--dry-run")[1]
    assert zebroid("run", suite(), "--world", path, "--out", "out")[0] == 0
    assert {(cell.world, cell.size) for cell in trained} == {(name, "tiny")}


def test_a_new_package_holds_a_world_that_keeps_its_promises(zebroid, tmp_path):
    from zebroid.benchmarks.conformance import conform

    status, out, err = zebroid("new", "world", "acme-worlds", "--name", "old-guild")
    assert (status, err) == (0, "") and "pip install -e acme-worlds" in out
    made = tmp_path / "acme-worlds"
    files = {str(f.relative_to(made)) for f in made.rglob("*") if f.is_file()}
    own = {"acme_worlds/__init__.py", "acme_worlds/old_guild.py", "tests/test_old_guild.py"}
    assert files == {"pyproject.toml", "README.md", *own}
    world = made / "acme_worlds" / "old_guild.py"
    assert len(world.read_text().splitlines()) <= 40
    assert '"acme.old-guild-v1" = "acme_worlds.old_guild"' in (made / "pyproject.toml").read_text()
    report = conform(str(world), "tiny")
    assert report.passed and report.world == "acme.old-guild-v1"
    corpus = state(registry.make(str(world)), "small")
    assert all(len(corpus.of_rung(rung)) >= 300 for rung in corpus.world.rungs)


def test_a_new_package_reads_like_the_house(zebroid, tmp_path):
    zebroid("new", "world", "acme-worlds")
    for words in (("check", "--ignore", "RUF012"), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *words, "--config"]
        command += [str(registry.ROOT / "pyproject.toml"), str(tmp_path / "acme-worlds")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("world", "acme-worlds"), "acme-worlds is there already"),
        (("world", "Acme_Worlds"), "expected small letters, digits and single hyphens"),
        (("world", "acme/worlds"), "expected small letters"),
        (("world", "../acme"), "expected small letters"),
        (("world", ""), "expected small letters"),
        (("world", "numpy"), "a Python package 'numpy' already"),
        (("world", "zebroid"), "a Python package 'zebroid' already"),
        (("world", "class"), "is a word of Python"),
        (("world", "tests"), "a Python package 'tests' already"),
        (("world", "other", "--name", "guild-v2"), "leave it out, the first one is v1"),
        (("world", "other", "--name", "a.b"), "such as 'guild'"),
        (("world", "other", "--name", "facts"), "would hide what its own file imports"),
        (("wolrd", "other"), "cannot write a 'wolrd'; expected: zebroid new world other"),
    ],
)
def test_a_name_that_will_not_do_is_one_line_and_writes_nothing(zebroid, tmp_path, words, told):
    (tmp_path / "acme-worlds").mkdir()
    (tmp_path / "acme-worlds" / "mine").write_text("precious")
    status, out, err = zebroid("new", *words)
    assert (status, out) == (2, "")
    assert told in err and err.count("\n") == 1
    assert sorted(f.name for f in tmp_path.rglob("*")) == ["acme-worlds", "mine"]


def test_a_package_is_written_whole_or_not_at_all(zebroid, tmp_path, monkeypatch):
    write = Path.write_text

    def fails(path, text, *rest):
        if path.name == "test_guild.py":
            raise OSError(28, "No space left on device", str(path))
        return write(path, text, *rest)

    monkeypatch.setattr(Path, "write_text", fails)
    status, _, err = zebroid("new", "world", "acme-worlds")
    assert status == 2 and "No space left on device" in err and err.count("\n") == 1
    assert not [*tmp_path.iterdir()]
    monkeypatch.undo()


SUITE = """
[suite]
id = "acme"
title = "A world and a model of a third party"
cost_minutes = 0.1
expected = "numbers"

[[cells]]
world = "acme.harbour-v1/tiny"
mode = ["direct", "chain"]
model = "acme.recency"
plan = "short"
questions = 20

[plans.short]
optimizer = "muon"
batch = 16
steps = 20
evaluations = 2
"""


@pytest.mark.slow
def test_a_plugin_is_installed_listed_trained_and_removed(environment, tmp_path):
    shutil.copytree(ACME, tmp_path / "acme", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "acme.toml").write_text(SUITE)
    (tmp_path / "page.md").write_text("<!-- receipt receipt.json -->\n<!-- end of receipt -->\n")
    environment("pip install -e acme")
    listed = columns(environment("zebroid plugins"))
    assert {"acme.harbour-v1", "acme.broken-v1", "acme.recency"} == {*listed}
    assert listed["acme.harbour-v1"][-1] == listed["acme.recency"][-1] == "ok"
    assert "acme.harbour-v1" in environment("zebroid worlds")
    assert "acme.harbour-v1/tiny" in environment("zebroid run acme.toml")
    environment("cp runs/acme-*/receipt.json . && pip uninstall -y acme-plugin")
    assert "acme.harbour-v1" not in environment("zebroid plugins && zebroid worlds")
    environment("python -m zebroid.benchmarks.readme page.md")
    page = (tmp_path / "page.md").read_text()
    assert "**acme.harbour-v1/tiny**" in page and "**chain**" in page
