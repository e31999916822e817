"""Training on proofs: batches in parts by length against batches padded to the longest row.

    python -m zebroid.benchmarks.speed.chain_speed [--world NAME]… [--steps 1000] [--repeat 5]

Both ways advance in turn, in one process, from the same weights on the same corpus; the padded one
draws every row from all slots, as is done where parts would save little. After so many steps both
answer all questions: what the parts do to quality stands beside what they do to speed. ``--steps
0`` leaves that out.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from ... import registry
from ...eval.question_sets.right_answers import right
from ...models.training.batches import Part
from ...models.training.compiled import Program, advance
from ...models.training.plan import Plan
from ...worlds.corpus.build import build_corpus
from ...worlds.encoding.encode import Tokens, encode, sample_questions
from ..runner import provenance
from . import keep
from .training_speed import Trainer

WORLDS = ("kinship", "horn")  # whose proofs differ most in length
WAYS = ("padded", "parts")
SECONDS = 2.0  # of one timing


@dataclasses.dataclass(frozen=True)
class Work:
    """What is trained."""

    model: str
    mode: str
    batch: int
    steps: int  # of the training that answers


@dataclasses.dataclass
class Measured:
    """Of one world, by way."""

    tokens: dict[str, float]  # read of a row, on average
    flops: dict[str, float]  # of one step
    first: dict[str, float]  # seconds of the first step, compilation included
    seconds: dict[str, list[float]]  # of one step, in each repetition
    right: dict[str, dict[str, float]]  # share of right answers, by rung and "all"
    loss: dict[str, float]  # mean over all steps

    @property
    def ratio(self) -> float:
        """How many times as fast parts are, of pairs that were timed one soon after the other."""
        pairs = zip(self.seconds["padded"], self.seconds["parts"])
        return statistics.median(padded / parts for padded, parts in pairs)


def newest() -> list[str]:
    """The newest version of each of WORLDS at small."""
    found = [max(id for id in registry.worlds() if id.startswith(f"{w}-v")) for w in WORLDS]
    return [f"{id}/small" for id in found]


def compare(name: str, work: Work, repeat: int) -> Measured:
    """Both ways in turn."""
    corpus = build_corpus(*registry.sized(name))
    tokens = encode(corpus, work.mode, sample_questions(corpus, 100, 0))
    trainers = {way: trainer(way, tokens, work) for way in WAYS}
    first = {way: one.run(1) for way, one in trainers.items()}
    number = {way: max(1, int(SECONDS / one.run(1))) for way, one in trainers.items()}
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(repeat):
        for way, one in trainers.items():
            seconds[way].append(one.run(number[way]) / number[way])
    rung = corpus.certificate.rung[tokens.questions]
    ends: dict[str, tuple[np.ndarray, float]] = {}
    if work.steps:
        many = len(tokens.query)
        ends = {way: end(one, work.steps, many) for way, one in trainers.items()}
    is_right = {way: right(corpus, tokens.questions, a) for way, (a, _) in ends.items()}
    return Measured(
        {way: width(one.program) for way, one in trainers.items()},
        {way: one.program.step_flops for way, one in trainers.items()},
        first,
        seconds,
        {way: _by_rung(found, rung) for way, found in is_right.items()},
        {way: loss for way, (_, loss) in ends.items()},
    )


def trainer(way: str, tokens: Tokens, work: Work) -> Trainer:
    """A training in one of WAYS."""
    steps = max(1, work.steps)
    plan = Plan(batch=work.batch, steps=steps, evaluations=1, schedule="cosine")
    program = Program.of(registry.model(work.model), plan, tokens)
    if way == "padded":
        program = dataclasses.replace(program, parts=(Part(work.batch, program.parts[-1].at),))
    return Trainer(program, tokens)


def width(program: Program) -> float:
    """Tokens read of a row, on average."""
    return sum(part.rows * part.width for part in program.parts) / program.plan.batch


def end(trainer: Trainer, steps: int, questions: int) -> tuple[np.ndarray, float]:
    """(int32 [questions] answers, mean loss) of a whole training."""
    state = trainer.start(trainer.data)
    state = advance(trainer.program, state, np.int32(0), np.int32(steps), trainer.data)
    answer = np.asarray(state.answer)[0, 0, -1, :questions]
    return answer, float(np.asarray(state.loss)[0, -1])


def _by_rung(is_right: np.ndarray, rung: np.ndarray) -> dict[str, float]:
    from ...worlds.novelty.rungs import LADDER

    each = {LADDER[i]: float(is_right[rung == i].mean()) for i in np.unique(rung)}
    return {"all": float(is_right.mean()), **each}


def tables(found: dict[str, Measured], batch: int) -> list[Table]:
    """Of speed, and of quality where that was measured."""
    speed = Table(title="Training on proofs")
    for column in ("", "way", "tokens read of a row", "examples/s", "ratio", "FLOPs", "first step"):
        speed.add_column(column, justify="left" if column in ("", "way") else "right")
    quality = Table(title="Share of right answers, and loss")
    for column in ("", "way", "loss", "right"):
        quality.add_column(column)
    for name, one in found.items():
        for way in WAYS:
            speed.add_row(
                name,
                way,
                f"{one.tokens[way]:.1f}",
                f"{batch / statistics.median(one.seconds[way]):,.0f}",
                f"{one.ratio:.2f}x" if way == "parts" else "1",
                f"{one.flops[way] / one.flops['padded']:.2f}",
                f"{one.first[way]:.1f} s",
            )
            if one.right:
                shares = ", ".join(f"{rung} {share:.2f}" for rung, share in one.right[way].items())
                quality.add_row(name, way, f"{one.loss[way]:.3f}", shares)
    return [speed, quality] if quality.row_count else [speed]


def record(found: dict[str, Measured], work: Work) -> dict[str, Any]:
    """JSON-ready."""
    return {
        "cores": len(provenance.cores()),
        "load": os.getloadavg()[0],
        "work": dataclasses.asdict(work),
        "worlds": {
            name: {**dataclasses.asdict(one), "ratio": one.ratio} for name, one in found.items()
        },
    }


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--world", action="append")
    parser.add_argument("--model", default="decoder-s")
    parser.add_argument("--mode", choices=("chain", "post-hoc"), default="chain")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(words)
    if min(chosen.repeat, chosen.batch) < 1 or chosen.steps < 0:
        parser.exit(2, "expected at least one repetition and one row, and no negative steps\n")
    work = Work(chosen.model, chosen.mode, chosen.batch, chosen.steps)
    console, found = Console(), {}
    for name in chosen.world or newest():
        with console.status(name):
            found[name] = compare(name, work, chosen.repeat)
    for table in tables(found, work.batch):
        console.print(table)
    console.print(f"load average {os.getloadavg()[0]:.1f}")
    if chosen.json:
        keep(chosen.json, record(found, work))


if __name__ == "__main__":
    main()
