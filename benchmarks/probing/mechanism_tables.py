"""The page on mechanism, from the kept results of ``zebroid probe``.

    <!-- mechanism results FOLDER -->   of each configuration a table by layer, and a figure

FOLDER is relative to the page's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..docs.writing import doc_blocks, page_files
from ..docs.writing.markdown_table import markdown_table
from ..panels.panel import slug
from .mechanism import MEASURES
from .probe_figure import ABOUT, probe_figure
from .probe_result import ProbeResult, rows

KIND = "mechanism"


def main(words: list[str] | None = None) -> int:
    """Fills the page that is given."""
    return doc_blocks.command(words, __doc__ or "", KIND, tables)


def tables(root: Path) -> dict[str, doc_blocks.Make]:
    """Those of a page in this folder."""
    return {"results": lambda folder: _results(root, folder)}


def _results(root: Path, folder: str) -> Iterator[str]:
    paths = sorted((root / folder).glob("*.json"))
    if not paths:
        yield f"Not measured yet: there is no result of `zebroid probe` in `{folder}`."
        return
    for path in paths:
        result = ProbeResult.read(path)
        accuracy = np.mean([world.accuracy for world in result.worlds])
        least = {n: min(w.questions[n] for w in result.worlds) for n in MEASURES}
        yield f"## {result.name}"
        yield ""
        number = len(result.worlds)
        yield (
            f"{number} world{'s' * (number != 1)}, {accuracy:.2f} of *instance* right; at least "
            f"{least['read']} questions a world for probes, {least['mediated']} for patches."
        )
        yield ""
        yield from markdown_table(
            ["layer", "position", *MEASURES],
            [[*row.values()] for row in rows(result)],
        )
        yield ""
        name = f"{KIND}-{slug(result.name)}"
        yield from page_files.figure(root, name, probe_figure(result), f"mechanism: {result.name}")
        yield ABOUT
        yield ""
