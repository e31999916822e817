"""Third parties' worlds and models: listed, run, written anew, and gone."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks.docs.readme_tables import filled
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.worlds.corpus.build import build_corpus

ACME = Path(__file__).parents[1] / "plugins" / "acme"


def columns(out):
    """name -> the other columns of ``zebroid plugins``."""
    header, *lines = (re.split(r" {2,}", line, maxsplit=5) for line in out.splitlines())
    assert header == ["name", "kind", "package", "version", "content", "state"]
    return {line[0]: line[1:] for line in lines}


def test_plugins_are_listed_with_package_version_content_and_state(zebroid, acme):
    status, out, err = zebroid("plugins")
    assert (status, err) == (0, "")
    found = columns(out)
    corpus = build_corpus(registry.make("acme.harbour-v1"), "tiny").digest
    harbour = ["world", "acme-plugin", "1.2.3", f"1 tiny {corpus[:16]}", "ok"]
    assert found["acme.harbour-v1"] == harbour
    assert found["acme.recency"] == ["model", "acme-plugin", "1.2.3", "-", "ok"]
    kind, package, version, none, message = found["acme.broken-v1"]
    assert (kind, package, version, none) == ("world", "acme-plugin", "1.2.3", "-")
    assert message.startswith("broken: ")
    assert "No module named 'harbour_charts_that_nobody_installed'" in message


def test_without_plugins_there_is_a_header_alone(zebroid, monkeypatch):
    monkeypatch.setattr(registry, "plugins", lambda: iter(()))
    assert zebroid("plugins") == (0, "name  kind  package  version  content  state\n", "")


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
    assert {"acme.harbour-v1", "zebra-v2"} <= {*lines}
    assert "'acme_plugin.recency:RecencySpec' of acme-plugin 1.2.3" in zebroid("models")[1]
    status, _, err = zebroid("show", "acme.broken-v1")
    assert status == 2 and err.count("\n") == 1 and "mend or remove it" in err


def on_acme(suite):
    """The tiny suite on the plugin's world, trained with the plugin's model."""
    return suite(**{"composition-v1": "acme.harbour-v1", "decoder-xs": "acme.recency"})


def test_a_receipt_is_read_and_printed_when_the_plugin_is_gone(
    zebroid, suite, trained, tmp_path, acme
):
    assert zebroid("run", on_acme(suite), "--out", "out")[0] == 0
    (path,) = tmp_path.glob("out/tiny-*/receipt.json")
    page = f"<!-- receipt {path.relative_to(tmp_path)} -->\n<!-- end of receipt -->\n"
    before = filled(page, tmp_path)
    acme()
    assert "acme.harbour-v1" not in registry.worlds()
    receipt = Receipt.read(path)
    assert receipt.versions["acme-plugin"] == "1.2.3, acme.harbour-v1 content 1"
    assert {c.cell["world"] for c in receipt.cells} == {"acme.harbour-v1"}
    spec = {"type": "acme.recency", "version": 1, "width": 32, "hidden": 128}
    assert all(c.cell["spec"] == spec for c in receipt.cells)
    assert "**acme.harbour-v1/tiny**" in before and filled(page, tmp_path) == before
    status, _, err = zebroid("run", on_acme(suite), "--out", "out")
    assert status == 2 and "unknown world 'acme.harbour-v1'" in err
    assert "removed 4 cells" in zebroid("clean", "--out", "out")[1]


def install(plugin):
    """The plugin's modules in a package of this test's own; the folder that they are in."""
    own = ACME / "acme_plugin"
    modules = {f"acme_{n}": (own / f"{n}.py").read_text() for n in ("harbour", "recency")}
    points = "[zebroid.worlds]\nacme.harbour-v1 = acme_harbour\n"
    points += "[zebroid.models]\nacme.recency = acme_recency:RecencySpec\n"
    return plugin("acme-plugin", points, **modules)


def edit(file, old, new):
    """Changes a module of a plugin as if in another process: it is imported anew."""
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    sys.modules.pop(file.stem, None)
    importlib.invalidate_caches()
    shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)


def test_a_plugins_results_are_kept_until_its_declared_content_is_raised(
    zebroid, suite, trained, plugin
):
    site = install(plugin)
    zebroid("run", on_acme(suite), "--out", "out")
    edit(site / "acme_recency.py", '"""acme.recency', '"""Another thought: acme.recency')
    edit(site / "acme_harbour.py", '"""A ship is known', '"""Once more: a ship is known')
    assert zebroid("run", on_acme(suite), "--out", "out")[0] == 0
    assert len(trained) == 4
    edit(site / "acme_harbour.py", "    rules =", "    content = 2\n    rules =")
    assert zebroid("run", on_acme(suite), "--out", "out")[0] == 0
    assert len(trained) == 8
    assert {cell.content for cell in trained} == {1, 2}
    assert ["content" in cell.record() for cell in trained] == [False] * 4 + [True] * 4


def test_content_that_moved_under_an_equal_version_is_not_scored(zebroid, suite, trained, plugin):
    site = install(plugin)
    zebroid("run", on_acme(suite), "--out", "out")
    edit(site / "acme_harbour.py", "values=6", "values=7")
    status, _, err = zebroid("run", on_acme(suite), "--out", "out")
    assert (status, len(trained)) == (2, 4) and err.count("\n") == 1
    assert "its content moved under an equal version" in err and "raise `content`" in err


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
    from zebroid.benchmarks.conformance.worlds.world_checks import check_world

    status, out, err = zebroid("new", "world", "acme-worlds", "--name", "old-guild")
    assert (status, err) == (0, "") and "pip install -e acme-worlds" in out
    made = tmp_path / "acme-worlds"
    files = {str(f.relative_to(made)) for f in made.rglob("*") if f.is_file()}
    own = {"acme_worlds/__init__.py", "acme_worlds/old_guild.py", "tests/test_old_guild.py"}
    assert files == {"pyproject.toml", "README.md", *own}
    world = made / "acme_worlds" / "old_guild.py"
    assert len(world.read_text().splitlines()) <= 40
    assert '"acme.old-guild-v1" = "acme_worlds.old_guild"' in (made / "pyproject.toml").read_text()
    report = check_world(str(world), "tiny")
    assert report.passed and report.name == "acme.old-guild-v1"
    (golden,) = [o.found for o in report.outcomes if o.name == "golden"]
    assert golden.startswith("as pinned for content 1")
    corpus = build_corpus(registry.make(str(world)), "small")
    assert all(len(corpus.of_rung(rung)) >= 300 for rung in corpus.world.rungs)


def test_a_new_package_holds_a_model(zebroid, tmp_path):
    status, out, err = zebroid("new", "model", "acme-models", "--name", "old-net")
    assert (status, err) == (0, "") and "zebroid check-model acme.old-net" in out
    made = tmp_path / "acme-models"
    files = {str(f.relative_to(made)) for f in made.rglob("*") if f.is_file()}
    own = {"acme_models/__init__.py", "acme_models/old_net.py", "tests/test_old_net.py"}
    assert files == {"pyproject.toml", "README.md", *own}
    point = '"acme.old-net" = "acme_models.old_net:SPEC"'
    assert point in (made / "pyproject.toml").read_text()
    spec = registry.make(str(made / "acme_models" / "old_net.py"), width=16)
    assert (spec.type, spec.width) == ("acme.old-net", 16)


@pytest.mark.parametrize("kind", ["world", "model"])
def test_a_new_package_reads_like_the_house(kind, zebroid, tmp_path):
    zebroid("new", kind, "acme-worlds")
    for words in (("check", "--ignore", "RUF012"), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *words, "--config"]
        command += [str(registry.ROOT / "pyproject.toml"), str(tmp_path / "acme-worlds")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("words", "message"),
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
def test_a_name_that_will_not_do_is_one_line_and_writes_nothing(zebroid, tmp_path, words, message):
    (tmp_path / "acme-worlds").mkdir()
    (tmp_path / "acme-worlds" / "mine").write_text("precious")
    status, out, err = zebroid("new", *words)
    assert (status, out) == (2, "")
    assert message in err and err.count("\n") == 1
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
    environment("python -m zebroid.benchmarks.docs.readme_tables page.md")
    page = (tmp_path / "page.md").read_text()
    assert "**acme.harbour-v1/tiny**" in page and "**chain**" in page
