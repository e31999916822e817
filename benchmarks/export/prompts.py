"""Prompts(portion, style): what a language model reads of each question of a portion.

A prompt is the one that ``zebroid export`` writes, after any number of solved examples. These are
demonstrated conclusions of the corpus, the same for every question and drawn by the corpus' seeds
alone, so they tell nothing of the question. Statements are solved in the same form, with the facts
that they rest on in context: who trains on them learns to read a context.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from ...errors import UserError
from ...seeding import stream
from ...worlds.corpus.corpus import CONCLUSION
from .contexts import Contexts
from .english_forms import INSTRUCTION, EnglishForms
from .portion import Portion
from .records import KINDS, Record, in_order

PROOF_INSTRUCTION = (
    f"{INSTRUCTION} First write one line that begins with `Proof:` and has every fact that you "
    "use or draw, a sentence each. Then write a last line: `Answer:` and the name."
)
MOST_SHOTS = 64


@dataclasses.dataclass(frozen=True)
class Style:
    """How questions are put."""

    shots: int = 0  # solved examples before the question
    proof: bool = False  # whether the proof is to be written before the answer
    closed_book: bool = False  # the question alone, without facts and rules beside it

    def __post_init__(self) -> None:
        if not 0 <= self.shots <= MOST_SHOTS:
            raise UserError(f"--shots {self.shots}: expected 0 to {MOST_SHOTS}; give fewer")


@dataclasses.dataclass(frozen=True)
class Prompt:
    """Solved examples, as (question, answer), and the question."""

    shots: tuple[tuple[str, str], ...]
    question: str

    def text(self) -> str:
        """One text that a model goes on with."""
        solved = (f"{_begun(question)}{answer}\n\n" for question, answer in self.shots)
        return "".join(solved) + self.question

    def messages(self) -> list[dict[str, str]]:
        """The turns of a chat; an answer bears its mark there."""
        turns: list[dict[str, str]] = []
        for question, answer in self.shots:
            marked = answer if "Answer:" in answer else f"Answer: {answer}"
            turns += [_turn("user", question), _turn("assistant", marked)]
        return [*turns, _turn("user", self.question)]


def _begun(question: str) -> str:
    return question if question.endswith("\n") else f"{question} "


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content.strip()}


def digest(prompts: Sequence[Prompt]) -> str:
    """SHA-256 of all prompts."""
    whole = hashlib.sha256()
    for prompt in prompts:
        whole.update(f"{prompt.text()}\0".encode())
    return whole.hexdigest()


class Prompts:
    """The prompts of one portion in one style. Raises UserError for too many shots."""

    def __init__(self, portion: Portion, style: Style) -> None:
        self.portion, self.style, self.corpus = portion, style, portion.corpus
        self.english = EnglishForms(self.corpus)
        self.contexts = Contexts(self.english)
        self.shots = tuple(map(self.solved, self._drawn()))

    def all(self) -> list[tuple[str, Prompt]]:
        """(id, prompt) of every question, by id."""
        return [(id, self.of(question)) for id, question in in_order(self.portion)]

    def training(self) -> Iterator[Record]:
        """Every statement, but rules: its question as a prompt, and what is to follow."""
        weight = self.corpus.writing.weights("chain").tolist()
        for number, kind in enumerate(self.corpus.examples.kind.tolist()):
            question, word = self.solved(number)
            yield {
                "kind": KINDS[kind],
                "prompt": question,
                "completion": word if question.endswith("\n") else f" {word}",
                "weight": weight[number],
            }

    def of(self, question: int) -> Prompt:
        """The prompt of one question, a number of the corpus'."""
        row = self.corpus.prompt[question]
        if self.style.closed_book:
            return Prompt(self.shots, self._bare(row))
        facts = self.contexts.facts(question)
        return Prompt(self.shots, self._in_context(row, facts))

    def _bare(self, row: np.ndarray) -> str:
        before = " ".join(self.english.theory(int(row[1])))
        return f"{before}\n{self._query(row)}" if before else self._query(row)

    def _in_context(self, row: np.ndarray, facts: Sequence[int]) -> str:
        instruction = PROOF_INSTRUCTION if self.style.proof else INSTRUCTION
        return self.contexts.put(row, facts, instruction, self._query(row))

    def _query(self, row: np.ndarray) -> str:
        query = self.english.query(row)
        return query.removesuffix("Answer:") if self.style.proof else query

    def _drawn(self) -> list[int]:
        """Examples that are demonstrated conclusions, as many as there are shots."""
        corpus = self.corpus
        there = np.flatnonzero(corpus.examples.kind == CONCLUSION)
        if len(there) < self.style.shots:
            raise UserError(
                f"--shots {self.style.shots}: {self.portion.name} demonstrates {len(there):,} "
                "conclusions; give fewer shots"
            )
        rng = stream(corpus.world.id, corpus.size, "shots", *corpus.seeds)
        return there[rng.permutation(len(there))[: self.style.shots]].tolist()

    def solved(self, number: int) -> tuple[str, str]:
        """(prompt, what is to follow) of one statement, a number of ``corpus.examples``."""
        examples = self.corpus.examples
        row, fact = examples.prompt[number], int(examples.fact[number])
        word = self.english.answer(int(examples.answer[number]))
        if self.style.proof:
            lines = " ".join(map(self.english.fact, self.english.proofs[number]))
            word = f"{f'Proof: {lines}' if lines else ''}\nAnswer: {word}".lstrip()
        if self.style.closed_book:
            return self._bare(row), word
        needed = self.contexts.under([fact]) if fact >= 0 else []
        facts = self.contexts.around(row, needed, f"example {number}")
        return self._in_context(row, facts), word
