"""The profiles of all panels as lines of text, for the terminal and the report."""

from __future__ import annotations

from collections.abc import Sequence

from ...eval.scoring.profile import GAIN, NAMES, Profile
from ...eval.stats.labels import with_failed
from ..receipts.panel import Panel
from .table import share


def profile_lines(found: Sequence[tuple[Panel, Profile]]) -> list[tuple[str, ...]]:
    """(label, and what of it there is of ``NAMES``) of each, as text.

    A label says how many runs failed of the row that the numbers are means of.
    """
    return [
        (with_failed(p.label, *_lost(panel, p)), *(share(getattr(p, name)) for name in NAMES))
        for panel, p in found
    ]


def _lost(panel: Panel, found: Profile) -> tuple[int, int]:
    """(failed, runs) of the row that a profile is of."""
    own = found.label.removesuffix(GAIN)
    row = next((row for row in panel.models if row.label == own), None)
    return (row.failed, row.runs) if row else (0, 0)


def reasons(found: Sequence[tuple[Panel, Profile]]) -> list[str]:
    """Why numbers of the profiles are absent, once for each panel."""
    message = [
        f"{panel.name}: no {name}: {getattr(profile, name).absent}"
        for panel, profile in found
        for name in NAMES
        if getattr(profile, name).absent
    ]
    return list(dict.fromkeys(message))
