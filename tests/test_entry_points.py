"""zebroid's own worlds and models are entry points; nobody else may take their ids."""

from __future__ import annotations

import sys
import tomllib

import pytest
from zebroid import entry_points, registry
from zebroid.benchmarks.report import listing
from zebroid.errors import UserError

from .plugin_sources import WORLD


@pytest.mark.parametrize(
    ("group", "id"), [("zebroid.worlds", "zebra-v2"), ("zebroid.models", "decoder-s")]
)
def test_a_plugin_that_takes_a_built_in_id_is_refused_and_the_built_in_one_works(plugin, group, id):
    before = registry.make(id)
    plugin("acmethief", f"[{group}]\n{id} = acme_thief\n", acme_thief="1 / 0")
    made = registry.make(id)
    assert type(made) is type(before) and "acme_thief" not in sys.modules
    (found,) = registry.refused("world" if "worlds" in group else "model")
    assert (found.name, found.distribution) == (id, "acmethief")
    assert found.flaw.startswith(f"refused: {id!r} is built in") and "\n" not in found.flaw
    assert "uninstall acmethief" in found.flaw
    (line,) = [text for name, text in listing.worlds() if name == id and "(refused)" in text] or [
        text for name, text in listing.models() if name == id and "(refused)" in text
    ]
    assert "'acme_thief' of acmethief 1.0" in line


def test_a_world_is_one_by_its_class_and_not_by_the_name_of_a_base(plugin):
    text = "class World: pass\nclass Mine(World):\n    id = 'acme.mine-v1'\n"
    plugin("acmemine", "[zebroid.worlds]\nacme.mine-v1 = acme_mine:Mine\n", acme_mine=text)
    with pytest.raises(UserError, match="an entry point's name is the id of the world"):
        registry.make("acme.mine-v1")
    renamed = WORLD.replace("import World", "import World as Base").replace("(World)", "(Base)")
    plugin(
        "acmebase",
        "[zebroid.worlds]\nacme.base-v1 = acme_base\n",
        acme_base=renamed.format(name="Path", id="acme.base-v1"),
    )
    assert registry.make("acme.base-v1").id == "acme.base-v1"


def test_built_in_worlds_and_models_are_entry_points_like_anybodys():
    project = tomllib.loads((registry.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    points = project["entry-points"]
    assert {*points["zebroid.worlds"]} == {id for id in registry.worlds() if "." not in id}
    assert {*points["zebroid.models"]} == {name for name in registry.models() if "." not in name}
    files = {path.stem for path in (registry.ROOT / "worlds" / "catalog").glob("*.py")}
    named = {
        value.partition(":")[0].rpartition(".")[2] for value in points["zebroid.worlds"].values()
    }
    # what holds no world, but what worlds are made of
    parts = {"names", "dealing", "genealogy", "horn_theory", "command_splits"}
    assert files - named == {"__init__", *parts}
    assert not [plugin for plugin in registry.plugins() if plugin.distribution == "zebroid"]


def test_without_its_own_entry_points_zebroid_says_how_to_get_them(monkeypatch):
    monkeypatch.setattr(entry_points, "distributions", lambda **_: iter(()))
    with pytest.raises(UserError, match=r"without its worlds and models.*install it again"):
        entry_points.built_in.__wrapped__("world")
