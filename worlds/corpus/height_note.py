"""Why H, the greatest height read off, is not the height that the exposure names."""

from __future__ import annotations

import numpy as np

from ..novelty.rungs import read_off
from .corpus import Corpus


def height_note(corpus: Corpus) -> str:
    """A sentence on H where it differs from ``exposure.demonstrated_height``; else empty.

    H may be lower, where nothing so high is demonstrated, or higher, where a stated base fact also
    follows in more steps: what that derivation shows is read off too.
    """
    high, named = corpus.read.height, corpus.exposure.demonstrated_height
    if high == named:
        return ""
    gold = corpus.split.gold
    c = gold.closure
    if high < named:
        why = f"no demonstrated conclusion is higher than {high}"
        if not corpus.demonstrated.any():
            why = "nothing is demonstrated, and one step is never new depth"
        return f"H is {high}, below exposure.demonstrated_height {named}: {why}"
    own = read_off(gold, corpus.demonstrated).height
    read = corpus.read.derivations & c.is_base[c.head] & (gold.top == high)
    cause = "a demonstrated conclusion rests on a higher derivation"
    if own < high:
        cause = "what a stated base fact also follows from is read off"
        for fact in c.head[np.flatnonzero(read)][:1]:
            words = ", ".join(c.base.constants[a] for a in c.arguments[fact] if a >= 0)
            predicate = c.predicates[c.predicate[fact]]
            cause = f"the stated fact {predicate}({words}) also follows in {high} steps"
    return f"H is {high}, above exposure.demonstrated_height {named}: {cause}"
