"""audit(...): nothing joins a corpus but what the model concluded or the world was queried for."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...models.training.plan import Run
from ...worlds.corpus.audit import AuditError
from ...worlds.interventions.added_facts import Fact
from ..protocols.beyond_table import Acquisition, Production
from .conclusions import Posed, find
from .frontier import candidates
from .production import lines


def audit(
    how: Production | Acquisition,
    posed: Posed,
    run: Run,
    before: Iterable[Fact],
    after: Iterable[Fact],
    proved: bool = False,
) -> None:
    """Raises AuditError, with an instance, where what a round adds is none of that: of production a
    fact that is no answer of the model's, or answers a scored question, as does a line of its proof
    where it is ``proved``; of acquisition one that is
    no base fact of the world, or could not be queried."""
    corpus, new = posed.corpus, sorted({*after} - {*before})
    lost = sorted({*before} - {*after})
    if lost:
        raise AuditError(f"{corpus.world.id}: {lost[0]} was added and is gone; add, never remove")
    if isinstance(how, Production):
        written = lines(corpus, new)[1] if proved else []
        if any(leaks := posed.answers_scored(written)):
            raise AuditError(
                f"{corpus.world.id}: {written[leaks.index(True)]} stands in a proof that "
                "joins the corpus, and answers a scored question; leave its conclusion out"
            )
        own = {*posed.facts(np.asarray(run.answer[0, -1]))[1]}
        for fact, scored in zip(new, posed.answers_scored(new)):
            if fact not in own:
                raise AuditError(
                    f"{corpus.world.id}: {fact} joins the corpus, and the model did "
                    "not conclude it; add its own answers alone"
                )
            if scored:
                raise AuditError(
                    f"{corpus.world.id}: {fact} joins the corpus, and answers a "
                    "scored question; leave it out"
                )
        return
    open_ = {*candidates(corpus).fact.tolist()}
    for fact, number in zip(new, find(corpus.split.truth, new).tolist()):
        if number not in open_:
            raise AuditError(
                f"{corpus.world.id}: {fact} joins the corpus, and no query has it as "
                "its answer; add answers of the world alone"
            )
