"""What is stated, as examples: prompt and answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure
from ..datalog.facts import Array, Bools
from ..exposure import Exposure
from ..interventions.reading_rows import Rows, Source
from ..novelty.questions import Cue, find_prompts, prompt_rows
from ..undescribed import undescribed
from ..world import World
from .corpus import CONCLUSION, FACT, NONTHEOREM, SENTENCE, Corpus, Examples, cue_words
from .rule_presentation import Draw
from .split import CorpusSplit
from .twins import (
    Sentences,
    Stated,
    attributes_of,
    axiom_facts,
    content_of,
    permuted_patterns,
)


def examples_of(
    world: World,
    split: CorpusSplit,
    exposure: Exposure,
    cues: tuple[Cue, ...],
    width: int,
    nontheorems: Array,
    sentences: Sentences,
    draw: Draw,
) -> Examples:
    """All statements, each once: facts, conclusions, sentences as they are written, nontheorems."""
    c = split.gold.closure
    none = len(c.base.constants)
    parts: list[tuple[Array, Array, int, NDArray[np.int64]]] = []
    for number, (predicate, position) in enumerate(cues):
        block = np.arange(c.blocks[predicate].start, c.blocks[predicate].stop, dtype=np.int64)
        chosen: list[tuple[int, NDArray[np.int64], Array]]
        if predicate in world.axioms:
            chosen = [(SENTENCE, *sentences.axioms[predicate])]
        else:
            base = c.is_base[block] & ~split.prompt_only[block]
            demonstrated = split.demonstrated[block]
            chosen = [
                (kind, facts, c.arguments[facts, : c.arity[predicate]])
                for kind, facts in ((FACT, block[base]), (CONCLUSION, block[demonstrated]))
            ]
        for kind, facts, rows in chosen:
            answer = rows[:, position]
            if len(facts) and kind == CONCLUSION and exposure.twin == "random labels":
                answer = draw(f"twin labels {number}").permutation(answer)
            given = np.delete(rows, position, axis=1)
            parts.append((prompt_rows(number, given, width), answer, kind, facts))
    gone = np.full(len(nontheorems), none, np.int32)
    parts.append((nontheorems, gone, NONTHEOREM, np.full(len(gone), -1)))
    return Examples(
        np.concatenate([p[0] for p in parts]),
        np.concatenate([p[1] for p in parts]),
        np.concatenate([np.full(len(p[1]), p[2], np.int8) for p in parts]),
        np.concatenate([p[3] for p in parts]),
    )


def each_once(examples: Examples) -> Rows:
    """What is read without interventions: the examples, each once."""
    e = examples
    return Rows(e.prompt, e.answer, e.kind, e.fact, np.ones(len(e.kind), np.int32))


def rows_of(
    world: World,
    split: CorpusSplit,
    exposure: Exposure,
    cues: tuple[Cue, ...],
    rows: Rows,
    sentences: Sentences,
    draw: Draw,
) -> Rows:
    """What is read instead of ``rows``, the examples each once; these where nothing intervenes."""
    if not exposure.interventions:
        return rows
    c = split.gold.closure
    nameless = [s for s in (*world.spelled, world.episodes) if s]
    blocks = [np.arange(b.start, b.stop) for b in (c.base.sorts[s] for s in nameless)]
    answers = rows.answer[rows.kind != NONTHEOREM]
    there = np.unique(np.concatenate([rows.prompt[:, 1:].ravel(), answers]))
    source = Source(
        world=world.id,
        episodes=bool(world.episodes),
        cues=cue_words(cues),
        taken=frozenset(
            [*c.predicates, *cue_words(cues), *(w for s in sentences.plain for w in s)]
        ),
        names=np.setdiff1d(there[there >= 0], np.concatenate([*blocks, np.zeros(0, np.int64)])),
        facts=c.blocks,
        draw=draw,
        places=cues,
        constants=c.base.constants,
        arity=c.arity,
        axioms=world.axioms,
        find=c.find,
    )
    for one in exposure.interventions:
        rows = one.rows(rows, source)
    return rows


def sentences_under(c: Closure, cues: Sequence[Cue], examples: Examples | Rows, cue: int) -> Stated:
    """The sentences of an axiom predicate that stand under one cue, as they are written."""
    predicate, position = cues[cue]
    mine = np.flatnonzero((examples.kind == SENTENCE) & (examples.prompt[:, 0] == cue))
    given = examples.prompt[mine, 1 : c.arity[predicate]]
    return examples.fact[mine], np.insert(given, position, examples.answer[mine], axis=1)


def true_sentences(
    world: World, c: Closure, cues: Sequence[Cue], examples: Examples | Rows
) -> Bools:
    """[F] axiom facts that some sentence states as it is written: in a twin it may be another."""
    out = np.zeros(len(c.predicate), bool)
    for cue, (predicate, _) in enumerate(cues):
        if predicate in world.axioms:
            found = c.find(predicate, sentences_under(c, cues, examples, cue)[1])
            out[found[found >= 0]] = True
    return out


def stated_of_undescribed(corpus: Corpus) -> str:
    """The first statement of what the exposure leaves undescribed, "" if there is none."""
    world, base, e = corpus.world, corpus.split.truth.base, corpus.examples
    draw = Draw(world.id, world.draws(corpus.size), corpus.seeds[1])
    left_out = undescribed(world, corpus.exposure, base, draw)
    for cue, (predicate, place) in enumerate(corpus.cues):
        if predicate not in left_out:
            continue
        rows = base.rows[predicate][left_out[predicate]]
        prompt = prompt_rows(cue, np.delete(rows, place, axis=1), e.prompt.shape[1] - 1)
        unsaid = np.column_stack([prompt, rows[:, place]])
        stated = e.kind == FACT
        given = np.column_stack([e.prompt[stated], e.answer[stated]])
        if (found := find_prompts(unsaid, given) >= 0).any():
            names = [base.constants[a] for a in given[found][0, 1:] if a >= 0]
            return f"{predicate} of {' '.join(names)} is stated, and was to be undescribed"
    return ""


def false_sentences(corpus: Corpus) -> str:
    """What is wrong with the sentences of rules as data, "" if nothing.

    They are true but for those that a twin may permute, and these are a permutation.
    """
    split, world, twin = corpus.split, corpus.world, corpus.exposure.twin
    free = axiom_facts(split, permuted_patterns(split, twin))
    true: dict[str, Stated] = {}
    written: dict[str, Stated] = {}
    for cue, (predicate, _) in enumerate(corpus.cues):
        if predicate not in world.axioms:
            continue
        facts, rows = sentences_under(corpus.closure, corpus.cues, corpus.examples, cue)
        true[predicate] = facts, corpus.closure.arguments[facts, : rows.shape[1]]
        written[predicate] = facts, rows
        other = rows != true[predicate][1]
        kept = np.delete(other, content_of(world, predicate), axis=1)
        if (wrong := other.any(1) & ~free[facts] | kept.any(1)).any():
            words = [corpus.closure.base.constants[a] for a in rows[wrong][0]]
            wrong_one = f"{predicate}({', '.join(words)})"
            return f"the sentence {wrong_one} is false, where twin {twin!r} leaves it as it is"
    for members in attributes_of(world, split, true, free).values():
        before, now = (
            sorted(t[p][1][i, list(content_of(world, p))].tolist() for p, i in members)
            for t in (true, written)
        )
        if before != now:
            return f"{len(members)} sentences about one attribute are no permutation of true ones"
    return ""
