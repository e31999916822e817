"""audit_frequency(corpus): what constituent rests on is written as often as what instance rests on.

Else a rung is hard because its facts are rare, whatever is new about them.
"""

from __future__ import annotations

import numpy as np

from ..datalog.row_keys import begins, group, pack
from ..interventions.intervention import EQUAL_FREQUENCY, EQUALLY_OFTEN
from ..interventions.interventions_given import broken
from .audit import AuditError
from .corpus import FACT, Corpus
from .frequency import PAIRED, question_frequency

RATIO = 1.25  # of the two means, at most
FEWEST = 30  # questions of either rung below which their means say nothing


def audit_frequency(corpus: Corpus) -> None:
    """Raise AuditError where, in some mode, headline questions of instance and of constituent rest
    on facts whose mean frequencies are further apart than RATIO, or where an intervention states
    facts of one predicate more or less often; worlds of episodes are exempt.

    What an intervention breaks by design is passed over: ``broken`` names it.
    """
    by_design = broken(corpus.exposure.interventions)
    if EQUALLY_OFTEN not in by_design:
        _stated_equally_often(corpus)
    if EQUAL_FREQUENCY in by_design:
        return
    for mode, (instance, constituent) in mean_frequencies(corpus).items():
        low, high = sorted((instance, constituent))
        if high > RATIO * low:
            raise AuditError(
                f"{corpus.world.id}: in {mode} the rarest fact of a proof is written "
                f"{instance:.3g} times for instance and {constituent:.3g} times for constituent, "
                f"expected at most {RATIO} times as often; hold fewer facts (exposure.held), or "
                "query predicates of one rule at equally many places (World.queries)"
            )


def _stated_equally_often(corpus: Corpus) -> None:
    """The rows state each fact of a predicate, under each of its cues, in equally many rows; that
    the examples do is audited in ``audit.py``."""
    rows, names = corpus.rows, corpus.closure.predicates
    facts = np.flatnonzero(rows.kind == FACT)
    if not corpus.exposure.interventions or not len(facts):
        return
    cue = rows.cues(len(corpus.cues))[facts]
    number, first = group(pack([cue, rows.fact[facts]]))
    times = np.bincount(number, rows.times[facts])
    for predicate in np.unique(corpus.closure.predicate[rows.fact[facts]]):
        mine = times[corpus.closure.predicate[rows.fact[facts[first]]] == predicate]
        if mine.min() != mine.max():
            raise AuditError(
                f"{corpus.world.id}: facts of {names[predicate]} are stated from {mine.min():.0f} "
                f"to {mine.max():.0f} times, and no intervention of this exposure is to do that; "
                "report it: zebroid is at fault"
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
