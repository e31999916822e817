"""zebra-v2: what is a striped horse called, and what is a zebra like?"""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import COLOURS, MARKS, PARTS, TRAITS, VERBS, animals, listed

Integers = NDArray[np.int64]

OF_KINDS = ("typical", "once", "fable", "rumour")  # tables of colours: rules read the first
OF_TRAITS = ("gives", "fashion", "myth", "claim")


PARAMETERS = ("kinds", "traits", "parts", "names", "levels", "links")
SIZES = {
    "tiny": (10, 8, 10, 76, (20, 20, 20, 8, 8, 8), 3),
    "small": (48, 28, 20, 720, (160, 260, 260, *(60,) * 6), 4),
    "compact": (24, 24, 16, 320, (80, 120, 120, *(30,) * 4), 2),
    "base": (80, 48, 30, 2_000, (300, 800, 800, *(150,) * 8), 5),
    "large": (120, 100, 40, 6_000, (1_000, 2_000, 2_000, *(500,) * 8), 6),
}


class Zebra(World):
    """The zebra is a striped horse: what is the striped pony called, and what is a zebra like?

    Each named animal is defined by a kind and a trait, and its definition is read both ways. From
    kind and trait to the name: how the barred pony is known, where the pony is a breed of horse, or
    a breed of such a breed, and whatever is barred is striped. From the name to the looks: what
    colour the zebra's tail is, as the trait decides it, which it does for half of the parts, or
    else as is typical of the kind. There are exceptions in both: the okapi takes after another
    kind in its leg, and some pony, if barred, goes by the name of the barred goat. Breeds are in
    all this as what they are a breed of.

    Definitions are rules as data: each is exemplified, stated as a sentence, both, or neither.
    Rungs: `axiom`, of an animal of which only the definition was given, in both directions;
    `constituent`, a colour (of a kind or of a trait) or a breed that no demonstrated conclusion
    used; `depth`, from further up the breeds than was ever demonstrated.

    Blind strategies fail here, for colours are dealt so that no set of them tells a kind; beside
    each true link of a name or a breed stand `links` others that no rule reads (the zebra fears the
    goat), and beside each true colour three that are rumour or fable: which of them counts, only
    the predicate tells. The declared interpolator answers as the others of the same kind or breed
    are answered.
    Sources: inheritance with exceptions, Touretzky 1986, "The Mathematics of Inheritance Systems";
    definitions without examples, arXiv 2309.00667.
    """

    id = "zebra-v2"
    generalises = (
        "Definitions without examples (Berglund et al. 2023, arXiv 2309.00667), "
        "inheritance with exceptions (Touretzky 1986)"
    )
    rules = """
      % what is it like? a named animal as its kind, unless its trait decides that part
      has(X,R,V) :- named(T,K,X), typical(K,R,V), not decides(T,R), not after(X,R,_).
      has(X,R,V) :- named(T,K,X), gives(T,R,V), not after(X,R,_).
      % a breed as what it is a breed of, which may be a kind
      has(X,R,V) :- breed(X,K), typical(K,R,V), not after(X,R,_).
      has(X,R,V) :- breed(X,Y), has(Y,R,V), not after(X,R,_).
      % unless it takes after another kind in that part
      has(X,R,V) :- after(X,R,K), typical(K,R,V).
      % what is it called? by the name of its kind with that trait, unless it goes by another's
      called(M,X,N) :- breed(X,K), shade(M,T), named(T,K,N), not passes(X,M,_).
      called(M,X,N) :- breed(X,Y), called(M,Y,N), not passes(X,M,_).
      called(M,X,N) :- passes(X,M,K), shade(M,T), named(T,K,N).
    """
    axioms = frozenset({"named"})
    # a definition is read in every direction: the name is wanted, and kind and trait are too
    queries = MappingProxyType({"named": (2, 0, 1)})
    rungs = ("recall", "instance", "constituent", "depth", "axiom", "mixed")
    beyond_association = tuple(
        (rung, cue) for rung in ("constituent", "depth", "axiom") for cue in ("called", "has")
    )
    entities = ("thing",)
    # what is new in a name is the animal: neither what a mark is nor an exception
    familiar = frozenset({"shade", "passes"})
    like = """
      like(X,Y) :- named(_,K,X), named(_,K,Y), X != Y.
      like(X,Y) :- breed(X,K), breed(Y,K), X != Y.
    """
    sizes = MappingProxyType({size: dict(zip(PARAMETERS, row)) for size, row in SIZES.items()})
    phrases = MappingProxyType(
        {
            "named": "The {2} is a {0} {1}.",
            "called": "The {0} {1} is known as the {2}.",
            "breed": "The {0} is a breed of {1}.",
            "typical": "As a rule the {1} of the {0} is {2}.",
            "gives": "Whatever is {0} has a {2} {1}.",
            "shade": "Whatever is {0} is {1}.",
            "once": "Long ago the {1} of the {0} was {2}.",
            "fable": "In fables the {1} of the {0} is {2}.",
            "rumour": "Rumour has it that the {1} of the {0} is {2}.",
            "fashion": "Last year whatever was {0} had a {2} {1}.",
            "myth": "In fables whatever is {0} has a {2} {1}.",
            "claim": "Rumour has it that whatever is {0} has a {2} {1}.",
            "decides": "Being {0} decides the colour of the {1}.",
            "after": "The {0} takes after the {2} in its {1}.",
            "passes": "The {0}, if {1}, goes by the name of the {1} {2}.",
            "ties": "The {0} {1} the {2}.",
            "heeds": "The {0} {1} whatever is {2}.",
            "has": "The {1} of the {0} is {2}.",
        }
    )
    exposure = Exposure(
        held=0.15,
        demonstrated=0.65,
        demonstrated_height=3,
        far=0.15,
        given={"exemplified": 0.25, "stated": 0.4, "both": 0.3, "neither": 0.05},
        nontheorems=0.05,
    )
    exposures = MappingProxyType(  # of few names more must be left to be concluded
        {
            "tiny": dataclasses.replace(
                exposure,
                given={"exemplified": 0.2, "stated": 0.5, "both": 0.25, "neither": 0.05},
            )
        }
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        kinds: int,
        traits: int,
        parts: int,
        names: int,
        levels: tuple[int, ...],
        links: int,
        shades: int = 2,
        decided: float = 0.5,
        exceptions: float = 0.12,
    ) -> Facts:
        """``levels[i]`` breeds are i breeds below a kind or a named animal, each of these as often.

        A trait decides the share ``decided`` of the parts; nine in ten parts are typical of a kind,
        and what it is like in the others does not follow. ``exceptions`` is the share of exceptions
        in either direction; ``links`` is how many other links stand beside each true one.
        """
        # the first name is that of the striped horse; of no other animal the id tells anything
        pair = np.append(0, 1 + rng.permutation(kinds * traits - 1)[: names - 1])
        kind, trait = pair // traits, pair % traits
        breeds = _Breeds.of(rng, kinds, names, levels, links)
        bearer = kinds + np.arange(names + sum(levels))
        root = np.append(kind, breeds.kind)
        looks = _coloured(rng, kinds, parts, parts - parts // 10)
        gifts = _coloured(rng, traits, parts, round(decided * parts), evenly=True)
        after = _exceptions(rng, bearer, root, parts, kinds, exceptions)
        after = after[_present(after[:, [2, 1]], looks[0][:, :2])]
        marks = shades * traits
        shade = rng.permutation(np.arange(marks) % traits)
        rooted = np.flatnonzero(breeds.kind >= 0)
        who = kinds + names + rooted
        passes = _exceptions(rng, who, breeds.kind[rooted], marks, kinds, exceptions)
        meant = np.stack([passes[:, 2], shade[passes[:, 1]]], 1)
        passes = passes[_present(meant, np.stack([kind, trait], 1))]
        name = kinds + np.arange(names)
        others, unborne = _others(rng, kind, kinds, links), _others(rng, trait, traits, links)
        return Facts.of(
            {
                "thing": animals(kinds, names + sum(levels)),
                "trait": listed(TRAITS, "trait", traits),
                "mark": listed(MARKS, "mark", marks),
                "part": listed(PARTS, "part", parts),
                "colour": listed(COLOURS, "colour", parts),
                "verb": listed(VERBS, "verb", links),
            },
            named=("trait thing thing", np.stack([trait, kind, name], 1)),
            breed=("thing thing", breeds.links),
            **{p: ("thing part colour", rows) for p, rows in zip(OF_KINDS, looks)},
            **{p: ("trait part colour", rows) for p, rows in zip(OF_TRAITS, gifts)},
            shade=("mark trait", np.stack([np.arange(marks), shade], 1)),
            decides=("trait part", gifts[0][:, :2]),
            after=("thing part thing", after),
            passes=("thing mark thing", passes),
            ties=("thing verb thing", np.concatenate([_linked(name, others), breeds.ties])),
            heeds=("thing verb trait", _linked(name, unborne)),
        )


@dataclasses.dataclass(frozen=True)
class _Breeds:
    """B breeds below breeds: three in four below a kind, the others below a named animal."""

    links: Integers  # [B, 2] breed, what it is a breed of
    kind: Integers  # [B] the kind above each, -1 where a named animal is
    ties: Integers  # [B x links, 3] breed, verb, another that it might as well be a breed of

    @classmethod
    def of(
        cls,
        rng: np.random.RandomState,
        kinds: int,
        names: int,
        levels: tuple[int, ...],
        links: int,
    ) -> _Breeds:
        first, total = kinds + names, sum(levels)
        deal = rng.permutation(total)  # so that no id tells a level
        known = np.append(np.arange(kinds), np.full(names + total, -1))  # the kind of each thing
        kind = known[first:]
        pools = [np.arange(kinds), np.arange(kinds, first)]
        rows, ties, start = [], [], 0
        for number in levels:
            mine = deal[start : start + number]
            here = []
            for half, pool in zip(np.split(mine, [3 * number // 4]), pools):
                above = np.resize(rng.permutation(pool), len(half))
                rows.append(np.stack([first + half, above], 1))
                kind[half] = known[above]
                at = np.searchsorted(pool, above)
                ties.append(_linked(first + half, pool[_others(rng, at, len(pool), links)]))
                here.append(np.sort(first + half))
            pools, start = here, start + number
        return cls(np.concatenate(rows), kind.copy(), np.concatenate(ties))


def _others(rng: np.random.RandomState, own: Integers, pool: int, number: int) -> Integers:
    """[n, number] for each of ``own`` [n] that many others below ``pool``, all different."""
    drawn = rng.random_sample((len(own), pool))
    drawn[np.arange(len(own)), own] = 2
    return np.argsort(drawn, axis=1)[:, : min(number, pool - 1)]


def _linked(one: Integers, others: Integers) -> Integers:
    """Rows (one, number of the verb, other) of ``others`` [n, links]."""
    verb = np.broadcast_to(np.arange(others.shape[1]), others.shape)
    return np.stack([np.broadcast_to(one[:, None], others.shape), verb, others], -1).reshape(-1, 3)


def _coloured(
    rng: np.random.RandomState, bearers: int, parts: int, each: int, evenly: bool = False
) -> list[Integers]:
    """A table of rows (bearer, part, colour) for each of OF_KINDS: every bearer has the same
    ``each`` parts in all, no two of one colour in any, and no table says what another one does.

    ``evenly``: of a part every colour is borne about as often. Few traits decide a part, so that
    one colour would be the commonest; many kinds are typical in it, and were these even as well, a
    colour would be known as held by how seldom it was demonstrated.
    """
    taken = np.zeros((bearers, parts, parts), np.int64)
    chosen = np.sort(np.argsort(rng.random_sample((bearers, parts)), axis=1)[:, :each], axis=1)
    out = []
    for _ in OF_KINDS:
        borne = np.zeros((parts, parts), np.int64)  # part x colour
        rows = []
        for bearer, part in enumerate(chosen):
            avoided = (taken[bearer, part] << 40) + ((borne[part] << 22) if evenly else 0)
            colour = linear_sum_assignment(avoided + rng.randint(1 << 20, size=avoided.shape))[1]
            borne[part, colour] += 1
            taken[bearer, part, colour] = 1
            rows.append(np.stack([np.full(each, bearer), part, colour], 1))
        out.append(np.concatenate(rows))
    return out


def _present(rows: Integers, table: Integers) -> NDArray[np.bool_]:
    """[n] which rows [n, 2] stand in a table [m, 2]."""
    width = 1 + max(int(rows[:, 1].max(initial=0)), int(table[:, 1].max(initial=0)))
    return np.isin(rows @ [width, 1], table @ [width, 1])


def _exceptions(
    rng: np.random.RandomState,
    who: Integers,
    kind: Integers,
    width: int,
    kinds: int,
    share: float,
) -> Integers:
    """(who, one of ``width``, another kind than its own) for this share of the ``width`` of each.

    Of each animal it is one other kind; all kinds are it as often, and each as often in each of
    ``width``.
    """
    each = max(1, round(share * width))
    other = rng.permutation(np.resize(rng.permutation(kinds - 1), len(who)))
    other += other >= np.where(kind < 0, kinds, kind)
    out = []
    for k in range(kinds):
        mine = np.flatnonzero(other == k)
        turn = np.resize(rng.permutation(width), (len(mine), each))
        rows = (np.repeat(who[mine], each), turn.ravel(), np.full(turn.size, k))
        out.append(np.stack(rows, 1))
    return np.concatenate(out)
