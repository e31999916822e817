"""``scores.parquet``: every score of every row as one long table, for SQL."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ....eval.scoring.rung_score import GroupScore, RungScore
from ....eval.scoring.score import Row
from ....eval.stats.intervals import Band
from ...config.run_config import Cell
from ...panels.panel import Panel
from .cells_table import NAN, by_panel, exposure_columns, exposure_values
from .curves_table import GROUPS
from .parquet_table import NONE, Column, Columns, Content, Table

KINDS = ("ceiling", "floor", "model", "untraced")
MISSING = "missing run"  # a configuration of which every training failed
REFERENCES = 64  # ceilings and floors of a panel at most


def rows_of(panel: Panel) -> Iterator[tuple[str, Row]]:
    """(kind, row) of all that a panel has, in its order."""
    parts = (panel.ceilings, panel.floors, panel.models, tuple(panel.untraced.values()))
    for kind, rows in zip(KINDS, parts):
        yield from ((kind, row) for row in rows)


def scores(panel: Panel) -> Iterator[dict[str, Any]]:
    """A record a row and group of questions: recall and instruments first, then what is apart."""
    cell = panel.cell
    exposure = exposure_values(cell.exposure)
    place = {"panel": panel.name, "world": cell.world, "content": cell.content, "size": cell.size}
    place |= {f"exposure_{name}": value for name, value in exposure.items()}
    names = {label: of for label, made in panel.trained.items() for of in [made.configuration]}
    names |= {row.label: names[label] for label, row in panel.untraced.items()}
    for kind, row in rows_of(panel):
        mode, model, plan = names.get(row.label, (NONE, NONE, NONE))
        about = place | {"kind": kind, "label": row.label, "mode": mode, "model": model}
        about |= {"plan": plan, "runs": row.runs, "failed_runs": row.failed}
        about |= {"untrained": row.untrained}
        for headline, groups in ((True, row.rungs), (False, row.apart)):
            for number, (name, score) in enumerate(groups.items()):
                mine = {"instrument": name, "headline": headline, "place": number}
                yield about | mine | _score(score)
    scored = {row.label for row in panel.models}
    for gone in panel.missing_runs:
        if gone.label not in scored:  # else its row counts them
            about = place | dict.fromkeys(("mode", "model", "plan"), NONE) | {"label": gone.label}
            about |= {"kind": MISSING, "runs": gone.runs, "failed_runs": gone.cells}
            about |= {"untrained": False, "instrument": NONE, "headline": False, "place": 0}
            yield about | _NOTHING


def _score(score: GroupScore | None) -> dict[str, Any]:
    """The columns of a score; null, each of them, where there is none."""
    whole = score if isinstance(score, RungScore) else None
    found, lift = (whole.normalised, whole.lift) if whole else (None, None)
    floor, agreed = (whole.floor, whole.agreement) if whole else (None, None)
    rivals = whole.rivals if whole else None
    answers = None if whole is None else whole.answers
    out: dict[str, Any] = {
        "rung": whole.rung if whole else NONE,
        "cue": whole.cue if whole else NONE,
        "questions": score.n if score else 0,
        **band("", score.accuracy if score else None),
        "over": score.accuracy.over if score else NONE,
        **band("answers_", answers),
        **band("bits_", score.bits if score else None),
        "floor": floor.value if floor else None,
        "strategy": floor.strategy if floor else NONE,
        "family": floor.family if floor else NONE,
    }
    parts = ("uniform", "chance", "association", "blinded", "spreading", "likeness")
    out |= {name: getattr(floor, name) if floor else None for name in parts}
    out |= {
        "normalised": found.value if found else None,
        "normalised_mean": found.mean if found else None,
        "normalised_low": found.low if found else None,
        "normalised_high": found.high if found else None,
        "normalised_over": found.over if found else NONE,
        "lift": lift.value if lift else None,
        "lift_low": lift.low if lift else None,
        "lift_high": lift.high if lift else None,
        "where_likeness_right": agreed.where_right if agreed else None,
        "where_likeness_wrong": agreed.where_wrong if agreed else None,
        "shared_errors": agreed.shared_errors if agreed else None,
        "right_with_rivals": rivals.right if rivals else None,
        "rival": rivals.rival if rivals else None,
        "rival_low": rivals.low if rivals else None,
        "rival_high": rivals.high if rivals else None,
        "suppressed": int(whole.suppressed[-1]) if whole else -1,
    }
    return {name: NAN if value is None else value for name, value in out.items()}


def band(prefix: str, found: Band | None) -> dict[str, Any]:
    """Mean and ends of its interval, null where there is none."""
    ends = (NAN, NAN, NAN) if found is None else found.at()
    fine = [float(value) if math.isfinite(value) else NAN for value in ends]
    return dict(zip((f"{prefix}mean", f"{prefix}low", f"{prefix}high"), fine))


_NOTHING = _score(None)


def _blocks(content: Content) -> Iterator[Columns]:
    return by_panel(content, scores, COLUMNS)


def _most(cells: Sequence[Cell]) -> int:
    panels = len({cell.panel for cell in cells})
    rows = REFERENCES * panels + 2 * len({cell.configuration for cell in cells})
    return GROUPS * rows


def _number(name: str, unit: str, meaning: str) -> Column:
    return Column(name, "DOUBLE", unit, f"{meaning}; null: there is none", NAN)


INTERVAL = "end of its 95% interval"
COLUMNS = (
    Column("panel", "VARCHAR", "name", "world and size, and how its exposure differs from others"),
    Column("world", "VARCHAR", "name", "versioned id of the world"),
    Column("content", "INTEGER", "version", "of the content that the world declares"),
    Column("size", "VARCHAR", "name", "size of the world"),
    *exposure_columns(),
    Column(
        "kind",
        "VARCHAR",
        "name",
        "ceiling (a symbolic reference), floor (strategies without the rule), model, untraced (a "
        "model in chain mode, on questions that the tracer does not solve) or missing run (a model "
        "of which every training failed)",
    ),
    Column("label", "VARCHAR", "name", "of the row, unique in its panel and kind"),
    Column("mode", "VARCHAR", "name", "of a model; null: a reference", NONE),
    Column("model", "VARCHAR", "name", "of a model; null: a reference", NONE),
    Column("plan", "VARCHAR", "name", "of a model; null: a reference", NONE),
    Column("runs", "INTEGER", "count", "trainings that the row should be the mean of; 0: none"),
    Column("failed_runs", "INTEGER", "count", "of these, those without answers: no mean has them"),
    Column("untrained", "BOOLEAN", "truth", "recall is below 0.95: it stands in no comparison"),
    Column(
        "instrument",
        "VARCHAR",
        "name",
        "recall, an instrument, a cell of one or a group; null: a missing run",
        NONE,
    ),
    Column("headline", "BOOLEAN", "truth", "recall or an instrument: a column of a table"),
    Column("place", "INTEGER", "number", "of the instrument in the row, in the ladder's order"),
    Column("rung", "VARCHAR", "name", "see questions.parquet; null: a group apart", NONE),
    Column("cue", "VARCHAR", "name", "the query; null: of all queries, or a group apart", NONE),
    Column("questions", "INTEGER", "count", "different questions that were scored"),
    _number("mean", "share", "exact answers; of a headline in chain mode with a valid proof"),
    _number("low", "share", f"lower {INTERVAL}"),
    _number("high", "share", f"upper {INTERVAL}"),
    Column("over", "VARCHAR", "name", "what its interval is over; null: none", NONE),
    _number("answers_mean", "share", "of a headline in chain mode, exact answers with any proof"),
    _number("answers_low", "share", f"lower {INTERVAL}"),
    _number("answers_high", "share", f"upper {INTERVAL}"),
    _number("bits_mean", "bits", "mean bits of the right answers"),
    _number("bits_low", "bits", f"lower {INTERVAL}"),
    _number("bits_high", "bits", f"upper {INTERVAL}"),
    _number("floor", "share", "the best strategy that applies no rule, a mean over worlds"),
    Column("strategy", "VARCHAR", "name", "which one that is in most worlds; null: none", NONE),
    Column("family", "VARCHAR", "name", "chance, association or blinded; null: none", NONE),
    _number("uniform", "share", "a guess among all values of the answer's sort"),
    _number("chance", "share", "the best of uniform, commonest and exclusion"),
    _number("association", "share", "the best of stated only, profile copy and likeness"),
    _number("blinded", "share", "the best deducer that is blind to one ingredient of the rule"),
    _number("spreading", "share", "spreading activation, a test of the world and no floor"),
    _number("likeness", "share", "answers copied from the most similar thing"),
    _number("normalised", "ratio", "0 at the floor, 1 where all is right; 0 if not surely above"),
    _number("normalised_mean", "ratio", "the same, as in the data"),
    _number("normalised_low", "ratio", f"lower paired {INTERVAL}"),
    _number("normalised_high", "ratio", f"upper paired {INTERVAL}"),
    Column("normalised_over", "VARCHAR", "name", "worlds, questions or patterns; null: none", NONE),
    _number("lift", "share", "answers right for the prompt less those right for another prompt"),
    _number("lift_low", "share", f"lower {INTERVAL}"),
    _number("lift_high", "share", f"upper {INTERVAL}"),
    _number("where_likeness_right", "share", "exact answers where likeness is right"),
    _number("where_likeness_wrong", "share", "exact answers where likeness is wrong"),
    _number("shared_errors", "share", "wrong answers that are likeness's"),
    _number("right_with_rivals", "share", "exact answers where a wrong value is counted alike"),
    _number("rival", "share", "answers there that are one given such value, an exact rival"),
    _number("rival_low", "share", f"of right less rival: lower {INTERVAL}"),
    _number("rival_high", "share", f"of right less rival: upper {INTERVAL}"),
    Column("suppressed", "BOOLEAN", "truth", "below uniform guessing; null: no floor", -1),
)
SCORES = Table(
    "scores",
    "a group of questions in a row of a panel, at the last checkpoint",
    COLUMNS,
    "as in the panels of receipt.json",
    _blocks,
    _most,
    "panel",
    by_key=False,
)
