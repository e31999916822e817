"""Percolation: exact reachability, a threshold for recursion alone, and the theory of graphs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.scaling.percolation import (
    critical_edges,
    independent,
    links,
    parts,
    pieces,
    recursive,
    statements_of,
    sweep,
)
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World

COVERAGES = (0.1, 0.2, 0.3, 0.5, 1.0)


class Reachable(World):
    """Transitive closure of a random graph in which six edges leave every node."""

    id = "test.reachable-v1"
    rules = "path(X,Y) :- edge(X,Y).\npath(X,Z) :- edge(X,Y), path(Y,Z)."
    sizes = {"tiny": {"nodes": 20}, "small": {"nodes": 150}}  # noqa: RUF012

    def sample(self, rng: np.random.RandomState, *, nodes: int) -> Facts:
        heads = np.repeat(np.arange(nodes), 6)
        tails = np.concatenate([rng.permutation(nodes)[:6] for _ in range(nodes)])
        return Facts.of({"node": nodes}, edge=("node node", np.stack([heads, tails], 1)))


class Either(World):
    """A conclusion with a derivation over one premise and another over two."""

    id = "test.either-v1"
    rules = "c(X) :- a(X).\nc(X) :- b(X), d(X)."
    sizes = {"tiny": {}}  # noqa: RUF012

    def sample(self, rng: np.random.RandomState) -> Facts:
        every = np.arange(400)[:, None]
        return Facts.of({"x": 400}, a=("x", every), b=("x", every), d=("x", every))


@pytest.fixture(scope="module")
def reachable():
    return sweep(Reachable(), "small", COVERAGES, [0, 1])


def test_transitive_closure_jumps_where_it_was_measured_to(reachable) -> None:
    """Out-degree 6: 0.003 / 0.13 / 0.55 / 0.95 at p = 0.10 / 0.20 / 0.30 / 0.50."""
    found = reachable.derivable.mean(0)
    assert found[0] < 0.02 and found[1] == pytest.approx(0.13, abs=0.05)
    assert found[2] == pytest.approx(0.58, abs=0.08) and found[3] == pytest.approx(0.94, abs=0.03)
    assert found[4] == 1
    assert reachable.recursive and reachable.smooth is None


def test_the_threshold_lies_above_one_branch_a_node(reachable) -> None:
    threshold = reachable.threshold
    assert threshold is not None
    mean, low, high = threshold
    assert 1 / 6 < mean < 0.35 and low <= mean <= high and high - low >= 0.1  # the grid's own gaps


def test_what_hangs_together_does_so_before_it_follows(reachable) -> None:
    assert (reachable.giant >= reachable.derivable - 0.05).all()
    assert reachable.linked[0] <= reachable.threshold[0]
    assert (np.diff(reachable.giant, axis=1) >= 0).all()


def test_a_two_hop_has_no_threshold_and_is_p_squared() -> None:
    found = sweep(Composition(), "tiny", COVERAGES, range(4))
    assert not found.recursive and found.threshold is None
    assert found.smooth is not None
    p = np.array(COVERAGES)
    assert found.smooth == pytest.approx(np.broadcast_to(p**2, found.smooth.shape))
    assert found.derivable.mean(0) == pytest.approx(p**2, abs=0.03)


def test_independent_premises_count_every_derivation() -> None:
    found = sweep(Either(), "tiny", [0.3, 0.6], range(5))
    p = np.array([0.3, 0.6])
    expected = 1 - (1 - p) * (1 - p**2)
    assert found.smooth == pytest.approx(np.broadcast_to(expected, (5, 2)))
    assert found.derivable.mean(0) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("coverage", [0.3, 0.55, 1.0])
def test_what_is_stated_and_what_follows_are_those_of_the_corpus(coverage: float) -> None:
    world = Composition()
    exposure = dataclasses.replace(world.default_exposure("tiny"), coverage=coverage)
    corpus = build_corpus(world, "tiny", exposure, (3, 3))
    closure = world.closure("tiny", 3)
    known = statements_of(world, "tiny", closure, 3).at(coverage)
    stated = set(map(tuple, closure.arguments[known].tolist()))
    gold = corpus.closure
    assert stated == set(map(tuple, gold.arguments[corpus.stated].tolist()))
    found = sweep(world, "tiny", [coverage], [3])
    assert found.derivable[0, 0] == (~gold.is_base).sum() / (~closure.is_base).sum()


def test_coverage_states_more_of_the_same(reachable) -> None:
    assert (np.diff(reachable.derivable, axis=1) >= 0).all()


def test_critical_edges_grow_as_the_root_of_entities_times_properties() -> None:
    properties = np.array([200, 800, 3200])
    found = np.array([critical_edges(200, n, range(10)) for n in properties])
    ratio = found / np.sqrt(200 * properties)
    assert ((ratio >= 1.1) & (ratio <= 1.2)).all()
    slope = np.polyfit(np.log(properties), np.log(found), 1)[0]
    assert 0.45 < slope < 0.55  # 0.486 measured over six sizes, 0.5 in theory


def test_pieces_are_counted_within_their_own_part() -> None:
    whole = parts(7, np.array([[0, 1], [1, 2], [3, 4], [4, 5], [5, 6]]))
    giant, finite = pieces(whole, np.array([[0, 1], [3, 4]]))
    assert giant == pytest.approx(4 / 7)  # {0, 1} of three, {3, 4} of four
    assert finite == 1
    assert pieces(whole, np.array([[0, 1], [1, 2], [3, 4], [4, 5], [5, 6]])) == (1, 0)
    assert pieces(np.zeros(0, np.int32), np.zeros((0, 2), np.int32)) == (0, 0)


def test_relations_link_nothing() -> None:
    """Every fact names a relation: as a node it would join all entities at once."""
    world = Composition()
    closure = world.closure("tiny", 0)
    size = closure.base.sorts
    entity = np.zeros(len(closure.base.constants), bool)
    block = next(iter(size.values()))
    entity[block.start : block.stop] = True
    nodes, edges = links(closure, closure.is_base, entity)
    assert nodes == len(block) and edges.max() < nodes
    assert len(edges) == closure.is_base.sum()


def test_recursion_is_a_property_of_rules() -> None:
    assert recursive(Reachable().program) and not recursive(Composition().program)


def test_independence_of_no_premises_is_certainty_of_what_is_given() -> None:
    world = Either()
    closure = world.closure("tiny", 0)
    chance = independent(closure, closure.is_base, 0.0)
    assert chance == pytest.approx(1)


@pytest.mark.parametrize("coverages", [[], [0.5, 0.5], [0.4, 0.2], [-0.1, 0.5], [0.5, 1.2]])
def test_coverages_are_shares_in_order(coverages) -> None:
    with pytest.raises(UserError, match="expected shares in rising order"):
        sweep(Composition(), "tiny", coverages, [0])


def test_a_sweep_needs_a_seed_and_a_known_size() -> None:
    with pytest.raises(UserError, match="no seeds"):
        sweep(Composition(), "tiny", [0.5], [])
    with pytest.raises(UserError, match="size"):
        sweep(Composition(), "tinny", [0.5], [0])
