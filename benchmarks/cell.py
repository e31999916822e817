"""A cell: one training, spelled out, under one tuple of the four seeds."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..models.run import Plan
from ..worlds.world import Exposure
from . import canonical


@dataclasses.dataclass(frozen=True)
class Seeds:
    """The four axes of chance."""

    world: int  # what is true
    exposure: int  # what of it is stated and shown
    init: int  # initial weights
    order: int  # order of the batches


@dataclasses.dataclass(frozen=True)
class Cell:
    """One world, size, exposure, mode, model and plan; no default is left that may change."""

    world: str  # versioned id, or the path of a file
    size: str
    exposure: Exposure
    mode: str
    questions: int  # asked of each rung, where it has as many
    model: str
    spec: str  # what the model's name stands for
    plan: str
    recipe: Plan  # what the plan's name stands for
    seeds: Seeds
    content: int = 1  # the declared version of what the world holds; left out of the record while 1

    def record(self) -> dict[str, Any]:
        """JSON-ready content: equal for equal cells, whatever suite they stand in."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        if self.content == 1:
            del fields["content"]
        return fields | {
            "exposure": self.exposure.record(),
            "recipe": self.recipe.record(),
            "seeds": dataclasses.asdict(self.seeds),
        }

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Cell:
        """The cell of a record that was read back from JSON."""
        parts = {"exposure": Exposure, "recipe": Plan, "seeds": Seeds}
        return cls(**dict(record) | {name: kind(**record[name]) for name, kind in parts.items()})

    @functools.cached_property
    def digest(self) -> str:
        """Names the folder of the result. A plan's name is no part of it: its recipe is."""
        return canonical.digest({k: v for k, v in self.record().items() if k != "plan"})

    @functools.cached_property
    def corpus(self) -> str:
        """Equal for cells that read the same corpus."""
        seeds = (self.seeds.world, self.seeds.exposure)
        content = [self.content] if self.content != 1 else []
        return canonical.digest([self.world, self.size, self.exposure.record(), seeds, *content])

    @functools.cached_property
    def exam(self) -> str:
        """Equal for cells that are asked the same questions about the same corpus."""
        return canonical.digest([self.corpus, self.questions])

    @property
    def trained(self) -> str:
        """The spec, but for how it is run when it is asked."""
        return re.sub(r",? *\basked=\d+", "", self.spec)

    @property
    def asked(self) -> int:
        """How often a looped model is run when it is asked; 0: its family has no loops."""
        spec = self.spec
        found = re.search(r"\basked=(\d+)", spec) or re.search(r"\bloops=(\d+)", spec)
        return int(found[1]) if found else 0

    @functools.cached_property
    def training(self) -> str:
        """Equal for cells that come of one training: they differ in how its model is asked."""
        other = {"plan", "model"}
        record = {k: v for k, v in self.record().items() if k not in other}
        return canonical.digest(record | {"spec": self.trained})

    @property
    def panel(self) -> tuple[str, str, str, int]:
        """Equal for cells that stand in one table: only seeds make their questions differ."""
        return self.world, self.size, str(self.exposure.record()), self.questions

    @functools.cached_property
    def arm(self) -> str:
        """Equal for cells that differ in nothing but seeds: replicas of one experiment."""
        return canonical.digest({k: v for k, v in self.record().items() if k != "seeds"})

    @functools.cached_property
    def kin(self) -> str:
        """Equal for cells that may be trained side by side: they differ in seeds and rates, or in
        how they are asked."""
        bare = dataclasses.replace(self.recipe, learning_rate=0.0, weight_decay=0.0, warmup=0)
        other = {"plan", "model", "seeds", "recipe"}
        rest = {k: v for k, v in self.record().items() if k not in other}
        return canonical.digest([rest | {"spec": self.trained}, bare.record()])

    def __str__(self) -> str:
        seeds = ",".join(str(seed) for seed in dataclasses.astuple(self.seeds))
        return f"{self.world}/{self.size} {self.mode} {self.model} {self.plan} seeds {seeds}"


def lots(cells: Sequence[Cell], size: int = 1) -> Iterator[list[Cell]]:
    """Cells to be made together: of at most ``size`` trainings that may go side by side."""
    trainings: dict[str, list[Cell]] = {}
    for cell in cells:
        trainings.setdefault(cell.training, []).append(cell)
    kin: dict[str, list[list[Cell]]] = {}
    for likes in trainings.values():
        kin.setdefault(likes[0].kin if size > 1 else likes[0].training, []).append(likes)
    for group in kin.values():
        for i in range(0, len(group), size):
            yield [cell for likes in group[i : i + size] for cell in likes]
