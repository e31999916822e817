"""Predictions that were read, as results of cells: all that a run of the same questions has.

How the answers came about nobody can recompute, so a receipt of them is of the class declared.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from ...errors import UserError, listed
from ...models.training.plan import FLOPS, Plan, Run
from ..config.run_config import Cell, Seeds
from ..export.portion import SPEC, Portion
from ..runner.provenance import Environment
from ..runner.result_store import Result
from .collector import Collector

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
DEVICE = "declared: answers from outside"
PARAMETERS = 10**15


@dataclasses.dataclass(frozen=True)
class Declared:
    """What a user states of a model from outside, and nothing can recompute."""

    name: str  # of the model, in receipts and tables
    parameters: int = 0  # 0: it was not trained for this, or is not known
    flops: float = 0.0  # of one training, to its last step

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise UserError(
                f"--name {self.name!r:.80}: expected at most 40 small letters, digits and . _ -, "
                "the first a letter or digit; rename it"
            )
        if not 0 <= self.parameters <= PARAMETERS:
            raise UserError(f"--parameters {self.parameters}: expected 0 to {PARAMETERS:,}")
        if not 0 <= self.flops <= FLOPS:
            raise UserError(f"--flops {self.flops}: expected a number from 0 to {FLOPS:g}")


def results_of(
    portions: Sequence[Portion], collector: Collector, declared: Declared
) -> tuple[list[Cell], list[Result]]:
    """A cell and its result for each portion and run; the steps of a run are its checkpoints.

    Raises UserError where runs have different steps.
    """
    steps: dict[int, list[int]] = {}
    for run, step in sorted(collector.slots):
        steps.setdefault(run, []).append(step)
    first = next(iter(steps.values()))
    for run, mine in steps.items():
        if mine != first:
            raise UserError(
                f"{collector.flaws.path}: run {run} has the steps {_few(mine)}, run "
                f"{next(iter(steps))} {_few(first)}; give all runs the same steps"
            )
    cells, results = [], []
    for number, portion in enumerate(portions):
        part = slice(*collector.start[number : number + 2])
        mine = [_cell(portion.cell, run, first, declared) for run in steps]
        made = Environment.of(mine[0])
        for cell, run in zip(mine, steps):
            slots = [collector.slots[run, step] for step in first]
            answer = np.stack([slot.answer[part] for slot in slots])[None]
            bits = np.full(answer.shape, np.nan, np.float32)
            if slots[0].bits is not None:
                bits = np.stack([s.bits[part] for s in slots if s.bits is not None])[None]
            cells.append(cell)
            results.append(_result(cell, made, portion, answer, bits, first, declared))
    return cells, results


def _few(steps: Sequence[int]) -> str:
    return listed([f"{step:,}" for step in steps], 3)


def _cell(cell: Cell, run: int, steps: Sequence[int], declared: Declared) -> Cell:
    spec = {**SPEC, "name": declared.name, "parameters": declared.parameters}
    points = tuple(steps[:-1]) if len(steps) > 1 else 1
    return dataclasses.replace(
        cell,
        model=f"outside.{declared.name}",
        spec=spec,
        recipe=Plan(steps=steps[-1], evaluations=points),
        seeds=Seeds(cell.seeds.world, cell.seeds.exposure, run, run),
    )


def _result(
    cell: Cell,
    made: Environment,
    portion: Portion,
    answer: np.ndarray,
    bits: np.ndarray,
    steps: Sequence[int],
    declared: Declared,
) -> Result:
    ends = np.array(steps, np.int64)
    run = Run(
        steps=ends,
        flops=declared.flops * ends / ends[-1],
        answer=answer,
        bits=bits,
        generated=np.zeros((1, answer.shape[2], 1), np.int32),
        loss=np.full((1, len(steps)), np.nan, np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=declared.parameters,
        seconds=0.0,
    )
    return Result(cell, run, portion.corpus.digest, DEVICE, made)
