"""comparison-v2: differences that are right round the clock, and that neither hour alone tells."""

from collections import Counter

import numpy as np
import pytest
from zebroid import registry
from zebroid.worlds.encoding.verbalize import facts_in_english

WORLD = "comparison-v2"


def _names(closure, predicate):
    """Facts as names."""
    constants = closure.base.constants
    return [tuple(constants[a] for a in row) for row in closure.rows(predicate)]


def _hours(closure):
    return {(x, event): int(time.split(":")[0]) for x, event, time in _names(closure, "hour")}


def test_every_difference_is_right_round_the_clock(corpus):
    closure = corpus(WORLD, "small").closure
    hour, found = _hours(closure), _names(closure, "after")
    for event, one, other, lag in found:
        assert int(lag.split()[0]) == (hour[one, event] - hour[other, event]) % 24
    by_event = Counter(event for _, event in hour)
    assert len(found) == sum(n * (n - 1) for n in by_event.values())


def test_a_bridge_gives_its_hour_and_whoever_has_none_is_not_compared(corpus):
    closure = corpus(WORLD, "small").closure
    hour, same = _hours(closure), _names(closure, "same")
    assert same and all(hour[x, event] == hour[other, event] for event, x, other in same)
    stated = {row[:2] for row in _names(closure, "hour")} - {(x, e) for e, x, _ in same}
    assert len(stated) == 12 * round(0.8 * 48)  # of each event, and bridges besides
    names = closure.base.constants
    everybody = {names[i] for i in closure.base.sorts["person"]}
    silent = {(x, e) for x in everybody for _, e in hour} - {*hour}
    assert silent and not silent & {(x, e) for e, x, _, _ in _names(closure, "after")}


@pytest.mark.parametrize("seed", [0, 1])
def test_no_hour_is_that_of_more_people_than_another(seed):
    facts = registry.make(WORLD).facts("small", seed)
    hours = Counter(map(tuple, facts.rows["hour"][:, 1:].tolist()))
    assert max(hours.values()) == 2 and len(hours) > 250


def test_english_reads_as_it_is_spoken(corpus):
    made = corpus(WORLD, "tiny")
    lines = facts_in_english(made.world, made.closure, np.arange(len(made.closure.predicate)))
    assert "1:00 is 1 hour after 0:00." in lines and "0:00 is 11 hours after 1:00." in lines
    assert any(line.startswith("Ann's walk is ") for line in lines)
