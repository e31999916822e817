"""What is stated, as examples (prompt and answer) and as sentences; the twins that break it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ..datalog.facts import Array, Bools
from ..exposure import Exposure
from ..novelty.questions import Cue, prompt_rows
from ..world import World
from .corpus import CONCLUSION, FACT, NONTHEOREM, SENTENCE, Examples
from .split import CorpusSplit


def examples_of(
    world: World,
    split: CorpusSplit,
    exposure: Exposure,
    cues: tuple[Cue, ...],
    width: int,
    nontheorems: Array,
    rng: np.random.RandomState,
) -> Examples:
    c = split.gold.closure
    stated_axioms = _stated_axioms(split)
    none = len(c.base.constants)
    parts: list[tuple[Array, Array, int, NDArray[np.int64]]] = []
    dealt: dict[str, tuple[int, Array]] = {}  # of a shuffled predicate: one deal for all its cues
    for number, (predicate, position) in enumerate(cues):
        block = np.arange(c.blocks[predicate].start, c.blocks[predicate].stop)
        if predicate in world.axioms:
            chosen = [(SENTENCE, block[stated_axioms[block]])]
        else:
            base = c.is_base[block] & ~split.prompt_only[block]
            demonstrated = split.demonstrated[block]
            chosen = [(FACT, block[base]), (CONCLUSION, block[demonstrated])]
        for kind, facts in chosen:
            rows = c.arguments[facts, : c.arity[predicate]]
            if len(facts) and kind == SENTENCE and exposure.twin == "shuffled rules":
                if predicate not in dealt:
                    dealt[predicate] = position, _others(rows[:, position], rng, True)
                rows[:, dealt[predicate][0]] = dealt[predicate][1]
            answer = rows[:, position]
            if len(facts) and kind == CONCLUSION and exposure.twin == "random labels":
                answer = _others(answer, rng, False)
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


def _others(answer: Array, rng: np.random.RandomState, strict: bool) -> Array:
    """The answers dealt out anew; ``strict``: none keeps its own, as far as their numbers allow."""
    if not strict:
        return rng.permutation(answer)
    if len(np.unique(answer)) < 2:
        raise UserError(
            "twin 'shuffled rules' needs two stated rules that differ; got one: give more "
            "patterns as 'stated' or 'both'"
        )
    order = rng.permutation(len(answer))
    order = order[np.argsort(answer[order], kind="stable")]
    out = np.empty_like(answer)
    out[order] = np.roll(answer[order], int(np.bincount(answer).max()))
    return out


def _stated_axioms(split: CorpusSplit) -> Bools:
    """[F] the axiom facts of patterns given as a sentence."""
    c = split.gold.closure
    stated_rules = {
        a for p, yes in zip(split.gold.patterns, split.stated_rules) if yes for a in p[1]
    }
    out = np.zeros(len(c.predicate), bool)
    index = {name: i for i, name in enumerate(c.base.constants)}
    for predicate in sorted({a[0] for a in stated_rules}):
        rows = np.array(
            [[index[x] for x in a[1:]] for a in stated_rules if a[0] == predicate], np.int32
        )
        out[c.find(predicate, rows)] = True
    return out


def sentences_of(
    split: CorpusSplit, exposure: Exposure, rng: np.random.RandomState
) -> tuple[tuple[str, ...], ...]:
    """Rules without axiom facts that are stated: head words, `if`, body words."""
    rules = [p for p, yes in zip(split.gold.patterns, split.stated_rules) if yes and not p[1]]
    program = split.gold.closure.program
    parts = [program.rules[number].sentence() for number, _ in rules]
    bodies = [body for _, body in parts]
    if exposure.twin == "shuffled rules" and len(bodies) > 1:
        start = rng.randint(1, len(bodies))
        bodies = bodies[start:] + bodies[:start]
    elif exposure.twin == "shuffled rules" and bodies:
        raise UserError(
            "twin 'shuffled rules' needs two stated rules; got one: this world has no other "
            "rule to put in its place"
        )
    return tuple((*head, "if", *body) for (head, _), body in zip(parts, bodies))
