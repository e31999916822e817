"""line(receipt), digest(receipt): what names a receipt wherever it is cited."""

from __future__ import annotations

from ... import canonical
from ...printable import printable
from ..runner import provenance
from .bounds import cells_of
from .receipt import Receipt


def line(receipt: Receipt) -> str:
    """Suite, what it ran on, commit, and a mark: the digest of all but times, so that the same
    cells run again by the same code on the same CPU bear it too."""
    suite = f"{receipt.suite.id}@{receipt.suite.digest[:8]}"
    commit = receipt.commit[:12] or "none"
    commit += " (with changes that no commit holds)" if receipt.dirty else ""
    worlds = sorted({cell.world for cell in cells_of(receipt).values()})
    corpora = len({c.corpus for c in receipt.cells if c.corpus})
    what = f"{len(receipt.cells)} cells on {corpora} corpora of {', '.join(worlds)}"
    others = [f"{k} {v}" for k, v in receipt.versions.items() if k not in provenance.OURS]
    if others:
        what += f"; {'; '.join(others)}"
    what += f"; definitions {receipt.definitions}"
    return printable(f"suite {suite}, {what}; commit {commit}; receipt {digest(receipt)[:16]}")


def digest(receipt: Receipt) -> str:
    """SHA-256 of a receipt without its times."""
    return canonical.digest(receipt.lasting)
