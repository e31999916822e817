"""What every world of the catalogue promises, future ones included."""

import inspect

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.empty_rungs import empty_rungs
from zebroid.worlds.exposure import TWINS, Exposure
from zebroid.worlds.instruments import beyond_association, instruments
from zebroid.worlds.novelty.rungs import RUNGS

# feasts spread in two ways; and at size tiny few rules are stated alone
TOO_FEW = {("network-v2", "shuffled rules")}
FEW_ALONE = ("horn-v2", "network-v2")
# names that follow from the facts drawn: the actions of the commands that are spoken of
DRAWN = {("commands-v2", "sequence")}
TOO_FEW |= {(w, "exchanged rules") for w in FEW_ALONE}
every = pytest.mark.parametrize("world", registry.worlds())


def _too_few(corpus, quota):
    """Promised rungs with fewer pure questions; `mixed` has no quota."""
    counts = {r: len(corpus.of_rung(r)) for r in corpus.world.rungs if r != "mixed"}
    return {r: n for r, n in counts.items() if n < quota}


@every
def test_a_world_says_what_it_is_and_where_it_comes_from(world):
    made = registry.make(world)
    assert made.id == world and len(inspect.getdoc(type(made)) or "") > 100
    assert {"tiny", "small", "base"} <= {*made.sizes}
    assert {*made.rungs} <= {*RUNGS}
    assert {*beyond_association(made)} <= {*instruments(made)}
    assert {*made.phrases} == {*made.program.arity} | {*made.facts("tiny", 0).rows}
    for rule, variables in made.schema_of_rules.items():
        assert all(made.program.rules[rule].binding(v) for v in variables)


@every
def test_promised_rungs_are_populated_at_size_tiny(world, corpus):
    made = corpus(world)
    assert not {*made.world.rungs} & {*empty_rungs(made)}, empty_rungs(made)


@every
def test_every_promised_rung_has_300_pure_questions_at_size_small(world, corpus):
    assert not _too_few(corpus(world, "small"), 300)


@pytest.mark.slow
@every
def test_every_promised_rung_has_1000_pure_questions_at_size_base(world):
    assert not _too_few(build_corpus(registry.make(world), "base"), 1_000)


@pytest.mark.slow
@every
def test_the_quotas_hold_for_other_seeds(world):
    for seeds in ((1, 0), (0, 1), (2, 2)):
        assert not _too_few(build_corpus(registry.make(world), "small", seeds=seeds), 300)
        tiny = build_corpus(registry.make(world), "tiny", seeds=seeds)
        # so small a world has nothing far with some seeds
        assert not {*tiny.world.rungs} & {*empty_rungs(tiny)} - {"depth"}


@every
def test_a_world_is_sampled_from_its_stream_alone(world):
    made = registry.make(world)
    one, again, other = made.facts("tiny", 0), made.facts("tiny", 0), made.facts("tiny", 1)
    assert one.constants == again.constants
    assert {*one.sorts} == {*other.sorts}
    for sort in one.sorts:
        names = [{f.constants[i]: None for i in f.sorts[sort]} for f in (one, other)]
        assert ([*names[0]] == [*names[1]]) == ((world, sort) not in DRAWN), sort
    assert all(np.array_equal(one.rows[p], again.rows[p]) for p in one.rows)
    assert any(not np.array_equal(one.rows[p], other.rows[p]) for p in one.rows)


@every
@pytest.mark.parametrize("twin", TWINS)
def test_every_world_has_its_twins_where_they_make_sense(world, twin, corpus):
    states_rules = any(w in ("stated", "both") for w in registry.make(world).exposure.given)
    if twin == "random labels" or (states_rules and (world, twin) not in TOO_FEW):
        assert corpus(world, twin=twin).digest != corpus(world).digest
    elif states_rules:
        with pytest.raises(UserError, match=r"expected 3 or more; give more patterns as"):
            corpus(world, twin=twin)


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_relations_of_composition_are_permutations(size, corpus):
    rows = corpus("composition-v1", size).closure.rows("one")
    entities = len(corpus("composition-v1", size).closure.base.sorts["entity"])
    for relation in np.unique(rows[:, 1]):
        mine = rows[rows[:, 1] == relation]
        assert len(mine) == entities == len(np.unique(mine[:, 0])) == len(np.unique(mine[:, 2]))


def test_random_tails_are_a_named_size():
    made = registry.make("composition-v1")
    rows = made.facts("random-tails", 0).rows["one"]
    tails = [len(np.unique(rows[rows[:, 1] == r][:, 2])) for r in np.unique(rows[:, 1])]
    assert max(tails) < 100 == made.sizes["random-tails"]["entities"]


def test_grokked_is_the_world_of_arxiv_2405_15071():
    """2,000 entities, 200 relations, out-degree 20, 95/5, 7.2 inferred per usable atomic fact."""
    corpus = build_corpus(registry.make("composition-v1"), "grokked")
    closure, sorts = corpus.closure, corpus.closure.base.sorts
    rows = closure.rows("one")
    assert (len(sorts["entity"]), len(sorts["relation"]), len(rows)) == (2_000, 200, 40_000)
    assert (np.bincount(rows[:, 0])[:2_000] == 20).all()
    assert len(np.unique(rows[:, :2], axis=0)) == 40_000  # a head bears a relation once
    assert corpus.split.held.sum() == 2_000 and corpus.split.usable == 38_000
    assert corpus.demonstrated.sum() == 273_600 and not corpus.split.held_frames.any()
    assert len(closure.rows("two")) == 800_000
    assert not _too_few(corpus, 0) and len(corpus.of_rung("constituent")) > 70_000


def test_what_no_pattern_of_composition_needs_is_not_promised(corpus):
    """Composition fills recall to schema and mixed; it has one rule and no depth."""
    made = corpus("composition-v1")
    assert {*empty_rungs(made)} == {"depth", "axiom", "written", "nontheorem", "unknowable"}


def test_a_transitive_chain_fills_depth(make_world):
    rules = "anc(X,Y) :- par(X,Y).\nanc(X,Z) :- par(X,Y), anc(Y,Z)."
    facts = " ".join(f"par(n{i},n{i + 1})" for i in range(12))
    world = make_world(rules, facts, queries={"par": (1,), "anc": (1,)})
    made = build_corpus(world, "tiny", Exposure(held=0.0, demonstrated=1.0, demonstrated_height=4))
    rows = made.closure.rows("anc")
    # all up to height 4 was demonstrated: one step from it for each of 4 more, so 9 is far
    height = made.closure.height[list(made.closure.blocks["anc"])]
    assert (height > 4).sum() == 8 * 9 / 2 and made.read.height == 4
    provable = made.certificate.provable[made.prompt[:, 0] == made.cues.index(("anc", 1))]
    ends = len({*rows[height > 8][:, 0].tolist()})  # prompts with a descendant more than 8 away
    assert ends == 4 and (provable == sum(1 << s for s in range(16) if s & 4)).sum() == ends
