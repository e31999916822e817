"""inverse-v1: whoever trains another, that one is trained by them; the reversal curse."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed, people

VERBS = (
    "train help guard mentor trust visit follow greet paint film tutor host fear doubt respect "
    "reward warn pardon honour support defend attack insult thank obey employ consult escort haunt "
    "adopt inspect interview shadow sponsor assist comfort disturb elect favour join protect "
    "question summon test treat alert annoy cheer mock shelter remind accept enlist reject astound "
    "charm delight offend appoint arrest"
)


class Inverse(World):
    """Ann trains Ben: by whom is Ben trained? What is stated one way, queried the other way round.

    Each verb pairs people one to one, nobody with oneself. Most pairs are stated one way only, as
    `Ann trains Ben`; others, so that its words are known, by their inverses alone, `Carl is trained
    by Dan` and `Carl gets trained by Dan`. Some pairs of a verb are demonstrated both ways, or its
    inverses are stated as a sentence, or both, or neither.

    Rungs: `instance`, a pair that stood the other way round in the other of the two words;
    `constituent`, the reversal curse where others show the way: a pair never reversed, of a verb
    of which other pairs are; `axiom`, of a verb no pair of which was ever reversed, but whose
    inverses were stated; `unknowable`, where nothing was: who answers rightly there has reversed
    unbidden, or found a leak.
    Sources: the reversal curse, arXiv 2309.12288; inverse search, 2309.14402.

    `reversal-curse` is experiment 1 of arXiv 2309.12288: 30 names stated with their descriptions
    name first, 30 description first, 30 both ways; what was stated one way only is queried the
    other way. There each fact is worded in 30 ways, here in one, in which a name is one token.
    """

    id = "inverse-v1"
    generalises = "Reversal curse (Berglund et al. 2023, arXiv 2309.12288)"
    rules = """
      % whoever R another, that one S them, and T them, which are two words for the inverse of R
      rel(Y,S,X) :- inverse(R,S,_), rel(X,R,Y).
      rel(Y,T,X) :- inverse(R,_,T), rel(X,R,Y).
    """
    axioms = frozenset({"inverse"})
    # what is stated of a verb, of every word in it
    queries = MappingProxyType({"inverse": (1, 2, 0)})
    rungs = ("recall", "instance", "constituent", "axiom")
    beyond_association = (("constituent", "rel"), ("axiom", "rel"))
    entities = ("one",)
    sizes = MappingProxyType(
        {
            "tiny": {"persons": 16, "verbs": 10},
            "small": {"persons": 80, "verbs": 30},
            "base": {"persons": 200, "verbs": 60},
            "large": {"persons": 1_000, "verbs": 200},
            "reversal-curse": {"described": (30, 30, 30)},
        }
    )
    phrases = MappingProxyType(
        {
            "rel": "{0} {1} {2}.",
            "inverse": "Whenever one {0} another, the other {1} and {2} the one.",
        }
    )
    exposure = Exposure(
        held=0.15,
        demonstrated=0.6,
        given={"exemplified": 0.2, "stated": 0.3, "both": 0.4, "neither": 0.1},
        nontheorems=0.05,
    )
    exposures = MappingProxyType({"reversal-curse": Exposure(held=0.0, demonstrated=0.0)})

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        persons: int = 0,
        verbs: int = 0,
        described: tuple[int, int, int] | None = None,
    ) -> Facts:
        """Of a verb six tenths of the pairs are stated forwards, three backwards, one not at all.

        ``described``: instead, how many are stated name first, description first, and both ways.
        """
        if described:
            return _described(rng, described)
        rel = []
        forward, backward = round(0.6 * persons), round(0.3 * persons)
        for verb in range(verbs):
            circle = rng.permutation(persons)  # of neighbours, so that nobody trains oneself
            pairs = rng.permutation(np.stack([circle, np.roll(circle, 1)], 1))
            one, other = pairs[:forward].T
            rel.append(np.stack([one, np.full(forward, 3 * verb), other], 1))
            one, other = pairs[forward : forward + backward].T
            for word in (3 * verb + 1, 3 * verb + 2):
                rel.append(np.stack([other, np.full(backward, word), one], 1))
        stems = listed(VERBS, "verb", verbs)
        words = [w for v in stems for w in (f"{v}s", f"is {v}ed by", f"gets {v}ed by")]
        return Facts.of(
            {"one": people(persons), "word": words},
            rel=("one word one", np.concatenate(rel)),
            inverse=("word word word", np.arange(3 * verbs).reshape(-1, 3)),
        )


def _described(rng: np.random.RandomState, described: tuple[int, int, int]) -> Facts:
    """Names with descriptions, one to one; `is` and `is called` are each other's inverse."""
    number, first, last = sum(described), described[0], described[2]
    name, description = np.arange(number), number + rng.permutation(number)
    forwards = (np.arange(number) < first) | (np.arange(number) >= number - last)
    backwards = np.arange(number) >= first
    stated = [(n, 0, d) for n, d in zip(name[forwards], description[forwards])]
    stated += [(d, 1, n) for n, d in zip(name[backwards], description[backwards])]
    titles = [f"the composer of {word.capitalize()}" for word in coined(number)]
    return Facts.of(
        {"one": [*people(number), *titles], "word": ["is", "is called"]},
        rel=("one word one", stated),
        inverse=("word word word", [(0, 1, 1), (1, 0, 0)]),
    )
