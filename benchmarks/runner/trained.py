"""load(cell) -> Trained: a kept training with its model, corpus and questions, to look inside."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ...errors import MissingResult, UserError
from ...models import training_version
from ...models.training.plan import Run
from ...worlds.corpus.build import build_corpus
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.encode import Tokens, encode, sample_questions
from ..config.run_config import Cell, Places
from . import weight_files as weights
from .kept_result import ABOUT, MOST, read_about, read_run
from .result_store import Store

if TYPE_CHECKING:  # JAX: only for those who look at the model
    from ...models.training.decoding import Answers


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training: what it read, what it was queried, what it answered, and its weights.

    The corpus is drawn again when it is first needed, and must have the digest that it had.
    """

    cell: Cell
    run: Run  # with its weights, float32 [1, ...] by name
    digest: str  # of the corpus that was read
    device: str  # on which it was trained

    @functools.cached_property
    def spec(self) -> Any:
        """The spec of the model: a frozen dataclass of sizes."""
        return self.cell.load_spec()

    @functools.cached_property
    def corpus(self) -> Corpus:
        """Raises UserError where the world gives another corpus than it gave then."""
        cell = self.cell
        found = build_corpus(cell.load_world(), cell.size, cell.exposure, cell.seeds.corpus)
        if found.digest != self.digest:
            raise UserError(
                f"{cell} read corpus {self.digest[:16]}, and {cell.world} now gives "
                f"{found.digest[:16]}; install the version of the world that it was trained on"
            )
        return found

    @functools.cached_property
    def questions(self) -> np.ndarray:
        """int64 [Q]: what was queried, as numbers of questions of the corpus."""
        return sample_questions(self.corpus, self.cell.questions, self.cell.seeds.exposure)

    @functools.cached_property
    def tokens(self) -> Tokens:
        """All that the model saw: its training rows, and prompts [Q, P] of the questions."""
        return encode(self.corpus, self.cell.mode, self.questions)

    @functools.cached_property
    def model(self) -> Any:
        """The NNX module with the weights: tokens [B, T], positions [P] -> logits [B, P, V]."""
        from ...models.training.weights import model

        return model(self.spec, self.tokens, self.weights)

    @property
    def weights(self) -> Mapping[str, np.ndarray]:
        """Name -> float32 [1, ...]."""
        assert self.run.weights is not None, "load refuses a result without them"
        return self.run.weights

    def answers(self, questions: ArrayLike | None = None, *, layout: str = "") -> Answers:
        """What the model answers: answers [Q], bits [Q] and generated tokens [Q, G], in NumPy.

        To ``questions`` of the corpus, by number; by default to those of the training, whose kept
        answers these are, bit for bit, on the same kind of device with as many cores.
        ``layout``: as the training was laid over several devices.
        """
        from ...models.training.decoding import Answers
        from ...models.training.weights import answer

        tokens = self._tokens_of(questions)
        vmap_size = self.run.vmap_size
        found = answer(self.spec, tokens, self.weights, layout=layout, vmap_size=vmap_size)
        return Answers(*(each[0] for each in found))

    def samples(
        self,
        samples: int,
        questions: ArrayLike | None = None,
        *,
        temperature: float = 1.0,
        seed: int = 0,
    ) -> np.ndarray:
        """int32 [samples, Q]: answers that the model samples, -1 where one is malformed.

        To ``questions`` as in ``answers``. Greedy answers say what is likeliest; samples say what
        is in reach: ``zebroid.eval.pass_at`` of how many are right. A plan with ``samples`` drew
        these very ones where ``seed`` is ``seeds.sample``. Raises UserError for less than one
        sample, and for a temperature out of bounds.
        """
        from ...models.training.weights import sample

        tokens = self._tokens_of(questions)
        seeds = [(seed, self.cell.seeds.init, self.cell.seeds.order)]
        return sample(self.spec, tokens, self.weights, samples, temperature, seeds)[0]

    def _tokens_of(self, questions: ArrayLike | None) -> Tokens:
        if questions is None:
            return self.tokens
        return encode(self.corpus, self.cell.mode, self._chosen(questions))

    def _chosen(self, questions: ArrayLike) -> np.ndarray:
        chosen, most = np.asarray(questions), len(self.corpus.prompt)
        fine = chosen.ndim == 1 and chosen.dtype.kind in "iu" and len(chosen)
        if not fine or chosen.min() < 0 or chosen.max() >= most:
            raise UserError(
                f"questions are {np.array2string(chosen, threshold=5)}; expected a list of whole "
                f"numbers from 0 to {most - 1:,}"
            )
        return chosen.astype(np.int64)


def load(
    cell: Cell | str | Path, out: str | Path = "runs", *, world: str = "", model: str = ""
) -> Trained:
    """The training of a cell that kept its weights (``keep_weights = true`` in its suite).

    ``cell``: a cell of a suite, its digest or the first digits of it, or the folder of its result,
    wherever that lies. ``out``: the folder of results. ``world``, ``model``: paths of the files of
    those that were given as files, where ``cell`` is none of a suite, which knows them.

    Raises UserError where there is no such result, where it has no weights or is damaged. Of the
    file itself nothing is run or unpickled; a plugin that it names is loaded if it is installed.
    """
    if isinstance(cell, Cell):
        folder, wanted = Store(Path(out)).path(cell), cell
        if not folder.is_dir():
            raise MissingResult(f"no result of {cell} in {out}; run its suite, or give another out")
    else:
        folder = _folder(str(cell), Path(out))
        wanted = _cell(folder)
    if world or model:
        places = {"world": world, "model": model}
        given = {kind: str(Path(path).resolve()) for kind, path in places.items() if path}
        wanted = dataclasses.replace(wanted, places=dataclasses.replace(wanted.places, **given))
    about = read_about(folder, wanted)
    assert about is not None, "the folder was there a moment ago"
    if about.run.failed:
        raise MissingResult(f"{folder} has no weights: its training failed ({about.run.failed})")
    if about.weights is None:
        raise MissingResult(
            f"{folder} was kept without weights; set keep_weights = true in the suite and run it "
            "again"
        )
    if about.training != training_version.TRAINING:
        raise UserError(
            f"{folder} was made by {about.training}, and this is {training_version.TRAINING}: its "
            "weights "
            "may answer otherwise here; run it again, or load it by the zebroid that made it"
        )
    run = read_run(folder, about, wanted)
    run = dataclasses.replace(run, weights=weights.read(folder, about.weights))
    return Trained(wanted, run, about.corpus, about.device)


def _folder(name: str, out: Path) -> Path:
    """The folder of a result, by itself or by the digest of its cell."""
    if (Path(name) / ABOUT).is_file():
        return Path(name)
    if not re.fullmatch(r"[0-9a-f]{4,64}", name):
        raise MissingResult(
            f"no result {name!r}; expected a cell of a suite, its digest in hex (as zebroid run "
            "--dry-run prints it), or the folder of its result"
        )
    found = sorted((out / "cells").glob(f"{name[:16]}*"))
    if len(found) != 1:
        known = f"{len(found)} results begin so, give more digits" if found else "none begins so"
        raise MissingResult(f"no result {name!r} in {out / 'cells'}: {known}")
    return found[0]


def _cell(folder: Path) -> Cell:
    """The cell of which ``folder`` says that it is the result."""
    try:
        with (folder / ABOUT).open("rb") as file:
            content = json.loads(file.read(MOST + 1)[:MOST].decode("ascii"))
        return Cell.of(content["cell"], Places())
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        line = "".join(c if c.isprintable() else "?" for c in " ".join(str(error).split()))
        raise UserError(
            f"{folder / ABOUT} is damaged ({line[:300]}); give another folder, or run again"
        ) from None
