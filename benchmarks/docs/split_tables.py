"""The published splits of a world, counted: on which rung each question of a test set stands.

    <!-- splits of commands-v2/scan -->
    <!-- end of splits -->

For each named split of the world, at that size and for seeds 0: the conclusions demonstrated, those
queried, and how many of these are on each rung.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ... import registry
from ...errors import UserError
from ...worlds.corpus.build import build_corpus
from ...worlds.corpus.corpus import Corpus
from ...worlds.novelty.rungs import LADDER, RUNGS, WRITTEN
from ...worlds.world import World
from .writing import doc_blocks
from .writing.markdown_table import markdown_table

KIND = "splits"
COLUMNS = (*RUNGS[1:], WRITTEN)  # recall is what was stated, and no test question


def counted(corpus: Corpus) -> dict[str, int]:
    """Rung -> questions of the conclusions that the corpus' own split queries, "" those whose
    answers stand on several."""
    rung = corpus.certificate.rung
    count = {name: int((rung == LADDER.index(name)).sum()) for name in COLUMNS}
    return {**count, "": int((rung < 0).sum())}


def split_rows(world: World, size: str) -> Iterator[list[str]]:
    """A row of each named split. Raises UserError for a world without."""
    if not world.splits:
        raise UserError(f"{world.id} has no named splits; name a world that has `splits`")
    exposure = world.default_exposure(size)
    for name in world.splits:
        corpus = build_corpus(world, size, dataclasses.replace(exposure, split=name))
        count = counted(corpus)
        queried = sum(count.values())
        numbers = [int(np.sum(corpus.demonstrated)), queried, *(count[r] for r in COLUMNS)]
        yield [f"`{name}`", *(f"{n:,}" if n else "–" for n in numbers)]


def split_table(name: str) -> Iterator[str]:
    """The lines of the table of ``commands-v2/scan``."""
    world, size = registry.sized(name)
    header = ["split", "demonstrated", "queried", *COLUMNS]
    yield from markdown_table(header, split_rows(world, size), right=range(1, len(header)))


def fill(page: Path) -> int:
    """Fills a page in place; 0, or 2 after one line on what is wrong."""
    return doc_blocks.fill(page, KIND, {"of": split_table})
