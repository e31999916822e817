"""line(receipt), digest(receipt): what names a receipt wherever it is cited."""

from __future__ import annotations

from ... import canonical
from ...eval.stats.labels import with_failed
from ...printable import printable
from ..runner import provenance
from . import origin
from .bounds import cells_of
from .receipt import Receipt


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
