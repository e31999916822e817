"""Wording: every sentence can be read as one fact only, every row of tokens as one prompt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from string import Formatter

import numpy as np

from ....worlds.datalog.closure import Closure
from ....worlds.encoding.encode import MODES, encode, sample_questions
from ....worlds.encoding.verbalize import Written, phrase
from ....worlds.world import World
from ..framework import FAULT, Refused
from .world_fixture import Subject, rows_of, written

ENCODED = 30  # questions of each rung that are encoded


def phrases(subject: Subject) -> str:
    """Every true fact has a sentence that can be read as this fact alone.

    A sentence is read by every template in every way in which names of the world fill its blanks,
    each from the sorts that stand there in true facts.
    """
    world, closure = subject.world, subject.closure
    templates = {p: _template(world, p, n) for p, n in closure.arity.items()}
    may = {p: _columns(closure, p) for p in closure.predicates}
    names = closure.base.constants
    count = 0
    for predicate, rows in rows_of(closure).items():
        for row in sorted(rows):
            text = phrase(world, predicate, [names[a] for a in row])
            readings = [
                (p, read) for p in templates for read in _readings(text, templates[p], may[p])
            ]
            if readings != [(predicate, tuple(names[a] for a in row))]:
                facts = [f"{p}({','.join(read)})" for p, read in readings]
                raise Refused(
                    f"{text!r}, stated of {written(predicate, row, names)}, reads as "
                    f"{' and as '.join(facts[:2]) or 'no fact'}",
                    "give each predicate a template of its own words, with every blank in it",
                )
            count += 1
    default = sorted(p for p in templates if p not in world.phrases)
    return f"{count:,} sentences, each of one fact" + (
        f"; no template of {', '.join(default)}" if default and world.phrases else ""
    )


# literal text, then the argument behind it (-1: none, at the end) and how it is written
Template = list[tuple[str, int, str]]


def _template(world: World, predicate: str, arity: int) -> Template:
    text = world.phrases.get(predicate)
    if text is None:
        blanks = f"({', '.join(f'{{{i}}}' for i in range(arity))})" if arity else ""
        text = f"{predicate}{blanks}"
    try:
        parts = [(*found[:2], found[2] or "") for found in Formatter().parse(text)]
    except ValueError as error:
        raise Refused(f"phrases[{predicate!r}]: {error}", "write blanks as {0}, {1}") from error
    fields = [field for _, field, _ in parts if field is not None]
    if {*fields} != {str(i) for i in range(arity)}:
        raise Refused(
            f"phrases[{predicate!r}] = {text!r} has the blanks {fields}",
            f"give it every blank from {{0}} to {{{arity - 1}}}, one for each argument",
        )
    return [(text, -1 if field is None else int(field), spec) for text, field, spec in parts]


def _columns(closure: Closure, predicate: str) -> list[frozenset[str]]:
    """For each argument the names of the sorts that stand there."""
    out = []
    for column in closure.rows(predicate).T:
        sorts = [s for s in closure.base.sorts.values() if np.isin(column, [*s]).any()]
        out.append(frozenset(closure.base.constants[c] for s in sorts for c in s))
    return out


def _readings(
    text: str, template: Template, may: list[frozenset[str]]
) -> Iterator[tuple[str, ...]]:
    """Every way to read ``text`` by ``template``: the name of each argument."""

    def read(text: str, parts: Template, known: Mapping[int, str]) -> Iterator[tuple[str, ...]]:
        if not parts:
            if not text:
                yield tuple(known[i] for i in range(len(may)))
            return
        (literal, place, spec), rest = parts[0], parts[1:]
        if not text.startswith(literal):
            return
        text = text[len(literal) :]
        if place < 0:
            yield from read(text, rest, known)
            return
        names = {format(Written(name), spec): name for name in may[place]} if spec else may[place]
        for found in _prefixes(text, rest[0][0] if rest else None, names):
            name = names[found] if isinstance(names, dict) else found
            if known.get(place, name) == name:
                yield from read(text[len(found) :], rest, {**known, place: name})

    return read(text, template, {})


def _prefixes(text: str, behind: str | None, names: Collection[str]) -> Iterator[str]:
    """The names with which ``text`` begins and behind which ``behind`` follows; None: its end."""
    if behind is None:
        ends = [len(text)]
    else:
        ends = [m.start() for m in re.finditer(f"(?={re.escape(behind)})", text)]
    return (text[:end] for end in ends if text[:end] in names)


def tokens(subject: Subject) -> str:
    """In every mode, different prompts are different rows, and words are what they stand for."""
    corpus = subject.corpus()
    queries = sample_questions(corpus, ENCODED, 0)
    lengths, words = [], 0
    for mode in MODES:
        made = encode(corpus, mode, queries)
        words = len(made.vocabulary)
        if len({*made.vocabulary}) < words:
            raise Refused("two words of the vocabulary are alike", "rename the constants")
        if len(np.unique(made.query, axis=0)) < len(np.unique(corpus.prompt[queries], axis=0)):
            raise Refused(f"two prompts have the same tokens in {mode}", FAULT)
        lengths.append(f"{mode} {made.train.shape[1]}")
    return f"{words:,} words; longest row: {', '.join(lengths)}"
