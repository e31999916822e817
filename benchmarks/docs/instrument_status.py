"""Instruments: what the floors and the receipts say of each, and what makes one live."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ...errors import UserError
from ...eval.stats.intervals import wider_side
from ...worlds.novelty.rungs import RUNGS
from ..config.panel_names import named, names_of
from ..conformance.floor_means import DECISIVE
from ..receipts import bounds
from ..receipts.receipt import Receipt
from . import floors_tables

LIVE, HEADROOM, REUSE, OPEN = "live", "headroom", "reuse by likeness", "open problem"
STATUSES = (LIVE, HEADROOM, REUSE, OPEN)
COPIED = 0.9  # a floor from which on likeness alone answers
LOW = 0.25  # a floor up to which nobody above it is a target, and no fault of the world's
BESIDE = 0.05  # normalised: a model that surely gets less is surely not above the floor

MEASURED = """
SELECT s.panel, s.rung, coalesce(s.cue, '') AS cue, s.mode,
       s.label || CASE WHEN contains(s.label, s.model) THEN '' ELSE ' ' || s.model END,
       s.mean, s.low, s.high,
       s.normalised_low, s.normalised_high, s.untrained, s.floor, s.strategy, s.spreading,
       coalesce(c.steps || ' x ' || c.batch, format('{:.1e} FLOPs', c.flops))
FROM read_parquet($scores) s JOIN (
    SELECT panel, label, any_value(json_extract_string(recipe, '$.steps')) AS steps,
           any_value(json_extract_string(recipe, '$.batch')) AS batch,
           any_value(json_extract_string(recipe, '$.flops'))::DOUBLE AS flops
    FROM read_parquet($cells) GROUP BY ALL
) c USING (panel, label)
WHERE s.kind = 'model' AND s.headline AND s.rung <> 'recall' AND s.exposure_twin IS NULL
ORDER BY ALL
"""


@dataclasses.dataclass(frozen=True)
class Score:
    """What a model gets on an instrument, over worlds."""

    label: str
    mean: float
    low: float
    high: float
    above: float | None  # lower end of the interval of the normalised score; None: reuse
    highest: float | None  # upper end
    untrained: bool  # it has not learned what its corpus states
    budget: str  # steps x batch, or FLOPs

    @property
    def most(self) -> float | None:
        """What the normalised score surely is below: its own interval's end or, for it is never
        above the raw score, that one's. Floors that differ by world widen the first, and of a
        model that answers nothing say nothing."""
        return None if self.highest is None else min(self.highest, self.high)

    def __str__(self) -> str:
        half = wider_side(self.mean, self.low, self.high)
        untrained = "†" if self.untrained else ""
        return f"{self.label} {self.mean:.2f} ± {half:.2f}{untrained}"


@dataclasses.dataclass(frozen=True)
class Instrument:
    """One instrument in one mode; ``scores`` of the models measured, none: of nobody yet."""

    panel: str  # world/size, and how its exposure differs from the world's
    rung: str
    cue: str
    mode: str
    floor: float
    strategy: str
    spreading: float | None
    pivotal: float | None  # the least share of questions that an ingredient decides
    scores: tuple[Score, ...]

    @property
    def world(self) -> str:
        """Its id."""
        return _world(self.panel)

    @functools.cached_property
    def best(self) -> Score | None:
        """The model that is the furthest above its floor, by the lower end of its interval."""
        known = [score for score in self.scores if score.above is not None]
        return max(known, key=lambda score: score.above or 0.0, default=None)

    @functools.cached_property
    def beside(self) -> Score | None:
        """A model that is surely not above the floor."""
        known = [score for score in self.scores if score.most is not None and score.most < BESIDE]
        return min(known, key=lambda score: score.most or 0.0, default=None)

    @property
    def status(self) -> str:
        """Live: one model is surely above the floor, another surely not. Headroom: low floors and
        pivotal ingredients, and nobody is above yet. Reuse: likeness alone answers."""
        if self.floor >= COPIED:
            return REUSE
        above = [score.label for score in self.scores if (score.above or 0.0) > 0]
        if above and self.beside:
            return LIVE
        decisive = self.pivotal is None or self.pivotal >= DECISIVE
        return HEADROOM if not above and decisive and self.floor <= LOW else OPEN


def instruments(docs: Path, receipts: Sequence[str]) -> list[Instrument]:
    """All of them: those at size small as they stand among the floors, and the others."""
    floors = {
        (f"{row['world']}/small", row["rung"], row["cue"]): row
        for row in floors_tables.read(docs / "results" / "data" / "floors-small.csv")
    }
    models = _measured([docs / "receipts" / name for name in receipts])
    nobody: dict[str, list[Found]] = {"": []}
    out = []
    for key, modes in ({key: nobody for key in floors} | models).items():
        own, small = floors.get(key), floors.get((f"{_world(key[0])}/small", *key[1:]))
        pivotal = _number(small["least pivotal"]) if small else None
        for mode, found in modes.items():
            floor = _of_small(own) if own else found[0][1:]
            scores = tuple(score for score, *_ in found)
            out.append(Instrument(*key, mode, *floor, pivotal, scores))
    order = {world: i for i, world in enumerate(dict.fromkeys(one.world for one in out))}
    return sorted(out, key=lambda i: (order[i.world], i.panel, RUNGS.index(i.rung), i.cue, i.mode))


def _world(panel: str) -> str:
    return panel.partition("/")[0]


def _of_small(row: floors_tables.Row) -> tuple[float, str, float | None]:
    """Floor, its strategy, spreading."""
    return float(row["floor"]), row["floor by"], _number(row["spreading"])


def _number(text: str) -> float | None:
    return float(text) if text else None


Found = tuple[Score, float, str, float | None]  # and floor, strategy, spreading of its worlds


def _measured(folders: Sequence[Path]) -> dict[tuple[str, str, str], dict[str, list[Found]]]:
    """(panel, rung, cue) -> mode -> what models get."""
    out: dict[tuple[str, str, str], dict[str, list[Found]]] = {}
    for folder in folders:
        if not (folder / "scores.parquet").exists():
            raise UserError(f"{folder} holds no scores.parquet; name a folder of docs/receipts")
        files = {name: str(folder / f"{name}.parquet") for name in ("scores", "cells")}
        own = _own_exposures(folder)
        for row in duckdb.connect().execute(MEASURED, files).fetchall():
            panel, rung, cue, mode, *values = row
            *numbers, floor, strategy, spreading, budget = values
            key = str(own.get(panel, panel)).replace(", twin none", ""), rung, cue
            found = Score(*[*numbers, budget]), floor, strategy, spreading
            out.setdefault(key, {}).setdefault(mode, []).append(found)
    return out


def _own_exposures(folder: Path) -> dict[str, str]:
    """Panel -> its name with what differs from the exposure that the size has by itself: a receipt
    names that only where it has several."""
    out = {}
    cells = bounds.cells_of(Receipt.read(folder / "receipt.json"))
    for panel, (cell, *_) in named([*cells.values()]):
        usual = cell.load_world().default_exposure(cell.size)
        if "(" not in panel and cell.exposure != usual:
            out[panel] = names_of([dataclasses.replace(cell, exposure=usual), cell])[1]
    return out
