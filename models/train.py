"""train(spec, tokens, plan, seeds) -> Run, a pure function of these four but for its seconds."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import jax
import numpy as np

from ..registry import UserError
from .fleet import Member, Progress, fleet
from .program import Spec
from .run import Plan, Run, Tokens


def train(
    spec: Spec,
    tokens: Tokens,
    plan: Plan,
    seeds: Sequence[tuple[int, int]],
    *,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    layout: str = "",
    half: bool | None = None,
    abreast: int | None = None,
) -> Run:
    """Trains one model for every (init, order) seed; every checkpoint answers all questions.

    What else may be said is explained in ``fleet``. A loss that isn't finite ends a seed and is
    said in ``Run.failed``.
    """
    if not len(seeds):
        raise UserError("no seeds; expected at least one pair (init, order)")
    runs = fleet(
        spec,
        [Member(tokens, plan, int(init), int(order)) for init, order in seeds],
        progress=progress,
        checkpoint=checkpoint,
        layout=layout,
        half=half,
        abreast=abreast,
    )
    arrays = {
        name: np.concatenate([getattr(run, name) for run in runs])
        for name in ("answer", "bits", "generated", "loss")
    }
    return dataclasses.replace(
        runs[0],
        **arrays,
        seeds=sum((run.seeds for run in runs), ()),
        seconds=sum(run.seconds for run in runs),
        failed="; ".join(run.failed for run in runs if run.failed),
    )


def enable_cache(folder: Path | None = None) -> Path:
    """Keeps compiled programs between processes, by default in the user's cache folder."""
    if folder is None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "zebroid" / "jax"
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder
