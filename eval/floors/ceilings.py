"""Three ceilings: what the corpus allows to one who reasons perfectly from a part of it.

``reuser`` allows nothing new, ``inductor`` every exemplified pattern on every stated fact,
``deducer`` all that was given. Inductor and deducer do not look at the rungs: the one chains
forward over the derivations, the other has the engine close what is stated, and a rung on which
they disagree with their definition is a wrong label.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.closure import heights
from ...worlds.datalog.engine import close
from ...worlds.datalog.row_keys import group, pack
from ...worlds.novelty.questions import find_prompts
from ...worlds.novelty.rungs import RUNGS
from ..question_sets.question_set import Answers

Bools = NDArray[np.bool_]
NOTHING_NEW = 1  # bit of ``provable``: provable with the empty set of novelties


def references(corpus: Corpus, questions: NDArray[np.int64]) -> tuple[Answers, ...]:
    """The three ceilings on ``questions`` int64 [n], from the least to the most allowed."""
    return reuser(corpus, questions), inductor(corpus, questions), deducer(corpus, questions)


def reuser(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """Exemplified patterns, used premises, demonstrated frames and heights: as the certificate."""
    certificate, first = corpus.certificate, corpus.offsets[questions]
    able = (certificate.provable[questions] & NOTHING_NEW) > 0
    able |= certificate.rung[questions] == RUNGS.index("recall")
    able &= corpus.offsets[questions + 1] > first
    answer = np.full(len(questions), corpus.none, np.int32)
    answer[able] = corpus.values[first[able]]
    return Answers("reuser", answer)


def inductor(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """Every exemplified pattern on every stated fact; no pattern that was merely stated."""
    proofs, closure = corpus.split.gold, corpus.closure
    usable = proofs.counts & corpus.read.exemplified[proofs.pattern]
    # axiom premises are part of the pattern, so only the open ones must be known
    known = (
        heights(corpus.stated | corpus.demonstrated, closure.head[usable], proofs.open[usable]) >= 0
    )
    rows = {
        p: closure.rows(p)[known[block.start : block.stop]] for p, block in closure.blocks.items()
    }
    return Answers("inductor", first_answers(corpus, questions, rows))


def deducer(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """All that follows from what is stated, by the engine, under every rule that was given."""
    closure = corpus.closure
    # every given rule as data: an exemplified one need not be stated for its rule to be given
    leaves = corpus.stated | corpus.demonstrated | (closure.is_base & corpus.split.gold.axiom)
    rows = {
        p: closure.rows(p)[leaves[block.start : block.stop]]
        for p, block in closure.blocks.items()
        if leaves[block.start : block.stop].any() or p in closure.base.rows
    }
    # a rule without an instance in gold is one that was not given, or one that never fires
    idle = set(range(len(closure.program.rules))) - set(closure.rule.tolist())
    known = close(closure.program.without(idle), closure.base.replace(**rows))
    found = {p: known.rows(p) for p in known.predicates}
    return Answers("deducer", first_answers(corpus, questions, found))


def lookup(corpus: Corpus, questions: NDArray[np.int64]) -> Answers:
    """The commonest answer stated with exactly this prompt, else none; or in it, of an episode."""
    prompt, examples = corpus.prompt[questions], corpus.examples
    number, first = group(pack([np.concatenate(pair) for pair in zip(examples.prompt.T, prompt.T)]))
    stated = number[: len(examples.prompt)] * (corpus.none + 1) + examples.answer
    different, count = np.unique(stated, return_counts=True)
    which, found = np.divmod(different, corpus.none + 1)
    order = np.lexsort((found, -count, which))
    groups, start = np.unique(which[order], return_index=True)
    best = np.full(len(first), corpus.none, np.int32)
    best[groups] = found[order[start]]
    answer = best[number[len(examples.prompt) :]]
    if corpus.world.episodes:
        facts = {
            p: corpus.closure.rows(p)[corpus.stated[list(block)]]
            for p, block in corpus.closure.blocks.items()
        }
        answer = first_answers(corpus, questions, facts)
    return Answers("lookup", answer)


def first_answers(
    corpus: Corpus, questions: NDArray[np.int64], rows: Mapping[str, NDArray[np.int32]]
) -> NDArray[np.int32]:
    """[n] the first answer to each prompt in ``rows``, predicate -> int32 [k, arity]; else none."""
    answer = np.full(len(questions), corpus.none, np.int32)
    prompt = corpus.prompt[questions]
    for cue, (predicate, position) in enumerate(corpus.cues):
        here = np.flatnonzero(prompt[:, 0] == cue)
        facts = rows.get(predicate)
        if facts is None or not len(facts) or not len(here):
            continue
        given, first = np.unique(np.delete(facts, position, axis=1), axis=0, return_index=True)
        at = find_prompts(given.astype(np.int32), prompt[here, 1 : facts.shape[1]])
        answer[here[at >= 0]] = facts[first[at[at >= 0]], position]
    return answer
