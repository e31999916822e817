"""Results of cells on disk: one folder per cell, named by its digest, whole or absent.

``OUT/cells/<digest>/`` holds ``cell.json`` (what it is a result of), ``answers.npz`` (arrays) and,
where a suite asks for them, ``weights.safetensors``; whether it does changes no digest.
Suites in the same OUT share them. A result is found by the identities in its cell and the declared
version of training (``models/training_version.py``): that of another version is not a result.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ... import canonical
from ...models import training_version
from ...models.training.plan import Run
from ..config.run_config import Cell
from . import atomic_write, weight_files
from .kept_result import (
    ABOUT,
    ANSWERS,
    ARRAYS,
    FILES,
    About,
    arrays_of,
    predictions_of,
    read_about,
    read_run,
    write_arrays,
)
from .provenance import Environment


@dataclasses.dataclass(frozen=True)
class Result:
    """What one cell answered."""

    cell: Cell
    run: Run
    corpus: str  # digest of the corpus it read
    device: str
    made: Environment

    @property
    def predictions(self) -> str:
        """Digest of all answers and bits at all checkpoints."""
        return predictions_of(self.run)


class Store:
    """The cells' results below one folder.

    ``keep``: digests of those that keep their weights. ``helper``: of a process that helps another,
    which alone keeps results; here none is read and none is written.
    """

    def __init__(
        self, out: Path, keep: Collection[str] = frozenset(), helper: bool = False
    ) -> None:
        self.out, self.keep, self.helper = out, frozenset(keep), helper

    def path(self, cell: Cell) -> Path:
        return self.out / "cells" / cell.digest[:16]

    def draft(self, cell: Cell) -> Path:
        """Where a training in progress keeps its state, for the version that began it."""
        return self.out / "training" / f"{cell.digest[:16]}-{training_version.TRAINING}"

    def prepare(self) -> None:
        """Raises UserError now rather than after hours of work if nothing can be written."""
        with atomic_write.file(self.out / ".probe") as draft:
            draft.write_bytes(b"\0" * 4096)
        with atomic_write.writing(self.out):
            (self.out / ".probe").unlink(missing_ok=True)  # another run may have probed as well

    def has(self, cell: Cell) -> bool:
        """Whether a result of today's training is there, with its weights if they are kept."""
        about = self._about(cell)
        return about is not None and not self._lacks_weights(cell, about)

    def lacks_weights(self, cell: Cell) -> bool:
        """Whether a result is there, and is no result for lack of its weights alone."""
        about = self._about(cell)
        return about is not None and self._lacks_weights(cell, about)

    def stale(self, cell: Cell) -> str:
        """The other version of training by which the result that is there was made, or empty."""
        about = read_about(self.path(cell), cell)
        return (
            about.training
            if about is not None and about.training != training_version.TRAINING
            else ""
        )

    def failed(self, cell: Cell) -> str:
        """Why the training failed of which a result of this very code is there; else empty."""
        about = self._about(cell)
        return "" if about is None else about.run.failed

    def load(self, cell: Cell) -> Result | None:
        """The finished result, or None; UserError for one that is damaged or another cell's."""
        about = None if self.helper else self._about(cell)
        if about is None or self._lacks_weights(cell, about):
            return None
        run = read_run(self.path(cell), about, cell)
        if cell.digest in self.keep and about.weights is not None:
            weight_files.check(self.path(cell), about.weights)
        made = Environment(about.training, about.versions, about.commit, about.dirty)
        return Result(cell, run, about.corpus, about.device, made)

    def save(self, result: Result) -> None:
        """Atomically; a result of another version of training is replaced."""
        if self.helper:
            return
        final, run = self.path(result.cell), result.run
        self._replaces(result.cell)
        names = ("seeds", "parameters", "seconds", "failed", "vmap_size")
        scalars, made = {name: getattr(run, name) for name in names}, result.made
        about = {
            "cell": result.cell.record(),
            "corpus": result.corpus,
            "device": result.device,
            "predictions": result.predictions,
            "run": scalars,
            "training": made.training,
            "versions": dict(made.versions),
            "commit": made.commit,
            "dirty": made.dirty,
        }
        with atomic_write.folder(final) as draft:
            write_arrays(draft / ANSWERS, _arrays(result))
            if result.cell.digest in self.keep and run.weights is not None:
                about["weights"] = weight_files.write(draft, run.weights)
            (draft / ABOUT).write_text(canonical.text(about, indent=1), "ascii")
        self._settle(result.cell)

    def adopt(self, cell: Cell, files: Mapping[str, bytes]) -> Result:
        """Keeps the files of a result that this very training made elsewhere, as they are."""
        self._replaces(cell)
        with atomic_write.folder(self.path(cell)) as draft:
            for name in (*FILES, *({weight_files.FILE} & {*files})):
                (draft / name).write_bytes(files[name])
        self._settle(cell)
        result = self.load(cell)
        assert result is not None, "its maker has the same version of training"
        return result

    def _replaces(self, cell: Cell) -> None:
        """Makes room where a result of another version of training is."""
        final = self.path(cell)
        if final.exists() and not self.has(cell):
            with atomic_write.writing(final):
                shutil.rmtree(final)

    def _settle(self, cell: Cell) -> None:
        """Removes the states from which a training would have gone on."""
        for state in (self.out / "training").glob(f"{cell.digest[:16]}-*"):
            if state.is_dir():
                shutil.rmtree(state, ignore_errors=True)
            else:  # what made it
                state.unlink(missing_ok=True)

    def explain(self, cell: Cell, trace: str) -> None:
        """Keeps the traceback of a cell that failed, for whoever mends it."""
        if self.helper:
            return
        with atomic_write.file(self._explanation(cell)) as draft:
            draft.write_text(f"{cell}\n\n{trace}", "utf-8")

    def explained(self, cell: Cell) -> str:
        """What ``explain`` kept of a cell that failed."""
        return self._explanation(cell).read_text("utf-8").partition("\n\n")[2]

    def _explanation(self, cell: Cell) -> Path:
        return self.out / "failures" / f"{cell.digest[:16]}.txt"

    def clean(self) -> str:
        """Removes cells, states of training, tracebacks and logs, and says how much that was."""
        names = ("cells", "training", "failures", "logs")
        parts = [self.out / name for name in names if (self.out / name).is_dir()]
        cells = len(list((self.out / "cells").glob("[!.]*")))
        size = sum(f.stat().st_size for p in parts for f in p.rglob("*") if f.is_file())
        with atomic_write.writing(self.out):
            for part in parts:
                shutil.rmtree(part)
        return f"{self.out}: removed {cells} cells, {size / 1e6:.1f} MB; reports and receipts stay"

    def _lacks_weights(self, cell: Cell, about: About) -> bool:
        """A training that failed has none to be kept."""
        there = about.weights is not None and (self.path(cell) / weight_files.FILE).is_file()
        return cell.digest in self.keep and not about.run.failed and not there

    def _about(self, cell: Cell) -> About | None:
        """What is kept of the cell by today's training."""
        about = read_about(self.path(cell), cell)
        return about if about is not None and about.training == training_version.TRAINING else None


def _arrays(result: Result) -> dict[str, Any]:
    run, drawn = result.run, result.run.samples
    more = {} if drawn is None else {"samples": drawn.answer, "sampled": drawn.generated}
    return {n: getattr(run, n) if n in ARRAYS else more[n] for n in arrays_of(result.cell)}
