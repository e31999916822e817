"""The arrow: world -> closure -> corpus -> tokens -> run, cell by cell.

``state`` closes the world under its rules before it chooses what to state, so closure and corpus
are one call here. Scores follow in ``panel.py`` from finished cells alone: what was trained once
is never trained again for another table.
"""

from __future__ import annotations

import dataclasses
import functools
import traceback
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import registry
from ..eval.exam import Exam
from ..registry import UserError
from ..worlds.reading import valid_proofs
from ..worlds.state import state
from ..worlds.tokens import encode, select
from . import provenance
from .cell import Cell
from .progress import Silent, Watch
from .results import Result, Store

KEPT = 32  # exams in memory; cells of one corpus stand side by side in a suite


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of some cells: results in their order, and why others have none."""

    results: tuple[Result, ...]
    failures: dict[str, str]  # digest of a cell -> cause, one line


class Corpora:
    """Builds the corpora of cells, and the exams about them; the last few are kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], Exam] = {}
        self._read: dict[str, NDArray[np.bool_]] = {}

    def exam(self, cell: Cell) -> Exam:
        """What the cell's model gets to read, and what it is asked about it.

        Cells of one corpus are asked the same questions, and share their chance.
        """
        key = cell.corpus, cell.questions
        if key not in self._kept:
            seeds = (cell.seeds.world, cell.seeds.exposure)
            corpus = state(registry.make(cell.world), cell.size, cell.exposure, seeds)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            questions = select(corpus, cell.questions, cell.seeds.exposure)
            self._kept[key] = Exam(corpus, questions)
        return self._kept[key]

    def proofs(self, result: Result) -> NDArray[np.bool_] | None:
        """bool [S, Q]: which proofs the model wrote in the end are valid; None: it wrote none."""
        cell = result.cell
        if cell.mode != "chain":
            return None
        if cell.digest not in self._read:
            exam = self.exam(cell)
            tokens = encode(exam.corpus, cell.mode, exam.questions)
            read = [valid_proofs(exam.corpus, tokens, g) for g in result.run.generated]
            self._read[cell.digest] = np.stack(read)
        return self._read[cell.digest]


def run(
    cells: Sequence[Cell], store: Store, watch: Watch | None = None, corpora: Corpora | None = None
) -> Outcome:
    """Trains the cells that ``store`` doesn't hold; one that fails is a hole, the rest goes on.

    Raises UserError only where results cannot be written.
    """
    watch, corpora = watch or Silent(), corpora or Corpora()
    results: list[Result] = []
    failures: dict[str, str] = {}
    for cell in cells:
        kept = store.load(cell)
        if kept is not None:
            results.append(kept)
            watch.done(cell, _how(kept, "kept"))
            continue
        try:
            result = train_cell(cell, corpora, watch, store.draft(cell))
        except OSError:
            raise  # a full disk fails every cell, and is for the user to mend
        except Exception as error:
            failures[cell.digest] = _cause(error)
            store.explain(cell, traceback.format_exc())
            watch.done(cell, f"failed: {failures[cell.digest]}")
            continue
        store.save(result)
        results.append(result)
        watch.done(cell, _how(result, "trained"))
    return Outcome(tuple(results), failures)


def train_cell(cell: Cell, corpora: Corpora, watch: Watch, draft: Path | None = None) -> Result:
    """One cell, from its world to its answers; ``draft`` is where a killed training goes on."""
    from ..models.train import enable_cache, train  # JAX: not for those who list or resume

    enable_cache()
    watch.stage(cell, "corpus")
    exam = corpora.exam(cell)
    tokens = encode(exam.corpus, cell.mode, exam.questions)
    watch.stage(cell, "compile")
    spec, seeds = registry.model(cell.model), [(cell.seeds.init, cell.seeds.order)]
    step = functools.partial(watch.step, cell)
    found = train(spec, tokens, cell.recipe, seeds, progress=step, checkpoint=draft)
    return Result(cell, found, exam.corpus.digest, provenance.device())


def _how(result: Result, fine: str) -> str:
    return f"failed: {result.run.failed}" if result.run.failed else fine


def _cause(error: Exception) -> str:
    """One line: the message of a user's error, else with the name of its class."""
    line = " ".join(str(error).split())
    return line if isinstance(error, UserError) else f"{type(error).__name__}: {line}"
