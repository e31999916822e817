"""The profiles of all panels as lines of text, for the terminal and the report."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...eval.scoring.profile import (
    ABOVE_TWIN,
    EXCHANGE,
    GAIN,
    GAP,
    LIFT,
    OBEYED,
    SCORE,
    STATING,
    Profile,
    Share,
)
from ...eval.stats.labels import with_failed
from ..panels.panel import Panel
from .table import ABSENT, around

MEASURES = {  # measure -> its column
    SCORE: "above the floor",
    ABOVE_TWIN: "above its twin",
    LIFT: "swap lift",
    STATING: "gain from stating",
    GAP: "true minus exchanged",
    OBEYED: "obeys exchanged",
}
Found = Sequence[tuple[Panel, Profile]]


@dataclasses.dataclass(frozen=True)
class ProfileTable:
    """A row for each model and instrument; only columns that some row has."""

    header: tuple[str, ...]  # model, part of the profile, instrument, then measures
    rows: tuple[tuple[str, ...], ...]
    reasons: tuple[str, ...]  # why numbers are absent, once for each panel


def profile_table(found: Found) -> ProfileTable:
    """What each model reuses, recombines and deduces; a label says how many of its runs failed."""
    several = len({panel.name for panel, _ in found}) > 1
    shares: dict[tuple[str, str, str], dict[str, Share]] = {}
    for panel, profile in found:
        own = profile.label.removesuffix(GAIN).removesuffix(EXCHANGE)
        label = with_failed(own, *_lost(panel, own))
        label = f"{panel.name}: {label}" if several else label
        for one in profile.shares:
            shares.setdefault((label, one.kind, one.instrument), {})[one.measure] = one
    kept = [m for m in MEASURES if any(_has(row.get(m)) for row in shares.values())]
    rows = [
        (*key, *(share(row.get(measure)) for measure in kept))
        for key, row in shares.items()
        if any(_has(row.get(m)) for m in kept)
    ]
    header = ("", "", "profile", *(MEASURES[m] for m in kept))
    return ProfileTable(header, tuple(rows), tuple(reasons(found)))


def share(found: Share | None) -> str:
    """One number of a profile with its interval, in brackets where it is no evidence of a rule."""
    if found is None or found.value is None or found.low is None or found.high is None:
        return ABSENT
    text = around(found.value, found.low, found.high)
    return f"({text})" if found.note else text


def reasons(found: Found) -> list[str]:
    """Why numbers of the profiles are absent, or no evidence, once for each panel."""
    message = []
    for panel, profile in found:
        for one in profile.shares:
            what = f"{panel.name}: {one.instrument}, {MEASURES[one.measure]}"
            if one.absent:
                message.append(f"{what}: none, {one.absent}")
            elif one.note:
                message.append(f"{what}: in brackets, {one.note}, for likeness is above chance")
    return list(dict.fromkeys(message))


def _has(found: Share | None) -> bool:
    return found is not None and found.value is not None


def _lost(panel: Panel, label: str) -> tuple[int, int]:
    """(failed, runs) of the row that a profile is of."""
    row = next((row for row in panel.models if row.label == label), None)
    return (row.failed, row.runs) if row else (0, 0)
