"""train_batched(spec, members) -> Runs: several trainings by as few compiled programs as they have
shapes.

Members may differ in corpus, seeds and the numbers of the plan on which no shape depends. They are
trained side by side, or one after the other; those that differ only in how they are queried are
trained once.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import queue
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import jax
import numpy as np

from ..spec import Spec
from .batches import Data, Questions, Replica, load, trainings
from .checkpoint import Saver
from .compiled import Program, State, advance, start
from .multihost import agreed
from .optimizers import Rates
from .plan import Int, Plan, Progress, Recorder, Run, Samples
from .prng import keys
from .sharding import SINGLE, Layout, on_cpu
from .weights import named, sampled

REPORT_S = 1.0  # seconds between progress reports
SAVE_S = 30.0  # seconds of work between checkpoints: what a kill may cost

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class _Group:
    """Members that are advanced side by side, by one program."""

    program: Program
    numbers: tuple[tuple[int, ...], ...]  # [M, A] in their batch: of those queried otherwise too
    members: tuple[Replica, ...]
    plans: tuple[Plan, ...]  # theirs, with budgets in steps: all the same checkpoints
    data: Data  # [M, ...]

    @property
    def steps(self) -> int:
        return int(self.plans[0].checkpoints[-1])


def train_batched(
    spec: Spec,
    members: Sequence[Replica],
    *,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    layout: str = "",
    bf16: bool | None = None,
    vmap_size: int | None = None,
    keep_weights: bool = False,
    recorder: Recorder | None = None,
) -> tuple[Run, ...]:
    """The run of every member; those of equal shape share a compiled program.

    ``progress`` is called about once a second; ``checkpoint`` is a folder from which a run that
    was killed goes on. ``layout``: where it lies on several devices (``sharding.py``). ``bf16``:
    products in bfloat16; by default on accelerators, for on a CPU they are slower. ``vmap_size``:
    how many members are advanced side by side, by default as many as the layout says; one where
    steps draw what they train: several would pay for all. ``keep_weights``: whether runs hold the
    trained weights. ``recorder``: gets loss and answers on the way. No number depends on these two.
    """
    place = Layout.of(layout)
    bf16 = not on_cpu() if bf16 is None else bf16
    groups = _groups(spec, members, place, bf16, vmap_size or place.side_by_side(spec))
    meter = _Meter(groups, progress)
    free: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for device in place.apart:
        free.put(device)

    def finish(number: int) -> list[Run]:
        group, device = groups[number], free.get()
        folder = None if checkpoint is None else checkpoint / _identity(group)
        report = functools.partial(meter.report, number)
        log = None if recorder is None else _Log(group, recorder)
        try:
            with jax.default_device(device) if place.name == "replicas" else nullcontext():
                # where it is the only one, its end is soon kept as a result
                return _finish(group, report, log, folder, len(groups) > 1, keep_weights)
        finally:
            free.put(device)

    found = meter.map(finish, len(place.apart))
    runs: dict[int, Run] = {}
    for group, own in zip(groups, found):
        runs.update(zip(sum(group.numbers, ()), own, strict=True))
    return tuple(runs[number] for number in range(len(members)))


class _Meter:
    """How far groups are that may be at work at once in several threads."""

    def __init__(self, groups: Sequence[_Group], progress: Progress | None) -> None:
        self.groups, self.progress = groups, progress
        self.done = [0] * len(groups)  # steps
        self.speed = [0.0] * len(groups)  # examples/s, of those at work
        self.total = sum(group.steps for group in groups)
        self.stopped = False

    def report(self, number: int, step: int, per_s: float, loss: float) -> None:
        """Group ``number`` has come to ``step``; raises where all are to stop."""
        if self.stopped:
            raise InterruptedError("another training of the batch failed")
        group = self.groups[number]
        self.done[number] = step
        self.speed[number] = per_s * group.plans[0].batch * len(group.members)
        if self.progress is not None:
            self.progress(sum(self.done), self.total, sum(self.speed), loss)
        if step == group.steps:
            self.speed[number] = 0.0

    def map(self, finish: Callable[[int], T], threads: int) -> list[T]:
        """The results of all groups, so many at a time; one that fails or is killed ends all."""
        numbers = range(len(self.groups))
        if threads == 1:
            return [finish(number) for number in numbers]
        with ThreadPoolExecutor(threads) as pool:
            try:
                return [*pool.map(finish, numbers)]
            except BaseException:
                self.stopped = True
                pool.shutdown(cancel_futures=True)
                raise


def _groups(
    spec: Spec, members: Sequence[Replica], place: Layout, bf16: bool, vmap_size: int
) -> list[_Group]:
    """Members of one program and one shape, as many together as go side by side."""
    alike: dict[Any, list[tuple[tuple[int, ...], Replica, Plan, Data]]] = {}
    layout = place if place.mesh else SINGLE  # a replica's program is that of a single device
    for member, likes in trainings(members):
        queries = tuple(members[i].queries or spec for i in likes)
        program = Program.of(spec, member.plan, member.tokens, bf16, layout, queries)
        plan = member.plan.priced(program.step_flops)
        place.check(plan)
        data = load(member.tokens, plan)
        shapes = tuple(leaf.shape for leaf in jax.tree.leaves(data))
        key = program, shapes, tuple(plan.checkpoints), plan.samples, plan.temperature
        alike.setdefault(key, []).append((likes, member, plan, data))
    groups = []
    for (program, *_), found in alike.items():
        for first in range(0, len(found), vmap_size):
            numbers, together, plans, data = zip(*found[first : first + vmap_size])
            stacked = jax.tree.map(lambda *leaves: np.stack(leaves), *data)
            groups.append(_Group(program, numbers, together, plans, stacked))
    return groups


def _finish(
    group: _Group,
    report: Callable[[int, float, float], None],
    log: _Log | None,
    folder: Path | None,
    keep_end: bool,
    keep_weights: bool,
) -> list[Run]:
    """Trains to the end, or until every member has failed, in segments of about REPORT_S."""
    began, program, steps = time.perf_counter(), group.program, group.steps
    data = program.layout.put(group.data)
    axes = ("init", "order")
    init, order = (keys(axis, [getattr(m, axis) for m in group.members]) for axis in axes)
    rates = jax.tree.map(lambda *leaves: np.stack(leaves), *map(Rates.of, group.plans))
    # waits, as below, before anything is read: reading what failed, for want of memory, would hang
    state = jax.block_until_ready(start(program, *program.layout.put((init, order, rates)), data))
    step, segment, saved = 0, 1, time.perf_counter()
    with ExitStack() as stack:
        saver = None if folder is None else stack.enter_context(Saver(folder))
        if saver is not None and (found := saver.restore(state)) is not None:
            step, state = found
            report(step, 0.0, float("nan"))
            if log is not None:
                log.checkpoints(step, state)
        while step < steps and np.any(np.asarray(state.bad_step) < 0):
            until, tick = min(steps, step + segment), time.perf_counter()
            state = advance(program, state, np.int32(step), np.int32(until), data)
            loss = float(np.mean(np.asarray(jax.block_until_ready(state.loss_now))))
            now = time.perf_counter()
            took, due = agreed(max(now - tick, 1e-9), now - saved >= SAVE_S)
            report(until, (until - step) / took, loss)
            if log is not None:
                log.segment(until, (until - step) / took, state)
            # the first segment's time is the compiler's, hence the cap on growth
            segment = max(1, min(8 * segment, int((until - step) * REPORT_S / took)))
            step = until
            if saver is not None and (due or (step == steps and keep_end)):
                saver.save(step, state)
                saved = time.perf_counter()
    drawn = None
    if (plan := group.plans[0]).samples:
        seeds = [(m.sample, m.init, m.order) for m in group.members]
        how = Questions.of(data), seeds, plan.samples, plan.temperature
        drawn = sampled(program, state.params, *how)
    params = program.layout.fetched(state.params) if keep_weights else None
    final = jax.tree.map(np.asarray, state._replace(params=params, optimizer=None))
    seconds = (time.perf_counter() - began) / len(group.members)
    places = [(i, a) for i, likes in enumerate(group.numbers) for a in range(len(likes))]
    return [_run(group, i, a, final, seconds, drawn) for i, a in places]


class _Log:
    """Passes on what a group has come to, member by member."""

    def __init__(self, group: _Group, recorder: Recorder) -> None:
        self.group, self.recorder, self.passed = group, recorder, 0  # checkpoints

    def segment(self, step: int, per_s: float, state: State) -> None:
        """``per_s``: steps a second."""
        flops, speed = step * self.group.program.step_flops, per_s * self.group.plans[0].batch
        for likes, loss in zip(self.group.numbers, np.asarray(state.loss_now)):
            for number in likes:
                self.recorder.segment(number, step, flops, float(loss), speed)
        self.checkpoints(step, state)

    def checkpoints(self, step: int, state: State) -> None:
        """Those up to ``step`` that were not passed on yet, of members that had not failed."""
        steps, first = self.group.plans[0].checkpoints, self.passed
        self.passed = int(np.searchsorted(steps, step, side="right"))
        if first == self.passed:
            return
        # copies: the next segment writes into the memory of the state
        losses, answer, bits = map(np.array, (state.loss, state.answer, state.bits))
        for i, k in itertools.product(range(len(losses)), range(first, self.passed)):
            at, loss, Q = (
                int(steps[k]),
                float(losses[i, k]),
                len(self.group.members[i].tokens.query),
            )
            for a, number in enumerate(() if np.isnan(loss) else self.group.numbers[i]):
                flops, own = at * self.group.program.step_flops, (answer[i, a, k], bits[i, a, k])
                self.recorder.checkpoint(number, at, flops, loss, *(part[:Q] for part in own))


def _identity(group: _Group) -> str:
    """Names all that a saved state depends on, so that none is continued by another training."""
    members = [(m.init, m.order, plan) for m, plan in zip(group.members, group.plans)]
    digest = hashlib.sha256(f"{group.program} {members} {jax.__version__}".encode())
    for leaf in jax.tree.leaves(group.data):
        digest.update(f"{leaf.shape} {leaf.dtype}".encode() + leaf.tobytes())
    return digest.hexdigest()[:16]


def _run(
    group: _Group, i: int, a: int, final: State, seconds: float, drawn: tuple[Int, Int] | None
) -> Run:
    """Of the i-th training of the group, as its a-th model answers; ``drawn``: samples."""
    member, checkpoints = group.members[i], group.plans[i].checkpoints
    Q, bad = len(member.tokens.query), int(final.bad_step[i])
    who = f"(init {member.init}, order {member.order})"
    why = f"loss not finite at step {bad} {who}" if bad >= 0 else ""
    answer, bits = (np.array(part[i : i + 1, a, :, :Q]) for part in (final.answer, final.bits))
    loss = np.array(final.loss[i : i + 1])
    # the update after the last loss may be the one that breaks the weights
    broken = np.flatnonzero(np.isnan(bits).any(axis=(0, 2)))
    if len(broken):
        first = int(broken[0])
        why = why or f"answers not finite at step {int(checkpoints[first])} {who}"
        answer[:, first:], loss[:, first:] = -1, np.nan
        bits[:, first:] = np.log2(group.program.vocabulary)
    kept = final.params is not None and not why
    return Run(
        steps=checkpoints,
        flops=checkpoints * group.program.step_flops,
        answer=answer,
        bits=bits,
        generated=np.asarray(final.generated)[i : i + 1, a, :Q],
        loss=loss,
        seeds=((member.init, member.order),),
        parameters=group.program.parameters,
        seconds=seconds,
        failed=why,
        vmap_size=len(group.members),
        weights={n: w[i : i + 1] for n, w in named(final.params or {}).items()} if kept else None,
        samples=None if drawn is None else _samples(group, i, a, drawn, bool(why)),
    )


def _samples(group: _Group, i: int, a: int, drawn: tuple[Int, Int], failed: bool) -> Samples:
    """Of the same; of one that failed none is an answer."""
    Q = len(group.members[i].tokens.query)
    answer, written = (np.array(part[i : i + 1, a, :, :Q]) for part in drawn)
    if failed:
        answer[:], written[:] = -1, group.data.form.end[i]
    return Samples(answer, written)
