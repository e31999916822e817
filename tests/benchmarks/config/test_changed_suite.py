"""A suite's grid with another model or with values set: another suite, which says so."""

from __future__ import annotations

import json

import pytest
from zebroid import registry
from zebroid.benchmarks.config.changed_suite import changed
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite
from zebroid.errors import UserError

NET = """
import dataclasses

@dataclasses.dataclass(frozen=True)
class Net:
    type = "acme.net"
    version = 1
    width: int = 8
    def build(self, vocabulary, prompt, rngs): ...
    def flops(self, vocabulary, prompt, at): return 1.0
"""


def test_another_model_stands_in_place_of_each(suite):
    grid = load_suite(suite())
    found = changed(grid, model="mlp-s")
    assert {cell.model for cell in found.cells} == {"mlp-s"}
    assert [cell.mode for cell in found.cells] == [cell.mode for cell in grid.cells]
    assert found.id == "tiny+mlp-s" and found.digest != grid.digest and "mlp-s" in found.title
    assert found.command == "tiny --model mlp-s"
    assert not {c.digest for c in found.cells} & {c.digest for c in grid.cells}


def test_models_that_become_equal_are_one(suite):
    grid = load_suite(suite(**{'"decoder-xs"': '["decoder-xs", "mlp-xs"]'}))
    assert len(changed(grid, model="gru-xs").cells) == len(grid.cells) / 2


def test_the_suites_own_model_leaves_the_suite(suite):
    grid = load_suite(suite())
    assert changed(grid, model="decoder-xs") is grid
    assert changed(grid) is grid
    assert changed(grid, settings=["model.layers=2"]) is grid


def test_a_file_may_be_the_model(suite, world_file):
    path = world_file(NET, name="net.py")
    found = changed(load_suite(suite()), model=path, settings=["model.width=16"])
    known = registry.find_model(path).name.replace("@", "-")  # wherever the file lies
    assert found.id == f"tiny+{known}+model.width=16"
    for cell in found.cells:
        assert cell.model.startswith("acme.net@") and cell.model.endswith("[width=16]")
        assert cell.places.model == path and cell.load_spec().width == 16


def test_parameters_of_the_world_are_named_recorded_and_digested(suite):
    grid = load_suite(suite())
    found = changed(grid, settings=["world.entities=12"])
    assert found.id == "tiny+world.entities=12"
    for old, new in zip(grid.cells, found.cells):
        assert new.size == f"{old.size}[entities=12]" and new.record()["size"] == new.size
        assert new.corpus != old.corpus and new.digest != old.digest
        assert f"composition-v1/{old.size}[entities=12] " in str(new)
        assert Cell.of(json.loads(json.dumps(new.record()))) == new


def test_settings_add_to_those_that_a_name_has_and_the_later_holds(suite):
    grid = load_suite(suite(**{"composition-v1/tiny": "composition-v1/tiny[entities=12]"}))
    assert {cell.size for cell in grid.cells} == {"tiny[entities=12]"}
    both = changed(grid, settings=["world.relations=6"])
    assert {cell.size for cell in both.cells} == {"tiny[entities=12,relations=6]"}
    other = changed(grid, settings=["world.entities=16"])
    assert {cell.size for cell in other.cells} == {"tiny"}  # as the size itself


def test_exposure_model_and_plan_are_set_too(suite):
    grid = load_suite(suite())
    settings = ["exposure.held=0.2", "model.layers=1", "plan.batch=16", "exposure.twin=none"]
    for cell in changed(grid, settings=settings).cells:
        assert (cell.exposure.held, cell.exposure.twin) == (0.2, None)
        assert cell.model == "decoder-xs[layers=1]" and cell.spec["layers"] == 1
        assert cell.recipe.batch == 16 and cell.plan.endswith("[batch=16]")


def test_a_seed_is_set_in_every_cell_and_leaves_corpora_as_they_were(suite):
    grid = load_suite(suite())
    found = changed(grid, settings=["seeds.init=77"])
    assert {cell.seeds.init for cell in found.cells} == {77} and "seeds.init=77" in found.id
    assert [c.corpus for c in found.cells] == [c.corpus for c in grid.cells]
    assert not {c.digest for c in found.cells} & {c.digest for c in grid.cells}
    one = changed(grid, settings=["seeds.world=3"])
    assert {cell.seeds.world for cell in one.cells} == {3}


def test_world_and_model_come_before_what_is_set(suite):
    settings = ["world.exceptions=0.2", "model.hidden=32"]
    found = changed(load_suite(suite()), "zebra-v2/tiny", "mlp-xs", settings)
    assert {(c.world, c.size) for c in found.cells} == {("zebra-v2", "tiny[exceptions=0.2]")}
    assert {c.model for c in found.cells} == {"mlp-xs[hidden=32]"}
    own = registry.make("zebra-v2").default_exposure("tiny")
    assert {c.exposure == own for c in found.cells} == {True}


def test_an_id_of_many_changes_stays_short_and_its_own(suite):
    grid = load_suite(suite())
    ids = set()
    for steps in (100, 101):
        settings = [f"plan.{key}=3" for key in ("warmup", "batch", "evaluations")]
        ids.add(changed(grid, "", "encoder-decoder-xs", [*settings, f"plan.steps={steps}"]).id)
    assert len(ids) == 2 and max(map(len, ids)) < 80


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "world.entites=3",
            "unknown parameter of composition-v1 'entites'; did you",
        ),
        ("world.entities=many", "expected a whole number"),
        ("exposure.hled=0.2", "did you mean 'held'?"),
        ("exposure.held=7", "give a share"),
        ("model.layrs=1", "did you mean 'layers'?"),
        ("model.layers=0", "at least 1"),
        ("plan.step=1", "did you mean 'steps'?"),
        ("plan.steps=0", "at least 1"),
        ("wolrd.entities=3", "unknown target of --set 'wolrd'; did you mean 'world'?"),
        ("world.entities", "expected world.KEY=VALUE"),
        ("entities=3", "expected world.KEY=VALUE"),
        ("world.entities=", "expected world.KEY=VALUE"),
        ("world.entities=a b", "or one word"),
        ("seeds.inti=3", "unknown axis of chance 'inti'; did you mean 'init'?"),
        ("seeds.init=-1", "expected a whole number from 0 to 4,294,967,295"),
        ("seeds.init=true", "expected a whole number"),
    ],
)
def test_what_cannot_be_set_is_one_line(suite, setting, message):
    with pytest.raises(UserError) as error:
        changed(load_suite(suite()), settings=[setting])
    found = str(error.value)
    assert found.startswith("--set ") and message in found and "\n" not in found


def test_a_setting_is_given_once(suite):
    with pytest.raises(UserError, match=r"plan\.steps is set twice"):
        changed(load_suite(suite()), settings=["plan.steps=3", "plan.steps=4"])
