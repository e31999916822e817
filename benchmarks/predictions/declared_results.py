"""Predictions that were read, as results of cells: all that a run of the same questions has.

How the answers came about nobody can recompute, so a receipt of them is of the class declared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ... import identity
from ...errors import UserError, listed
from ...models.training.plan import Run
from ..config.outside_model import DeclaredPlan, Outside
from ..config.run_config import Cell, Seeds
from ..export.portion import Portion
from ..runner.provenance import Environment
from ..runner.result_store import Result
from .collector import Collector

DEVICE = "declared: answers from outside"


def results_of(
    portions: Sequence[Portion], collector: Collector, declared: Outside, mode: str
) -> tuple[list[Cell], list[Result]]:
    """A cell and its result for each portion and run; the steps of a run are its checkpoints.
    ``mode``: as it was exported.

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
        mine = [_cell(portion.cell, run, first, declared, mode) for run in steps]
        made = Environment.of(mine[0])
        for cell, run in zip(mine, steps):
            slots = [collector.slots[run, step] for step in first]
            answer = np.stack([slot.answer[part] for slot in slots])[None]
            bits = np.full(answer.shape, np.nan, np.float32)
            if slots[0].bits is not None:
                bits = np.stack([s.bits[part] for s in slots if s.bits is not None])[None]
            cells.append(cell)
            results.append(_result(cell, made, portion, answer, bits))
    return cells, results


def _few(steps: Sequence[int]) -> str:
    return listed([f"{step:,}" for step in steps], 3)


def _cell(cell: Cell, run: int, steps: Sequence[int], declared: Outside, mode: str) -> Cell:
    return dataclasses.replace(
        cell,
        mode=mode,
        model=declared.model,
        spec=identity.record(declared),
        recipe=DeclaredPlan.at(tuple(steps)),
        seeds=Seeds(cell.seeds.world, cell.seeds.exposure, run, run),
    )


def _result(
    cell: Cell, made: Environment, portion: Portion, answer: np.ndarray, bits: np.ndarray
) -> Result:
    outside = cell.outside
    assert outside is not None, "its cell was made here"
    cost = outside.cost(cell.recipe)
    run = Run(
        steps=cost.steps,
        flops=cost.flops,
        answer=answer,
        bits=bits,
        generated=np.zeros((1, answer.shape[2], 1), np.int32),
        loss=np.full((1, len(cost.steps)), np.nan, np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=cost.parameters,
        seconds=0.0,
    )
    return Result(cell, run, portion.corpus.digest, DEVICE, made)
