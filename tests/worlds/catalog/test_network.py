"""network-v2: one answer by whatever path, and a threshold where the stated network links up."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.seeding import stream
from zebroid.worlds.datalog.engine import close

WORLD = "network-v2"


def _derivable(links, share, **size):
    """Of all months that follow in a network, the part that follows from this share of it."""
    world = registry.make(WORLD)
    rng = stream("test", WORLD, links, int(100 * share))
    facts = world.sample(rng, regions=8, width=12, layers=10, feasts=8, links=links, **size)
    some = {
        p: rows[np.sort(rng.permutation(len(rows))[: round(share * len(rows))])]
        for p, rows in facts.rows.items()
        if p in ("link", "month")
    }
    both = (close(world.program, given) for given in (facts, facts.replace(**some)))
    whole, part = ((c.height > 0).sum() for c in both)
    return part / whole


def test_far_conclusions_appear_at_one_over_the_number_of_connections():
    """Below 1/6 almost nothing follows, above it most; with 3 connections 1/3 is the place."""
    assert _derivable(6, 0.1) < 0.04 and _derivable(6, 0.3) > 0.5
    assert _derivable(3, 0.2) < 0.08 and _derivable(3, 0.6) > 0.6
    assert _derivable(6, 0.3) > 2 * _derivable(3, 0.3)


def test_the_sweep_is_one_world_of_which_more_and_more_is_stated(corpus):
    made = [corpus(WORLD, f"p-{p}") for p in (10, 20, 50)]
    truth = made[0].split.truth
    stated, share = [], []
    for c in made:
        assert np.array_equal(c.split.truth.arguments, truth.arguments)
        stated.append({tuple(row) for row in c.closure.base.rows["link"].tolist()})
        share.append((c.closure.height > 0).sum() / (truth.height > 0).sum())
    assert stated[0] < stated[1] < stated[2]
    assert share[0] < 0.04 and 0.1 < share[1] < 0.4 and share[2] > 0.9


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_all_paths_to_a_month_agree(size, corpus):
    truth = corpus(WORLD, size).split.truth
    months = truth.rows("month")
    assert len(np.unique(months[:, :2], axis=0)) == len(months)
    derived = np.bincount(truth.head, minlength=len(truth.predicate))
    assert derived.max() == 6  # not for want of other paths


def test_a_feast_is_later_by_all_the_lags_on_its_way_and_keeps_to_its_way(make_world):
    facts = (
        "passes(river,fair) passes(road,dance) month(bodo,fair,may) month(bodo,dance,may) "
        "link(baba,river,bodo,one) link(dada,river,baba,one) link(dada,road,bodo,none) "
        "later(may,one,june) later(june,one,july) later(may,none,may)"
    )
    world = make_world(registry.make(WORLD).rules, facts)
    closure = world.closure("tiny", 0)
    names = np.array(closure.base.constants)
    derived = {" ".join(names[row[:3]]) for row in closure.arguments[~closure.is_base]}
    assert derived == {"baba fair june", "dada fair july", "dada dance may"}


def test_in_alike_no_connection_makes_a_feast_later():
    facts = registry.make(WORLD).facts("alike", 0)
    lags = facts.rows["link"][:, 3] - facts.sorts["lag"].start
    assert len(lags) > 20_000 and not lags.any()


def test_nothing_follows_for_a_town_that_no_path_leads_from(corpus):
    """Below the layer in which a feast is stated nobody has it: near misses, answered by NONE."""
    made = corpus(WORLD)
    cue = made.cues.index(("month", 2))
    towns = {row[1] for row in made.prompt[made.of_rung("nontheorem")].tolist() if row[0] == cue}
    with_feast = {tuple(row) for row in made.split.truth.rows("month")[:, :2].tolist()}
    queries = made.prompt[made.of_rung("nontheorem")]
    assert towns and not with_feast & {tuple(r[1:3]) for r in queries.tolist() if r[0] == cue}
