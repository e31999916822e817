"""What made a receipt, and which version gives its numbers where this one would not."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from ... import registry
from ...errors import UserError
from ...models import spec_records, training_version
from ...printable import printable
from ...worlds.definitions import DEFINITIONS
from ...worlds.world import content_of
from ..config.suite import load_suite
from ..runner import provenance
from .bounds import cells_of
from .receipt import Receipt

CHANGED = "with changes that no commit holds"
DIGITS = 12  # of a commit in a line
NAMED = 4  # commits that a line names


def commits(receipt: Receipt) -> str:
    """At which commits its cells were trained: ``commit a754dfc6a2a7``, or how many there are and
    each with its number of cells."""
    count: dict[str, int] = {}
    for cell in receipt.cells:
        if cell.environment is not None:
            made = receipt.environments[cell.environment]
            name = made.commit[:DIGITS] or "none"
            name += f" ({CHANGED})" if made.dirty else ""
            count[name] = count.get(name, 0) + 1
    if len(count) < 2:
        return f"commit {next(iter(count), 'none')}"
    each = [f"{name} of {n} cell{'s' * (n > 1)}" for name, n in count.items()]
    more = [f"and {len(each) - NAMED} more"] if len(each) > NAMED else []
    return f"{len(count)} commits: {', '.join(each[:NAMED] + more)}"


def otherwise(receipt: Receipt) -> str:
    """One line where this version would not give the numbers of a receipt: why, and which version
    would; empty where nothing is known against it.

    Nothing is drawn or trained for that: of worlds the declared content counts, of models their
    records, of training its declared version. Raises UserError for what is no receipt.
    """
    reasons = list(dict.fromkeys(_reasons(receipt)))
    if not reasons:
        return ""
    return printable(
        f"this version would not give the same numbers ({'; '.join(reasons)}); {version(receipt)} "
        "would"
    )


def version(receipt: Receipt) -> str:
    """The version that its cells were trained by, as pip is given it, and their commits."""
    used = {cell.environment for cell in receipt.cells} - {None}
    made = [one for i, one in enumerate(receipt.environments) if i in used]
    found = sorted({one.versions["zebroid"] for one in made} or {receipt.versions["zebroid"]})
    return f"{' and '.join(f'zebroid=={one}' for one in found)} ({commits(receipt)})"


def libraries(receipt: Receipt) -> str:
    """One line where libraries are others here: the last digits may depend on them."""
    here, found = provenance.versions(), list[str]()
    for one in receipt.environments:
        for name in provenance.LIBRARIES:
            there = one.versions.get(name, "none")
            if there != here.get(name, "none"):
                found.append(f"{name} {there} there, {here.get(name, 'none')} here")
    named = "; ".join(dict.fromkeys(found))
    return printable(f"last digits may differ: {named}") if named else ""


def needed(receipt: Receipt) -> str:
    """One line on the packages of its worlds and models: which versions it needs, and what is
    installed of them; empty where it needs none."""
    found = dict[str, str]()
    for one in (*receipt.environments, receipt):
        for name, there in one.versions.items():
            if name not in provenance.OURS:
                try:
                    here = f"{metadata.version(name)} is installed"
                except (metadata.PackageNotFoundError, ValueError):
                    here = "it is not installed"
                found[f"{name} {there}"] = here
    each = [f"{name}, and {here}" for name, here in found.items()]
    return printable(f"needs {'; '.join(each)}") if each else ""


def _reasons(receipt: Receipt) -> Iterator[str]:
    if receipt.definitions != DEFINITIONS:
        yield f"definitions {receipt.definitions} there, {DEFINITIONS} here"
    here = training_version.TRAINING
    if receipt.training != here:
        yield f"{receipt.training} there, {here} here"
    cells = cells_of(receipt)
    for name, content in dict.fromkeys((c.world, c.content) for c in cells.values()):
        world = registry.builtin(name)
        if world is not None and content_of(world) != content:
            yield f"{name} of content {content} there, {content_of(world)} here"
        if world is None and "." not in name and "@" not in name:
            yield f"{name} there, no such world here"
    for cell in cells.values():
        try:
            spec_records.rebuilt(cell.spec)
        except UserError as error:
            yield f"model {cell.model}: {error}"
    suite = receipt.suite
    known = load_suite(suite.id) if suite.id in registry.suites() else None
    if known and known.digest != suite.digest and not known.grown(cells.values()):
        yield f"suite {suite.id}@{suite.digest[:8]} there, @{known.digest[:8]} here"
