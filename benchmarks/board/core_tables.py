"""The page of a suite that ranks, from the suite and the receipts of its models.

    <!-- core columns core-v1 -->
    <!-- end of core -->

``columns``: what is ranked, and what it costs. ``predictions``: what was predicted of them, and how
that fared. ``profiles``: what each model has in each. ``reliability``: whether a column would rank
the same models so again. Receipts are those below ``receipts`` beside the page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ...eval.scoring.normalised import Normalised
from ...eval.stats import reliability
from ...eval.stats.intervals import wider_side
from ...eval.stats.paired import different
from ...eval.stats.rank_intervals import Mean
from ..config.changed_suite import changed
from ..config.suite import Suite, load_suite
from ..docs.writing import doc_blocks
from ..docs.writing.markdown_table import markdown_table
from ..ranking.prediction import Scores, judge
from ..report.table import ABSENT
from .column_scores import ColumnScore
from .entered import enter
from .entries import Entry, entries, labelled
from .standings import score

KIND, RECEIPTS = "core", "receipts"
# by which everything is trained once more: `zebroid run core-v1 --set seeds.init=1000`
RETEST = "seeds.init=1000"
MARK = "†"  # of a score that a mark makes count 0


def measured(suite: Suite, folder: Path) -> list[Entry]:
    """The entries of a suite by the receipts below a folder, each by the suite's own plans, in the
    order of their scores; those that have some column whole are among them."""
    below = sorted(path.parent for path in folder.glob("*/receipt.json"))
    found, _ = entries(suite, enter(below).entered, partial=True) if below else ([], [])
    fixed = labelled([entry for entry in found if entry.budget == "fixed"])
    return sorted(fixed, key=lambda entry: (-score(entry).mean, entry.label))


def columns(suite: Suite, found: Sequence[Entry]) -> Iterator[str]:
    """A row a column: where it stands, its floor where a model was measured, and its budget."""
    header = ["column", "world", "mode", "kind", "floor", "had by", "FLOPs a training"]
    rows = []
    for index, column in enumerate(suite.columns):
        cell = next(cell for cell in suite.cells if column.holds(cell))
        known = [e.scores[index] for e in found if e.scores[index].normalised is not None]
        floor = [s.normalised.floor for s in known if s.normalised]
        rows.append(
            [
                column.name,
                f"`{column.world}/{column.size}`",
                column.mode,
                "ranked" if column.ranked else "headroom",
                f"{floor[0]:.2f}" if floor else ABSENT,
                known[0].strategy if known else ABSENT,
                f"{cell.recipe.flops or 0:.1e}",
            ]
        )
    yield from markdown_table(header, rows, right=(4, 6))


def predictions(suite: Suite, found: Sequence[Entry]) -> Iterator[str]:
    """A row a prediction, with the paired difference that judges it."""
    rows = []
    for one in judge(suite.predictions, _scores(suite, found)):
        values = (one.mean, one.low, one.high)
        mean, low, high = (ABSENT if v is None else f"{v:+.2f}" for v in values)
        text = ABSENT if one.mean is None else f"{mean} [{low}, {high}]"
        rows.append([one.prediction.by, str(one.prediction), text, one.outcome])
    yield from markdown_table(["by", "prediction", "difference", "outcome"], rows)


def profiles(suite: Suite, found: Sequence[Entry]) -> Iterator[str]:
    """A row a column, a model beside the other: normalised scores with 95% intervals."""
    if not found:
        yield f"Not measured yet: there is no receipt of `{suite.id}`."
        return
    rows = [
        [f"{c.name}{'' if c.ranked else ' (headroom)'}", *(_cell(e.scores[i]) for e in found)]
        for i, c in enumerate(suite.columns)
    ]
    means = [_text(s.mean, s) if e.complete() else ABSENT for e, s in zip(found, map(score, found))]
    rows.append(["**mean over ranked columns**", *(f"**{mean}**" for mean in means)])
    rows.append(["parameters", *(f"{e.cost.parameters:,}" for e in found)])
    rows.append(["FLOPs, all cells", *(f"{e.cost.flops:.1e}" for e in found)])
    rows.append(["hours of training", *(f"{e.cost.seconds / 3600:.1f}" for e in found)])
    yield from markdown_table(
        ["column", *(entry.label for entry in found)], rows, right=range(1, len(found) + 1)
    )
    yield ""
    yield (
        "A score is 0 where its interval, paired with the floor over worlds, includes 0. "
        f"{MARK}: recall below 0.95, or trainings failed or missing; counts 0 in the mean. "
        "Who lacks a column has no mean."
    )


def discrimination(suite: Suite, found: Sequence[Entry], again: Sequence[Entry]) -> Iterator[str]:
    """A row a column: reliability over models, pairs that surely differ, what must differ to be
    seen. ``again``: of models that were trained from other initial weights. Models that lack a
    training say nothing of a column."""
    found, again = ([e for e in side if _whole(e)] for side in (found, again))
    if len(found) < reliability.MODELS:
        yield f"Not measured yet: it needs {reliability.MODELS} models, and has {len(found)}."
        return
    twice = [(i, e) for i, one in enumerate(found) for e in again if e.model == one.model]
    rows = []
    for index, column in enumerate(suite.columns):
        table = _matrix(found, index)
        able = [i for i, entry in enumerate(found) if not entry.scores[index].mark]
        apart = different(table[able])
        pairs = len(able) * (len(able) - 1) // 2
        seen = reliability.seen(table[able])
        first = table[[i for i, _ in twice]].mean(1)
        second = _matrix([e for _, e in twice], index).mean(1) if twice else first
        known = reliability.Reliability(
            reliability.split_halves(table), reliability.retest(first, second)
        )
        rows.append(
            [
                column.name,
                _number(known.halves),
                _number(known.retest),
                f"{int(apart.sum()) // 2} of {pairs}",
                _number(seen),
                "yes" if known.ranked else "no",
            ]
        )
    header = ["column", "split halves", "retest", "pairs that differ", "seen from", "reliable"]
    yield from markdown_table(header, rows, right=range(1, 5))


def _whole(entry: Entry) -> bool:
    """Whether it has trainings in every column: a receipt of another suite may have some."""
    return all(one.trained is not None for one in entry.scores)


def _scores(suite: Suite, found: Sequence[Entry]) -> Scores:
    """Of every entry that has all trainings of a column; what is marked counts as it ranks."""
    out: dict[tuple[str, str], dict[int, float]] = {}
    for entry in found:
        for column, one in zip(suite.columns, entry.scores):
            if not one.lacking:
                out[entry.model, column.name] = {w: v for (w, _), v in one.counted.items()}
    return out


def _matrix(found: Sequence[Entry], index: int) -> reliability.Floats:
    """[M, W] of a column, as it counts."""
    return np.array([[*entry.scores[index].counted.values()] for entry in found])


def _cell(found: ColumnScore) -> str:
    text = ABSENT if found.normalised is None else _text(found.value, found.normalised)
    return f"{text} {MARK}" if found.mark else text


def _text(value: float, around: Mean | Normalised) -> str:
    if around.low is None or around.high is None:
        return f"{value:.2f}"
    return f"{value:.2f} ± {wider_side(around.mean, around.low, around.high):.2f}"


def _number(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.2f}"


def fill(page: Path) -> int:
    """Fills a page in place; 0, or 2 after one line on what is wrong."""
    folder = page.resolve().parent / RECEIPTS

    @functools.cache
    def read(name: str) -> tuple[Suite, list[Entry]]:
        suite = load_suite(name)
        return suite, measured(suite, folder)

    def table(make: Callable[[Suite, Sequence[Entry]], Iterable[str]]) -> doc_blocks.Make:
        return lambda name: make(*read(name))

    def reliable(name: str) -> Iterable[str]:
        suite, found = read(name)
        again = measured(changed(suite, settings=[RETEST]), folder)
        return discrimination(suite, found, again)

    makes = {"columns": columns, "predictions": predictions, "profiles": profiles}
    made = {name: table(make) for name, make in makes.items()}
    return doc_blocks.fill(page, KIND, {**made, "reliability": reliable})
