"""Instruments under every strategy, and scores that stand above them."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.floors import floor_table
from zebroid.eval.floors.floor_table import Floor, Instrument
from zebroid.eval.floors.measured import floors
from zebroid.eval.floors.strategy import Scored, half
from zebroid.eval.scoring.normalised import normalised
from zebroid.worlds.corpus.corpus import Corpus


@pytest.fixture(scope="module")
def found(zebra: Corpus) -> tuple[Instrument, ...]:
    seen: list[str] = []
    out = floors(zebra, np.arange(len(zebra.prompt)), seen.append)
    assert any(line.startswith("blinded deducers") for line in seen)
    return out


def test_every_instrument_has_every_kind_of_strategy(found: tuple[Instrument, ...]) -> None:
    assert {i.rung for i in found} >= {"instance", "constituent", "axiom"}
    for i in found:
        assert i.n >= floor_table.LEAST
        families = {f.family for f in i.floors}
        # few questions use a rule: then there is no deducer blind to an ingredient of it
        assert families - {"blinded"} == {"chance", "association", "spreading"}
        for f in i.floors:
            assert f.blind and len(f.at) == f.n and (f.hits >= 0).all() and (f.hits <= 1).all()
        best = [i.best(family) for family in floor_table.FAMILIES]
        assert i.floor.score == max(b.score for b in best if b)
        assert i.floor.family != "spreading"
    assert any(f.family == "blinded" for i in found for f in i.floors)


def test_blinded_deducers_count_on_pivotal_questions_alone(found: tuple[Instrument, ...]) -> None:
    blinded = [f for i in found for f in i.floors if f.family == "blinded"]
    assert all(f.pivotal is not None for f in blinded)
    # which trait it is decides nothing where the kind does, but for a negation
    idle = [f for f in blinded if f.blind == "rule 1: named, place 1"]
    assert idle and all(f.pivotal == 0 and f.n == 0 and f.score == 0 for f in idle)
    kinds = [f for f in blinded if f.blind == "rule 1: typical, place 1"]
    assert kinds and all(f.pivotal is not None and f.pivotal > 0.5 for f in kinds)


def test_few_questions_are_no_instrument(zebra: Corpus) -> None:
    few = np.concatenate([zebra.of_rung(r)[:29] for r in ("instance", "schema")])
    assert floors(zebra, few) == ()


def test_settings_are_chosen_on_the_other_half() -> None:
    n = 400
    draws = np.random.RandomState(0).random_sample((200, n)) < 0.1
    scored = Scored("luck", "chance", "all", tuple(map(str, range(200))), draws.astype(float))
    hits, _ = scored.on(np.ones(n, bool))
    assert draws.mean(1).max() > 0.13  # the luckiest of two hundred, were it scored where chosen
    assert abs(hits.mean() - 0.1) < 0.03
    assert half(n).sum() == n // 2 and np.array_equal(half(n), half(n))


def test_the_best_strategy_is_chosen_on_the_other_half() -> None:
    rng, n = np.random.RandomState(1), 60
    lucky = [
        Floor(
            f"{i}",
            "blinded",
            "all",
            "any",
            np.arange(n),
            (rng.random_sample(n) < 0.2).astype(float),
            1.0,
        )
        for i in range(100)
    ]
    instrument = Instrument("depth", "has", n, tuple(lucky))
    best = instrument.best("blinded")
    assert best is not None and best.n == n
    assert max(f.score for f in lucky) > 0.3 > best.score
    assert instrument.best("association") is None


def test_normalised_is_nothing_where_the_interval_includes_the_floor() -> None:
    rng = np.random.RandomState(0)
    worlds = [rng.random_sample(100) * 0 + level for level in (0.5, 0.6, 0.55, 0.52)]
    base = [np.full(100, level) for level in (0.2, 0.3, 0.22, 0.21)]
    found = normalised(worlds, base)
    assert found is not None and found.over == "worlds"
    assert found.value == found.mean == pytest.approx(0.4, abs=0.05) and found.low > 0
    level = normalised([np.full(9, 0.3), np.full(9, 0.1)], [np.full(9, 0.2), np.full(9, 0.2)])
    assert level is not None and level.value == 0 and level.low < 0 < level.high
    below = normalised([np.full(99, 0.0)], [np.full(99, 0.5)])
    assert below is not None and below.value == -1.0 and below.over == "questions"


def test_above_a_high_floor_nothing_is_normalised() -> None:
    assert normalised([np.ones(50)], [np.full(50, 0.95)]) is None


def test_a_floor_of_one_in_some_world_leaves_no_room_above_it() -> None:
    floors = [np.full(40, 0.2), np.full(40, 1.0)]
    assert normalised([np.full(40, 0.9)] * 2, floors) is None
    assert normalised([np.full(40, 0.9)] * 2, [floors[0], np.full(40, 0.9)]) is not None


def test_one_world_compares_questions_that_differ() -> None:
    rng = np.random.RandomState(0)
    mine, theirs = (
        (rng.random_sample(200) < 0.6).astype(float),
        (rng.random_sample(80) < 0.2).astype(float),
    )
    found = normalised([mine], [theirs])
    assert found is not None and found.low < found.mean < found.high and found.low > 0
