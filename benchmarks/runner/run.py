"""The arrow: world -> closure -> corpus -> tokens -> run, cell by cell.

``state`` closes the world under its rules before it chooses what to state, so closure and corpus
are one call here. Scores follow in ``panel.py`` from finished cells alone: what was trained once
is never trained again for another table.
"""

from __future__ import annotations

import dataclasses
import math
import traceback
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...eval.floors.interpolators import in_turn
from ...eval.question_sets.question_set import Answers, QuestionSet
from ...worlds.corpus.build import build_corpus
from ...worlds.encoding.encode import Tokens, encode, sample_questions
from ...worlds.encoding.proof_checker import valid_proofs
from ...worlds.world import World
from ..config.run_config import Cell, run_batches
from . import provenance
from .progress import Silent, Watch
from .result_store import Result, Store

KEPT = 32  # question sets in memory; cells of one corpus stand side by side in a suite


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of some cells: results in their order, and why others have none."""

    results: tuple[Result, ...]
    failures: dict[str, str]  # digest of a cell -> cause, one line


class Corpora:
    """Builds the corpora of cells, and the question sets about them; the last few are kept.

    ``ahead``: interpolators answer each question set in a thread of their own once it is there,
    beside the training, which leaves cores idle; they are asked for when all has been trained. A
    context, at whose end the thread has ended too: a process that leaves while it computes crashes.
    """

    def __init__(self, ahead: bool = False) -> None:
        self._ahead, self._over = ahead, False
        self._kept: dict[str, QuestionSet] = {}
        self._read: dict[str, NDArray[np.bool_]] = {}
        self._guessed: dict[str, Future[tuple[Answers, ...]]] = {}
        self._thread = ThreadPoolExecutor(1, "interpolators")  # started when it is first needed

    def __enter__(self) -> Corpora:
        return self

    def __exit__(self, *error: object) -> None:
        self._over = True
        self._thread.shutdown(cancel_futures=True)

    def question_set(self, cell: Cell) -> QuestionSet:
        """What the cell's model gets to read, and what it is asked about it.

        Cells of one corpus are asked the same questions, and share their chance.
        """
        key = cell.question_set
        if key not in self._kept:
            seeds = (cell.seeds.world, cell.seeds.exposure)
            corpus = build_corpus(self.world(cell), cell.size, cell.exposure, seeds)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            questions = sample_questions(corpus, cell.questions, cell.seeds.exposure)
            self._kept[key] = QuestionSet(corpus, questions)
            if self._ahead and key not in self._guessed:
                self._guessed[key] = self._thread.submit(self._guess, self._kept[key])
        return self._kept[key]

    def world(self, cell: Cell) -> World:
        """The world of a cell; who checks the receipts of others makes fewer of them."""
        return cell.load_world()

    def interpolators(self, cell: Cell) -> tuple[Answers, ...]:
        """What the interpolators answer to the question set of ``cell``."""
        question_set = self.question_set(cell)
        if cell.question_set not in self._guessed:
            return self._guess(question_set)
        return self._guessed[cell.question_set].result()

    def _guess(self, question_set: QuestionSet) -> tuple[Answers, ...]:
        found = []
        for answers in in_turn(question_set.corpus, question_set.questions):
            if self._over:
                raise InterruptedError("the run is over")
            found.append(answers)
        return tuple(found)

    def proofs(self, result: Result) -> NDArray[np.bool_] | None:
        """bool [S, Q]: which proofs the model wrote in the end are valid; None: it wrote none."""
        cell = result.cell
        if cell.mode != "chain":
            return None
        if cell.digest not in self._read:
            question_set = self.question_set(cell)
            tokens = encode(question_set.corpus, cell.mode, question_set.questions)
            read = [valid_proofs(question_set.corpus, tokens, g) for g in result.run.generated]
            self._read[cell.digest] = np.stack(read)
        return self._read[cell.digest]


def run(
    cells: Sequence[Cell],
    store: Store,
    watch: Watch | None = None,
    corpora: Corpora | None = None,
    layout: str = "",
) -> Outcome:
    """Trains the cells that ``store`` doesn't hold; one that fails is a missing run, the rest goes
    on.

    ``layout``: where training lies on several devices (``sharding.py``). Raises UserError
    only where results cannot be written.
    """
    watch, corpora = watch or Silent(), corpora or Corpora()
    results: dict[str, Result] = {}
    failures: dict[str, str] = {}
    todo = deque(run_batches(cells, _vmap_size(cells, store, layout)))
    while todo:
        rest = []
        for cell in todo.popleft():
            kept = store.load(cell)
            if kept is None:
                rest.append(cell)
            else:
                results[cell.digest] = kept
                watch.done(cell, how(kept, "kept"))
        try:
            made = _train(rest, corpora, watch, store, layout)
        except OSError:
            raise  # a full disk fails every cell, and is for the user to mend
        except Exception as error:
            if len(rest) > 1:  # side by side they may not fit, or one may break the others
                todo.extendleft([cell] for cell in reversed(rest))
                continue
            failures[rest[0].digest] = _cause(error)
            store.explain(rest[0], traceback.format_exc())
            watch.done(rest[0], f"failed: {failures[rest[0].digest]}")
            continue
        for result in made:
            store.save(result)
            run_alone = dataclasses.replace(result.run, weights=None)  # memory holds no suite's
            result = dataclasses.replace(result, run=run_alone)
            results[result.cell.digest] = result
            watch.done(result.cell, how(result, "trained"))
    ordered = (results[cell.digest] for cell in cells if cell.digest in results)
    return Outcome(tuple(ordered), failures)


def train_cell(
    cell: Cell,
    corpora: Corpora,
    watch: Watch,
    draft: Path | None = None,
    layout: str = "",
    **options: Any,
) -> Result:
    """One cell, from its world to its answers; ``draft`` is where a killed training goes on."""
    return train_cells([cell], corpora, watch, draft, layout, **options)[0]


def train_cells(
    cells: Sequence[Cell],
    corpora: Corpora,
    watch: Watch,
    draft: Path | None,
    layout: str,
    **options: Any,
) -> list[Result]:
    """Cells of one ``vmap_group``, side by side where their shapes are equal; ``options`` of
    ``train_batched``."""
    from ...models.training.batched import (  # JAX: not for those who list or resume
        Replica,
        train_batched,
    )
    from ...models.training.train import enable_cache

    enable_cache()
    members, corpus = [], []
    encoded: dict[
        str, Tokens
    ] = {}  # question set -> tokens: what is trained once must read the same
    for cell in cells:
        watch.stage(cell, "corpus")
        question_set = corpora.question_set(cell)
        if cell.question_set not in encoded:
            encoded[cell.question_set] = encode(
                question_set.corpus, cell.mode, question_set.questions
            )
        corpus.append(question_set.corpus.digest)
        seeds, spec = cell.seeds, cell.load_spec()
        members.append(
            Replica(encoded[cell.question_set], cell.recipe, seeds.init, seeds.order, spec)
        )
        watch.stage(cell, "compile")

    def step(*text: Any) -> None:
        for cell in cells:
            watch.step(cell, *text)

    spec, device = cells[0].load_spec(), provenance.device(layout)
    found = train_batched(spec, members, progress=step, checkpoint=draft, layout=layout, **options)
    return [Result(*one, device) for one in zip(cells, found, corpus)]


def _train(
    cells: Sequence[Cell], corpora: Corpora, watch: Watch, store: Store, layout: str
) -> list[Result]:
    if not cells:
        return []
    kept = any(cell.digest in store.keep for cell in cells)
    draft, options = store.draft(cells[0]), {"keep_weights": True} if kept else {}
    if len(cells) == 1:
        return [train_cell(cells[0], corpora, watch, draft, layout, **options)]
    return train_cells(cells, corpora, watch, draft, layout, **options)


def _vmap_size(cells: Sequence[Cell], store: Store, layout: str) -> int:
    """How many cells are trained side by side; asks for JAX only where that matters."""
    if sum(not store.has(cell) for cell in cells) < 2:
        return 1
    from ...models.training.sharding import Layout

    return math.prod(Layout.of(layout).sizes)


def how(result: Result, fine: str) -> str:
    """What is told of a cell that is done: ``fine``, or why its training failed."""
    return f"failed: {result.run.failed}" if result.run.failed else fine


def _cause(error: Exception) -> str:
    """One line: the message of a user's error, else with the name of its class."""
    line = " ".join(str(error).split())
    if isinstance(error, UserError):
        return line
    marks = ("RESOURCE_EXHAUSTED", "Out of memory")  # until JAX 0.10 the second may stand alone
    if isinstance(error, MemoryError) or any(mark in line for mark in marks):
        line = line[max(line.find("Out of memory"), 0) :]
        return f"no memory left ({line}); give a smaller model or plan.batch"
    return f"{type(error).__name__}: {line}"
