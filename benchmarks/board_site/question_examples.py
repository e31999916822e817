"""examples(rows) -> one question of every instrument with a model's own answer, and the proof.

The question is the first of its corpus, by number, that the headline counts: nobody's choice. All
is read from the tables beside the receipt, within their bounds; no corpus is drawn.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from ...errors import InvalidReceipt, UserError
from ...eval.scoring.columns import columns
from ...printable import printable
from ..attestations.answers_reading import table_bytes
from ..board.entered import NAME, Entered
from ..board.world_tables import ModelRow, rows_of
from ..receipts import parquet_reading
from ..receipts.parquet_reading import Columns
from ..receipts.tables.answers_table import ANSWERS
from ..receipts.tables.parquet_table import DIGITS, NONE, SEPARATOR, Table
from ..receipts.tables.proofs_table import FACTS, PROOFS, RULES
from ..receipts.tables.questions_table import QUESTIONS
from ..receipts.untrusted import guarded

LONGEST = 400  # characters of a text on a page
STEPS = 40  # of a proof on a page
Rows = Callable[[str], Columns]


@dataclasses.dataclass(frozen=True)
class Step:
    """A step of the proof of the right answer."""

    head: str
    premises: tuple[str, ...]
    rule: int


@dataclasses.dataclass(frozen=True)
class Example:
    """A question, what the model answered, and why the right answer follows."""

    instrument: str
    prompt: str
    right_answers: str
    answer: str
    right: bool
    written: str  # what the model wrote in chain mode; empty: its answer alone
    proof: str  # valid, leaning, invalid; empty: none was to be written
    steps: tuple[Step, ...]
    more: int  # steps that are left out

    @property
    def verdict(self) -> str:
        """In words."""
        found = "right" if self.right else "wrong"
        return f"{found}, {self.proof} proof" if self.proof else found


@dataclasses.dataclass(frozen=True)
class Shelf:
    """The tables of a receipt, open: the rows of a cell, or a corpus. Those read last are held, for
    the rows of a panel share their corpora."""

    answers: Rows
    questions: Rows
    proofs: Rows
    facts: Rows
    rules: Rows


@contextlib.contextmanager
def opened(entered: Entered) -> Iterator[Shelf]:
    """The tables of a receipt. Raises UserError where one is not what the receipt names."""
    cells = [*entered.cells.values()]
    with contextlib.ExitStack() as stack:

        def reading(table: Table) -> Rows:
            data = table_bytes(entered.folder / NAME, entered.receipt, table)
            found = stack.enter_context(parquet_reading.opened(data, table, table.most(cells)))
            return functools.lru_cache(1)(found.of)

        yield Shelf(*map(reading, (ANSWERS, QUESTIONS, PROOFS, FACTS, RULES)))


@dataclasses.dataclass(frozen=True)
class Answered:
    """A row of a receipt with what it answered, and the rules of its world as texts."""

    row: ModelRow
    examples: tuple[Example, ...]
    rules: tuple[tuple[str, str], ...]  # (text, how the corpus presents it)
    note: str = ""  # why there is neither; empty: nothing is missing


def answered(entered: Entered) -> list[Answered]:
    """Every model row of a receipt; nothing where no model has a score. What its tables do not give
    is left out with a note: one bad receipt harms no board."""
    rows = [*rows_of(0, entered)]
    try:
        with guarded(entered.folder), opened(entered) as shelf:
            return [Answered(row, (*examples(row, shelf),), (*rules(row, shelf),)) for row in rows]
    except (UserError, OSError) as error:
        return [Answered(row, (), (), printable(f"no questions: {error}")) for row in rows]


def examples(row: ModelRow, shelf: Shelf) -> list[Example]:
    """A question of each instrument of a row, by the first of its trainings that has answers."""
    corpora = {r.digest: r.corpus for r in row.entered.receipt.cells if not r.failed}
    mine = [
        c
        for c in row.entered.cells.values()
        if c.configuration == row.cell.configuration and c.digest in corpora
    ]
    if not mine:
        return []
    cell = min(mine, key=lambda c: c.seeds.trained)
    corpus = corpora[cell.digest][:DIGITS]
    queried = shelf.questions(corpus)
    given = shelf.answers(cell.digest[:DIGITS])
    if not len(given["step"]):
        raise InvalidReceipt(f"{ANSWERS.file} has no answers of {cell}")
    last = np.flatnonzero(given["step"] == given["step"].max())
    place = {int(given["question"][i]): int(i) for i in last}
    known = _given(shelf.facts(corpus))
    proofs = shelf.proofs(corpus)
    out = []
    for name in columns(row.row.rungs):
        numbers = np.flatnonzero(queried["instrument"] == name)
        found = next((int(i) for i in numbers if int(queried["question"][i]) in place), None)
        if found is not None:
            number = int(queried["question"][found])
            out.append(_example(name, queried, found, given, place[number], proofs, known))
    return out


def rules(row: ModelRow, shelf: Shelf) -> list[tuple[str, str]]:
    """(text, how the corpus presents it) of each rule of the world of a row."""
    corpus = min(row.corpora)[:DIGITS]
    found = shelf.rules(corpus)
    return [(_short(str(text)), str(given)) for text, given in zip(found["text"], found["given"])]


def _example(
    name: str,
    queried: Columns,
    i: int,
    given: Columns,
    j: int,
    proofs: Columns,
    known: Mapping[str, str],
) -> Example:
    number = int(queried["question"][i])
    steps = [k for k in np.flatnonzero(proofs["question"] == number)]
    text = str(given["text"][j]).replace(SEPARATOR, " ") if given["text"][j] != NONE else ""
    right = str(queried["right_answers"][i]).replace(SEPARATOR, " or ")
    return Example(
        instrument=name,
        prompt=_short(str(queried["prompt"][i])),
        right_answers=_short(right),
        answer=_short(str(given["answer"][j])),
        right=bool(given["right"][j]),
        written=_short(text),
        proof=str(given["proof"][j]),
        steps=tuple(_step(proofs, int(k), known) for k in steps[:STEPS]),
        more=max(len(steps) - STEPS, 0),
    )


def _step(proofs: Columns, k: int, known: Mapping[str, str]) -> Step:
    premises = str(proofs["premises"][k])
    parts = premises.split(SEPARATOR) if premises else []
    return Step(
        head=_atom(_words(str(proofs["head"][k]))),
        premises=tuple(_premise(_words(part), known) for part in parts),
        rule=int(proofs["rule"][k]),
    )


def _words(text: str) -> list[str | None]:
    """A JSON list of texts. Raises InvalidReceipt for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(w is None or isinstance(w, str) for w in found):
        raise InvalidReceipt(f"{PROOFS.file}: {printable(text, 60)} is no list of texts")
    return found


def _premise(words: Sequence[str | None], known: Mapping[str, str]) -> str:
    sign, *rest = words
    atom = _atom(rest)
    if sign == "-":
        return f"not {atom}"
    how = known.get(json.dumps(rest), "")
    return f"{atom} [{how}]" if how and how != "derived" else atom


def _atom(words: Sequence[str | None]) -> str:
    predicate, *arguments = ("_" if word is None else word for word in words or [""])
    return _short(f"{predicate}({', '.join(arguments)})" if arguments else predicate)


def _given(facts: Columns) -> dict[str, str]:
    """JSON of predicate and arguments -> how the corpus gives the fact."""
    return {
        json.dumps([str(p), *str(a).split(SEPARATOR)] if a else [str(p)]): str(g)
        for p, a, g in zip(facts["predicate"], facts["arguments"], facts["given"])
    }


def _short(text: str) -> str:
    return printable(text, LONGEST)
