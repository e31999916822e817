"""``cells.parquet``: a row a training, with all that it was made of and what became of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .... import canonical
from ....worlds.exposure import Exposure
from ...config.panel_names import named
from ...config.run_config import Cell
from ...panels.panel import Panel, labels
from ...runner.result_store import Result
from .parquet_table import DIGITS, NONE, Column, Columns, Content, Table

NAN = float("nan")
SEEDS = {
    "world": "what is true",
    "exposure": "what of it is stated and demonstrated, and which questions are queried",
    "init": "the initial weights",
    "order": "the order of the batches",
}
NAMES = ("twin", "split", "undescribed", "interventions")  # fields of an exposure that may be none
# field of an exposure -> type, unit, meaning
EXPOSURE = {
    "coverage": ("DOUBLE", "share", "base facts that are stated, of those that are no rules"),
    "held": (
        "DOUBLE",
        "share",
        "stated base facts (or episodes) that no demonstration uses: constituent's questions",
    ),
    "held_frames": (
        "DOUBLE",
        "share",
        "frames (what a rule ranges over) that no demonstration instantiates: schema's questions",
    ),
    "demonstrated": ("DOUBLE", "share", "eligible conclusions that stand in the corpus"),
    "phi": ("DOUBLE", "ratio", "if above 0, instead: demonstrated conclusions a usable fact"),
    "demonstrated_height": ("INTEGER", "steps", "greatest height of a demonstrated proof"),
    "given": (
        "VARCHAR",
        "JSON",
        "how rules are presented (exemplified, stated, both, neither) -> share of them",
    ),
    "nontheorems": ("DOUBLE", "ratio", "demonstrated nontheorems a demonstrated conclusion"),
    "twin": (
        "VARCHAR",
        "name",
        "what is broken in an otherwise equal corpus (shuffled rules, exchanged rules, random "
        "labels); null: nothing",
    ),
    "wordings": ("INTEGER", "count", "cue words with each of which a rule's fact is stated"),
    "far": (
        "DOUBLE",
        "share",
        "conclusions above demonstrated_height near which nothing is demonstrated",
    ),
    "split": (
        "VARCHAR",
        "name",
        "published split of the world, which says what is demonstrated and queried; null: none",
    ),
    "undescribed": (
        "VARCHAR",
        "JSON",
        "base predicate -> share of what its facts are about, of which none is stated; null: of "
        "nothing, and a file all of whose rows are null has no such column",
    ),
    "interventions": (
        "VARCHAR",
        "JSON",
        "what else is changed of how the corpus is written, each with its type and fields; null: "
        "nothing, and a file all of whose rows are null has no such column",
    ),
}


def exposure_values(exposure: Exposure) -> dict[str, Any]:
    """Field -> its value, as the tables have it."""
    found = {name: getattr(exposure, name) for name in EXPOSURE}
    names = {name: found[name] or NONE for name in NAMES}
    for name in NEEDED:
        if getattr(exposure, name):
            names[name] = canonical.text(exposure.record()[name])
    return {**found, "given": canonical.text(exposure.record()["given"]), **names}


def exposure_columns() -> Iterator[Column]:
    for name, (kind, unit, meaning) in EXPOSURE.items():
        null, needed = NONE if name in NAMES else None, NEEDED.get(name)
        yield Column(f"exposure_{name}", kind, unit, meaning, null, needed)


def _some(name: str) -> Callable[[Content], bool]:
    """Whether some cell's exposure has a value in this field."""
    return lambda content: any(getattr(cell.exposure, name) for cell in content.cells)


# columns that only some receipts have
NEEDED = {name: _some(name) for name in ("undescribed", "interventions")}


def row(cell: Cell, result: Result | None, failure: str) -> dict[str, Any]:
    """The columns of one cell but panel and label."""
    exposure = exposure_values(cell.exposure)
    run, made = (result.run, result.made) if result is not None else (None, None)
    return {
        "cell": cell.digest[:DIGITS],
        "world": cell.world,
        "content": cell.content,
        "size": cell.size,
        "mode": cell.mode,
        "model": cell.model,
        "plan": cell.plan,
        **{f"seed_{name}": getattr(cell.seeds, name) for name in SEEDS},
        **{f"exposure_{name}": value for name, value in exposure.items()},
        "questions": cell.questions,
        "spec": canonical.text(cell.spec),
        "recipe": canonical.text(cell.recipe.record()),
        "corpus": NONE if result is None else result.corpus[:DIGITS],
        "parameters": -1 if run is None else run.parameters,
        "flops": NAN if run is None else canonical.plain(float(run.flops[-1])),
        "failed": failure if run is None else run.failed,
        "device": NONE if result is None else result.device,
        "training": NONE if made is None else made.training,
        "zebroid": NONE if made is None else made.versions["zebroid"],
        "versions": NONE if made is None else canonical.text(made.versions),
        "commit": NONE if made is None else made.commit,
        "dirty": -1 if made is None else int(made.dirty),
        # as receipt.json has it, of which the table is made again
        "seconds": NAN if run is None else canonical.plain(float(run.seconds)),
    }


def _blocks(content: Content) -> Iterator[Columns]:
    rows: dict[str, dict[str, Any]] = {}
    for name, cells in named(content.cells):
        label = labels(cells)
        for cell in cells:
            failure = content.failures.get(cell.digest, "not run")
            found = row(cell, content.results.get(cell.digest), failure)
            place = {"panel": name, "label": label[cell.configuration]}
            rows[cell.digest] = {"cell": found.pop("cell"), **place, **found}
    yield columns([rows[cell.digest] for cell in content.cells], COLUMNS)


def by_panel(
    content: Content,
    records: Callable[[Panel], Iterable[Mapping[str, Any]]],
    wanted: Sequence[Column],
) -> Iterator[Columns]:
    """The ``records`` of each panel that has some, as columns."""
    for panel in content.panels:
        if rows := [*records(panel)]:
            yield columns(rows, wanted)


def columns(rows: Sequence[Mapping[str, Any]], wanted: Sequence[Column]) -> dict[str, NDArray[Any]]:
    """Rows as columns, in the order of ``wanted``."""
    return {c.name: np.array([row[c.name] for row in rows], c.dtype) for c in wanted}


assert {*EXPOSURE} == {f.name for f in dataclasses.fields(Exposure)}, "a meaning for each field"

COLUMNS = (
    Column("cell", "VARCHAR", "digest", "first 16 digits of the digest of the cell"),
    Column("panel", "VARCHAR", "name", "the table of scores in which it stands"),
    Column("label", "VARCHAR", "name", "its row there: cells of one row differ in seeds alone"),
    Column("world", "VARCHAR", "name", "versioned id of the world"),
    Column("content", "INTEGER", "version", "of the content that the world declares"),
    Column("size", "VARCHAR", "name", "size of the world"),
    Column(
        "mode",
        "VARCHAR",
        "name",
        "direct: the answer at once; chain: the proof, then the answer; post-hoc: the answer, then "
        "the proof; filler: as many empty tokens as the longest proof has, then the answer",
    ),
    Column("model", "VARCHAR", "name", "preset of the model, with the fields that are changed"),
    Column("plan", "VARCHAR", "name", "plan of training"),
    *(Column(f"seed_{n}", "BIGINT", "seed", f"of {meaning}") for n, meaning in SEEDS.items()),
    *exposure_columns(),
    Column("questions", "INTEGER", "count", "questions queried of each rung and query at most"),
    Column("spec", "VARCHAR", "JSON", "every field of the model"),
    Column("recipe", "VARCHAR", "JSON", "every field of the plan"),
    Column("corpus", "VARCHAR", "digest", "first 16 digits of its corpus; null: no result", NONE),
    Column("parameters", "BIGINT", "count", "weights of the model; null: no result", -1),
    Column("flops", "DOUBLE", "FLOPs", "spent on the training; null: no result", NAN),
    Column("failed", "VARCHAR", "text", "why it has no answers; null: it has them", NONE),
    Column("device", "VARCHAR", "text", "kind, name and number of devices; declared", NONE),
    Column("training", "VARCHAR", "version", "declared version of training; declared", NONE),
    Column("zebroid", "VARCHAR", "version", "of the package that trained it; declared", NONE),
    Column("versions", "VARCHAR", "JSON", "package -> version, plugins too; declared", NONE),
    Column(
        "commit",
        "VARCHAR",
        "commit",
        "of zebroid's repository when the training began; null: installed from a package; declared",
        NONE,
    ),
    Column(
        "dirty",
        "BOOLEAN",
        "truth",
        "files differed from that commit, or a killed training went on at another; declared",
        -1,
    ),
    Column(
        "seconds",
        "DOUBLE",
        "s",
        "wall time of the training with compilation; of one that was killed, since it last went on "
        "from a kept state; declared",
        NAN,
    ),
)
CELLS = Table("cells", "a training", COLUMNS, "as in the suite", _blocks, len, by_key=False)
