"""English forms of a corpus: statements with paraphrases, rules, prompts, and facts in context.

All is made of the world's templates (``World.phrases``) and of nonce names. A prompt ends with
``Answer:``; what is to follow is one name, or ``none``.
"""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ...worlds.corpus.corpus import NONTHEOREM, Corpus
from ...worlds.datalog.row_keys import begins, stable_order
from ...worlds.datalog.syntax import Atom, Constant, Rule, Term, Variable
from ...worlds.encoding.verbalize import BLANK, phrase
from ...worlds.novelty.written_proofs import proof_lists
from .nonce_names import nonce_names

# of a statement {0}, and of the same with a small first letter {1}
PARAPHRASES = ("{0}", "It is known that {1}", "Note that {1}", "As recorded, {1}")
LOWER = frozenset(
    [
        *("A", "An", "As", "At", "Being", "By", "For", "From", "If", "In", "Last", "Long"),
        *("Nobody", "On", "One", "One's", "Rumour", "Some", "Somebody", "Step", "The", "To"),
        *("Under", "What", "Whatever", "When", "Whoever", "With"),
    ]
)
INTRODUCTION = "Facts and rules:"
INSTRUCTION = "Fill in the blank with one name, or with none if nothing fits."
FACTS = 40  # facts in a context at least, where the corpus has as many
WORDING = {"=": "is", "==": "is", "!=": "is not", "<": "is before", ">": "is after"}
WORDING |= {"<=": "is, or is before,", ">=": "is, or is after,"}


class EnglishForms:
    """The English of one corpus. C constants, F facts."""

    def __init__(self, corpus: Corpus, others: Collection[str] = ()) -> None:
        """``others``: names that it must not use."""
        self.corpus = corpus
        self.name: Mapping[str, str] = nonce_names(corpus, others)
        self.names = [self.name[c] for c in corpus.closure.base.constants]  # [C]
        self._stands_for = corpus.rows.stands_for(len(corpus.cues)).tolist()

    def fact(self, fact: int) -> str:
        """One fact as a sentence."""
        c = self.corpus.closure
        words = [self.names[a] for a in c.arguments[fact] if a >= 0]
        return phrase(self.corpus.world, c.predicates[c.predicate[fact]], words)

    def blank(self, prompt: NDArray[np.integer]) -> str:
        """A prompt, a row of the corpus', as its sentence with a blank."""
        return self._filled(prompt, BLANK)

    def answer(self, answer: int) -> str:
        """The name of an answer."""
        return "none" if answer == self.corpus.none else self.names[answer]

    def _filled(self, prompt: NDArray[np.integer], word: str) -> str:
        words = [self.names[a] for a in prompt[1:] if a >= 0]
        cue = self._stands_for[prompt[0]]
        if cue < 0:
            return f"{words[0]} is {word}."
        predicate, place = self.corpus.cues[cue]
        return phrase(self.corpus.world, predicate, [*words[:place], word, *words[place:]])

    def query(self, prompt: NDArray[np.integer]) -> str:
        """What a model completes: the question, and ``Answer:``."""
        return f"Question: {self.blank(prompt)}\nAnswer:"

    def statement(self, prompt: NDArray[np.integer], answer: int) -> str:
        """A row as a sentence, in one of its paraphrases: each form of a fact in another."""
        added = int(prompt[0]) - len(self.corpus.cues)
        form = self.corpus.rows.words[added].form if added >= 0 else 0
        return paraphrase(self._filled(prompt, self.names[answer]), form)

    def training(self, number: int) -> tuple[str, str]:
        """(text, the same with the proof) of one row: the statement, its question, its answer.

        A nontheorem has no statement. A theory in the prompt comes first.
        """
        rows = self.corpus.rows
        prompt, answer = rows.prompt[number], int(rows.answer[number])
        blank, word = self.blank(prompt), self.answer(answer)
        stated, before = f"Question: {blank}\n", self.theory(int(prompt[1]))
        first = f"{' '.join(before)}\n" if before else ""
        if rows.kind[number] != NONTHEOREM:
            first += f"{self.statement(prompt, answer)}\n" if not before else ""
        proof = self.proofs[number]
        lines = f"Proof: {' '.join(map(self.fact, proof))}\n" if len(proof) else ""
        end = f"Answer: {word}"
        return f"{first}{stated}{end}", f"{first}{stated}{lines}{end}"

    @functools.cached_property
    def proofs(self) -> list[list[int]]:
        """[R] facts of the lines of the proof of each row; of most none."""
        corpus = self.corpus
        return proof_lists(corpus.split.gold, corpus.writing.silent, corpus.rows.fact)

    def theory(self, first: int) -> list[str]:
        """What stands in the prompt about an episode, whose constant is ``first``; else nothing."""
        return [self.fact(int(f)) for f in self.theories.get(first, ())]

    @functools.cached_property
    def theories(self) -> dict[int, NDArray[np.int64]]:
        return theories_of(self.corpus)

    def rules(self) -> Iterator[str]:
        """Every rule under which the corpus is closed, a sentence each."""
        for rule in self.corpus.closure.program.rules:
            yield self.rule(rule)

    def rule(self, rule: Rule) -> str:
        """``If X is a horse and X has stripes, then X is called a zebra.``"""
        body = [self._clause(atom) for atom in rule.positive]
        body += [f"it is not the case that {self._clause(atom)}" for atom in rule.negative]
        for c in rule.comparisons:
            verb = WORDING.get(c.operator, c.operator)
            body.append(f"{self._term(c.left)} {verb} {self._term(c.right)}")
        return f"If {' and '.join(body)}, then {self._clause(rule.head)}."

    def sentence(self, words: Sequence[str]) -> str:
        """A stated rule, given as the corpus' words: head, ``if``, body."""
        end = words.index("if")
        head, body = self._atom(words[:end]), [*words[end + 1 :]]
        parts = []
        while body:
            denied = body[0] == "not"
            body = body[1:] if denied else body
            arity = self.corpus.world.program.arity.get(body[0])
            if arity is None:  # a comparison
                verb = WORDING.get(body[1], body[1])
                parts.append(f"{self._word(body[0])} {verb} {self._word(body[2])}")
                body = body[3:]
                continue
            clause = self._atom(body[: arity + 1])
            parts.append(f"it is not the case that {clause}" if denied else clause)
            body = body[arity + 1 :]
        return f"If {' and '.join(parts)}, then {head}."

    def _atom(self, words: Sequence[str]) -> str:
        return clause(phrase(self.corpus.world, words[0], [*map(self._word, words[1:])]))

    def _word(self, word: str) -> str:
        if word.startswith("?"):
            return "something" if word.startswith("?_") else word[1:]
        return self.name.get(word, word)

    def _clause(self, atom: Atom) -> str:
        words = [self._term(term) for term in atom.terms]
        return clause(phrase(self.corpus.world, atom.predicate, words))

    def _term(self, term: Term) -> str:
        if isinstance(term, Variable):
            return "something" if term.wildcard else term.name
        assert isinstance(term, Constant)
        return self.name.get(term.name, term.name)


def paraphrase(sentence: str, form: int = 0) -> str:
    """One of the paraphrases of a sentence, always the same; of each ``form`` the next."""
    text = PARAPHRASES[(zlib.crc32(sentence.encode()) + form) % len(PARAPHRASES)]
    return text.format(sentence, small(sentence))


def theories_of(corpus: Corpus) -> dict[int, NDArray[np.int64]]:
    """Episode -> its base facts in a random order, as they stand in a prompt; empty where the
    world has no episodes."""
    if not corpus.world.episodes:
        return {}
    c, block = corpus.closure, corpus.closure.base.sorts[corpus.world.episodes]
    base = np.flatnonzero(c.is_base)
    order = stable_order(c.arguments[base, 0])
    sorted_ = base[order]
    starts = begins(c.arguments[sorted_, 0] - block.start, len(block))
    rng = stream(corpus.world.id, corpus.size, "english theories", *corpus.seeds)
    parts = (sorted_[a:b] for a, b in itertools.pairwise(starts))
    return {block.start + i: rng.permutation(part) for i, part in enumerate(parts)}


def clause(sentence: str) -> str:
    """A sentence as part of another."""
    return small(sentence).rstrip(".")


def small(sentence: str) -> str:
    """The sentence with a small first letter, where that is no name's."""
    first, space, rest = sentence.partition(" ")
    return f"{first.lower()}{space}{rest}" if first in LOWER else sentence
