"""A cell: one training, spelled out, under one tuple of the four seeds."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import canonical, identity, parameters, registry, sources
from ...errors import UserError, listed, suggest
from ...models import spec_records
from ...models.training.plan import Plan
from ...worlds.exposure import Exposure
from ...worlds.world import World
from .outside_model import Outside, plan_of


@dataclasses.dataclass(frozen=True)
class Seeds:
    """The four axes of chance, and that of the answers that a plan samples."""

    world: int  # what is true
    exposure: int  # what of it is stated and demonstrated
    init: int  # initial weights
    order: int  # order of the batches
    # of the answers that are sampled: recorded where the plan samples, elsewhere 0
    sample: int = dataclasses.field(default=0, metadata={"neutral": 0})

    @property
    def corpus(self) -> tuple[int, int]:
        """Those by which a corpus is drawn."""
        return self.world, self.exposure

    @property
    def trained(self) -> tuple[int, int, int, int]:
        """Those by which a training is known; the others matter to its samples alone."""
        return self.world, self.exposure, self.init, self.order


@dataclasses.dataclass(frozen=True)
class Places:
    """Where the files lie by which a cell's world and model were given; empty: by a name.

    No part of what a cell is: the content of a file is, by its digest in the name.
    """

    world: str = ""
    model: str = ""


NOWHERE = Places()
SAMPLE = "sample"  # the axis of chance that only samples have
NAMES = ("plan", "model")  # what a record holds for people alone


@dataclasses.dataclass(frozen=True)
class Cell:
    """One world, size, exposure, mode, model and plan; no default is left that may change."""

    world: str  # versioned id; of a file: id@digest
    size: str
    exposure: Exposure
    mode: str
    questions: int  # of each rung, where it has as many
    model: str
    spec: Mapping[str, Any]  # record of what the model's name stands for
    plan: str
    recipe: Plan  # what the plan's name stands for
    seeds: Seeds
    # the content version that the world declares beside its id
    content: int = dataclasses.field(default=1, metadata={"neutral": 1})
    places: Places = dataclasses.field(default=NOWHERE, compare=False, repr=False)

    @property
    def drawn(self) -> dict[str, int]:
        """Axis of chance -> its seed; that of samples where some are drawn."""
        seeds = dataclasses.asdict(self.seeds)
        return {n: seed for n, seed in seeds.items() if n != SAMPLE or self.recipe.samples}

    def record(self) -> dict[str, Any]:
        """JSON-ready content: equal for equal cells, whatever suite they stand in."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del fields["places"]
        if self.content == 1:
            del fields["content"]
        return fields | {
            "exposure": self.exposure.record(),
            "spec": dict(self.spec),
            "recipe": self.recipe.record(),
            "seeds": self.drawn,
        }

    @classmethod
    def of(cls, record: Any, places: Places = NOWHERE) -> Cell:
        """The cell of a record that was read back from JSON.

        Fields that the record leaves out take their neutral values. Raises UserError for what is
        no record of a cell.
        """
        if not isinstance(record, Mapping):
            raise UserError(f"a cell is a table of fields, not {type(record).__name__}")
        kinds = {"world": str, "size": str, "mode": str, "model": str, "plan": str}
        kinds |= {"spec": Mapping, "questions": int, "content": int}
        known = {"content": 1, **record}
        names = [f.name for f in dataclasses.fields(cls) if f.name != "places"]
        if odd := sorted({*map(str, known)} ^ {*names}):
            there = "lacks" if odd[0] in names else "has an unknown field"
            raise UserError(f"the record of a cell {there} {odd[0]!r}; it is of another version")
        for name, kind in kinds.items():
            value = known[name]
            if not isinstance(value, kind) or isinstance(value, bool):
                raise UserError(f"{name} of a cell is {value!r:.80}; expected {kind.__name__}")
        parts = {"exposure": Exposure, "seeds": Seeds}
        made = {name: identity.restore(kind, record[name]) for name, kind in parts.items()}
        made["recipe"] = plan_of(record["spec"], record["recipe"])
        if not all(type(seed) is int for seed in dataclasses.astuple(made["seeds"])):
            raise UserError(f"seeds of a cell are {record['seeds']!r:.80}; expected whole numbers")
        if (SAMPLE in record["seeds"]) != bool(made["recipe"].samples):
            there = "has" if SAMPLE in record["seeds"] else "lacks"
            raise UserError(
                f"the record of a cell {there} seeds.{SAMPLE}, and its plan.samples is "
                f"{made['recipe'].samples}; expected it where samples are drawn, and only there"
            )
        return cls(**known | made, places=places)

    @functools.cached_property
    def outside(self) -> Outside | None:
        """What is declared of its model, of which answers alone are known; None: it is trained."""
        return Outside.of(self.spec)

    @property
    def writes(self) -> bool:
        """Whether its model writes proofs that are kept beside its answers."""
        return self.mode == "chain" and not self.outside

    def message(self) -> dict[str, Any]:
        """JSON-ready: the cell for another process, which finds its files where they are."""
        return {"cell": self.record(), "places": dataclasses.asdict(self.places)}

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Cell:
        """The cell of a message."""
        return cls.of(message["cell"], Places(**message["places"]))

    def load_world(self) -> World:
        """The world. Raises UserError where it is gone, or its file has changed since."""
        return registry.world(_known("world", self.world, self.places.world))

    def load_spec(self) -> Any:
        """The spec of the model, from its record; one of third parties from their code.

        Raises UserError where that is gone or gives another record.
        """
        spec = spec_records.rebuilt(self.spec)
        if spec is not None:
            return spec
        found = registry.find_model(self.known_model)
        if canonical.text(found.record()) != canonical.text(self.spec):
            raise UserError(
                f"model {self.model!r} is {canonical.text(found.record())} here, not "
                f"{canonical.text(self.spec)}; install the version that the cell was made with"
            )
        return found.thing

    @property
    def known_model(self) -> str:
        """What the registry finds the model by."""
        return _known("model", self.model, self.places.model)

    @functools.cached_property
    def digest(self) -> str:
        """Names the folder of the result. Names of plan and model are no part of it: what they
        stand for is."""
        return canonical.digest(self._without(*NAMES))

    @functools.cached_property
    def corpus(self) -> str:
        """Equal for cells that read the same corpus."""
        world = [self.named_world, self.size, self.exposure.record(), self.seeds.corpus]
        return canonical.digest(world + [self.content] * (self.content != 1))

    @functools.cached_property
    def question_set(self) -> str:
        """Equal for cells with the same questions about the same corpus."""
        return canonical.digest([self.corpus, self.questions])

    @property
    def named_world(self) -> str:
        """The world with the version of its content, where that is not the first."""
        return self.world if self.content == 1 else f"{self.world} content {self.content}"

    @property
    def trained(self) -> dict[str, Any]:
        """The spec's record, but for how the model is run when it is queried."""
        return {name: value for name, value in self.spec.items() if name != identity.QUERY}

    @property
    def trained_model(self) -> str:
        """The model's name, without those of its fields that matter only when it is queried."""
        base, given = parameters.split(self.model)
        spec = spec_records.rebuilt(self.spec)
        only = () if spec is None else identity.query_only(spec)
        return parameters.spelled(base, {k: v for k, v in given.items() if k not in only})

    @property
    def loops(self) -> int:
        """How often a looped model is run when it is queried; 0: its family has no loops."""
        loops = dict(self.spec.get(identity.QUERY, {})).get("loops", self.spec.get("loops", 0))
        return loops if type(loops) is int else 0

    @functools.cached_property
    def training(self) -> str:
        """Equal for cells that come of one training: they differ in how its model is queried."""
        return canonical.digest(self._without(*NAMES) | {"spec": self.trained})

    @property
    def panel(self) -> tuple[str, str, str, int]:
        """Equal for cells that stand in one table: only seeds make their questions differ."""
        return self.named_world, self.size, str(self.exposure.record()), self.questions

    @functools.cached_property
    def configuration(self) -> str:
        """Equal for cells that differ in nothing but seeds: replicas of one experiment."""
        return canonical.digest(self._without("seeds", *NAMES))

    @functools.cached_property
    def vmap_group(self) -> str:
        """Equal for cells that may be trained side by side: they differ in seeds and rates, or in
        how they are queried."""
        bare = dataclasses.replace(self.recipe, learning_rate=0.0, weight_decay=0.0, warmup=0)
        rest = self._without("seeds", "recipe", *NAMES)
        return canonical.digest([rest | {"spec": self.trained}, bare.record()])

    def _without(self, *names: str) -> dict[str, Any]:
        return {key: value for key, value in self.record().items() if key not in names}

    def __str__(self) -> str:
        seeds = ",".join(map(str, self.drawn.values()))
        return f"{self.named_world}/{self.size} {self.mode} {self.model} {self.plan} seeds {seeds}"


def run_batches(cells: Sequence[Cell], size: int = 1) -> Iterator[list[Cell]]:
    """Cells to be made together: of at most ``size`` trainings that may go side by side."""
    trainings: dict[str, list[Cell]] = {}
    for cell in cells:
        trainings.setdefault(cell.training, []).append(cell)
    vmap_group: dict[str, list[list[Cell]]] = {}
    for likes in trainings.values():
        key = likes[0].vmap_group if size > 1 else likes[0].training
        vmap_group.setdefault(key, []).append(likes)
    for group in vmap_group.values():
        for i in range(0, len(group), size):
            yield [cell for likes in group[i : i + size] for cell in likes]


def admits(rule: str, cell: Cell) -> bool:
    """Whether ``rule``, "key=value", names this cell. Raises UserError for what is no rule."""
    key, equals, value = rule.partition("=")
    names = ("world", "size", "mode", "model", "plan")
    known = {name: {str(getattr(cell, name))} for name in names}
    known |= {f"seeds.{axis}": {str(n)} for axis, n in dataclasses.asdict(cell.seeds).items()}
    for name, path in dataclasses.asdict(cell.places).items():
        if path and value.endswith(".py") and str(Path(value).resolve()) == path:
            known[name].add(value)  # what is known by its content, named by its place
    known["world"] |= {f"{cell.world}/{cell.size}"}
    if not equals:
        raise UserError(f"--only {rule}: expected key=value, such as world=zebra-v2")
    if key not in known:
        raise suggest("key of --only", key, known)
    return value in known[key]


def none_admitted(cells: Sequence[Cell], rules: Sequence[str]) -> str:
    """That no cell fits ``rules``, and which values there are under the keys that none has."""
    alone = [r for r in rules if not any(admits(r, cell) for cell in cells)] or [*rules]
    parts = []
    for key in dict.fromkeys(rule.partition("=")[0] for rule in alone):
        table, _, name = key.rpartition(".")
        found = dict.fromkeys(str(getattr(c.seeds if table else c, name)) for c in cells)
        parts.append(f"{key} is {listed([*found])}")
    return f"admits none of the {len(cells)} cells; {'; '.join(parts)}"


def _known(kind: str, name: str, path: str) -> str:
    """What the registry finds the world or model by. A path is one that the user gave, never one
    that stands in a record, and its file must be what it was."""
    base, given = parameters.split(name)
    if not path:
        if base.endswith(".py") or ".py/" in base:
            raise UserError(f"{kind} {name!r} of a cell is a path; give the file itself again")
        return name
    _, digest = sources.read(path, kind)
    if base.rpartition("@")[2] != digest:
        raise UserError(
            f"{kind} file {path!r} changed while the run was going on: it was {name}, and is "
            f"@{digest} now; start the run again"
        )
    return parameters.spelled(path, given)
