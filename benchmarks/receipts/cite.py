"""citation(receipt) -> one line and BibTeX: suite, version, commit, and a mark of its content."""

from __future__ import annotations

from pathlib import Path

from ... import canonical
from ...eval.stats.labels import with_failed
from ...printable import bibtex, printable
from ..runner import provenance
from . import origin
from .bounds import cells_of
from .receipt import Receipt
from .untrusted import guarded, receipt_path


def citation(path: Path) -> str:
    """How to cite a receipt (or the one in a folder). Raises UserError for what is none."""
    with guarded(path):
        return _citation(Receipt.read(receipt_path(path)))


def _citation(receipt: Receipt) -> str:
    version, year = receipt.versions["zebroid"], receipt.times.finished[:4]
    return (
        f"The zebroid contributors, zebroid {version}, {line(receipt)}, {year}.\n\n"
        f"@software{{zebroid-{digest(receipt)[:8]},\n"
        "  author = {{The zebroid contributors}},\n"
        "  title = {zebroid: worlds that tell induction from deduction},\n"
        f"  version = {{{version}}},\n"
        f"  year = {{{year}}},\n"
        f"  note = {{{bibtex(line(receipt))}}}\n"
        "}\n"
    )


def line(receipt: Receipt) -> str:
    """Suite, what it ran on, how many cells failed, the commits that trained them, and a mark: the
    digest of all but times, so that the same cells run again by the same code on the same CPU bear
    it too. Where this version would not give the same numbers, which one would."""
    suite = f"{receipt.suite.id}@{receipt.suite.digest[:8]}"
    worlds = sorted({cell.world for cell in cells_of(receipt).values()})
    corpora = len({c.corpus for c in receipt.cells if c.corpus})
    cells = with_failed(f"{len(receipt.cells)} cells", receipt.failed, len(receipt.cells))
    what = f"{cells} on {corpora} corpora of {', '.join(worlds)}"
    others = [f"{k} {v}" for k, v in receipt.versions.items() if k not in provenance.OURS]
    if others:
        what += f"; {'; '.join(others)}"
    what += f"; definitions {receipt.definitions}"
    made = f"{origin.commits(receipt)}; receipt {digest(receipt)[:16]}"
    other = origin.otherwise(receipt)
    return printable(f"suite {suite}, {what}; {made}{f'; {other}' if other else ''}")


def digest(receipt: Receipt) -> str:
    """SHA-256 of a receipt without its times."""
    return canonical.digest(receipt.lasting)
