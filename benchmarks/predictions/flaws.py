"""Flaws of a file of predictions: counted by kind, each with its first line, and one error in the
end."""

from __future__ import annotations

import dataclasses
from typing import NoReturn

from ...errors import UserError
from ...printable import brief, printable

MOST = 1_000_000  # flaws after which no more is read
# kind -> what is expected, and the cure
CURES = {
    "is not UTF-8": "write the file as UTF-8",
    "is longer than 1,000,000 bytes": "give one prediction a line, its text without the reasoning",
    "is blank": "leave no line empty",
    "is no JSON object": 'give one object a line, as {"id": …, "answer": …}',
    "holds a number that JSON lacks": "give a finite number, or leave the key out",
    "has a key twice": "give each key once",
    "has an unknown key": "known: id, answer, text, samples, bits, run, step",
    "lacks id": "give the id of the question, as in questions.jsonl",
    "has an id that is no text": "give ids as they stand in questions.jsonl",
    "has an unknown id": "give ids as they stand in questions.jsonl of the same world and seeds",
    "has an id of another corpus": "score with the world, size, --set and seeds of the export, "
    "or with its suite",
    "answers a question again": "give each question once a run and step",
    "has neither answer nor text": "give one of them; null where the model gives none",
    "has both answer and text": "give one of them",
    "has an answer that is no text": "give the name of the answer, of a token as `answers` in "
    "tokens.json has it; null where there is none",
    "has samples that are no list of texts": "give a list of texts, equally many each time",
    "has no samples, others have": "give every question equally many, or none any",
    "has bits that are no number from 0 up": "give -log2 of the right answers' probability, finite",
    "has no bits, others have": "give every prediction its bits, or none any",
    "has a run that is no whole number": "give run 0 to 999, or leave it out",
    "has a step that is no whole number": "give step 1 or more, or leave it out",
    "is one run or step too many": "give at most 10,000 pairs of run and step",
}


@dataclasses.dataclass
class Flaws:
    """What is wrong in a file so far. ``row``: what its parts are called."""

    path: str
    row: str = "line"
    first_look: bool = False  # only its first lines are read
    count: dict[str, int] = dataclasses.field(default_factory=dict)
    first: dict[str, tuple[int, str]] = dataclasses.field(default_factory=dict)

    def add(self, kind: str, line: int, value: object = "", times: int = 1, more: str = "") -> None:
        """One more of a kind of ``CURES``, with ``more`` to be known of it; raises UserError where
        there are too many to go on."""
        assert kind in CURES, kind
        self.count[kind] = self.count.get(kind, 0) + times
        if kind not in self.first or line < self.first[kind][0]:
            self.first[kind] = line, ("" if value == "" else brief(value)) + more
        if sum(self.count.values()) >= MOST:
            self.end()

    def end(self) -> None:
        """Raises UserError, of the kind that comes first, where there is a flaw."""
        if self.count:
            self._raise()

    def _raise(self) -> NoReturn:
        kind = min(self.first, key=lambda k: self.first[k])
        line, value = self.first[kind]
        number = self.count[kind]
        many = f", and {number - 1:,} more" if number > 1 else ""
        rest = sum(self.count.values()) - number
        others = f"; {rest:,} other flaw{'s' * (rest > 1)} behind" if rest else ""
        if self.first_look and number + rest > 1:
            many, others = ", and other lines too", ""
        got = f": {value}" if value else ""
        path = printable(self.path, 200)
        raise UserError(f"{path}: {self.row} {line:,} {kind}{got}{many}; {CURES[kind]}{others}")
