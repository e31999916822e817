"""order-v2: the first of a kind that comes after, in whatever order people stand."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import first_names, listed

ROWS = (
    "queue parade roster ranking choir caravan convoy ladder rota race draft ballot audit patrol "
    "picket regatta rally tour raid watch march dance auction banquet photo lottery relay voyage "
    "census drill pageant picnic marathon ferry train tram siege harvest hunt feast duel debate "
    "gala opera circus ballet rehearsal wedding funeral vigil"
)
ORDERS = (
    "age height weight income rank luck fame skill speed courage patience wit charm strength reach "
    "temper thrift stamina memory seniority surname birthday address salary debt wealth stride "
    "pulse voice appetite punctuality politeness grade score handicap seat locker badge ticket "
    "phone desk cabin bunk team house street floor room key coat hat shoe glove ring belt "
    "bicycle boat horse garden library"
)
KINDS = MappingProxyType(  # everybody is one by trade, one by birth and one by hobby
    {
        "trade": "baker carpenter doctor miller sailor tailor weaver piper",
        "birth": "Dane Scot Greek Pole Swede Turk Welshman Frisian",
        "hobby": "dancer singer skater swimmer juggler runner climber fencer",
    }
)


class Order(World):
    """Who is the first baker after Ann in the queue? It depends on the order in which it stands.

    People stand in many orders, by age, by height, each made of chains that are stated link by
    link. A queue or a parade goes by one of them: that is rules as data, exemplified, stated, both,
    or neither. The first baker after Ann is whoever comes right after her in that order, if a
    baker, else the first baker after that one, so the height of a proof is a distance, to the
    length of a chain. By another order it is somebody else: the law decides every answer, and the
    links of all orders look alike. Answers are unique, and whoever stands behind the last of a kind
    has none (`nontheorem`); of a row whose law stands nowhere nothing is known (`unknowable`).

    Rungs: `instance`; `constituent`, over a link that no demonstrated conclusion used; `depth`,
    further than was ever demonstrated (4 links): the axis of reach; `axiom`, in a row whose law was
    only stated. Far answers over permutations of the entities: arXiv 2604.07822, there to 24 hops.
    """

    id = "order-v2"
    generalises = "Many-hop recall over permutations (Kohli et al. 2026, arXiv 2604.07822)"
    rules = """
      % the next one in the order by which a row goes, if of that kind
      first(R,K,X,Y) :- law(R,L), next(L,X,Y), is(Y,_,K).
      % else whoever is the first after the next one
      first(R,K,X,Z) :- law(R,L), next(L,X,Y), not is(Y,_,K), first(R,K,Y,Z).
    """
    axioms = frozenset({"law"})
    familiar = frozenset({"is"})  # what is new is a link
    queries = MappingProxyType({"is": (1, 2)})  # which is Ann by trade, and by what a baker
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    beyond_association = (("depth", "first"), ("axiom", "first"))
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"chains": 2, "length": 12, "orders": 48, "rows": 48, "kinds": 3},
            "small": {"chains": 4, "length": 16, "orders": 60, "rows": 58, "kinds": 4},
            "base": {"chains": 6, "length": 20, "orders": 80, "rows": 78, "kinds": 5},
            "large": {"chains": 10, "length": 40, "orders": 120, "rows": 118, "kinds": 8},
            "long": {"chains": 1, "length": 64, "orders": 100, "rows": 98, "kinds": 8},
        }
    )
    phrases = MappingProxyType(
        {
            "next": "By {0}, {2} comes right after {1}.",
            "is": "By {1}, {0} is a {2}.",
            "law": "The {0} goes by {1}.",
            "first": "In the {0}, the first {1} after {2} is {3}.",
        }
    )
    exposure = Exposure(
        held=0.05,
        demonstrated=0.2,
        demonstrated_height=4,
        given={"exemplified": 0.1, "stated": 0.5, "both": 0.3, "neither": 0.1},
        nontheorems=0.1,
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        chains: int,
        length: int,
        orders: int,
        rows: int,
        kinds: int,
    ) -> Facts:
        """As many people of each of the ``kinds`` by trade, and so on; each of ``rows`` goes by an
        order of its own, and by some of ``orders`` none does."""
        persons = chains * length
        chain = np.stack([rng.permutation(persons) for _ in range(orders)])
        chain = chain.reshape(orders, chains, length)
        order = np.broadcast_to(np.arange(orders)[:, None, None], (orders, chains, length - 1))
        links = np.stack([order, chain[:, :, :-1], chain[:, :, 1:]], -1).reshape(-1, 3)
        person = np.arange(persons)
        dealt = [
            np.stack([person, np.full(persons, a), a * kinds + rng.permutation(person % kinds)], 1)
            for a in range(len(KINDS))
        ]
        return Facts.of(
            {
                "person": first_names(persons),
                "aspect": [*KINDS],
                "kind": [k for a, known in KINDS.items() for k in listed(known, a, kinds)],
                "row": listed(ROWS, "row", rows),
                "order": listed(ORDERS, "order", orders),
            },
            next=("order person person", links),
            law=("row order", np.stack([np.arange(rows), rng.permutation(orders)[:rows]], 1)),
            **{"is": ("person aspect kind", np.concatenate(dealt))},
        )
