"""Training: ours against the same model in PyTorch, in turn, in one run.

    python -m zebroid.benchmarks.speed.training_speed [--repeat 5] [--devices 1] [--only NAME]

Both sides make the same updates by AdamW on the same rows, of which the last token bears loss; the
peer the way published loops do it (torch_peer), eager and compiled. Ours is one process with all
cores, as ``train`` runs it; by ``--devices 2``, its batch shared out over two virtual devices. On a
GPU both are there, with products in bfloat16, and a model of 100M parameters is added. Beside
examples/s stands which share of the matrix products' peak, as measured in the same run, our FLOPs
are (those that the formula counts, pruned ones not).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console
from rich.table import Table

from ...models.architectures.decoder import DecoderSpec
from ...models.training.batches import Data, load
from ...models.training.compiled import Program, State, advance, start
from ...models.training.optimizers import Rates
from ...models.training.plan import Plan, Tokens
from ...models.training.prng import key
from ...models.training.sharding import Layout, on_cpu
from ...seeding import stream
from ..runner import provenance
from . import keep

ROWS, WORDS = 8_192, 128
NEVER = 10**9  # steps: no checkpoint comes
SECONDS = 0.7  # of one timing


@dataclasses.dataclass(frozen=True)
class Shape:
    """What is trained, and how many times as fast as eager PyTorch we want to be."""

    width: int
    layers: int
    tokens: int
    batch: int
    microbatch: int | None
    goal: float | None
    heads: int = 4

    @property
    def spec(self) -> DecoderSpec:
        return DecoderSpec(width=self.width, layers=self.layers, heads=self.heads)

    @property
    def rows(self) -> np.ndarray:
        """int32 [ROWS, T]"""
        return (
            stream("speed", "rows", self.tokens).randint(0, WORDS, (ROWS, self.tokens)).astype("i4")
        )


SHAPES = {
    "d64 L2, 4 tokens": Shape(64, 2, 4, 512, None, 3.0),
    "d128 L4, 4 tokens": Shape(128, 4, 4, 512, None, 2.2),
    "d64 L2, 32 tokens": Shape(64, 2, 32, 128, 64, 3.0),
    "d128 L4, 64 tokens": Shape(128, 4, 64, 64, 32, 2.2),
    "d256 L4, 4 tokens": Shape(256, 4, 4, 512, None, 1.4),
}
LARGE = {"d1024 L8, 64 tokens": Shape(1024, 8, 64, 512, None, None, heads=16)}  # for accelerators


@dataclasses.dataclass(frozen=True)
class Rows:
    """``run.Tokens`` of rows whose last token is the answer; nothing is queried of them."""

    train: np.ndarray
    vocabulary: tuple[str, ...] = tuple(map(str, range(WORDS)))
    max_new: int = 1
    answer_mark: int = -1
    end: int = 0

    @property
    def loss(self) -> np.ndarray:
        return np.arange(self.train.shape[1])[None].repeat(len(self.train), 0) == self.prompt

    @property
    def weight(self) -> np.ndarray:
        return np.ones(len(self.train), np.int32)

    @property
    def statement(self) -> np.ndarray:
        return np.zeros(len(self.train), bool)

    @property
    def prompt(self) -> int:
        return self.train.shape[1] - 1

    @property
    def query(self) -> np.ndarray:
        return self.train[:1, :-1]

    @property
    def members(self) -> np.ndarray:
        return self.train[:1, -1:]

    @property
    def answer_ids(self) -> np.ndarray:
        return np.arange(WORDS, dtype=np.int32)


@dataclasses.dataclass(frozen=True)
class Timing:
    """Seconds of one update in each repetition, by side."""

    shape: Shape
    seconds: dict[str, list[float]]
    first: dict[str, float]  # seconds of the first update, compilation included
    flops: float  # of one update of ours

    def ratio(self, side: str, peer: str) -> float:
        """How many times as fast, of pairs that were timed one soon after the other."""
        pairs = zip(self.seconds[peer], self.seconds[side])
        return statistics.median(theirs / mine for theirs, mine in pairs)

    def speed(self, side: str) -> float:
        """Examples/s."""
        return self.shape.batch / statistics.median(self.seconds[side])

    def share(self, side: str, peak: float) -> float:
        """Of the peak [FLOP/s]."""
        return self.flops / statistics.median(self.seconds[side]) / peak


class Trainer:
    """One training that is advanced by hand; no question of it is posed meanwhile."""

    def __init__(self, program: Program, tokens: Tokens) -> None:
        self.program = program
        self.data = _one(load(tokens, program.plan))
        past_the_end = np.full((1, 1), NEVER, np.int32)
        self._endless = program.layout.put(self.data._replace(checkpoints=past_the_end))
        self._state, self._done = self.start(self._endless), 0

    def start(self, data: Data) -> State:
        """The state before the first step."""
        seeds = [_one(jax.random.key_data(key(axis, 0))) for axis in ("init", "order")]
        put = self.program.layout.put
        return start(self.program, *put((*seeds, _one(Rates.of(self.program.plan)))), data)

    def run(self, steps: int) -> float:
        """Seconds that so many updates more take."""
        began, until = time.perf_counter(), self._done + steps
        done, self._done = self._done, until
        self._state = advance(
            self.program, self._state, np.int32(done), np.int32(until), self._endless
        )
        jax.block_until_ready(self._state.loss_now)
        return time.perf_counter() - began


def _one(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: np.asarray(leaf)[None], tree)


def ours(shape: Shape, layout: str) -> tuple[Callable[[int], float], float]:
    """(n -> seconds that n updates take, FLOPs of one)."""
    plan = Plan(batch=shape.batch, microbatch=shape.microbatch, steps=NEVER, evaluations=1)
    tokens = Rows(shape.rows)
    program = Program.of(shape.spec, plan, tokens, not on_cpu(), Layout.of(layout))
    return Trainer(program, tokens).run, program.step_flops


def sides(shape: Shape) -> tuple[dict[str, Callable[[int], float]], float]:
    """(name -> n -> seconds of n updates, FLOPs of one of ours). ImportError without PyTorch."""
    from .torch_peer import Decoder, trainer

    def peer(compiled: bool) -> Callable[[int], float]:
        model = Decoder(shape.width, shape.layers, shape.heads, 4, WORDS, shape.tokens)
        place = "cuda" if jax.default_backend() == "gpu" else "cpu"
        return trainer(model, shape.rows, shape.batch, compiled, place)

    found, flops = ours(shape, "data" if len(jax.devices()) > 1 else "single")
    return {"ours": found, "eager": peer(False), "compiled": peer(True)}, flops


def compare(shape: Shape, repeat: int) -> Timing:
    """All sides in turn."""
    runs, flops = sides(shape)
    first = {name: run(1) for name, run in runs.items()}
    steps = {name: max(1, int(SECONDS / (run(3) / 3))) for name, run in runs.items()}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeat):
        for name, run in runs.items():
            seconds[name].append(run(steps[name]) / steps[name])
    return Timing(shape, seconds, first, flops)


def peak() -> float:
    """FLOP/s of a matrix product [n, n] @ [n, n] as models are trained by, the best of ten."""
    n, kind = (2_048, jnp.float32) if on_cpu() else (8_192, jnp.bfloat16)
    square = jnp.asarray(stream("speed", "peak", 0).standard_normal((n, n)), kind)
    product = jax.jit(lambda a: a @ a)
    jax.block_until_ready(product(square))
    took = []
    for _ in range(10):
        began = time.perf_counter()
        jax.block_until_ready(product(square))
        took.append(time.perf_counter() - began)
    return 2 * n**3 / min(took)


def table(found: dict[str, Timing], most: float) -> Table:
    """A row per shape and side of ours."""
    out = Table(title=f"Training; peak of a matrix product {most / 1e9:,.0f} GFLOP/s")
    for column in (
        "",
        "side",
        "examples/s",
        "over eager",
        "over compiled",
        "of peak",
        "first step",
    ):
        out.add_column(column, justify="left" if column in ("", "side") else "right")
    for name, timing in found.items():
        for side in timing.seconds:
            mine = side == "ours"
            wanted = on_cpu() and timing.shape.goal is not None
            goal = f" (goal {timing.shape.goal:g}x)" if wanted else ""
            out.add_row(
                name,
                side,
                f"{timing.speed(side):,.0f}",
                f"{timing.ratio(side, 'eager'):.2f}x" + goal * mine,
                f"{timing.ratio(side, 'compiled'):.2f}x",
                f"{timing.share(side, most):.0%}" if mine else "",
                f"{timing.first[side]:.1f} s",
            )
    return out


def record(found: dict[str, Timing], most: float) -> dict[str, Any]:
    """JSON-ready."""
    return {
        "cores": len(provenance.cores()),
        "devices": len(jax.devices()),
        "kind": jax.devices()[0].device_kind,
        "peak": most,
        "load": os.getloadavg()[0],
        "shapes": {name: dataclasses.asdict(timing) for name, timing in found.items()},
    }


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--devices", type=int, default=1)
    parser.add_argument("--only", choices=SHAPES | LARGE, nargs="+")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(words)
    if min(chosen.repeat, chosen.devices) < 1:
        parser.exit(2, "expected at least one repetition and one device\n")
    if importlib.util.find_spec("torch") is None:
        parser.exit(2, "PyTorch, the peer, is not installed: pip install -e '.[bench]'\n")
    with contextlib.suppress(RuntimeError):  # JAX is at work already: its devices are what they are
        jax.config.update("jax_num_cpu_devices", chosen.devices)
    console, found = Console(), {}
    shapes = SHAPES if on_cpu() else SHAPES | LARGE
    for name in chosen.only or shapes:
        with console.status(name):
            found[name] = compare((SHAPES | LARGE)[name], chosen.repeat)
    most = peak()
    console.print(table(found, most))
    console.print(f"load average {os.getloadavg()[0]:.1f}")
    if chosen.json:
        keep(chosen.json, record(found, most))


if __name__ == "__main__":
    main()
