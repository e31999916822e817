"""A training carried out in this process: world -> closure -> corpus -> tokens -> run.

``build_corpus`` closes the world under its rules before it chooses what to state, so closure and
corpus are one call here. Scores follow in ``panel.py`` from finished cells alone: what was trained
once is never trained again for another table.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ...errors import UserError
from ...worlds.encoding.encode import Tokens, encode
from ..config.run_config import Cell
from . import atomic_write, provenance
from .corpora import Corpora
from .executor import Batch, Ends, Failure, Task
from .progress import Watch
from .result_store import Result
from .tracker import Records, Tracker


@dataclasses.dataclass(frozen=True)
class InProcess:
    """Trains in this process, one batch after the other.

    ``layout``: where a training lies on several devices (``sharding.py``).
    """

    layout: str = ""
    leads = True
    retries = 0

    def vmap_size(self, cells: Sequence[Cell]) -> int:
        """As many as the layout says; loads JAX only where that matters."""
        if len(cells) < 2:
            return 1
        from ...models.training.sharding import Layout

        return math.prod(Layout.of(self.layout).sizes)

    def train(self, task: Task) -> Ends:
        while task.todo:
            made = self._train(task.todo.popleft(), task)
            if isinstance(made, Failure):
                yield made
                continue
            for result in made:
                task.store.save(result)
                run = dataclasses.replace(result.run, weights=None)  # memory holds no suite's
                yield dataclasses.replace(result, run=run)

    def _train(self, cells: Batch, task: Task) -> list[Result] | Failure:
        kept = any(cell.digest in task.store.keep for cell in cells)
        options: dict[str, Any] = {"keep_weights": True} if kept else {}
        if task.tracker is not None:
            options["tracker"] = task.tracker
        given = task.corpora, task.watch, task.store.draft(cells[0]), self.layout
        try:
            if len(cells) == 1:
                return [train_cell(cells[0], *given, **options)]
            return train_cells(cells, *given, **options)
        except Exception as error:
            # a full disk or a closed output fails every cell, and is for the user to mend
            if isinstance(error, BrokenPipeError) or (
                isinstance(error, OSError) and atomic_write.of_files(error)
            ):
                raise
            return Failure(cells, _cause(error), traceback.format_exc())


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
    tracker: Tracker | None = None,
    **options: Any,
) -> list[Result]:
    """Cells of one ``vmap_group``, side by side where their shapes are equal.

    ``tracker`` records loss and scores on the way; ``options`` are those of ``train_batched``.
    """
    # JAX: not for those who list or resume
    from ...models.training.batched import Replica, train_batched
    from ...models.training.train import enable_cache

    enable_cache()
    made = provenance.begun(cells, draft)
    members, question_sets = [], []
    encoded: dict[str, Tokens] = {}  # by question set
    for cell in cells:
        watch.stage(cell, "corpus")
        with _world_fits(cell):
            question_set = corpora.question_set(cell)
            if cell.question_set not in encoded:
                encoded[cell.question_set] = encode(
                    question_set.corpus, cell.mode, question_set.questions
                )
        question_sets.append(question_set)
        seeds, tokens = cell.seeds, encoded[cell.question_set]
        members.append(
            Replica(
                tokens,
                cell.recipe,
                seeds.init,
                seeds.order,
                cell.load_spec(),
                cell.training,
                seeds.sample,
            )
        )
        watch.stage(cell, "compiling")

    def step(*values: Any) -> None:
        for cell in cells:
            watch.step(cell, *values)

    spec, device = cells[0].load_spec(), provenance.device(layout)
    if tracker is not None:
        options["recorder"] = Records(cells, question_sets, tracker)
    found = train_batched(spec, members, progress=step, checkpoint=draft, layout=layout, **options)
    digests = [question_set.corpus.digest for question_set in question_sets]
    parts = zip(cells, found, digests, made)
    return [Result(cell, run, digest, device, by) for cell, run, digest, by in parts]


@contextlib.contextmanager
def _world_fits(cell: Cell) -> Iterator[None]:
    """Where a corpus finds no memory, the world is too big: neither the model nor its batch."""
    try:
        yield
    except Exception as error:
        if not isinstance(error.__cause__ or error, MemoryError | duckdb.OutOfMemoryException):
            raise
        line = " ".join(str(error).split())
        raise UserError(
            f"no memory left for the corpus of {cell.named_world}/{cell.size} ({line:.200}); "
            "give a smaller size of this world"
        ) from error


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
