"""Panels: finished cells -> rows of scores, beside the ceilings and floors of their corpora.

A panel is one world, size and exposure; its rows answer the same questions. Rows are made by
``eval``; here is decided what stands beside what.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from ... import canonical
from ...errors import UserError
from ...eval.floors.ceilings import references
from ...eval.floors.tracer import tracer
from ...eval.question_sets.predictions import Predictions
from ...eval.question_sets.question_set import Answers, QuestionSet
from ...eval.scoring.floor_rows import floor_rows
from ...eval.scoring.score import Row, score, traced_apart
from ...eval.stats.labels import of_runs
from ...eval.verdicts.judge import judge
from ...eval.verdicts.summary import sentence
from ...eval.verdicts.verdict import Verdict
from ..config.panel_names import grouped, named
from ..config.run_config import Cell
from ..runner.corpora import Corpora
from ..runner.executor import Outcome
from ..runner.result_store import Result

T = TypeVar("T")
LONGEST = 80  # letters of a name


@dataclasses.dataclass(frozen=True)
class MissingRun:
    """Cells of one row that gave nothing, and why."""

    label: str
    cells: int
    cause: str
    runs: int = 0  # of how many

    @property
    def lost(self) -> str:
        """``chain: 2 of 2 failed``."""
        return f"{self.label}: {of_runs(self.cells, self.runs)}"


@dataclasses.dataclass(frozen=True)
class Trained:
    """What stands behind a row of a model."""

    configuration: tuple[str, str, str]  # mode, model, plan: the same in other panels
    answers: tuple[Predictions, ...]  # of its cells


@dataclasses.dataclass(frozen=True)
class ModelRows:
    """The models of a panel: a row for each configuration."""

    models: tuple[Row, ...]
    untraced: Mapping[str, Row]  # of chains, without what the tracer solves
    trained: Mapping[str, Trained]
    missing_runs: tuple[MissingRun, ...]


@dataclasses.dataclass(frozen=True)
class Panel:
    """All that is known of one world, size and exposure."""

    name: str  # "zebra-v2/small", and how its exposure differs from the world's own
    cell: Cell  # any of its cells: world, size and exposure
    ceilings: tuple[Row, ...]
    floors: tuple[Row, ...]  # what strategies without the rule get; with chains the tracer's too
    models: tuple[Row, ...]
    untraced: Mapping[str, Row]  # label of a chain -> its row without what the tracer solves
    trained: Mapping[str, Trained]  # label of a model
    missing_runs: tuple[MissingRun, ...]

    @classmethod
    def of(
        cls, name: str, cell: Cell, question_sets: Sequence[QuestionSet], rows: ModelRows
    ) -> Panel:
        """``rows`` of models beside the ceilings and floors of their questions."""
        return cls(
            name=name,
            cell=cell,
            ceilings=ceilings(question_sets),
            floors=floors(question_sets, any(row.mode == "chain" for row in rows.models)),
            models=rows.models,
            untraced=rows.untraced,
            trained=rows.trained,
            missing_runs=rows.missing_runs,
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.ceilings + self.floors + self.models

    @property
    def sentence(self) -> str:
        """The verdict on the world, in one sentence."""
        if not self.models:
            return f"{self.name}: no result, every cell failed: {self.missing_runs[0].cause}"
        whole = {row.label for row in self.models}
        traced = next((row for row in self.floors if row.label == "tracer"), None)
        found = sentence(self.name, self.models, traced)
        gone = [
            missing_run.lost for missing_run in self.missing_runs if missing_run.label not in whole
        ]
        return f"{found} {'; '.join(gone)}." if gone else found

    @functools.cached_property
    def verdicts(self) -> dict[str, tuple[Verdict, ...]]:
        """Label of a model -> a verdict per rung; the other models are its positive controls."""
        ceilings = {ceiling.label: ceiling for ceiling in self.ceilings}
        others = {row.label: [o for o in self.models if o is not row] for row in self.models}
        return {row.label: judge(row, ceilings, others[row.label]) for row in self.models}


def panels(cells: Sequence[Cell], outcome: Outcome, corpora: Corpora) -> tuple[Panel, ...]:
    """The panels of these cells, in their order; one whose cells all failed has missing runs
    alone."""
    results = {result.cell.digest: result for result in outcome.results}
    return tuple(
        _panel(name, group, results, outcome.failures, corpora) for name, group in named(cells)
    )


def _panel(
    name: str,
    cells: Sequence[Cell],
    results: Mapping[str, Result],
    failures: Mapping[str, str],
    corpora: Corpora,
) -> Panel:
    done = [results[c.digest] for c in cells if c.digest in results]
    queries = {r.cell.question_set: r.cell for r in done if not r.run.failed}
    question_sets = {key: corpora.question_set(cell) for key, cell in queries.items()}
    for result in done:
        _same_corpus(result, question_sets)
    for cell in queries.values():
        corpora.floors(cell)  # scores would measure them beside the thread that does
    rows = model_rows(cells, question_sets, results, failures, corpora)
    return Panel.of(name, cells[0], [*question_sets.values()], rows)


def floors(question_sets: Sequence[QuestionSet], chains: bool) -> tuple[Row, ...]:
    """A row for each kind of strategy that applies no rule, and beside chains the tracer's."""
    if not question_sets:
        return ()
    rows = floor_rows(question_sets)
    if not chains:
        return rows
    traced = [(s, (tracer(s.corpus, s.questions),)) for s in question_sets]
    return (*rows, *_rows(traced))


def _same_corpus(result: Result, question_sets: Mapping[str, QuestionSet]) -> None:
    """Raises UserError where a kept result read another corpus than its cell names today."""
    cell, question_set = result.cell, question_sets.get(result.cell.question_set)
    if (
        question_set is not None
        and not result.run.failed
        and question_set.corpus.digest != result.corpus
    ):
        raise UserError(
            f"{cell} read corpus {result.corpus[:16]}, and {cell.world} now gives "
            f"{question_set.corpus.digest[:16]}: its content moved under an equal version; undo "
            "the change, or raise `content` in the world's class and run again"
        )


def ceilings(question_sets: Iterable[QuestionSet]) -> tuple[Row, ...]:
    """A row for each symbolic reference."""
    return tuple(
        _rows(
            [
                (question_set, references(question_set.corpus, question_set.questions))
                for question_set in question_sets
            ]
        )
    )


def model_rows(
    cells: Sequence[Cell],
    question_sets: Mapping[str, QuestionSet],
    results: Mapping[str, Result],
    failures: Mapping[str, str],
    corpora: Corpora,
) -> ModelRows:
    """A row for each configuration of a panel. ``question_sets``: by corpus of a cell."""
    label = labels(cells)
    models, untraced, missing_runs = list[Row](), dict[str, Row](), list[MissingRun]()
    trained = dict[str, Trained]()
    for configuration in grouped(cells, lambda cell: cell.configuration):
        title = label[configuration[0].configuration]
        fine = [
            results[c.digest]
            for c in configuration
            if c.question_set in question_sets and c.digest in results
        ]
        fine = [result for result in fine if not result.run.failed]
        lost = [c for c in configuration if c.digest not in {r.cell.digest for r in fine}]
        if lost:
            missing_runs.append(
                MissingRun(title, len(lost), _why(lost[0], results, failures), len(configuration))
            )
        if not fine:
            continue
        given = [
            predictions(result, question_sets[result.cell.question_set], corpora) for result in fine
        ]
        if configuration[0].mode == "chain":
            row, rest = traced_apart(given, title, tracer, len(lost))
            if rest is not None:
                untraced[title] = rest
        else:
            row = score(given, title, len(lost))
        models.append(row)
        first = configuration[0]
        trained[title] = Trained((first.mode, first.model, first.plan), tuple(given))
    return ModelRows(tuple(models), untraced, trained, tuple(missing_runs))


def labels(cells: Iterable[Cell]) -> dict[str, str]:
    """Configuration -> its name: mode, and model and plan where they differ; of a model from
    outside its name and mode."""
    cells = list(cells)
    varied = [name for name in ("model", "plan") if len({getattr(c, name) for c in cells}) > 1]
    return {
        c.configuration: f"{c.outside.name} {c.mode}"
        if c.outside
        else " ".join([c.mode, *(getattr(c, name) for name in varied)])
        for c in cells
    }


def predictions(result: Result, question_set: QuestionSet, corpora: Corpora) -> Predictions:
    """What a kept result answered. Raises UserError where it read another corpus."""
    run = result.run
    if result.corpus != question_set.corpus.digest:
        raise UserError(f"{result.cell} was kept for another corpus; `zebroid clean` and run again")
    bits = np.asarray(run.bits, np.float32)
    weighs_none = result.cell.outside is not None and bool(np.isnan(bits).all())
    return Predictions(
        question_set=question_set,
        answer=np.asarray(run.answer, np.int32),
        bits=None if weighs_none else bits,
        steps=np.asarray(run.steps, np.int64),
        flops=np.asarray(run.flops, np.float64),
        mode=result.cell.mode,
        parameters=run.parameters,
        proofs=corpora.proofs(result),
        hits=corpora.hits(result),
    )


def _rows(queries: Sequence[tuple[QuestionSet, tuple[Answers, ...]]]) -> list[Row]:
    """One row per reference, over all corpora; on a corpus where it can't answer it is absent."""
    by_name: dict[str, list[Predictions]] = {}
    for question_set, answers in queries:
        for answer in answers:
            by_name.setdefault(answer.name, []).append(Predictions.of(question_set, answer))
    # a reference's name is its mode: rows of different names are never pooled
    return [score(given, name) for name, given in by_name.items()]


def _why(cell: Cell, results: Mapping[str, Result], failures: Mapping[str, str]) -> str:
    if cell.digest in failures:
        return failures[cell.digest]
    return results[cell.digest].run.failed if cell.digest in results else "not run yet"


def slug(name: str) -> str:
    """The name of a panel as part of a file's name, which no system finds too long."""
    short = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")
    if short and len(short) <= LONGEST:
        return short
    return f"{short[:LONGEST]}-{canonical.digest(name)[:8]}".lstrip("-")
