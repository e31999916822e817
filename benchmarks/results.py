"""Results of cells on disk: one folder per cell, named by its digest, whole or absent.

``OUT/cells/<digest>/`` holds ``cell.json`` (what it is a result of) and ``answers.npz`` (arrays).
Suites in the same OUT share them. A result made by other code or versions is not a result.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..models.run import Run
from ..registry import UserError
from . import canonical, disk, provenance
from .cell import Cell

FILES = ("cell.json", "answers.npz")
ARRAYS = ("steps", "flops", "answer", "bits", "generated", "loss")


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
        """Where a training in progress keeps its state, for the very code that began it."""
        maker = provenance.maker(cell.world, cell.model)
        return self.out / "training" / f"{cell.digest[:16]}-{maker[:8]}"

    def prepare(self) -> None:
        """Raises UserError now rather than after hours of work if nothing can be written."""
        with disk.file(self.out / ".probe") as draft:
            draft.write_bytes(b"\0" * 4096)
        with disk.writing(self.out):
            (self.out / ".probe").unlink(missing_ok=True)  # another run may have probed as well

    def has(self, cell: Cell) -> bool:
        """Whether a result of this very code is there."""
        return self._about(cell) is not None

    def stale(self, cell: Cell) -> bool:
        """Whether a result is there that other code or versions made; it counts as none."""
        about = self._told(cell)
        return about is not None and not self._mine(cell, about)

    def failed(self, cell: Cell) -> str:
        """Why the training failed of which a result of this very code is there; else empty."""
        about = self._about(cell)
        return "" if about is None else str(about["run"]["failed"])

    def load(self, cell: Cell) -> Result | None:
        """The finished result, or None."""
        about = self._about(cell)
        if about is None:
            return None
        try:
            # opened here: np.load leaves a damaged file open
            with (
                (self.path(cell) / "answers.npz").open("rb") as handle,
                np.load(handle, allow_pickle=False) as file,
            ):
                arrays: dict[str, Any] = {name: file[name] for name in ARRAYS}
            run = Run(**arrays, **about["run"] | {"seeds": _pairs(about["run"]["seeds"])})
            result = Result(cell, run, about["corpus"], about["device"])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise UserError(
                f"{self.path(cell)} is damaged ({error}); delete it and run again"
            ) from None
        if result.predictions != about["predictions"]:
            raise UserError(f"{self.path(cell)} is damaged (digest); delete it and run again")
        return result

    def save(self, result: Result) -> None:
        """Atomically; an older result of other code is replaced."""
        final, run = self.path(result.cell), result.run
        self._replaces(result.cell)
        scalars = {
            name: getattr(run, name) for name in ("seeds", "parameters", "seconds", "failed")
        }
        about = {
            "cell": result.cell.record(),
            "corpus": result.corpus,
            "device": result.device,
            "maker": provenance.maker(result.cell.world, result.cell.model),
            "predictions": result.predictions,
            "run": scalars,
        }
        with disk.folder(final) as draft:
            np.savez_compressed(draft / "answers.npz", **{n: getattr(run, n) for n in ARRAYS})
            (draft / "cell.json").write_text(canonical.text(about, indent=1), "ascii")
        self._settle(result.cell)

    def adopt(self, cell: Cell, files: Mapping[str, bytes]) -> Result:
        """Keeps the files of a result that was made elsewhere by this very code, as they are."""
        self._replaces(cell)
        with disk.folder(self.path(cell)) as draft:
            for name in FILES:
                (draft / name).write_bytes(files[name])
        self._settle(cell)
        result = self.load(cell)
        assert result is not None, "who made it said that its code is ours"
        return result

    def _replaces(self, cell: Cell) -> None:
        """Makes room where an older result of other code is."""
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

    def _about(self, cell: Cell) -> dict[str, Any] | None:
        about = self._told(cell)
        return about if about is not None and self._mine(cell, about) else None

    def _told(self, cell: Cell) -> dict[str, Any] | None:
        """What is written beside the arrays, whoever made them."""
        try:
            return json.loads((self.path(cell) / "cell.json").read_text("ascii"))
        except (OSError, ValueError):
            return None

    @staticmethod
    def _mine(cell: Cell, about: dict[str, Any]) -> bool:
        return about.get("maker") == provenance.maker(cell.world, cell.model)


class Follower(Store):
    """The store of a process that helps another, which alone keeps the results."""

    def has(self, cell: Cell) -> bool:
        return False

    def load(self, cell: Cell) -> Result | None:
        return None

    def save(self, result: Result) -> None: ...
    def explain(self, cell: Cell, trace: str) -> None: ...


def _pairs(seeds: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(pair) for pair in seeds)
