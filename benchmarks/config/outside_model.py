"""A model from outside: nothing is known of it but its answers, and what its maker declares."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ... import identity
from ...errors import UserError
from ...models.training.plan import FLOPS, Plan
from ...printable import printable

PREFIX = "outside."  # what the names of these models begin with, wherever they stand
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
AUTHOR = 200  # letters
PARAMETERS = 10**15


@dataclasses.dataclass(frozen=True)
class DeclaredCost:
    """What a training cost; 0: it is not declared."""

    steps: NDArray[np.int64]  # [K] its checkpoints
    flops: NDArray[np.float64]  # [K] spent until then
    parameters: int


@dataclasses.dataclass(frozen=True)
class Outside:
    """What is declared of a model from outside, and nothing can recompute. None: it is not.

    Raises UserError, by the options of ``zebroid score``, for what is no such thing.
    """

    type: ClassVar[str] = "outside"
    version: ClassVar[int] = 1

    name: str = "model"  # in receipts and tables
    author: str | None = None  # free text, as it is cited
    parameters: int | None = None  # weights that were trained for this corpus
    flops: float | None = None  # of one training, to its last step

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise UserError(
                f"--name {self.name!r:.80}: expected at most 40 small letters, digits and . _ -, "
                "the first a letter or digit; rename it"
            )
        author = self.author
        if author is not None and (not author or author != printable(author, AUTHOR)):
            raise UserError(
                f"--author {printable(repr(author), 80)}: expected 1 to {AUTHOR} letters on one "
                "line; shorten it"
            )
        if self.parameters is not None and (
            type(self.parameters) is not int or not 1 <= self.parameters <= PARAMETERS
        ):
            raise UserError(
                f"--parameters {self.parameters}: expected 1 to {PARAMETERS:,}; leave it out where "
                "it is not known"
            )
        if self.flops is not None and not 0 < self.flops <= FLOPS:
            raise UserError(
                f"--flops {self.flops}: expected a number above 0, up to {FLOPS:g}; leave it out "
                "where it is not known"
            )

    @property
    def model(self) -> str:
        """The name of the model in a cell."""
        return f"{PREFIX}{self.name}"

    def cost(self, plan: Plan) -> DeclaredCost:
        """What a training by ``plan`` cost: its FLOPs in proportion to its steps."""
        steps = plan.checkpoints.astype(np.int64)
        flops = (self.flops or 0.0) * steps / steps[-1]
        return DeclaredCost(steps, flops, self.parameters or 0)

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Outside | None:
        """That of a cell's record of a model; None: it is of another kind.

        Raises UserError for a record of another version, or with values that none has.
        """
        return identity.restore(cls, spec) if spec.get("type") == cls.type else None


@dataclasses.dataclass(frozen=True)
class DeclaredPlan(Plan):
    """The plan of a model from outside: at which of its steps it answered, and no more.

    One step, the first, is that of predictions that name none.
    """

    def record(self) -> dict[str, Any]:
        """JSON-ready: only what is declared; null: it is not."""
        points = self.evaluations
        before = [*points] if isinstance(points, tuple) else None
        only = self.steps == 1 and before is None
        return {"steps": None if only else self.steps, "evaluations": before}

    @classmethod
    def at(cls, steps: tuple[int, ...]) -> DeclaredPlan:
        """That of answers after these steps, ascending."""
        return cls(steps=steps[-1], evaluations=steps[:-1] or 1)

    @classmethod
    def of(cls, record: Any) -> DeclaredPlan:
        """The plan of that record. Raises UserError where it is none of a model from outside."""
        if not isinstance(record, Mapping) or {*record} != {"steps", "evaluations"}:
            raise UserError(
                "the plan of a model from outside has other fields than steps and evaluations; it "
                "is of another version"
            )
        steps, before = record["steps"], record["evaluations"]
        if before is not None and not isinstance(before, list | tuple):
            raise UserError(
                f"plan.evaluations is {before!r:.80}; expected null, or a list of steps"
            )
        return cls(
            steps=1 if steps is None else steps, evaluations=1 if before is None else tuple(before)
        )


def plan_of(spec: Mapping[str, Any], record: Any) -> Plan:
    """The plan of a cell from its record; ``spec``: the record of its model.

    Raises UserError where it is none.
    """
    outside = Outside.of(spec)
    return identity.restore(Plan, record) if outside is None else DeclaredPlan.of(record)
