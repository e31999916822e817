"""What finished cells say of a finding: each quantity in each world, one number a world.

A world is a pair of seeds, of what is true and of what is stated. Trainings of one world that
differ in their initialisation are averaged, unless it is these that a quantity is about.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ...errors import UserError, suggest
from ...eval.floors.measured import cue_name, measured, uniform
from ...eval.question_sets.predictions import Predictions
from ...eval.question_sets.question_set import QuestionSet
from ...eval.verdicts.replication import Quantity
from ..panels.panel import predictions
from ..probing.k_cutoffs import UNDEFINED, cutoffs
from ..runner.corpora import Corpora
from ..runner.result_store import Result
from .finding import Reading, Trained

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
CUTOFF = re.compile(r"(.+) k(>=|<)([0-9]{1,4})")  # a group, and on which side of which k-cutoff
HALF = 0.5  # accuracy whose first passing is a rise
Runs = Sequence[Predictions]  # of one world, one for each initialisation
SHARES = ("accuracy", "floor", "uniform", "vote")  # readings that are shares of questions


@dataclasses.dataclass(frozen=True)
class Read:
    """The quantities of a finding, and what speaks against reading them."""

    quantities: Mapping[str, Quantity]
    recall: Mapping[str, float]  # table -> mean recall of its trainings
    missing: int  # cells that gave nothing


def read(trained: Trained, results: Mapping[str, Result], corpora: Corpora) -> Read:
    """``results``: digest of a cell -> what it answered. Raises UserError for a group of questions
    that no world has."""
    worlds = {name: _worlds(trained, name, results, corpora) for name in trained.tables}
    found = {
        name: _quantity(name, reading, worlds[reading.cells])
        for name, reading in trained.quantities.items()
    }
    wanted = {cell.digest for cells in trained.tables.values() for cell in cells}
    recall = {name: _recall(mine) for name, mine in worlds.items()}
    return Read(found, recall, len(wanted - {*results}))


def _worlds(
    trained: Trained, name: str, results: Mapping[str, Result], corpora: Corpora
) -> dict[str, list[Predictions]]:
    out: dict[str, list[Predictions]] = {}
    for cell in trained.tables[name]:
        result = results.get(cell.digest)
        if result is not None and not result.run.failed:
            seeds = cell.seeds
            unit = f"{seeds.world},{seeds.exposure}"
            out.setdefault(unit, []).append(
                predictions(result, corpora.question_set(cell), corpora)
            )
    return out


def _recall(worlds: Mapping[str, Runs]) -> float:
    """Mean over trainings; 1 where nothing is recalled, as in worlds of episodes."""
    found = [
        right_share(run, run.question_set.headline["recall"])
        for runs in worlds.values()
        for run in runs
        if run.question_set.headline["recall"].any()
    ]
    return float(np.mean(found)) if found else 1.0


def _quantity(name: str, reading: Reading, worlds: Mapping[str, Runs]) -> Quantity:
    values, questions = {}, {}
    groups = {world: group(runs[0].question_set, reading.of) for world, runs in worlds.items()}
    if worlds and all(where is None for where in groups.values()):
        known = next(iter(worlds.values()))[0].question_set.groups
        raise suggest(f"questions of quantities.{name}", reading.of, known)
    for world, runs in worlds.items():
        where = groups[world]
        if where is not None:
            values[world] = READ[reading.reading](runs, reading.of, where)
            questions[world] = int(where.sum()) if reading.reading in SHARES else 0
    return Quantity(values, questions)


def group(posed: QuestionSet, name: str) -> Bools | None:
    """bool [Q] of a group, or of those of one whose k-cutoff is on this side of a number:
    "instance k>=3", "instance k<3"; None: there is none. A question without a cutoff is in
    neither."""
    part = CUTOFF.fullmatch(name)
    where = posed.groups.get(part[1] if part else name)
    if part is None or where is None:
        return where
    k = posed.once("cutoffs", lambda: cutoffs(posed.corpus, posed.questions))
    least = int(part[3])
    where = where & (k != UNDEFINED) & (k >= least if part[2] == ">=" else k < least)
    return where if where.any() else None


def right_share(run: Predictions, where: Bools) -> float:
    """The share of the questions ``where`` that a run answers in the end, in chain validly."""
    return float(_right(run)[where].mean())


def _right(run: Predictions) -> Bools:
    right = run.right()[0, -1]
    return right if run.proofs is None else right & (run.proofs[0] > 0)


def _accuracies(runs: Runs, where: Bools) -> Floats:
    return np.array([right_share(run, where) for run in runs])


def _accuracy(runs: Runs, _: str, where: Bools) -> float:
    return float(_accuracies(runs, where).mean())


def _floor(runs: Runs, group: str, where: Bools) -> float:
    found: QuestionSet = runs[0].question_set
    name = next((n for n in found.instruments if found.headline[n][where].all()), None)
    if name is None:
        raise UserError(f"{group!r} has no floor; name an instrument or a cell of one")
    rung, cue = found.instruments[name]
    return measured(found).on(rung, cue_name(found.corpus, cue), where).floor.score


def _uniform(runs: Runs, _: str, where: Bools) -> float:
    return float(uniform(runs[0].question_set)[where].mean())


def _bits(runs: Runs, group: str, where: Bools) -> float:
    capped = [run.capped_bits() for run in runs]
    if any(bits is None for bits in capped):
        raise UserError(f"no bits are known of {group!r}")
    return float(np.mean([bits[0, -1, where].mean() for bits in capped if bits is not None]))


def _uniform_bits(runs: Runs, _: str, where: Bools) -> float:
    return float(-np.log2(uniform(runs[0].question_set)[where]).mean())


def _rise(runs: Runs, _: str, where: Bools) -> float:
    return float(np.mean([_rise_of(run, where) for run in runs]))


def _rise_of(run: Predictions, where: Bools) -> float:
    """log2 of the step, between checkpoints along the logarithm."""
    share, log = run.right()[0][:, where].mean(1), np.log2(run.steps)
    above = np.flatnonzero(share >= HALF)
    if not len(above):
        return float(log[-1] + 1)
    k = int(above[0])
    if k == 0:
        return float(log[0])
    part = (HALF - share[k - 1]) / (share[k] - share[k - 1])
    return float(log[k - 1] + part * (log[k] - log[k - 1]))


def _vote(runs: Runs, _: str, where: Bools) -> float:
    """Of the answer that the most initialisations give; the first of equals."""
    given = np.stack([run.answer[0, -1] for run in runs])
    common = np.array([np.unique(column, return_counts=True) for column in given.T], object)
    chosen = np.array([values[counts.argmax()] for values, counts in common], np.int32)
    return float(runs[0].question_set.right(chosen)[where].mean())


def _scatter(runs: Runs, _: str, where: Bools) -> float:
    return float(_accuracies(runs, where).std(ddof=1))


def _bimodality(runs: Runs, _: str, where: Bools) -> float:
    """(skewness^2 + 1) / kurtosis, without correction for the number (Pearson 1916)."""
    values = _accuracies(runs, where)
    if np.ptp(values) < 1e-9:
        return 0.0
    return float((stats.skew(values) ** 2 + 1) / stats.kurtosis(values, fisher=False))


READ: dict[str, Callable[[Runs, str, Bools], float]] = {
    "accuracy": _accuracy,
    "floor": _floor,
    "uniform": _uniform,
    "bits": _bits,
    "uniform bits": _uniform_bits,
    "rise": _rise,
    "vote": _vote,
    "scatter": _scatter,
    "bimodality": _bimodality,
}
