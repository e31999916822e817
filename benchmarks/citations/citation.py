"""zebroid cite RECEIPT: one line, what stands behind it, whether it still holds, and BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ... import __version__, registry
from ...printable import bibtex, printable
from ..attestations.trust import Trust, trust_class
from ..config.outside_model import Outside
from ..receipts import cite, origin
from ..receipts.receipt import Receipt
from ..receipts.untrusted import guarded, receipt_path
from .errata import Erratum, affecting

CURRENT = "current"
CONTRIBUTORS = "The zebroid contributors"
TITLE = "zebroid: worlds that tell induction from deduction"
# of a model whose maker is not known
_OF_OUTSIDE = "this cites the receipt, and no maker of its model: add yourself, or score --author"


def citation(path: Path) -> str:
    """How to cite a receipt (or the one in a folder). Raises UserError for what is none."""
    with guarded(path):
        receipt = Receipt.read(receipt_path(path), any_definitions=True)
        return citation_text(receipt, trust_class(path, receipt), affecting(receipt))


def citation_text(receipt: Receipt, trust: Trust, errata: list[Erratum]) -> str:
    """How to cite a receipt of this trust class that these errata affect."""
    line, status = cite.line(receipt), short_status(receipt, errata)
    version, year = receipt.versions["zebroid"], receipt.times.finished[:4]
    notes = [f"trust class: {printable(str(trust))}"]
    notes += [f"not counted: {printable(why)}" for why in trust.ignored]
    notes += [f"status: {note}" for note in status_of(receipt, errata)]
    outside = Outside.of(receipt.cells[0].cell.get("spec") or {})
    author = outside.author if outside and outside.author else CONTRIBUTORS
    title = f"Answers of {outside.name}, scored by zebroid" if outside else TITLE
    notes += [f"author: {_OF_OUTSIDE}"] if outside and not outside.author else []
    note = f"{line}; trust class {trust.kind}; status {status}, as of zebroid {__version__}"
    return (
        f"{printable(author)}, zebroid {version}, {line}, {year}.\n\n"
        + "".join(f"{note}\n" for note in notes)
        + f"\n@software{{zebroid-{cite.digest(receipt)[:8]},\n"
        f"  author = {{{{{bibtex(author)}}}}},\n"
        f"  title = {{{bibtex(title)}}},\n"
        f"  version = {{{bibtex(version)}}},\n"
        f"  year = {{{year}}},\n"
        f"  note = {{{bibtex(note)}}}\n"
        "}\n"
    )


def short_status(receipt: Receipt, errata: Iterable[Erratum]) -> str:
    """The status in a few words: current, superseded, or affected by which errata."""
    found = [f"affected by erratum {erratum.id}" for erratum in errata]
    found += ["superseded"] if [*superseded(receipt)] else []
    return " and ".join(found) or CURRENT


def status_of(receipt: Receipt, errata: Iterable[Erratum]) -> list[str]:
    """The status, a line for each reason why the numbers are no longer the ones to cite."""
    found = [f"affected by erratum {e.id} of {e.date}: {e.text}" for e in errata]
    found += [f"superseded: {why}" for why in superseded(receipt)]
    return found or [f"{CURRENT}, as of zebroid {__version__}"]


def superseded(receipt: Receipt) -> Iterator[str]:
    """Why a receipt is superseded, if it is: this version gives others, or has a later suite."""
    if other := origin.otherwise(receipt):
        yield other
    newer = newer_suite(receipt.suite.id, registry.suites())
    if newer:
        yield f"suite {newer} takes the place of {receipt.suite.id}"


def newer_suite(id: str, known: Iterable[str]) -> str:
    """The newest of the ``known`` suites that is a later version of ``id``; empty: there is none.

    >>> newer_suite("headline-v2+mlp-s", ["headline-v2", "headline-v10", "headline-v3", "other-v9"])
    'headline-v10'
    """
    mine = _versioned(id.partition("+")[0])
    if mine is None:
        return ""
    others = [(_versioned(other), other) for other in known]
    later = [(v[1], other) for v, other in others if v and v[0] == mine[0] and v[1] > mine[1]]
    return max(later)[1] if later else ""


def _versioned(id: str) -> tuple[str, int] | None:
    found = re.fullmatch(r"(.+)-v([0-9]{1,9})", id)
    return (found[1], int(found[2])) if found else None
