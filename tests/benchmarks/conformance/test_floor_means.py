"""Floors over several seeds: means, intervals, and what an instrument cannot show."""

import pytest
from zebroid.benchmarks.conformance.floor_means import COUNTS, Mean, means


def _floor(strategy, score, **more):
    return {"strategy": strategy, "score": score, "setting": "any", "questions": 90, **more}


def _instrument(rung="depth", cue="has", chance=0.1, spreading=0.1, pivotal=0.9, blinded=0.2):
    lacks = {"blind to": "rule 1: genus, place 1", "pivotal": pivotal}
    without = _floor("without rule 1: genus, place 1", blinded, **lacks)
    best = {
        "chance": _floor("commonest", chance),
        "blinded": without,
        "spreading": _floor("spreading", spreading),
    }
    return {
        "rung": rung,
        "cue": cue,
        "questions": 100,
        **dict.fromkeys(COUNTS, 7),
        "floor": max(best["chance"], without, key=lambda f: f["score"]),
        "best": best,
        "strategies": [best["chance"], without, best["spreading"]],
    }


def _records(*instruments):
    return [{"instruments": [i]} for i in instruments]


def test_a_mean_of_one_seed_has_no_interval_and_of_several_students():
    assert Mean.of([0.3]).half is None
    found = Mean.of([0.1, 0.2, 0.3])
    assert found.mean == pytest.approx(0.2) and found.half == pytest.approx(
        4.303 * 0.1 / 3**0.5, 1e-3
    )


def test_an_instrument_that_one_seed_lacks_is_the_mean_of_the_others():
    records = [*_records(_instrument(chance=0.1), _instrument(chance=0.3)), {"instruments": []}]
    (found,) = means(records)
    assert found.seeds == 2 and found.best["chance"].mean == pytest.approx(0.2)
    assert found.record()["best"]["chance"]["seeds"] == 2


def test_instruments_stand_in_the_order_of_the_ladder_and_cues_apart():
    given = [
        _instrument("axiom"),
        _instrument("instance", "kin/3"),
        _instrument("instance", "kin/2"),
    ]
    names = [m.name for m in means([{"instruments": given}])]
    assert names == ["instance kin/2", "instance kin/3", "axiom has"]


def test_the_floor_is_named_by_the_strategy_that_is_best_for_most_seeds():
    found = means(_records(_instrument(chance=0.3), _instrument(chance=0.4), _instrument()))
    assert found[0].named["floor"] == "commonest"


@pytest.mark.parametrize(("spreading", "nameless"), [(0.29, False), (0.31, True)])
def test_names_do_not_matter_where_spreading_is_a_tenth_above_the_floor(spreading, nameless):
    (found,) = means(_records(_instrument(spreading=spreading)))
    assert found.best["floor"].mean == 0.2 and found.nameless is nameless


@pytest.mark.parametrize(("chance", "reuse"), [(0.9, False), (0.91, True)])
def test_above_nine_tenths_it_is_reuse_by_likeness(chance, reuse):
    (found,) = means(_records(_instrument(chance=chance)))
    assert found.reuse is reuse and found.record()["reuse by likeness"] is reuse


def test_of_what_is_pivotal_in_less_than_half_of_the_questions_it_says_nothing():
    (found,) = means(_records(_instrument(pivotal=0.49)))
    assert found.idle == {"rule 1: genus": 0.49}
    (found,) = means(_records(_instrument(pivotal=0.5)))
    assert found.idle == {}


def test_a_premise_stands_for_its_places_only_where_all_are_idle():
    one = _instrument(pivotal=0.2)
    dropped = _floor("", 0.1, pivotal=0.8, **{"blind to": "rule 1: genus dropped"})
    one["strategies"].append(dropped)
    (found,) = means(_records(one))
    assert found.idle == {"rule 1: genus, place 1": 0.2}
