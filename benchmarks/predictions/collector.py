"""Collector: predictions row by row into arrays of answers, of one or several corpora at once."""

from __future__ import annotations

import collections
import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ..export.answer_extractor import EMPTY, extract, folded, name_of
from ..export.english_forms import EnglishForms
from ..export.harness_formats import names_of
from ..export.portion import PREFIX, Portion
from .flaws import Flaws

MISSING, MALFORMED = -2, -1
RUNS, SLOTS = 1_000, 10_000
CACHED = 100_000  # different texts whose answers are remembered
TOGETHER = 256  # parts of rows that are taken as slices
Columns = Mapping[str, list[Any]]
Ids = NDArray[np.int64]
Rows = slice | Ids


@dataclasses.dataclass
class Slot:
    """What one run answered at one step: Q questions of all portions."""

    answer: NDArray[np.int32]  # [Q]
    line: NDArray[np.int32]  # [Q] where each was answered first
    bits: NDArray[np.float32] | None = None  # [Q]
    hits: NDArray[np.int16] | None = None  # [Q] samples that are right


class Collector:
    """Takes columns of rows that have equal keys, all of ``KEYS``, and tallies what is wrong with
    them."""

    def __init__(self, portions: Sequence[Portion], flaws: Flaws) -> None:
        self.portions, self.flaws = portions, flaws
        ids = [id for portion in portions for id in portion.ids]
        self.index = {id: i for i, id in enumerate(ids)}
        self.ids = ids
        self.portion = np.repeat(np.arange(len(portions)), [len(p.ids) for p in portions])
        self.start = np.searchsorted(self.portion, np.arange(len(portions) + 1))
        self.names = [folded(names_of(EnglishForms(p.corpus))) for p in portions]
        self.slots: dict[tuple[int, int], Slot] = {}
        self.causes: collections.Counter[str] = collections.Counter()
        self.examples: dict[str, str] = {}  # cause -> the first text of it
        self.samples = 0  # of each question
        self.known: list[dict[Any, int]] = [{**names, None: MALFORMED} for names in self.names]
        self.texts: list[dict[Any, int]] = [{None: MALFORMED} for _ in portions]
        self.rows = 0
        self._owner = np.zeros(len(ids), np.int64)
        self.keys: tuple[bool, bool] | None = None  # whether rows have bits, and samples
        self.right = functools.cache(self._right_answers)  # only samples need them

    def _right_answers(self, number: int) -> NDArray[np.int64]:
        """Question and answer of every right answer to one portion as one number, sorted."""
        portion = self.portions[number]
        question, answer = portion.question_set.members()
        return np.unique(question * (portion.corpus.none + 1) + answer)

    def add(self, columns: Columns, lines: Sequence[int] | range) -> None:
        """Rows in columns by key, and the number of the line of each. All values are unchecked."""
        fine = self._checked(columns, lines)
        if not fine.all():
            keep = np.flatnonzero(fine)
            columns, lines = _of(columns, keep), _picked(lines, keep)
        if not lines:
            return
        n = len(lines)
        at = np.array(list(map(self.index.__getitem__, columns["id"])), np.int64)
        for run, step, mine in self._by_slot(columns, n):
            slot = self._slot(run, step, int(lines[0]))
            if slot is not None:
                self._put(slot, at[mine], _of(columns, mine), _picked(lines, mine))
        self.rows += n

    def _put(self, slot: Slot, at: Ids, columns: Columns, lines: Sequence[int]) -> None:
        again = slot.answer[at] != MISSING
        owner = self._owner
        owner[at] = np.arange(len(at))
        if (owner[at] != np.arange(len(at))).any():  # equal ids, of which the last is there
            later = np.ones(len(at), bool)
            later[np.unique(at, return_index=True)[1]] = False
            again |= later
        where = np.asarray(lines, np.int32)
        for i in np.flatnonzero(again).tolist():
            first = slot.line[at[i]] or where[int(np.flatnonzero(at == at[i])[0])]
            more = f", as {self.flaws.row} {first:,} does"
            self.flaws.add("answers a question again", lines[i], columns["id"][i], more=more)
        slot.line[at[~again]] = where[~again]
        if len(self.portions) == 1:
            self._put_part(slot, 0, at, columns)
            return
        of = self.portion[at]
        for number in np.unique(of).tolist():
            mine = np.flatnonzero(of == number)
            self._put_part(slot, number, at[mine], _of(columns, mine))

    def _put_part(self, slot: Slot, number: int, at: Ids, columns: Columns) -> None:
        """The same of one portion."""
        slot.answer[at] = self._answers(number, columns)
        if "bits" in columns:
            if slot.bits is None:
                slot.bits = np.full(len(slot.answer), np.nan, np.float32)
            slot.bits[at] = columns["bits"]
        if "samples" in columns:
            if slot.hits is None:
                slot.hits = np.zeros(len(slot.answer), np.int16)
            slot.hits[at] = self._hits(number, at, columns["samples"])

    def _answers(self, number: int, columns: Columns) -> NDArray[np.int32]:
        """int32 [n]: the answers of one corpus; why some are malformed is counted."""
        key = "answer" if "answer" in columns else "text"
        values, text = columns[key], key == "text"
        out = self._named(number, values, text)
        places = np.flatnonzero(out == MALFORMED).tolist()
        for value, times in collections.Counter(values[i] for i in places).items():
            why = self._read(number, value, text)[1]
            self.causes[why] += times
            self.examples.setdefault(why, value or "")
        return out

    def _named(self, number: int, values: Sequence[Any], text: bool) -> NDArray[np.int32]:
        known = (self.texts if text else self.known)[number]
        found = list(map(known.get, values))
        if None in found:
            if len(known) > CACHED:
                known.clear()  # then all values of this block are read again
            for value in {value for value in values if value not in known}:
                known[value] = self._read(number, value, text)[0]
            found = list(map(known.get, values))
        return np.array(found, np.int32)

    def _read(self, number: int, value: str | None, text: bool) -> tuple[int, str]:
        """(answer, empty), or (MALFORMED, why)."""
        if not value:
            return MALFORMED, EMPTY
        return (extract if text else name_of)(value, self.names[number])

    def _hits(
        self, number: int, places: Ids, samples: Sequence[Sequence[Any]]
    ) -> NDArray[np.int16]:
        flat = [value for row in samples for value in row]
        answer = self._named(number, flat, True).reshape(len(samples), -1)
        question = (places - self.start[number])[:, None]
        keys = question * (self.portions[number].corpus.none + 1) + answer
        right = self.right(number)
        place = np.minimum(np.searchsorted(right, keys), len(right) - 1)
        return ((right[place] == keys) & (answer >= 0)).sum(1).astype(np.int16)

    def _by_slot(self, columns: Columns, n: int) -> Iterator[tuple[int, int, Rows]]:
        """(run, step, the rows of it): as a slice where they stand together."""
        runs, steps = columns.get("run"), columns.get("step")
        run = np.zeros(n, np.int64) if runs is None else np.array(runs, np.int64)
        step = np.ones(n, np.int64) if steps is None else np.array(steps, np.int64)
        key = run << 32 | step
        ends = np.append(np.flatnonzero(np.diff(key)) + 1, n)
        if len(ends) <= TOGETHER:
            starts = np.append(0, ends[:-1])
            for first, end in zip(starts.tolist(), ends.tolist()):
                yield int(run[first]), int(step[first]), slice(first, end)
            return
        order = np.argsort(key, kind="stable")
        for mine in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
            yield int(run[mine[0]]), int(step[mine[0]]), mine

    def _slot(self, run: int, step: int, line: int) -> Slot | None:
        if (run, step) not in self.slots:
            if len(self.slots) >= SLOTS:
                self.flaws.add("is one run or step too many", line, (run, step))
                return None
            self.slots[run, step] = Slot(
                np.full(len(self.ids), MISSING, np.int32), np.zeros(len(self.ids), np.int32)
            )
        return self.slots[run, step]

    def _checked(self, columns: Columns, lines: Sequence[int] | range) -> NDArray[np.bool_]:
        """bool [n]: the rows without a flaw; the others are tallied."""
        n = len(lines)
        fine = np.ones(n, bool)

        def refuse(kind: str, bad: Sequence[int], name: str = "") -> None:
            for i in bad:
                if fine[i]:
                    self.flaws.add(kind, lines[i], columns[name][i] if name else "")
            fine[list(bad)] = False

        every = range(n)
        if "id" not in columns:
            refuse("lacks id", every)
            return fine
        if "answer" not in columns and "text" not in columns:
            refuse("has neither answer nor text", every)
        if "answer" in columns and "text" in columns:
            refuse("has both answer and text", every)
        kinds = ("bits" in columns, "samples" in columns)
        if self.keys is None:
            self.keys = kinds
        for had, has, name in zip(self.keys, kinds, ("bits", "samples")):
            if had != has:
                refuse(f"has no {name}, others have", every)
        for name, (types, kind) in TYPES.items():
            if name in columns and not {*map(type, columns[name])} <= types:
                bad = [i for i, v in enumerate(columns[name]) if type(v) not in types]
                refuse(kind, bad, name)
        self._check_ids(columns["id"], fine, refuse)
        self._check_values(columns, fine, refuse)
        return fine

    def _check_ids(self, ids: Sequence[Any], fine: NDArray[np.bool_], refuse: Any) -> None:
        if fine.all() and None not in map(self.index.get, ids):
            return
        for i, id in enumerate(ids):
            if fine[i] and id not in self.index:
                other = len(id) == len(self.ids[0]) and id[:PREFIX] not in self._corpora
                refuse("has an id of another corpus" if other else "has an unknown id", [i], "id")

    @functools.cached_property
    def _corpora(self) -> set[str]:
        """What the ids of each corpus begin with."""
        return {id[:PREFIX] for id in self.ids}

    def _check_values(self, columns: Columns, fine: NDArray[np.bool_], refuse: Any) -> None:
        def bad(name: str, test: Any) -> list[int]:
            if name != "samples" and fine.all():
                values = np.array(columns[name])
                if values.dtype != object and test(values.min()) and test(values.max()):
                    return []  # of NaN neither is a number from 0 up
            return [i for i, value in enumerate(columns[name]) if fine[i] and not test(value)]

        for name, test in {**RANGES, "samples": self._sampled}.items():
            if name in columns:
                refuse(TYPES[name][1], bad(name, test), name)

    def _sampled(self, samples: list[Any]) -> bool:
        if not 0 < len(samples) <= 1_000 or not {*map(type, samples)} <= {str}:
            return False
        self.samples = self.samples or len(samples)
        return len(samples) == self.samples

    def end(self) -> None:
        """Raises UserError for flaws, for questions without a prediction, and for none at all."""
        self.flaws.end()
        if not self.slots:
            raise UserError(f"{self.flaws.path}: no predictions; give one a line")
        for (run, step), slot in sorted(self.slots.items()):
            missing = np.flatnonzero(slot.answer == MISSING)
            if len(missing):
                where = f" in run {run} at step {step:,}" if len(self.slots) > 1 else ""
                raise UserError(
                    f"{self.flaws.path}: {len(missing):,} of {len(self.ids):,} questions have no "
                    f"prediction{where}, the first {self.ids[missing[0]]}; answer every question "
                    "of questions.jsonl, with null where the model gives none"
                )


def _of(columns: Columns, mine: Rows) -> Columns:
    return {name: _picked(values, mine) for name, values in columns.items()}


def _picked(values: Any, mine: Rows) -> Any:
    return values[mine] if isinstance(mine, slice) else [values[i] for i in mine.tolist()]


TYPES: Mapping[str, tuple[set[type], str]] = {
    "id": ({str}, "has an id that is no text"),
    "answer": ({str, type(None)}, "has an answer that is no text"),
    "text": ({str, type(None)}, "has an answer that is no text"),
    "samples": ({list}, "has samples that are no list of texts"),
    "bits": ({int, float}, "has bits that are no number from 0 up"),
    "run": ({int}, "has a run that is no whole number"),
    "step": ({int}, "has a step that is no whole number"),
}
KEYS = frozenset(TYPES)
# key -> whether a value of these types is one
RANGES: Mapping[str, Callable[[Any], bool]] = {
    "run": lambda v: 0 <= v < RUNS,
    "step": lambda v: 1 <= v < 2**31,
    "bits": lambda v: 0 <= v < 1e30,
}
