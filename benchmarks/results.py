"""Results of cells on disk: one folder per cell, named by its digest, whole or absent.

``OUT/cells/<digest>/`` holds ``cell.json`` (what it is a result of) and ``answers.npz`` (arrays).
Suites in the same OUT share them. A result is found by the identities in its cell and the declared
version of training (``models/version.py``): that of another version is not a result.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..models import version
from ..models.run import Run
from . import canonical, disk
from .cell import Cell
from .kept import ABOUT, ANSWERS, ARRAYS, FILES, About, read_about, read_run


@dataclasses.dataclass(frozen=True)
class Result:
    """What one cell answered."""

    cell: Cell
    run: Run
    corpus: str  # digest of the corpus it read
    device: str

    @property
    def predictions(self) -> str:
        """Digest of all answers and bits at all checkpoints."""
        return canonical.digest_arrays(answer=self.run.answer, bits=self.run.bits)


class Store:
    """The cells' results below one folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def path(self, cell: Cell) -> Path:
        return self.out / "cells" / cell.digest[:16]

    def draft(self, cell: Cell) -> Path:
        """Where a training in progress keeps its state, for the version that began it."""
        return self.out / "training" / f"{cell.digest[:16]}-{version.TRAINING}"

    def prepare(self) -> None:
        """Raises UserError now rather than after hours of work if nothing can be written."""
        with disk.file(self.out / ".probe") as draft:
            draft.write_bytes(b"\0" * 4096)
        with disk.writing(self.out):
            (self.out / ".probe").unlink(missing_ok=True)  # another run may have probed as well

    def has(self, cell: Cell) -> bool:
        """Whether a result of today's training is there."""
        return self._about(cell) is not None

    def stale(self, cell: Cell) -> str:
        """The other version of training by which the result that is there was made, or empty."""
        about = read_about(self.path(cell), cell)
        return about.training if about is not None and about.training != version.TRAINING else ""

    def failed(self, cell: Cell) -> str:
        """Why the training failed of which a result of this very code is there; else empty."""
        about = self._about(cell)
        return "" if about is None else about.run.failed

    def load(self, cell: Cell) -> Result | None:
        """The finished result, or None; UserError for one that is damaged or another cell's."""
        about = self._about(cell)
        if about is None:
            return None
        run = read_run(self.path(cell), about, cell)
        return Result(cell, run, about.corpus, about.device)

    def save(self, result: Result) -> None:
        """Atomically; a result of another version of training is replaced."""
        final, run = self.path(result.cell), result.run
        self._replaces(result.cell)
        scalars = {
            name: getattr(run, name) for name in ("seeds", "parameters", "seconds", "failed")
        }
        about = {
            "cell": result.cell.record(),
            "corpus": result.corpus,
            "device": result.device,
            "predictions": result.predictions,
            "run": scalars,
            "training": version.TRAINING,
        }
        with disk.folder(final) as draft:
            np.savez_compressed(draft / ANSWERS, **{n: getattr(run, n) for n in ARRAYS})
            (draft / ABOUT).write_text(canonical.text(about, indent=1), "ascii")
        self._settle(result.cell)

    def adopt(self, cell: Cell, files: Mapping[str, bytes]) -> Result:
        """Keeps the files of a result that this very training made elsewhere, as they are."""
        self._replaces(cell)
        with disk.folder(self.path(cell)) as draft:
            for name in FILES:
                (draft / name).write_bytes(files[name])
        self._settle(cell)
        result = self.load(cell)
        assert result is not None, "its maker has the same version of training"
        return result

    def _replaces(self, cell: Cell) -> None:
        """Makes room where a result of another version of training is."""
        final = self.path(cell)
        if final.exists() and not self.has(cell):
            with disk.writing(final):
                shutil.rmtree(final)

    def _settle(self, cell: Cell) -> None:
        """Removes the states from which a training would have gone on."""
        for state in (self.out / "training").glob(f"{cell.digest[:16]}-*"):
            shutil.rmtree(state, ignore_errors=True)

    def explain(self, cell: Cell, trace: str) -> None:
        """Keeps the traceback of a cell that failed, for whoever mends it."""
        with disk.file(self._explanation(cell)) as draft:
            draft.write_text(f"{cell}\n\n{trace}", "utf-8")

    def explained(self, cell: Cell) -> str:
        """What ``explain`` kept of a cell that failed."""
        return self._explanation(cell).read_text("utf-8").partition("\n\n")[2]

    def _explanation(self, cell: Cell) -> Path:
        return self.out / "failures" / f"{cell.digest[:16]}.txt"

    def clean(self) -> str:
        """Removes cells, states of training and tracebacks, and says how much that was."""
        names = ("cells", "training", "failures")
        parts = [self.out / name for name in names if (self.out / name).is_dir()]
        cells = len(list((self.out / "cells").glob("[!.]*")))
        size = sum(f.stat().st_size for p in parts for f in p.rglob("*") if f.is_file())
        with disk.writing(self.out):
            for part in parts:
                shutil.rmtree(part)
        return f"{self.out}: removed {cells} cells, {size / 1e6:.1f} MB; reports and receipts stay"

    def _about(self, cell: Cell) -> About | None:
        """What is kept of the cell by today's training."""
        about = read_about(self.path(cell), cell)
        return about if about is not None and about.training == version.TRAINING else None


class Follower(Store):
    """The store of a process that helps another, which alone keeps the results."""

    def has(self, cell: Cell) -> bool:
        return False

    def load(self, cell: Cell) -> Result | None:
        return None

    def save(self, result: Result) -> None: ...
    def explain(self, cell: Cell, trace: str) -> None: ...
