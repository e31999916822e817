"""audit_frequency(corpus): what constituent rests on is written as often as what instance rests on.

Else a rung is hard because its facts are rare, whatever is new about them.
"""

from __future__ import annotations

import numpy as np

from ..datalog.row_keys import begins
from .audit import AuditError
from .corpus import Corpus
from .frequency import PAIRED, question_frequency

RATIO = 1.25  # of the two means, at most
FEWEST = 30  # questions of either rung below which their means say nothing


def audit_frequency(corpus: Corpus) -> None:
    """Raise AuditError where, in some mode, headline questions of instance and of constituent rest
    on facts whose mean frequencies are further apart than RATIO; worlds of episodes are exempt."""
    for mode, (instance, constituent) in mean_frequencies(corpus).items():
        low, high = sorted((instance, constituent))
        if high > RATIO * low:
            raise AuditError(
                f"{corpus.world.id}: in {mode} the rarest fact of a proof is written "
                f"{instance:.3g} times for instance and {constituent:.3g} times for constituent, "
                f"expected at most {RATIO} times as often; hold fewer facts (exposure.held), or "
                "query predicates of one rule at equally many places (World.queries)"
            )


def mean_frequencies(corpus: Corpus) -> dict[str, tuple[float, float]]:
    """Mode -> (instance, constituent): how often its rows write the rarest base fact of the proofs
    of headline questions, on average; filler is as direct, post-hoc as chain.

    Of the cues with questions of both rungs, for cues are never pooled; nothing where these are
    fewer than FEWEST, or their facts stand in the prompt.
    """
    if corpus.world.episodes:
        return {}
    certificate, cue = corpus.certificate, corpus.prompt[:, 0]
    headline = certificate.headline
    of = [np.flatnonzero(headline & (certificate.rung == rung)) for rung in PAIRED]
    both = np.all([np.bincount(cue[mine], minlength=len(corpus.cues)) for mine in of], axis=0)
    of = [mine[both[cue[mine]]] for mine in of]
    if min(map(len, of)) < FEWEST:
        return {}
    row, _, at = corpus.entries(np.concatenate(of))  # each has an answer
    answers = corpus.fact[at], begins(row, len(of[0]) + len(of[1]))
    modes = ("direct", "chain")
    of_modes = question_frequency(corpus.split.gold, *answers, corpus.writing, modes)
    cut = len(of[0])
    return {m: (float(f[:cut].mean()), float(f[cut:].mean())) for m, f in zip(modes, of_modes)}
