"""train(spec, tokens, plan, seeds) -> Run, a pure function of these four but for its seconds."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from ..registry import UserError
from . import checkpoint as disk
from .data import Data, load
from .keys import key
from .program import Program, Spec, State, advance, start
from .run import Plan, Run, Tokens

REPORT_S = 1.0  # seconds between progress reports
SAVE_S = 30.0  # seconds of work between checkpoints: saving costs 0.1 s, importing Orbax 1.2 s

Progress = Callable[[int, int, float, float], None]  # step, steps in all, examples/s, loss


def train(
    spec: Spec,
    tokens: Tokens,
    plan: Plan,
    seeds: Sequence[tuple[int, int]],
    *,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    together: bool | None = None,
) -> Run:
    """Trains one model for every (init, order) seed; every checkpoint answers all questions.

    ``progress`` is called about once a second; ``checkpoint`` is a folder from which a run that
    was killed goes on. ``together``: all seeds side by side (default: on accelerators; on a CPU
    16 of them are no faster and take 27 s to compile) or one after the other, same program.
    A loss that isn't finite ends a seed and is said in ``Run.failed``.
    """
    began = time.perf_counter()
    seeds = tuple((int(init), int(order)) for init, order in seeds)
    if not seeds:
        raise UserError("no seeds; expected at least one pair (init, order)")
    together = jax.default_backend() != "cpu" if together is None else together
    at, data = load(tokens, plan)
    program = Program(
        spec, plan, len(tokens.vocabulary), tokens.prompt, tokens.max_new, at, together
    )
    groups = [seeds] if together else [(seed,) for seed in seeds]
    folder = None if checkpoint is None else checkpoint / _identity(program, seeds, data)
    states = []
    for number, group in enumerate(groups):

        def report(step: int, steps_per_s: float, loss: float, number=number) -> None:
            if progress is not None:
                speed = steps_per_s * plan.batch * len(groups[0])
                progress(number * plan.steps + step, len(groups) * plan.steps, speed, loss)

        here = None if folder is None else folder / str(number)
        last = number == len(groups) - 1
        state = _begin(program, group, data)
        states.append(_finish(program, state, data, report, here, last))
    joined = [jax.tree.map(np.asarray, state) for state in states]
    stack = np.concatenate if together else np.stack
    final = jax.tree.map(lambda *leaves: stack(leaves), *joined)
    return _run(program, final, tokens, seeds, time.perf_counter() - began)


def enable_cache(folder: Path | None = None) -> Path:
    """Keeps compiled programs between processes, by default in the user's cache folder."""
    if folder is None:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        folder = Path(home) / "zebroid" / "jax"
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)
    return folder


def _begin(program: Program, group: Sequence[tuple[int, int]], data: Data) -> State:
    init = jnp.stack([jax.random.key_data(key("init", i)) for i, _ in group])
    order = jnp.stack([jax.random.key_data(key("order", o)) for _, o in group])
    if program.together:
        return jax.vmap(lambda i, o: start(program, i, o, data))(init, order)
    return start(program, init[0], order[0], data)


def _finish(
    program: Program,
    state: State,
    data: Data,
    report: Callable[[int, float, float], None],
    folder: Path | None,
    last: bool,
) -> State:
    """Advances to the end, or until every seed has failed, in segments of about REPORT_S."""
    step, segment, saved = 0, 1, time.perf_counter()
    if folder is not None and (found := disk.restore(folder, state)) is not None:
        step, state = found
    while step < program.plan.steps and np.any(np.asarray(state.bad_step) < 0):
        until, tick = min(program.plan.steps, step + segment), time.perf_counter()
        state = advance(program, state, jnp.int32(step), jnp.int32(until), data)
        loss = float(jnp.mean(state.loss_now))  # waits for the device
        took = time.perf_counter() - tick
        report(until, (until - step) / took, loss)
        # the first segment's time is the compiler's, hence the cap on growth
        segment = max(1, min(8 * segment, int((until - step) * REPORT_S / took)))
        step = until
        if folder is not None and (
            time.perf_counter() - saved >= SAVE_S or (step == program.plan.steps and not last)
        ):
            disk.save(folder, step, state)
            saved = time.perf_counter()
    return state


def _identity(program: Program, seeds: Sequence[tuple[int, int]], data: Data) -> str:
    """Names all that a saved state depends on, so that none is continued by another training."""
    digest = hashlib.sha256(f"{program} {seeds} {jax.__version__}".encode())
    for leaf in jax.tree.leaves(data):
        digest.update(f"{leaf.shape} {leaf.dtype}".encode() + np.asarray(leaf).tobytes())
    return digest.hexdigest()[:16]


def _run(
    program: Program,
    final: State,
    tokens: Tokens,
    seeds: tuple[tuple[int, int], ...],
    seconds: float,
) -> Run:
    plan, Q = program.plan, len(tokens.ask)
    failed = [
        f"loss not finite at step {step} (init {init}, order {order})"
        for step, (init, order) in zip(final.bad_step, seeds)
        if step >= 0
    ]
    return Run(
        steps=plan.checkpoints,
        flops=plan.checkpoints * program.step_flops,
        answer=np.asarray(final.answer)[:, :, :Q],
        bits=np.asarray(final.bits)[:, :, :Q],
        generated=np.asarray(final.generated)[:, :Q],
        loss=np.asarray(final.loss),
        seeds=seeds,
        parameters=program.parameters,
        seconds=seconds,
        failed="; ".join(failed),
    )
