"""Ids: built in, from a file, from a plugin; what is wrong with one harms no other."""

from __future__ import annotations

import subprocess
import sys

import pytest
from zebroid import registry
from zebroid.errors import UserError

from .plugin_sources import MODEL, WORLD


def test_every_built_in_world_is_made_by_its_id():
    assert {"composition-v1", "zebra-v2"} <= set(registry.worlds())
    for id in registry.worlds():
        assert registry.make(id).id == id


def test_every_built_in_model_is_made_by_its_name():
    for name, text in registry.models().items():
        spec = registry.model(name)
        assert type(spec).__name__ == text.partition("(")[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: registry.make("zebra-v1"),
            "unknown world or model 'zebra-v1'; did you mean 'zebra-v2'?",
        ),
        (lambda: registry.make("quark"), "known: algebra-v2"),
        (lambda: registry.make("zebra-v2/tiny"), "make the world 'zebra-v2' alone"),
        (lambda: registry.sized("zebra-v2/tny"), "did you mean 'tiny'?"),
        (lambda: registry.model("decodr-s"), "did you mean 'decoder-s'?"),
        (lambda: registry.suite("smok"), "did you mean 'smoke'?"),
        (lambda: registry.suite("a/b.toml"), "no suite file 'a/b.toml'"),
    ],
)
def test_an_unknown_name_gets_the_nearest_known_one(call, message):
    with pytest.raises(UserError) as error:
        call()
    assert message in str(error.value)


def test_of_many_known_names_the_first_are_listed_and_how_many_more():
    names = [f"entity{i:04}" for i in range(2000)]
    message = str(registry.suggest("constant", "quark", names))
    assert message.endswith("entity0008, entity0009 and 1,990 more")
    assert str(registry.suggest("mode", "quark", names[:2])).endswith("entity0000, entity0001")
    assert str(registry.suggest("mode", "quark", [])).endswith("known: none")


def test_a_file_gives_its_one_world(world_file):
    path = world_file(WORLD.format(name="Path", id="acme.path-v1"))
    world, size = registry.sized(path)
    assert (world.id, size) == ("acme.path-v1", "small")  # the first: it has no tiny one
    assert registry.sized("zebra-v2")[1] == "tiny"
    assert registry.sized(f"{path}/big")[1] == "big"
    with pytest.raises(UserError, match="did you mean 'big'"):
        registry.sized(f"{path}/bigg")


def test_a_file_may_import_worlds_and_define_one(world_file):
    text = "from zebroid.worlds.catalog.zebra import Zebra\n"
    text += "class Mine(Zebra):\n    id = 'acme.mine-v1'\n"
    assert registry.make(world_file(text)).id == "acme.mine-v1"


def test_a_file_with_two_worlds_or_none_names_what_it_found(world_file):
    two = WORLD.format(name="One", id="a.one-v1") + WORLD.format(name="Two", id="a.two-v1")
    with pytest.raises(UserError, match=r"exactly one World; found One, Two"):
        registry.make(world_file(two))
    with pytest.raises(UserError, match=r"exactly one World; found none"):
        registry.make(world_file("x = 1"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named"),
        ("def broken(:", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        (WORLD.format(name="Path", id="path"), "must be a versioned name such as 'zebra-v2'"),
    ],
)
def test_a_file_that_does_not_load_says_why_in_one_line(world_file, text, message):
    path = world_file(text)
    with pytest.raises(UserError) as error:
        registry.make(path)
    assert message in str(error.value) and path in str(error.value)
    assert "\n" not in str(error.value)


def test_two_files_of_one_name_are_two_worlds(world_file, tmp_path):
    (tmp_path / "sub").mkdir()
    one = world_file(WORLD.format(name="Path", id="acme.one-v1"))
    two = world_file(WORLD.format(name="Path", id="acme.two-v1"), name="sub/mine.py")
    assert (registry.make(one).id, registry.make(two).id) == ("acme.one-v1", "acme.two-v1")


def test_a_plugin_world_is_found_by_name(plugin):
    points = "[zebroid.worlds]\nacme.path-v1 = acme_path\n"
    plugin("acme", points, acme_path=WORLD.format(name="Path", id="acme.path-v1"))
    assert "acme.path-v1" in registry.worlds()
    assert registry.make("acme.path-v1").id == "acme.path-v1"


def test_a_plugin_may_name_the_class(plugin):
    points = "[zebroid.worlds]\nacme.class-v1 = acme_class:Path\n"
    plugin("acmeclass", points, acme_class=WORLD.format(name="Path", id="acme.class-v1"))
    assert registry.make("acme.class-v1").id == "acme.class-v1"


def test_a_broken_plugin_is_named_and_harms_no_other(plugin):
    points = "[zebroid.worlds]\nacme.bad-v1 = acme_bad\nacme.good-v1 = acme_good\n"
    good = WORLD.format(name="Path", id="acme.good-v1")
    plugin("acmetwo", points, acme_bad="import missing_module", acme_good=good)
    assert {"acme.bad-v1", "acme.good-v1"} <= set(registry.worlds())
    with pytest.raises(UserError, match=r"acme\.bad-v1.*'acme_bad' of acmetwo.*missing_module"):
        registry.make("acme.bad-v1")
    assert registry.make("acme.good-v1").id == "acme.good-v1"
    assert registry.make("zebra-v2").id == "zebra-v2"


def test_a_plugin_under_a_name_that_is_not_its_worlds_is_refused(plugin):
    points = "[zebroid.worlds]\nacme.alias-v1 = acme_alias\n"
    plugin("acmealias", points, acme_alias=WORLD.format(name="Path", id="acme.other-v1"))
    with pytest.raises(UserError, match=r"gives 'acme\.other-v1'"):
        registry.make("acme.alias-v1")


def test_a_name_defined_twice_names_both(plugin):
    for package in ("acmeone", "acmetwin"):
        plugin(package, f"[zebroid.worlds]\nacme.twice-v1 = {package}_w\n")
    with pytest.raises(UserError, match=r"defined twice, by '.*' of acme.* and by '.*' of acme"):
        registry.make("acme.twice-v1")


def test_a_plugin_model_is_found_by_name(plugin):
    points = "[zebroid.models]\nacme.net = acme_net:SPEC\nacme.class = acme_net:Spec\n"
    plugin("acmemodel", points, acme_net=MODEL)
    assert registry.models()["acme.net"] == "'acme_net:SPEC' of acmemodel 1.0"
    assert registry.model("acme.net").width == 8
    assert registry.model("acme.class") == registry.model("acme.net")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SPEC = (1, 2)", "is 'tuple', without build()"),
        (MODEL.replace("def flops", "def cost"), "is 'Spec', without flops()"),
        (MODEL.replace("@dataclasses.dataclass(frozen=True)", ""), "is 'Spec', no dataclass"),
        (MODEL.replace("frozen=True", "frozen=False"), "TypeError: unhashable type: 'Spec'"),
        ("1 / 0", "does not load: ZeroDivisionError"),
        (MODEL.replace("    type", "    kind"), "declares no type of its own; add `type = 'acme.n"),
        (MODEL.replace("    version", "    kind"), "no version of its own; add `version = 1`"),
        (MODEL.replace("version = 1", "version = '1'"), "version is '1'; give a whole number"),
        (MODEL.replace("version = 1", "version: int = 1"), "version is a field; write `version: C"),
        (MODEL.replace("acme.net", "decoder"), "'decoder', which is built in; give a name"),
        (MODEL.replace("int = 8", "object = print"), "width is <built-in function print>, which"),
        ("import sys; sys.exit(3)", "does not load: SystemExit: 3"),
        ("", "does not load: AttributeError: module 'acme_net' has no attribute 'SPEC'"),
    ],
)
def test_a_model_that_is_none_is_refused_in_one_line(plugin, text, message):
    plugin("acmemodel", "[zebroid.models]\nacme.net = acme_net:SPEC\n", acme_net=text)
    with pytest.raises(UserError) as error:
        registry.model("acme.net")
    assert message in str(error.value) and "acmemodel 1.0" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_package_whose_entry_points_cannot_be_read_harms_no_other(plugin):
    plugin("acmebad", "[zebroid.worlds]\nno equals sign\n")
    points = "[zebroid.worlds]\nacme.good-v1 = acme_good\n"
    plugin("acmegood", points, acme_good=WORLD.format(name="Path", id="acme.good-v1"))
    assert registry.make("acme.good-v1").id == "acme.good-v1"
    (bad,) = [plugin for plugin in registry.plugins() if plugin.flaw]
    assert (bad.distribution, bad.version) == ("acmebad", "1.0")
    assert bad.flaw.startswith("cannot be read: TypeError")


def test_a_package_that_lies_on_the_path_twice_is_one(plugin, monkeypatch):
    points = "[zebroid.worlds]\nacme.path-v1 = acme_path\n"
    site = plugin("acme", points, acme_path=WORLD.format(name="Path", id="acme.path-v1"))
    (site / "link").symlink_to(site)
    monkeypatch.syspath_prepend(str(site / "link"))
    assert [found.name for found in registry.plugins()] == ["acme.path-v1"]
    assert registry.make("acme.path-v1").id == "acme.path-v1"


def test_listing_plugins_loads_none(acme):
    assert {found.name for found in registry.plugins()} == {
        "acme.harbour-v1",
        "acme.broken-v1",
        "acme.recency",
    }
    assert not [name for name in sys.modules if name.startswith("acme")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sizes = {", "sizes = {} and {", "sizes is empty"),
        ("def sample", "def __init__(self): 1 / 0\n    def sample", "ZeroDivisionError"),
        ('id = "acme.mine-v1"', 'id = "mine-v1"', "gives 'mine-v1'"),
    ],
)
def test_a_plugin_world_that_cannot_be_made_is_refused_in_one_line(plugin, old, new, message):
    text = WORLD.format(name="Mine", id="acme.mine-v1")
    assert old in text
    points = "[zebroid.worlds]\nacme.mine-v1 = acme_mine:Mine\n"
    plugin("acmemine", points, acme_mine=text.replace(old, new))
    with pytest.raises(UserError) as error:
        registry.make("acme.mine-v1")
    assert message in str(error.value) and "acmemine 1.0" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_plugin_world_bears_the_name_of_its_makers(plugin):
    points = "[zebroid.worlds]\nmine-v1 = acme_mine\n"
    plugin("acmemine", points, acme_mine=WORLD.format(name="Mine", id="mine-v1"))
    with pytest.raises(UserError, match="name it by maker and version"):
        registry.make("mine-v1")


def test_a_world_may_leave_out_all_but_id_rules_and_sample(world_file):
    text = WORLD.format(name="Least", id="acme.least-v1")
    text = "\n".join(line for line in text.splitlines() if "sizes" not in line)
    world, size = registry.sized(world_file(text.replace("rng)", "rng, last=2)")))
    assert (size, [*world.sizes]) == ("tiny", ["tiny", "small"])
    assert len(world.facts("small", 0).rows["edge"]) == 2
    lacking = world_file(text.replace("rng)", "rng, last)"))
    with pytest.raises(UserError, match=r"tiny does not fit sample: missing .* 'last'"):
        registry.make(lacking).facts("tiny", 0)


def test_importing_the_registry_imports_nothing_heavy():
    code = (
        "import sys, zebroid.registry as r; r.worlds(); r.models(); r.suites();print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {name.partition(".")[0] for name in out.stdout.split()}
    assert not names & {"numpy", "jax", "flax", "duckdb", "clingo"}


def test_what_is_built_in_is_found_without_a_look_at_other_packages(monkeypatch):
    """A suite names them thousands of times, and a tool is found anew at each of its calls."""
    monkeypatch.setattr(registry, "plugins", lambda: pytest.fail("looked at all packages"))
    assert registry.model("decoder-s") == registry.find_model("decoder-s[layers=2]").thing
    assert callable(registry.tool("exact")) and callable(registry.policy("greedy"))
    assert registry.world("zebra-v2").id == "zebra-v2"
    with pytest.raises(pytest.fail.Exception):
        registry.model("decoder-z")
