"""zebroid.make: a world or a model by its id, with values of its own or others."""

from __future__ import annotations

import dataclasses

import pytest
import zebroid
from zebroid import registry
from zebroid.errors import UserError

from .plugin_sources import SPEC


def test_a_world_is_made_with_parameters_that_hold_at_every_size():
    world = zebroid.make("composition-v1", entities=12)
    assert world.arguments("tiny") == {"entities": 12, "relations": 8}
    assert world.arguments("small") == {"entities": 12, "relations": 16}
    corpus = zebroid.build_corpus(world, "tiny")
    assert corpus.size == "tiny[entities=12]"
    assert len(corpus.closure.base.sorts["entity"]) == 12
    named = zebroid.build_corpus(zebroid.make("composition-v1"), "tiny[entities=12]")
    assert corpus.digest == named.digest
    assert corpus.digest != zebroid.build_corpus(zebroid.make("composition-v1"), "tiny").digest


def test_a_parameter_that_is_the_sizes_own_changes_nothing():
    world = zebroid.make("composition-v1", entities=16, permutations=True)
    assert world.named_size("tiny") == "tiny" and world.named_size("small") != "small"
    plain = zebroid.build_corpus(zebroid.make("composition-v1"), "tiny")
    assert zebroid.build_corpus(world, "tiny").digest == plain.digest


def test_a_world_with_parameters_leaves_the_world_as_it_was():
    world = zebroid.make("composition-v1")
    world.with_parameters(entities=12)
    assert world.named_size("tiny") == "tiny"
    assert zebroid.make("composition-v1").named_size("tiny") == "tiny"


def test_sizes_that_share_their_draws_share_them_with_parameters_too():
    world = zebroid.make("network-v2")
    (size, base), *_ = world.drawn_as.items()
    assert world.draws(f"{size}[a=1]") == f"{base}[a=1]" and world.draws(size) == base


def test_a_model_is_made_with_fields_of_its_own_or_others():
    assert zebroid.make("decoder-s") == zebroid.model("decoder-s")
    deeper = zebroid.make("decoder-s", layers=4, positions="absolute")
    assert (deeper.layers, deeper.positions.type) == (4, "absolute")
    far = zebroid.make("decoder-s", positions={"type": "rotary", "far": 100})
    assert far == dataclasses.replace(
        zebroid.model("decoder-s"), positions=dataclasses.replace(deeper_positions(), far=100.0)
    )


def deeper_positions():
    return zebroid.model("decoder-s").positions


def test_as_many_loops_as_in_training_are_the_model_as_trained():
    same, other = (registry.find_model("loops-8", {"query_loops": n}) for n in (8, 12))
    assert same.name == "loops-8" and same.record() == registry.find_model("loops-8").record()
    assert other.name == "loops-8[query_loops=12]"
    again = registry.find_model("loops-8[query_loops=12]")
    assert again.record() == other.record() and again.name == other.name


def test_a_file_gives_a_world_or_a_model(world_file):
    path = world_file(SPEC, name="net.py")
    assert zebroid.make(path, width=16).width == 16
    assert registry.find_model(f"{path}[width=16]").name.endswith("[width=16]")
    with pytest.raises(UserError, match="must define exactly one World; found none"):
        zebroid.make(world_file("x = 1"))


def test_a_files_record_is_that_of_its_content_whatever_is_changed(world_file):
    found = registry.find_model(world_file(SPEC, name="net.py"), {"width": 16})
    assert found.record()["type"] == found.name.removesuffix("[width=16]")
    assert found.record()["width"] == 16


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("composition-v1", {"entites": 3}, "'entites'; did you mean 'entities'?"),
        ("composition-v1", {"rng": 3}, "unknown parameter of composition-v1 'rng'"),
        ("composition-v1", {"entities": "ten"}, "expected a whole number"),
        ("composition-v1", {"permutations": 1}, "expected true or false"),
        ("composition-v1/tiny", {"entities": 3}, "make the world 'composition-v1' alone"),
        ("decoder-s", {"layrs": 3}, "unknown field of decoder 'layrs'; did you mean 'layers'?"),
        ("decoder-s", {"layers": 0}, "at least 1"),
        ("decoder-s", {"layers": "two"}, "expected a whole number"),
        ("decoder-s", {"heads": 5}, "isn't a multiple of"),
        ("decoder-s", {"positions": "rotry"}, "unknown type 'rotry'; did you mean 'rotary'?"),
        ("decoder-s", {"positions": {"type": "rotary", "fra": 1}}, "did you mean 'far'?"),
        ("decoder-s", {"positions": "small"}, "unknown type 'small'"),
        ("decodr-s", {}, "did you mean 'decoder-s'?"),
    ],
)
def test_what_does_not_exist_or_fit_is_one_line(name, values, message):
    with pytest.raises(UserError) as error:
        zebroid.make(name, **values)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_parameters_that_cannot_be_drawn_are_named_with_the_size():
    world = zebroid.make("composition-v1", entities=-3)
    with pytest.raises(UserError, match=r"composition-v1/tiny\[entities=-3\]: sample cannot draw"):
        zebroid.build_corpus(world, "tiny")
