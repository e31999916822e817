"""Label-blind spreading: a random walk over words, as a test of the world and no floor.

Where it does well the names of predicates do not matter: whatever stands two steps away is right.
Spreading activation: Collins & Loftus 1975, doi:10.1037/0033-295X.82.6.407.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from .association import Weight, cast, numbered, rests, steps
from .beside import PLACES, named
from .reading import Reading
from .strategy import Ballot, Batch


@dataclasses.dataclass(frozen=True)
class Spreading:
    """Two steps from a word of the prompt, the second to a text that holds the other words.

    Blind to the names of predicates, and to where in a text a word stands.
    """

    name: str = "spreading"
    family: str = "spreading"
    blind: str = "the names of predicates"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        texts = reading.texts.nameless
        weights: dict[int, Weight] = {}
        for place in batch.given[:PLACES]:
            word, number = numbered(batch.prompt[:, place])
            weight = steps(texts, word)
            weight[np.arange(len(word)), word] = 0
            weights[place] = weight, number
        for rest, places in rests(batch).items():
            found = cast(texts, batch, rest, [weights[place] for place in places])
            for place, votes in zip(places, found):
                yield f"from {place}, beside {named(rest) or 'anything'}", Ballot(votes)
