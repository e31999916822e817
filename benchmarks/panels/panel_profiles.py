"""What the models of a panel reuse, recombine and deduce, beside its twins among the panels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...eval.scoring.exchanged_rules import exchanged_rules
from ...eval.scoring.profile import Profile, exchanging, profile, stating
from ...eval.scoring.score import Row
from ...worlds.corpus.twins import EXCHANGED, SHUFFLED
from ..config.run_config import Cell
from .panel import Panel


def profiles(panel: Panel, others: Sequence[Panel]) -> tuple[Profile, ...]:
    """One per model, with deduction against the twin panels, and what stating the rules adds."""
    rest = [] if panel.cell.exposure.twin else others  # a twin is compared with no other
    shuffled, exchanged = (_like(panel, rest, twin=t) for t in (SHUFFLED, EXCHANGED))
    plain = _like(panel, others, given=_unstated(panel.cell))
    found = []
    for row in panel.models:
        configuration = panel.trained[row.label].configuration
        twin = _label(shuffled, configuration)
        found.append(profile(row, _row(shuffled, twin)))
        less = _row(plain, _label(plain, configuration)) if plain is not panel else None
        if less is not None:
            found.append(stating(row, less))
        other = _label(exchanged, configuration)
        if exchanged is not None and other:
            answers = panel.trained[row.label].answers, exchanged.trained[other].answers
            found.append(exchanging(row, exchanged_rules(*answers)))
    return tuple(found)


def _like(panel: Panel, others: Sequence[Panel], **fields: object) -> Panel | None:
    """The panel of the same world and size whose exposure differs in these fields alone."""
    wanted = dataclasses.replace(panel.cell.exposure, **fields)  # type: ignore[arg-type]
    for other in others:
        same = other.cell.panel[:2] == panel.cell.panel[:2]
        if same and other.cell.exposure == wanted:
            return other
    return None


def _unstated(cell: Cell) -> dict[str, float]:
    """The same patterns given, those given both ways by examples alone."""
    given = dict(cell.exposure.given)
    both = given.pop("both", 0.0)
    displayed = round(given.get("exemplified", 0.0) + both, 9)
    return {**given, "exemplified": displayed} if both else given


def _label(panel: Panel | None, configuration: tuple[str, str, str]) -> str:
    """How the row of a configuration is labelled in a panel; empty where it has none."""
    trained = {} if panel is None else panel.trained
    return next((n for n, one in trained.items() if one.configuration == configuration), "")


def _row(panel: Panel | None, label: str) -> Row | None:
    return next((r for r in panel.models if r.label == label), None) if panel else None
