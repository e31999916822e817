"""given_as(corpus) -> how the corpus gives each fact of gold: the leaves of every proof.

F facts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import FACT, Corpus
from ...worlds.corpus.examples import true_sentences
from ...worlds.corpus.twins import axiom_facts

# how a fact is given -> what that means
GIVEN = {
    "statement": "a text of the corpus states it",
    "prompt": "it stands in the prompt of every question about its episode",
    "sentence": "a rule as data: a sentence of the corpus states it",
    "examples": "a rule as data: demonstrated conclusions follow by it, and no sentence states it",
    "permuted": "a rule as data: the sentence that stated it says another thing in this twin",
    "familiar": "it counts as known, and no text states it",
    "derived": "it follows by the rules from what is given",
}


def given_as(corpus: Corpus) -> NDArray[np.object_]:
    """[F] one of ``GIVEN`` for each fact; a base fact that is also derivable counts as stated."""
    c, gold, split = corpus.closure, corpus.split.gold, corpus.split
    base = c.is_base
    out = np.full(len(base), "derived", object)
    if corpus.world.episodes:
        out[base] = "prompt"
        return out
    out[base] = "familiar"
    examples = corpus.examples
    stated = np.zeros(len(base), bool)
    stated[examples.fact[examples.kind == FACT]] = True
    out[stated] = "statement"
    exemplified = np.array([w in ("exemplified", "both") for w in split.presentation], bool)
    sentence = true_sentences(corpus.world, c, corpus.cues, examples)
    for facts, how in (
        (axiom_facts(split, split.stated_rules), "permuted"),
        (axiom_facts(split, exemplified), "examples"),
        (sentence, "sentence"),
    ):
        out[facts & gold.axiom & base] = how
    return out
