"""Added facts: what a learner concluded, or was answered, stands in its corpus from then on.

Rounds of a protocol are corpora that differ in this alone (``benchmarks/interaction``). What is
added is content: it is recorded, digested and named by its label.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from ...errors import UserError, suggest
from ...printable import brief
from ..novelty.questions import find_prompts, prompt_rows
from .intervention import Intervention
from .reading_rows import EXTRA, PROVED, Int32, Int64, Rows, Source

MOST = 20_000  # facts
LONGEST = 60  # characters of a label
Fact = tuple[str, ...]  # a predicate and its arguments, by name


@dataclasses.dataclass(frozen=True)
class AddedFacts(Intervention):
    """Each of these facts is stated as the corpus states facts, once at every place at which its
    predicate is queried; what stands there already is not stated again.

    They may be false, but where they are ``proved``: then each is demonstrated, with its first
    lowest proof in modes that write one. No certificate moves: a question keeps the rung and the
    answers that it has by what its world's exposure states.
    """

    type: ClassVar[str] = "added"
    strength: ClassVar[str] = "facts"
    label: str  # whence they come, for people: "verified, round 2"
    facts: tuple[Fact, ...] = dataclasses.field(metadata={"neutral": ()})
    proved: bool = dataclasses.field(default=False, metadata={"neutral": False})

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or len(self.label) > LONGEST:
            raise UserError(
                f"added.label = {brief(self.label)}; give text of at most {LONGEST} characters"
            )
        if not isinstance(self.facts, list | tuple) or len(self.facts) > MOST:
            many = f"{len(self.facts):,}" if isinstance(self.facts, list | tuple) else "no list"
            raise UserError(f"added.facts has {many}; give a list of at most {MOST:,} facts")
        for fact in self.facts:
            names = isinstance(fact, list | tuple) and all(isinstance(name, str) for name in fact)
            if not names or not fact:
                raise UserError(
                    f"added.facts holds {brief(fact)}; give each as a predicate and its arguments: "
                    '["one", "e1", "rel2", "e3"]'
                )
        if not isinstance(self.proved, bool):
            raise UserError(f"added.proved = {brief(self.proved)}; give true or false")
        object.__setattr__(self, "facts", tuple(sorted({tuple(fact) for fact in self.facts})))

    def rows(self, rows: Rows, source: Source) -> Rows:
        self._needs_statements(source)
        if not self.facts:
            return rows
        width = rows.prompt.shape[1] - 1
        constant = {name: number for number, name in enumerate(source.constants)}
        tables: dict[str, list[list[int]]] = {}
        for predicate, *names in self.facts:
            tables.setdefault(predicate, []).append(
                self._numbers(predicate, names, constant, source)
            )
        prompts, answers, numbers = list[Int32](), list[Int32](), list[Int64]()
        for cue, (predicate, place) in enumerate(source.places):
            if predicate in tables:
                table = np.array(tables[predicate], np.int32)
                prompts.append(prompt_rows(cue, np.delete(table, place, axis=1), width))
                answers.append(table[:, place])
                numbers.append(self._proofs(predicate, table, source))
        prompt, answer = np.concatenate(prompts), np.concatenate(answers)
        known = np.column_stack([rows.prompt, rows.answer])
        new = find_prompts(known, np.column_stack([prompt, answer])) < 0
        many = int(new.sum())
        more = Rows(
            prompt=prompt[new],
            answer=answer[new],
            kind=np.full(many, PROVED if self.proved else EXTRA, np.int8),
            fact=np.concatenate(numbers)[new],
            times=np.full(many, rows.unit, np.int32),
        )
        return rows.with_more((), more)

    def _proofs(self, predicate: str, table: Int32, source: Source) -> Int64:
        """[n] the gold fact whose proof each is written with; -1: none. Raises UserError for one
        that has no proof."""
        if not self.proved:
            return np.full(len(table), -1, np.int64)
        found = source.find(predicate, table)
        if (found < 0).any():
            names = [source.constants[int(c)] for c in table[found < 0][0]]
            raise UserError(
                f"exposure.interventions: added.facts holds {[predicate, *names]}, which does not "
                "follow from what the corpus states; leave it out, or set added.proved = false"
            )
        return found

    def _numbers(
        self, predicate: str, names: list[str], constant: dict[str, int], source: Source
    ) -> list[int]:
        """The arguments by number. Raises UserError for a fact that no row could state."""
        queried = {p for p, _ in source.places}
        where = "exposure.interventions: added.facts"
        if predicate not in queried or predicate in source.axioms:
            open_ = sorted(queried - source.axioms)
            raise UserError(f"{where}: {suggest('predicate that is queried', predicate, open_)}")
        if len(names) != source.arity[predicate]:
            raise UserError(
                f"{where}: {predicate} has {len(names)} arguments, expected "
                f"{source.arity[predicate]}; give as many"
            )
        for name in names:
            if name not in constant:
                raise UserError(f"{where}: {suggest(f'constant of {predicate}', name, constant)}")
        return [constant[name] for name in names]
