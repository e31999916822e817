"""What goes into training and what comes out, as plain data.  Imports no JAX.

``Plan`` says how to train, ``Tokens`` what a model sees, ``Run`` what it answered.  S seeds,
K checkpoints, Q questions, N examples, T tokens, P prompt length, V vocabulary, M members.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ... import identity
from ...errors import UserError, suggest
from ...printable import brief

OPTIMIZERS = ("adamw", "muon", "sgd")
SCHEDULES = ("constant", "cosine")
HOSTS = re.compile(r"auto|(.+:\d+),(\d{1,6})/(\d{1,6})")  # of --hosts: multihost.py
LAYOUTS = ("single", "data", "sharded", "replicas")  # on several devices: sharding.py
# Trainings that an accelerator advances side by side, small models being far from filling one: 2.5
# times as fast. On a CPU one after the other: docs/internals/speed.md
VMAP_SIZE = 8
MOST = 2**31 - 1  # steps and examples are counted in 32 bits where a model is trained
POINTS = 10_000  # checkpoints of one training: the answers to all questions are kept of each
RATE = 1e38  # of learning and decay: what numbers of 32 bits hold
MOST_SAMPLES = 1_000  # of one question
COLDEST, HOTTEST = 1e-3, 1e3  # temperatures: beyond them logits leave what 32 bits hold
FLOPS = 1e27  # of one training: tens of times those of the largest that was ever published

Int = NDArray[np.integer[Any]]
Float = NDArray[np.floating[Any]]
Bool = NDArray[np.bool_]


class Tokens(Protocol):
    """All that a model sees of a corpus; ``zebroid.worlds.encoding.encode`` makes them."""

    @property
    def vocabulary(self) -> tuple[str, ...]: ...  # [V]
    @property
    def train(self) -> Int: ...  # int32 [N, T], rows padded with `end`
    @property
    def loss(self) -> Bool: ...  # bool [N, T]: token t is to be predicted from the tokens before
    @property
    def statement(self) -> Bool: ...  # bool [N]: the row states a fact; of use to `Plan.late`
    @property
    def weight(self) -> Int: ...  # [N], at least 1: rows are drawn in proportion to it
    @property
    def query(self) -> Int: ...  # int32 [Q, P]
    @property
    def prompt(self) -> int: ...  # P
    @property
    def max_new(self) -> int: ...  # tokens generated after the prompt
    @property
    def answer_mark(self) -> int: ...  # the answer follows this token; -1: it comes first
    @property
    def answer_ids(self) -> Int: ...  # int32 [V]: token id -> answer id, -1: none; or [2, E]
    @property
    def members(self) -> Int: ...  # int32 [Q, M]: token ids of the right answers, -1 padded
    @property
    def end(self) -> int: ...  # token id of the padding


def hosts(where: str) -> tuple[str, int, int] | None:
    """(address and port of the first process, number of this one from 0, how many) that --hosts
    names; None: auto. Raises UserError for what is neither."""
    found = HOSTS.fullmatch(where)
    if not found or (found[1] and not 1 <= int(found[2]) <= int(found[3])):
        raise UserError(f"--hosts {where}: expected auto, or ADDRESS:PORT,i/n, 1 <= i <= n")
    return (found[1], int(found[2]) - 1, int(found[3])) if found[1] else None


@dataclasses.dataclass(frozen=True)
class Plan:
    """How to train.  A variant is a ``dataclasses.replace`` of another plan."""

    # "adamw", "muon" (hidden matrices by Muon, all else by AdamW) or "sgd" (momentum 0.9)
    optimizer: str = "adamw"
    # peak step size; for Muon the one of AdamW too
    learning_rate: float = 1e-3
    # decoupled, times the learning rate; on hidden matrices only, never on embeddings or norms
    weight_decay: float = 0.1
    # after the warmup: "constant", or "cosine" to a tenth of the peak at the last step
    schedule: str = "constant"
    # steps of linear warmup from 0: Adam's first second moments are too noisy for the full rate
    warmup: int = 20
    # examples per step
    batch: int = 512
    # of these so many at a time, a divisor: for what a cache or an accelerator's memory holds; the
    # gradient is their sum. None: all at once
    microbatch: int | None = dataclasses.field(default=None, metadata={"neutral": None})
    # updates in all; where neither they nor `flops` are given, 1,000
    steps: int | None = dataclasses.field(default=None, metadata={"neutral": None})
    # instead of steps: FLOPs of one training, which ends before the step that would exceed them
    flops: float | None = dataclasses.field(default=None, metadata={"neutral": None})
    # checkpoints at which all questions are answered: how many, log-spaced over the last two
    # decades of the budget; or where, in its unit (steps or FLOPs), to which its end is added
    evaluations: int | tuple[float, ...] = 8
    # share of the steps, the last ones, that statements of facts are among what is read; before
    # them it is all else (arXiv 2601.09049). 0: they are from the first step on
    late: float = dataclasses.field(default=0.0, metadata={"neutral": 0.0})
    # answers that are drawn of each question after the last step, beside the greedy one; whole
    # proofs in chain mode. 0: none
    samples: int = dataclasses.field(default=0, metadata={"neutral": 0})
    # what logits are divided by before a sample is drawn
    temperature: float = dataclasses.field(default=1.0, metadata={"neutral": 1.0})

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise suggest("optimizer", str(self.optimizer), OPTIMIZERS)
        if self.schedule not in SCHEDULES:
            raise suggest("schedule", str(self.schedule), SCHEDULES)
        if self.steps is None and self.flops is None:
            object.__setattr__(self, "steps", 1_000)
        if self.steps is not None and self.flops is not None:
            raise UserError(f"plan.flops is {self.flops!r} beside plan.steps; expected one of them")
        budget = "flops" if self.steps is None else "steps"
        most = {"steps": MOST, "flops": FLOPS}[budget]
        _require(self, budget, whole=budget == "steps", least=1, most=most)
        _require(self, "batch", whole=True, least=1, most=MOST)
        if self.microbatch is not None:
            _require(self, "microbatch", whole=True, least=1)
            if self.batch % self.microbatch:
                raise UserError(
                    f"plan.microbatch is {self.microbatch}; expected a divisor of plan.batch, "
                    f"{self.batch}"
                )
        _require(self, "warmup", whole=True, least=0, most=MOST)
        _require(self, "late", whole=False, least=0.0, most=1.0)
        _require(self, "learning_rate", whole=False, least=0.0, most=RATE)
        _require(self, "weight_decay", whole=False, least=0.0, most=RATE)
        _require(self, "samples", whole=True, least=0, most=MOST_SAMPLES)
        _require(self, "temperature", whole=False, least=COLDEST, most=HOTTEST)
        object.__setattr__(self, "temperature", float(self.temperature))
        if self.temperature != 1.0 and not self.samples:
            raise UserError(
                f"plan.temperature is {self.temperature:g}; expected 1 where nothing is sampled: "
                "give plan.samples, too"
            )
        if isinstance(self.evaluations, list | tuple):
            object.__setattr__(self, "evaluations", tuple(self.evaluations))
            _require_points(self, getattr(self, budget))
        else:
            _require(self, "evaluations", whole=True, least=1, most=POINTS)

    def record(self) -> dict[str, Any]:
        """JSON-ready fields; of ``steps`` and ``flops`` the one that is given."""
        return identity.record(self)

    def priced(self, step_flops: float) -> Plan:
        """The same plan with its budget in steps, of which one costs ``step_flops``.

        Raises UserError where ``flops`` pay for none.
        """
        if self.flops is None:
            return self
        steps, points = int(self.flops // step_flops), self.evaluations
        if not steps:
            raise UserError(
                f"plan.flops is {self.flops:.3g}; expected at least those of one step, "
                f"{step_flops:.3g}"
            )
        if steps > MOST:
            raise UserError(
                f"plan.flops is {self.flops:.3g}, {steps:,} steps of {step_flops:.3g}; expected at "
                f"most {MOST:,} steps: give fewer FLOPs, or a larger plan.batch"
            )
        if isinstance(points, tuple):
            points = tuple(sorted({max(1, int(point // step_flops)) for point in points}))
        return dataclasses.replace(self, steps=steps, flops=None, evaluations=points)

    @property
    def points(self) -> int:
        """Checkpoints at most; some may fall on one step."""
        return (
            len(self.evaluations) + 1 if isinstance(self.evaluations, tuple) else self.evaluations
        )

    @property
    def checkpoints(self) -> Int:
        """int64 [K]: the steps after which all questions are answered; the last one is ``steps``.

        Of a plan whose budget is in steps.
        """
        assert self.steps is not None, "a plan by FLOPs is to be priced first"
        if isinstance(self.evaluations, tuple):
            return np.unique(np.array([*self.evaluations, self.steps], dtype=np.int64))
        if self.evaluations == 1:
            return np.array([self.steps], dtype=np.int64)
        spaced = np.geomspace(max(1.0, self.steps / 100), self.steps, self.evaluations)
        return np.unique(np.rint(spaced).astype(np.int64))


def _require(plan: Plan, name: str, *, whole: bool, least: float, most: float = math.inf) -> None:
    value, what = getattr(plan, name), "a whole number" if whole else "a number"
    if not _number(value, whole) or value < least:
        raise UserError(f"plan.{name} is {brief(value)}; expected {what}, at least {least}")
    if value > most:
        limit = f"{most:,}" if isinstance(most, int) else f"{most:g}"
        raise UserError(
            f"plan.{name} is {brief(value)}; expected {what}, at most {limit}: give fewer"
        )


def _require_points(plan: Plan, budget: float) -> None:
    points, whole = plan.evaluations, plan.steps is not None
    assert isinstance(points, tuple)
    if len(points) > POINTS:
        raise UserError(
            f"plan.evaluations has {len(points):,} checkpoints; expected at most {POINTS:,}"
        )
    fine = points and all(_number(point, whole) and 1 <= point <= budget for point in points)
    if not fine or list(points) != sorted(set(points)):
        what = "steps" if whole else "FLOPs"
        raise UserError(
            f"plan.evaluations is {brief(list(points))}; expected ascending {what} from 1 to "
            f"{budget:,}, at least one"
        )


def _number(value: Any, whole: bool) -> bool:
    kinds = (int, np.integer) if whole else (int, float, np.number)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return False
    return isinstance(value, int) or math.isfinite(value)  # the largest are no floats


@dataclasses.dataclass(frozen=True)
class Samples:
    """N answers to each question that S seeds drew after their last step."""

    answer: Int  # int32 [S, N, Q]: answer ids; -1: malformed
    generated: Int | None  # int32 [S, N, Q, max_new]: token ids; None: not kept


@dataclasses.dataclass(frozen=True)
class Run:
    """Answers of S seeds at K checkpoints, in NumPy arrays.

    A seed that fails keeps what it answered before; later checkpoints hold answer -1, uniform
    bits (log2 V) and NaN loss.
    """

    steps: Int  # int64 [K]
    flops: Float  # float64 [K]: spent on training one seed until then
    answer: Int  # int32 [S, K, Q]: answer ids; -1: malformed
    bits: Float  # float32 [S, K, Q]: -log2 of the summed probability of the right answers
    generated: Int  # int32 [S, Q, max_new]: token ids, at the last checkpoint
    # float32 [S, K]: cross-entropy per token (natural log), mean since the last checkpoint
    loss: Float
    seeds: tuple[tuple[int, int], ...]  # [S]: (init, order)
    parameters: int
    seconds: float  # wall clock, compilation included
    failed: str = ""  # empty: all is well; else why and at which step
    vmap_size: int = 1  # trainings that one program advanced: the last bits may depend on it
    # name of a parameter -> float32 [S, ...] after the last step, NaN where a seed failed; None:
    # not kept. Names are paths in the module, such as blocks.0.attention.out_DD
    weights: Mapping[str, Float] | None = None
    samples: Samples | None = None  # None: the plan draws none


Progress = Callable[[int, int, float, float], None]  # step, steps in all, examples/s, loss


class Recorder(Protocol):
    """Gets numbers of each member of a batch of trainings on the way; ``number`` is its place.

    Called from as many threads as there are devices that train apart.
    """

    def segment(self, number: int, step: int, flops: float, loss: float, speed: float) -> None:
        """About once a second: FLOPs spent until ``step``, loss of the last batch, examples/s."""

    def checkpoint(
        self, number: int, step: int, flops: float, loss: float, answer: Int, bits: Float
    ) -> None:
        """Answers and bits [Q] after ``step``, and the mean loss since the checkpoint before."""
