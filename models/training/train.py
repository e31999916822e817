"""train(spec, tokens, plan, seeds) -> Run, a pure function of these four but for its seconds."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import jax
import numpy as np

from ...errors import UserError
from ..spec import Spec
from .batched import Replica, train_batched
from .compiled import Program
from .plan import Float, Int, Plan, Progress, Recorder, Run, Samples, Tokens


@dataclasses.dataclass(frozen=True)
class Cost:
    """The numbers of a ``Run`` that are known before it."""

    parameters: int
    steps: Int  # int64 [K]: its checkpoints
    flops: Float  # float64 [K]: spent until each


def cost(spec: Spec, plan: Plan, tokens: Tokens) -> Cost:
    """What ``plan`` takes to train ``spec`` on ``tokens``, of which only shapes and words matter.

    The model is traced for its shapes: no weight is made and nothing is compiled. Raises UserError
    where a budget in FLOPs buys no step.
    """
    program = Program.of(spec, plan, tokens)
    steps = plan.priced(program.step_flops).checkpoints
    return Cost(program.parameters, steps, np.asarray(steps * program.step_flops, np.float64))


def train(
    spec: Spec,
    tokens: Tokens,
    plan: Plan,
    seeds: Sequence[tuple[int, int]],
    *,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    layout: str = "",
    bf16: bool | None = None,
    vmap_size: int | None = None,
    keep_weights: bool = False,
    recorder: Recorder | None = None,
    sample: int = 0,
) -> Run:
    """Trains one model for every (init, order) seed; every checkpoint answers all questions.

    ``sample``: seed of the answers that the plan samples, of each seed others. ``train_batched``
    explains the other arguments. A loss that isn't finite ends a seed, and
    ``Run.failed`` says so.
    """
    if not len(seeds):
        raise UserError("no seeds; expected at least one pair (init, order)")
    runs = train_batched(
        spec,
        [Replica(tokens, plan, int(init), int(order), sample=sample) for init, order in seeds],
        progress=progress,
        checkpoint=checkpoint,
        layout=layout,
        bf16=bf16,
        vmap_size=vmap_size,
        keep_weights=keep_weights,
        recorder=recorder,
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
        weights=_together([run.weights for run in runs]),
        samples=_joined([run.samples for run in runs if run.samples is not None]),
    )


def _together(weights: Sequence[Mapping[str, Float] | None]) -> Mapping[str, Float] | None:
    """Of all seeds: NaN where one has none, None where none has any."""
    some = next((one for one in weights if one is not None), None)
    if some is None:
        return None
    lacking = {name: np.full_like(array, np.nan) for name, array in some.items()}
    each = [lacking if one is None else one for one in weights]
    return {name: np.concatenate([one[name] for one in each]) for name in some}


def _joined(samples: Sequence[Samples]) -> Samples | None:
    """Of all seeds; None where none are drawn."""
    if not samples:
        return None
    written = [one.generated for one in samples if one.generated is not None]
    return Samples(np.concatenate([one.answer for one in samples]), np.concatenate(written))


def enable_cache(folder: Path | None = None) -> Path:
    """Keeps compiled programs between processes, by default in the user's cache folder."""
    if folder is None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "zebroid" / "jax"
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder
