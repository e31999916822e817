"""Portions: each is one corpus and the questions about it, as exported and as scored.

A portion is a cell whose model is someone else's, so that corpora, questions and receipts are
those of a suite.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ... import identity, registry
from ...errors import UserError
from ...eval.question_sets.question_set import QuestionSet
from ...worlds.corpus.corpus import Corpus
from ...worlds.world import content_of
from ..config.outside_model import DeclaredPlan, Outside
from ..config.run_config import Cell, Places, Seeds
from ..config.settings import of_world
from ..config.suite import load_suite
from ..config.suite_limits import QUESTIONS, SEED
from ..estimates import feasible
from ..runner.corpora import Corpora

# whatever answers, and however: nothing of the corpus or its questions depends on it
NOBODY = Outside()
DECLARED: Mapping[str, Any] = {
    "mode": "direct",
    "model": NOBODY.model,
    "spec": identity.record(NOBODY),
    "plan": "declared",
    "recipe": DeclaredPlan.at((1,)),
}
PREFIX = 8  # digits of a corpus that its question ids begin with


@dataclasses.dataclass(frozen=True)
class Portion:
    """A corpus, the questions about it, and the name of its folder."""

    name: str  # zebra-v2-small-seed-0, unique among the portions of an export
    cell: Cell
    question_set: QuestionSet

    @property
    def corpus(self) -> Corpus:
        return self.question_set.corpus

    @functools.cached_property
    def ids(self) -> tuple[str, ...]:
        """[Q] the id of each question."""
        corpus = self.corpus
        return tuple(question_id(corpus, int(q)) for q in self.question_set.questions)


def question_id(corpus: Corpus, question: int) -> str:
    """The id of a question: which corpus it is about, and a digest that tells nothing of its rung.

    It is the same in every set of questions about that corpus.
    """
    text = f"{corpus.digest}:{question}"
    return f"{corpus.digest[:PREFIX]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def cells_of(
    name: str,
    suite: str,
    settings: Sequence[str] = (),
    seed: int = 0,
    seeds: int = 1,
    questions: int = 300,
) -> list[Cell]:
    """The cells of a world or of a suite whose questions differ, each with a model from outside.

    Raises UserError where both or neither are named, for what a suite already says, and for
    another seed of a fixed world.
    """
    if bool(name) == bool(suite):
        raise UserError(
            "got "
            + ("both a world and a suite" if name else "neither a world nor a suite")
            + "; give one of them: WORLD/SIZE, or the name of a suite or its TOML file"
        )
    if suite:
        if settings or (seed, seeds, questions) != (0, 1, 300):
            raise UserError(
                f"suite {suite!r} says its seeds, exposures and questions itself; leave out "
                "--set, --seed, --seeds and --questions, or give a world"
            )
        return outside_cells(load_suite(suite).cells)
    for what, value, most in (
        ("--seed", seed + seeds - 1, SEED),
        ("--questions", questions, QUESTIONS),
    ):
        if not 0 <= value <= most:
            raise UserError(f"{what} {value:,}: expected at most {most:,}; give a smaller one")
    world, size, exposure = of_world(name, settings)
    if world.fixed and seed + seeds > 1:
        raise UserError(
            f"{name} is fixed, and world seed {seed + seeds - 1} would give the world of seed 0 "
            "again: leave out --seed and --seeds, or give a suite with several seeds.exposure"
        )
    found, _ = registry.find_world(name)
    made = Cell(
        world=found.name,
        size=size,
        exposure=exposure,
        questions=questions,
        seeds=Seeds(seed, seed, 0, 0),
        content=content_of(world),
        places=Places(world=found.path),
        **DECLARED,
    )
    return [
        dataclasses.replace(made, seeds=Seeds(number, number, 0, 0))
        for number in range(seed, seed + seeds)
    ]


def outside_cells(cells: Sequence[Cell]) -> list[Cell]:
    """A cell for each question set among these, with a model from outside."""
    found = {cell.question_set: cell for cell in cells}
    feasible.check_seeds([*found.values()])
    return [_outside(cell) for cell in found.values()]


def _outside(cell: Cell) -> Cell:
    seeds = dataclasses.replace(cell.seeds, init=0, order=0)
    places = dataclasses.replace(cell.places, model="")
    return dataclasses.replace(cell, seeds=seeds, places=places, **DECLARED)


def portions(cells: Sequence[Cell], corpora: Corpora) -> list[Portion]:
    """The portion of each cell, named after its world, size and seed."""
    found: list[Portion] = []
    taken: set[str] = set()
    for cell in cells:
        name = _name(cell)
        while name in taken:
            stem, _, number = name.rpartition("--")
            name = f"{stem}--{int(number) + 1}" if stem and number.isdigit() else f"{name}--2"
        taken.add(name)
        found.append(Portion(name, cell, corpora.question_set(cell)))
    return found


def _name(cell: Cell) -> str:
    seeds = cell.seeds
    pair = f"{seeds.world}" if seeds.world == seeds.exposure else f"{seeds.world}-{seeds.exposure}"
    text = f"{cell.world}-{cell.size}-seed-{pair}"
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in text).strip("-").lower()


def description(portion: Portion) -> dict[str, Any]:
    """JSON-ready: which corpus and which questions these are."""
    cell = portion.cell
    return {
        "world": cell.named_world,
        "size": cell.size,
        "exposure": cell.exposure.record(),
        "questions_per_rung": cell.questions,
    }
