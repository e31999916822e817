"""order-v1: the first of a kind that comes after, as far as a transitive relation carries."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed, people

TRADES = (
    "baker barber brewer butcher carpenter clerk cook cooper doctor farmer fisher grocer guard "
    "hunter judge lawyer mason miller miner nurse painter pilot porter potter sailor singer smith "
    "tailor teacher weaver"
)
ROWS = (
    "queue parade roster ranking choir caravan convoy ladder rota race draft ballot audit patrol "
    "picket regatta rally tour raid watch"
)


class Order(World):
    """Who is the first baker after Ann in the queue? As many links as it takes, if it carries on.

    Every row (the queue, the parade, ...) is made of chains, stated link by link. Where coming
    after is transitive, whoever comes after one's successor comes after oneself, and the first of
    a trade may stand dozens of links away: the height of its proof is that distance. Where it is
    bounded, the next and the next but one come after; elsewhere only the next. So the links of all
    rows look alike, and the same walk gives a conclusion in one row and none in another
    (`nontheorem`). Answers are unique and depend on where in the chain one stands.

    Which law a row obeys is rules as data: exemplified, stated, both, or neither; of the rows whose
    law stands nowhere only the next is known (`unknowable`). Rungs: `instance`; `constituent`, over
    a link or to a person that no demonstrated conclusion used; `depth`, further than was ever
    demonstrated (8 links), to 39 at size small: the axis of reach; `axiom`, in a row whose law was
    only stated. Far answers over permutations of the entities: arXiv 2604.07822, there to 24 hops.
    """

    id = "order-v1"
    generalises = "Many-hop recall over permutations (Kohli et al. 2026, arXiv 2604.07822)"
    rules = """
      % the next one, if of that trade
      first(R,K,X,Y) :- next(R,X,Y), trade(Y,K).
      % else, in a transitive row, whoever is the first after the next one
      first(R,K,X,Z) :- law(R,transitive), next(R,X,Y), not trade(Y,K), first(R,K,Y,Z).
      % else, in a bounded row, the next but one, if of that trade; and nobody further on
      first(R,K,X,Z) :- law(R,bounded), next(R,X,Y), not trade(Y,K), next(R,Y,Z), trade(Z,K).
    """
    axioms = frozenset({"law"})
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    beyond_association = (("depth", "first"),)
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"chains": 2, "length": 20, "trades": 8, "rows": (5, 5, 2)},
            "small": {"chains": 12, "length": 40, "trades": 20, "rows": (10, 5, 5)},
            "base": {"chains": 20, "length": 50, "trades": 25, "rows": (20, 10, 5)},
            "large": {"chains": 20, "length": 100, "trades": 40, "rows": (20, 10, 5)},
        }
    )
    phrases = MappingProxyType(
        {
            "next": "In the {0}, {2} comes right after {1}.",
            "trade": "{0} is a {1}.",
            "law": "In the {0}, coming after is {1}.",
            "first": "In the {0}, the first {1} after {2} is {3}.",
        }
    )
    exposure = Exposure(
        held=0.02,
        demonstrated=0.5,
        demonstrated_height=4,
        given={"exemplified": 0.2, "stated": 0.2, "both": 0.4, "neither": 0.2},
        nontheorems=0.1,
    )
    exposures = MappingProxyType(
        {"tiny": dataclasses.replace(exposure, held=0.05, demonstrated=0.8)}
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        chains: int,
        length: int,
        trades: int,
        rows: tuple[int, int, int],
    ) -> Facts:
        """``rows`` that are transitive, bounded and neither, each a new order of all people."""
        persons, number = chains * length, sum(rows)
        order = np.stack([rng.permutation(persons) for _ in range(number)])
        chain = order.reshape(number, chains, length)
        row = np.broadcast_to(np.arange(number)[:, None, None], (number, chains, length - 1))
        links = np.stack([row, chain[:, :, :-1], chain[:, :, 1:]], -1).reshape(-1, 3)
        trade = rng.permutation(np.arange(persons) % trades)
        lawful = rng.permutation(number)[: rows[0] + rows[1]]
        return Facts.of(
            {
                "person": named(persons),
                "trade": listed(TRADES, "trade", trades),
                "row": listed(ROWS, "row", number),
                "law": ("transitive", "bounded"),
            },
            next=("row person person", links),
            trade=("person trade", np.stack([np.arange(persons), trade], 1)),
            law=("row law", np.stack([lawful, np.arange(len(lawful)) >= rows[0]], 1)),
        )


def named(number: int) -> list[str]:
    """First names, then coined ones."""
    known = people(min(number, 100))
    coinage = (word.capitalize() for word in coined(number))
    return [*known, *(name for name in coinage if name not in known)][:number]
