"""comparison-v2: by how much two differ, on a circle, by value or through somebody alike."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import listed, people

EVENTS = (
    "breakfast walk lunch nap tea supper bath prayer lesson shift swim reading rehearsal workout "
    "commute meeting class choir game watch"
)
Rows = NDArray[np.int64]


class Comparison(World):
    """Ann's walk is at 17:00 and Ben's at 15:00, so hers is 2 hours after his.

    And so is that of whoever walks when Ann does. Of some people the hour of an event is stated, of
    others only that it is that of somebody known (a bridge), of a few nothing: what involves these
    has no answer. The clock goes round, and every hour is that of as many people as any other; so
    neither of the two hours alone tells anything of the difference, unlike "who is earlier", which
    an early riser mostly is (that is `ranking-v1`). The table of differences is stated whole.

    Rungs: `instance`, two people that were compared with others; `constituent`, an hour or a bridge
    that no demonstrated comparison used (the cells of `unseen` say whether the first, the second or
    both); `schema`, a kind of comparison never demonstrated: say, of a bridged lunch with a stated
    one.
    """

    id = "comparison-v2"
    generalises = "comparison with a margin (after Wang et al. 2024, arXiv 2405.15071)"
    rules = """
      % whoever does it when somebody else does, does it at that one's hour
      hour(X,A,V) :- same(A,X,B), hour(B,A,V).
      % the hours from one to the other, round the clock
      after(A,E,F,D) :- hour(E,A,V), hour(F,A,W), minus(V,W,D), E != F.
    """
    schema = MappingProxyType({2: ("A",)})
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    beyond_association = (("constituent", "after"),)
    familiar = frozenset({"minus"})
    entities = ("time",)  # no prompt about a difference has one
    sizes = MappingProxyType(
        {
            "tiny": {"persons": 24, "events": 6, "hours": 12},
            "small": {"persons": 48, "events": 12, "hours": 24},
            "base": {"persons": 120, "events": 20, "hours": 24},
            "large": {"persons": 480, "events": 20, "hours": 24},
        }
    )
    phrases = MappingProxyType(
        {
            "hour": "{0}'s {1} is at {2}.",
            "same": "{1}'s {0} is at the hour of {2}'s.",
            "after": "{1}'s {0} is {3} after {2}'s.",
            "minus": "{0} is {2} after {1}.",
        }
    )
    exposure = Exposure(held=0.1, held_frames=0.1, phi=9.0, demonstrated_height=2, nontheorems=0.03)
    exposures = MappingProxyType(
        {
            "tiny": Exposure(
                held=0.1, held_frames=0.2, phi=4.0, demonstrated_height=2, nontheorems=0.03
            )
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        persons: int,
        events: int,
        hours: int,
        known: float = 0.8,
        alike: float = 0.15,
    ) -> Facts:
        """Of each event: the share ``known`` of persons has its hour stated, ``alike`` a bridge."""
        turn = np.resize(np.arange(hours), persons)
        table = np.stack([rng.permutation(turn) for _ in range(events)])
        order = np.argsort(rng.random_sample((events, persons)), axis=1)
        stated = round(known * persons)
        bridged = stated + round(alike * persons)
        event, person = np.repeat(np.arange(events), stated), order[:, :stated].ravel()
        later, earlier = np.indices((hours, hours)).reshape(2, -1)
        return Facts.of(
            {
                "person": people(persons),
                "event": listed(EVENTS, "event", events),
                "time": [f"{v}:00" for v in range(hours)],
                "lag": [f"{v} hour{'s' if v != 1 else ''}" for v in range(hours)],
            },
            hour=("person event time", np.column_stack([person, event, table[event, person]])),
            same=("event person person", bridges(rng, table, order, stated, bridged)),
            minus=("time time lag", np.column_stack([later, earlier, (later - earlier) % hours])),
        )


def bridges(
    rng: np.random.RandomState, table: Rows, order: Rows, stated: int, bridged: int
) -> Rows:
    """[n, 3] (attribute, entity, a known entity of the same value) where there is one.

    ``table`` [attributes, entities] has the values; of each attribute the first ``stated`` of
    ``order`` are known, and those up to ``bridged`` have a bridge.
    """
    rows = []
    for attribute, value in enumerate(table):
        known = order[attribute, :stated]
        for entity in order[attribute, stated:bridged]:
            alike = known[value[known] == value[entity]]
            if len(alike):
                rows.append((attribute, entity, alike[rng.randint(len(alike))]))
    return np.array(rows, np.int64).reshape(-1, 3)
