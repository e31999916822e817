"""Every field of a receipt changed in every way, and by which line verify refuses each change.

``python -m zebroid.benchmarks.mutations.mutation_page RECEIPT`` writes the page
``docs/internals/verify-mutations.md``; RECEIPT is what ``zebroid scale`` made of ``mutated.toml``
beside this file. Takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ... import registry
from ...errors import UserError
from ...printable import markdown, printable
from ..docs.writing.markdown_table import markdown_table
from ..receipts.untrusted import receipt_path
from ..runner import atomic_write
from ..verification.rebuilt import Memo
from .forger import ACCEPTED, Mutation, tried
from .json_mutations import json_mutations, stated
from .table_mutations import table_mutations

PAGE = registry.ROOT / "docs" / "internals" / "verify-mutations.md"
LINES = 8  # of the checks that refuse a field, at most so many kinds are named
# field -> why it may be changed: nothing can recompute it. All else is refused.
DECLARED = {
    "commit": "of what wrote the receipt",
    "dirty": "of what wrote the receipt",
    "scaling": "left out whole, the receipt is the one that `zebroid run` writes",
    "suite.id": "of a suite that is not built in: a name that it gives itself, as verify says",
    "suite.title": "free text",
    "times.finished": "when it was written",
    "versions": "of what wrote the receipt",
    "versions{}": "of what wrote the receipt",
}
Outcomes = Mapping[Mutation, str]


def mutations(folder: Path) -> list[Mutation]:
    """All changes of the receipt in ``folder`` and of the tables beside it."""
    content = json.loads((folder / "receipt.json").read_text("ascii"))
    return [*json_mutations(content), *table_mutations(folder)]


def some_of(every: Sequence[Mutation], most: int) -> list[Mutation]:
    """At most so many changes of each field, other kinds of each."""
    fields: dict[str, list[Mutation]] = {}
    for mutation in every:
        fields.setdefault(mutation.field, []).append(mutation)
    found = []
    for number, own in enumerate(fields.values()):
        turned = own[number % len(own) :] + own[: number % len(own)]
        found += turned[:most]
    return found


def outcomes(folder: Path, every: Sequence[Mutation], memo: Memo) -> Iterator[tuple[Mutation, str]]:
    """(mutation, ACCEPTED or the line by which it is refused) of each."""
    with tempfile.TemporaryDirectory(prefix="zebroid-") as place:
        for number, mutation in enumerate(every):
            yield mutation, tried(mutation, folder, Path(place) / f"{number}", memo)


def page(folder: Path, found: Sequence[tuple[Mutation, str]], seconds: float) -> str:
    """The page as Markdown."""
    content = json.loads((folder / "receipt.json").read_text("ascii"))
    missing = sorted(set.difference(*stated(content)))
    accepted = sum(line == ACCEPTED for _, line in found)
    most = max(Counter(mutation.field for mutation, _ in found).values())
    lines = [
        "# Every field of a receipt changed",
        "",
        f"{len(found):,} changes of one receipt of {len(content['cells'])} cells: each field of",
        "`receipt.json`, by its first instance of each type, and each column of each table. After",
        "each change the digests of cells, suite and files are made consistent, as a forger would.",
        f"`zebroid verify` refuses {len(found) - accepted:,} of them and accepts {accepted},",
        "which are of the fields that nothing can recompute:",
        "",
        *(f"- `{field}`: {why}" for field, why in DECLARED.items()),
        "",
        f"Made by `python -m zebroid.benchmarks.mutations.mutation_page FOLDER --each {most}` in",
        f"{seconds:.0f} s, of a receipt of `benchmarks/mutations/mutated.toml`: at most {most} of",
        "the changes of each field. `make fuzz` tries all. They are generated from the receipt and",
        "its schema: another field is changed too.",
        f"Fields not in this receipt: {', '.join(f'`{m}`' for m in missing) or 'none'}.",
        "",
    ]
    fields: dict[str, list[tuple[Mutation, str]]] = {}
    for mutation, line in found:
        fields.setdefault(mutation.field, []).append((mutation, line))
    rows = []
    for field, own in fields.items():
        kinds = [m.kind for m, line in own if line == ACCEPTED]
        by = Counter(_check(line) for _, line in own if line != ACCEPTED)
        refused = ", ".join(f"{name} {n}" for name, n in by.most_common(LINES))
        rows.append((f"`{field}`", str(len(own)), ", ".join(kinds) or "–", refused or "–"))
    lines += markdown_table(["field", "changes", "accepted", "refused by"], rows)
    lines += ["", "## Lines", "", "One change of each field, and the line that refuses it.", ""]
    rows = []
    for field, own in fields.items():
        mutation, line = next(((m, t) for m, t in own if t != ACCEPTED), own[0])
        rows.append((f"`{field}`", mutation.kind, markdown(printable(line, 160))))
    lines += markdown_table(["field", "change", "line"], rows)
    return "\n".join(lines) + "\n"


def _check(line: str) -> str:
    """Which check refused, or that it is no receipt at all."""
    name = line.partition(":")[0]
    return (
        name
        if name in ("receipt", "files", "suite", "corpora", "answers", "tables", "content", "sweep")
        else "no receipt"
    )


def main(words: list[str] | None = None) -> int:
    """Writes the page; 1 where a change is accepted that should not be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("receipt", type=Path, help="the folder of a receipt of mutated.toml")
    parser.add_argument("--each", type=int, default=1_000, help="changes of a field, at most")
    given = parser.parse_args(words)
    folder = receipt_path(given.receipt).parent
    began = time.perf_counter()
    try:
        with Memo() as memo:
            found = [*outcomes(folder, some_of(mutations(folder), given.each), memo)]
    except UserError as error:
        print(error)
        return 2
    with atomic_write.file(PAGE) as draft:
        draft.write_text(page(folder, found, time.perf_counter() - began), "utf-8")
    wrong = [m for m, line in found if line == ACCEPTED and m.field not in DECLARED]
    for mutation in wrong:
        print(f"accepted: {mutation.field}, {mutation.kind}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
