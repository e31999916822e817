"""inverse-v2: who does what to whom, stated of one of the two, queried of the other."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .dealing import elsewhere
from .names import coined, people

VERBS = (
    "trains helps guards mentors trusts visits follows greets paints films tutors hosts fears "
    "doubts respects rewards warns pardons honours supports defends attacks insults thanks obeys "
    "employs consults escorts haunts adopts inspects interviews shadows sponsors assists comforts "
    "disturbs elects favours joins protects questions summons tests treats alerts annoys cheers "
    "mocks shelters reminds accepts enlists rejects astounds charms delights offends appoints "
    "arrests admires teases hires feeds envies copies leads scolds cures praises blames bores "
    "courts cites nurses wakes"
)
TABLES = ("once", "fable", "rumour")  # of verbs and their inverses: no rule reads them


class Inverse(World):
    """Ann trains Ben, so Ben thanks Ann: what is stated of one of the two is queried of the other.

    Each verb pairs people one to one, nobody with oneself, and has two words for its inverse. Most
    pairs are stated one way only, as `Ann trains Ben`; others, so that these words are known, by
    the inverses alone, `Carl thanks Dan` and `Carl fears Dan`. Some pairs of a verb are
    demonstrated both ways, or its inverses are stated as a sentence, or both, or neither. Which
    verb is whose inverse is drawn, and no name tells it.

    Every statement is queried at both ends: who trains Ben, and whom does Ann train? So the line of
    a proof can be recalled from the person that the query names, whichever end that is, and what is
    left to do is to pass from one word to the other. Where a name is only ever queried in the
    direction in which it was stated, that is `reversal-v1`, the reversal curse. Beside each true
    sentence stand three that no rule reads (long ago, whoever was trained envied the other): which
    of them counts, only the predicate tells.

    Rungs: `instance`, a pair that stood the other way round in the other of the two words;
    `constituent`, a pair never reversed, of a verb of which other pairs are; `axiom`, of a verb no
    pair of which was ever reversed, but whose inverses were stated; `unknowable`, where nothing
    was: who answers rightly there has found a leak.
    Sources: the reversal curse, arXiv 2309.12288; inverse search, 2309.14402.
    """

    id = "inverse-v2"
    generalises = "Inverse search (Allen-Zhu & Li 2023, arXiv 2309.14402)"
    rules = """
      % whoever R another, that one S them, and T them, which are two words for the inverse of R
      rel(Y,S,X) :- inverse(R,S,_), rel(X,R,Y).
      rel(Y,T,X) :- inverse(R,_,T), rel(X,R,Y).
    """
    axioms = frozenset({"inverse"})
    # pairs at both ends; what is stated of a verb, of every word in it
    queries = MappingProxyType({"rel": (0, 2), **dict.fromkeys(("inverse", *TABLES), (1, 2, 0))})
    rungs = ("recall", "instance", "constituent", "axiom")
    beyond_association = tuple(itertools.product(("constituent", "axiom"), ("rel/1", "rel/3")))
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"persons": 16, "verbs": 18},
            "small": {"persons": 80, "verbs": 30},
            "base": {"persons": 200, "verbs": 60},
            "large": {"persons": 1_000, "verbs": 200},
        }
    )
    phrases = MappingProxyType(
        {
            "rel": "{0} {1} {2}.",
            "inverse": "Whenever one {0} another, the other {1} and {2} the one.",
            "once": "Long ago, whenever one {0} another, the other {1} and {2} the one.",
            "fable": "In fables, whenever one {0} another, the other {1} and {2} the one.",
            "rumour": "Rumour has it that whenever one {0} another, the other {1} and {2} the one.",
        }
    )
    exposure = Exposure(
        held=0.15,
        demonstrated=0.6,
        given={"exemplified": 0.2, "stated": 0.3, "both": 0.4, "neither": 0.1},
        nontheorems=0.05,
    )

    def sample(self, rng: np.random.RandomState, *, persons: int, verbs: int) -> Facts:
        """Of a verb six tenths of the pairs are stated forwards, three backwards, one not."""
        rel = []
        forward, backward = round(0.6 * persons), round(0.3 * persons)
        word = rng.permutation(3 * verbs).reshape(-1, 3)  # so that no id tells an inverse
        for verb, *inverses in word.tolist():
            circle = rng.permutation(persons)  # of neighbours, so that nobody trains oneself
            pairs = rng.permutation(np.stack([circle, np.roll(circle, 1)], 1))
            one, other = pairs[:forward].T
            rel.append(np.stack([one, np.full(forward, verb), other], 1))
            one, other = pairs[forward : forward + backward].T
            for inverse in inverses:
                rel.append(np.stack([other, np.full(backward, inverse), one], 1))
        # beside a verb stand other verbs' inverses, as many of each word as in the true sentences
        others = zip(*(elsewhere(rng, verbs, len(TABLES)) for _ in range(2)))
        rows = {"inverse": word}
        for table, (s, t) in zip(TABLES, others):
            rows[table] = rng.permutation(np.stack([word[:, 0], word[s, 1], word[t, 2]], 1))
        return Facts.of(
            {"person": people(persons), "word": words(3 * verbs)},
            rel=("person word person", np.concatenate(rel)),
            **{predicate: ("word word word", table) for predicate, table in rows.items()},
        )


def words(number: int) -> list[str]:
    """That many verbs, then coined ones."""
    known = VERBS.split()
    return [*known, *(f"{word}s" for word in coined(number))][:number]
