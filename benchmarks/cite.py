"""citation(receipt) -> one line and BibTeX: suite, version, commit, and a mark of its content."""

from __future__ import annotations

from pathlib import Path

from . import canonical, provenance
from .receipt import Receipt


def citation(path: Path) -> str:
    """How to cite a receipt (or the one in a folder). Raises UserError for what is none."""
    receipt = Receipt.read(path / "receipt.json" if path.is_dir() else path)
    version, year = receipt.versions["zebroid"], receipt.times.finished[:4]
    return (
        f"The zebroid contributors, zebroid {version}, {line(receipt)}, {year}.\n\n"
        f"@software{{zebroid-{digest(receipt)[:8]},\n"
        "  author = {{The zebroid contributors}},\n"
        "  title = {zebroid: worlds that tell induction from deduction},\n"
        f"  version = {{{version}}},\n"
        f"  year = {{{year}}},\n"
        f"  note = {{{line(receipt)}}}\n"
        "}\n"
    )


def line(receipt: Receipt) -> str:
    """Suite, what it ran on, commit, and a mark: the digest of all but times, so that the same
    cells run again by the same code on the same CPU bear it too."""
    suite = f"{receipt.suite.id}@{receipt.suite.digest[:8]}"
    commit = receipt.commit[:12] or "none"
    commit += " (with changes that no commit holds)" if receipt.dirty else ""
    worlds = sorted({c.cell["world"] for c in receipt.cells})
    corpora = len({c.corpus for c in receipt.cells if c.corpus})
    what = f"{len(receipt.cells)} cells on {corpora} corpora of {', '.join(worlds)}"
    others = [f"{k} {v}" for k, v in receipt.versions.items() if k not in provenance.OURS]
    if others:
        what += f"; {'; '.join(others)}"
    return f"suite {suite}, {what}; commit {commit}; receipt {digest(receipt)[:16]}"


def digest(receipt: Receipt) -> str:
    """SHA-256 of a receipt without its times."""
    return canonical.digest(receipt.model_dump(by_alias=True, exclude={"times"}))
