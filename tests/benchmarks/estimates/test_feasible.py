"""What cannot fit into memory is refused before anything is drawn or trained; what can is not."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid import memory, registry
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.estimates import available_memory, closure_size, feasible, training_memory
from zebroid.benchmarks.estimates import row_shape as row_shapes
from zebroid.benchmarks.estimates.available_memory import Memory
from zebroid.benchmarks.estimates.row_shape import RowShape, row_shape
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.models.architectures import presets
from zebroid.worlds import encode

WIDE = '{ preset = "decoder-xs", width = 800000 }'


def test_a_batch_or_a_model_that_cannot_fit_is_refused_with_its_memory_and_the_cure(
    zebroid, suite, trained
):
    for old, new, why in (
        ("batch = 32", "batch = 2000000000", "135 TB by estimate (134 TB of activations"),
        ('"decoder-xs"', WIDE, "15,360,004,000,000 parameters"),
    ):
        path = suite(**{old: new})
        for words in ((), ("--dry-run",)):
            status, out, err = zebroid("run", path, *words)
            assert (status, out, err.count("\n")) == (2, "", 1) and why in err
        assert "plan.batch" in err if "batch" in old else "give a smaller model" in err
    assert not trained


def test_microbatches_are_what_a_batch_keeps(suite):
    path = suite(**{"batch = 32": "batch = 1000000000\nmicrobatch = 1000"})
    parts = training_memory.need(load_suite(path).cells[0]).parts
    assert parts["activations"] < 1e7 < 1e9 < parts["rows"]


# what XLA says that a row of the compiled program takes, in numbers: `memory_analysis` of
# `compiled.advance` at batch 4,096 on composition-v1/tiny, width 64 but for xs (32) and m (128)
DIRECT, CHAIN = RowShape(5, 1, 30), RowShape(14, 10, 30)
MEASURED = {
    ("decoder-xs", DIRECT): 4_761,
    ("decoder-xs", CHAIN): 18_050,
    ("decoder-m", DIRECT): 18_896,
    ("decoder-m", CHAIN): 69_163,
    ("mlp-s", DIRECT): 2_845,
    ("mlp-s", CHAIN): 28_257,
    ("lstm-s", DIRECT): 7_289,
    ("gru-s", DIRECT): 9_715,
    ("convolution-s", DIRECT): 9_463,
    ("ssm-s", DIRECT): 69_535,
    ("ssm-s", CHAIN): 189_962,
    ("looped-s", DIRECT): 38_420,
    ("encoder-decoder-s", DIRECT): 9_326,
}


@pytest.mark.parametrize(("model", "shape"), MEASURED)
def test_an_estimate_of_a_batch_is_near_what_a_compiled_program_takes(model, shape, suite):
    cell = load_suite(suite(**{"decoder-xs": model})).cells[0]
    activations = training_memory.need(cell, shape).parts["activations"]
    times = activations / (4 * cell.recipe.batch * MEASURED[model, shape])
    assert 1 / 1.3 < times < 1.5, times


@pytest.mark.parametrize("mode", ["direct", "chain"])
def test_rows_are_as_long_as_those_of_the_world(suite, mode):
    cell = dataclasses.replace(load_suite(suite()).cells[0], mode=mode)
    with Corpora() as corpora:
        question_set = corpora.question_set(cell)
    found, tokens = row_shape(cell), encode(question_set.corpus, mode, question_set.questions)
    assert found.tokens == tokens.train.shape[1]
    assert found.bearing == tokens.loss.any(axis=0).sum()
    assert found.words == len(tokens.vocabulary)


def test_a_world_that_cannot_be_drawn_has_the_least_of_rows(suite, monkeypatch):
    def none_left(*_, **__):
        raise MemoryError

    monkeypatch.setattr(row_shapes, "build_corpus", none_left)
    assert row_shape(load_suite(suite()).cells[0]) == row_shapes.LEAST


@pytest.mark.parametrize("name", ["headline-v2", "scaling-full"])
def test_built_in_suites_fit_into_a_small_machine(name, monkeypatch):
    monkeypatch.setattr(available_memory, "of_machine", lambda: Memory(2e9, "this machine"))
    monkeypatch.setattr(available_memory, "of_devices", lambda: Memory(2e9, "this machine"))
    monkeypatch.setattr(feasible, "HINT", 0)
    feasible.check(load_suite(name).cells)


def test_parameters_are_counted_to_a_third_of_those_that_are_built():
    import jax
    from flax import nnx

    for name in ("ENCODER_DECODER_S", "LOOPED_S", "SSM_S", "MLP_S"):
        spec = getattr(presets, name)
        state = nnx.state(nnx.eval_shape(lambda spec=spec: spec.build(2, 4, nnx.Rngs(0))))
        built = sum(leaf.size for leaf in jax.tree.leaves(nnx.to_pure_dict(state)))
        assert 0.8 < training_memory.parameters(spec) / built < 1.4, name


def test_a_model_that_draws_its_loops_takes_what_the_most_of_them_take(suite):
    most, drawn, mean = (
        training_memory.need(load_suite(suite(**{"decoder-xs": model})).cells[0])
        for model in ("looped-s[loops=6]", "looped-s[spread=2]", "looped-s")
    )
    assert drawn.parameters == mean.parameters and drawn.parts == most.parts != mean.parts


def test_a_world_that_is_too_big_is_named_with_its_facts(zebroid, suite, trained, monkeypatch):
    monkeypatch.setattr(Corpora, "question_set", lambda *_: pytest.fail("drawn"))
    path = suite(**{"v1/tiny": "v1/tiny[entities=1000000000]"})
    for words in ((), ("--dry-run",)):
        status, out, err = zebroid("run", path, *words)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert (
            "world composition-v1/tiny[entities=1000000000] is too big: about 7.2e+10 facts" in err
        )
        assert "give a smaller size of this world" in err
    assert not trained


def test_a_world_of_a_file_is_estimated_from_its_smallest_size(zebroid, suite, world_file, trained):
    text = """
from zebroid.worlds.catalog.composition import Composition

class Mine(Composition):
    \"\"\"Two hops.\"\"\"
    id = "acme.mine-v1"
    sizes = {"tiny": {"entities": 8, "relations": 4},
             "giant": {"entities": 10**9, "relations": 10**3}}
"""
    words = ("run", suite(), "--dry-run", "--world")
    status, _, err = zebroid(*words, f"{world_file(text)}/giant")
    assert (status, err.count("\n")) == (2, 1) and "/giant is too big" in err
    assert zebroid(*words, f"{world_file(text)}/tiny")[0] == 0


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("composition-v1/large", 0.9, 1.1), ("network-v2/base", 0.3, 2), ("axioms-v1/base", 0.3, 2)],
)
def test_an_estimate_is_near_what_a_closure_becomes(name, least, most):
    world, size = registry.sized(name)
    found, closure = closure_size.estimate(world, size), world.closure(size, 0)
    assert found is not None and least < found.derivations / len(closure.rule) < most


def test_what_a_world_declares_is_not_estimated():
    world = registry.make("composition-v1")
    assert not any(closure_size.doubtful(world, size, outside=False) for size in world.sizes)
    assert not closure_size.doubtful(world, "tiny[entities=4000]", outside=False)
    assert closure_size.doubtful(world, "tiny[entities=40000]", outside=False)
    assert closure_size.estimate(world, "tiny") is None


def test_where_a_corpus_finds_no_memory_the_world_is_named(suite, zebroid, monkeypatch):
    def none_left(self, cell):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr(run.Corpora, "question_set", none_left)
    status, out, _ = zebroid("run", suite())
    assert status == 1
    assert "no memory left for the corpus of composition-v1/tiny (Unable to allocate 9 TiB)" in out
    assert "give a smaller size of this world" in out and "smaller model" not in out


def test_a_declared_cost_that_the_steps_belie_is_corrected(suite, zebroid):
    path = suite(**{"steps = 100": "steps = 2000000000"})
    _, out, _ = zebroid("run", path, "--dry-run")
    assert "about 0.1 of 0.1 minutes" in out and "its FLOPs alone take " in out
    assert "alone take" not in zebroid("run", suite(), "--dry-run")[1]


def test_cells_that_are_kept_need_no_memory(suite, zebroid, trained, monkeypatch):
    path = suite()
    assert zebroid("run", path)[0] == 0
    monkeypatch.setattr(available_memory, "of_devices", lambda: Memory(1, "this machine"))
    monkeypatch.setattr(feasible, "HINT", 0)
    assert zebroid("run", path, "--dry-run")[0] == 0
    assert zebroid("run", path, "--dry-run", "--out", "other")[0] == 2


def test_unknown_memory_refuses_nothing(monkeypatch):
    monkeypatch.setattr(memory, "CGROUPS", ("/none",))
    monkeypatch.delattr(memory.os, "sysconf")
    assert available_memory.of_machine().bytes > 1e9


FIXED = """
from zebroid.worlds.catalog.composition import Composition

class Mine(Composition):
    \"\"\"Two hops, in one world whatever the seed.\"\"\"
    id = "acme.mine-v1"
    fixed = {fixed}
"""


def test_another_seed_of_a_fixed_world_is_refused_and_another_exposure_is_not(
    zebroid, suite, world_file, trained
):
    def status(fixed, seed):
        text = suite(**{"seeds = {": f"seeds = {{ {seed} = [0, 3],"})
        world = f"{world_file(FIXED.format(fixed=fixed))}/tiny"
        return zebroid("run", text, "--dry-run", "--world", world)

    found, out, err = status(True, "world")
    assert (found, out, err.count("\n")) == (2, "", 1)
    assert "acme.mine-v1@" in err
    assert " is fixed, and world seed 3 would give the world of seed 0 again" in err
    assert "give seeds.world = 0, and several of seeds.exposure" in err
    assert status(True, "exposure")[0] == status(False, "world")[0] == 0
    assert not trained
