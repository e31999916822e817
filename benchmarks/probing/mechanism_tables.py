"""The page on mechanism, from the kept results of ``zebroid probe``.

    <!-- mechanism summary FOLDER -->   of each configuration the place where most is mediated
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
    return {
        "summary": lambda folder: _summary(root, folder),
        "results": lambda folder: _results(root, folder),
    }


def _read(root: Path, folder: str) -> list[ProbeResult]:
    """All results of a folder: those of one model together, its least trained first."""
    found = [ProbeResult.read(path) for path in sorted((root / folder).glob("*.json"))]
    return sorted(found, key=lambda r: (r.name.rpartition(" ")[0], r.accuracy))


def _summary(root: Path, folder: str) -> Iterator[str]:
    table = list[list[str]]()
    for result in _read(root, folder):
        # to patch an embedding is to ask another question, and after the last layer it copies
        by = [result.band(name)[0][1:-1] for name in ("mediated", "read")]
        most = by[0] if np.isfinite(by[0]).any() else by[1]  # too few right answers to patch
        row = [*rows(result)][most.shape[1] + int(np.nanargmax(most))]
        layers = f"{row['layer']} of {len(most) + 1}"
        shares = [row[name] for name in MEASURES]
        table.append([result.name, f"{result.accuracy:.2f}", layers, row["position"], *shares])
    header = ["training", "right", "after layer", "position", *MEASURES]
    yield from markdown_table(header, table, right=range(1, 3))


def _results(root: Path, folder: str) -> Iterator[str]:
    found = _read(root, folder)
    if not found:
        yield f"Not measured yet: there is no result of `zebroid probe` in `{folder}`."
        return
    for result in found:
        accuracy = result.accuracy
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
