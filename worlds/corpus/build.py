"""build_corpus(world, size, exposure, seeds) -> Corpus: what is stated, what is queried, and why.

One principle: in doubt a thing counts as demonstrated. Everything here is computed in gold, the
perfect model of what is stated and given; the audit then checks every promise, on every build.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure
from ..datalog.facts import Array, Bools
from ..exposure import Exposure
from ..interventions.mixture import Mixture
from ..novelty.exceptions import exception_items
from ..novelty.hard_negatives import near_misses
from ..novelty.questions import (
    Certificate,
    Cue,
    Given,
    Questions,
    certify,
    find_prompts,
    prompts_of,
)
from ..novelty.rungs import LADDER, read_off
from ..novelty.shortcuts import entities
from ..novelty.written_proofs import written_facts
from ..world import World
from .audit import audit
from .corpus import Beside, Corpus, Examples
from .examples import each_once, examples_of, rows_of
from .frequency import with_frequencies, writing_of
from .frequency_audit import audit_frequency
from .rule_presentation import Draw
from .split import CorpusSplit, split_corpus
from .twins import sentences_of


def build_corpus(
    world: World, size: str, exposure: Exposure | None = None, seeds: tuple[int, int] = (0, 0)
) -> Corpus:
    """The corpus of one world, size, exposure and (world, exposure) seeds; audited.

    A size may be given with parameters, ``small[entities=40]``, beside those of the world itself.
    Raises UserError for an unknown size, AuditError where a promise cannot be kept.
    """
    size = world.named_size(size)
    exposure = exposure or world.default_exposure(size)
    split = split_corpus(world, size, exposure, seeds)
    gold, c = split.gold, split.gold.closure
    stated = c.is_base & ~gold.axiom
    derivable = c.is_base & (gold.best >= 0) & ~split.prompt_only
    read = read_off(gold, split.demonstrated | derivable)
    given = Given(stated, split.demonstrated, written_facts(gold, split.demonstrated))
    cues = _cues(world, c, exposure)
    width = max(c.arity.values()) - 1
    query_cues = [cue for cue in cues if cue[0] not in world.axioms]
    everything = prompts_of(c, query_cues, width)
    questions = everything.only(_queried(split, everything, stated))
    entity = entities(c, world.schema_of_rules, world.entities)
    certificate = certify(gold, read, questions, entity, given, split.stated_rules)
    draw = Draw(world.id, size, seeds[1])
    rng = draw("nontheorems")
    prompts, near, leaks, missed = _controls(split, exposure, everything, query_cues, rng)
    sentences = sentences_of(world, split, exposure, draw)
    examples = examples_of(world, split, exposure, cues, width, missed, sentences, draw)
    plain = each_once(examples)
    rows = rows_of(world, split, exposure, cues, plain, sentences, draw)
    writing = writing_of(world, split, read, plain, cues)
    certificate = with_frequencies(certificate, world, split, questions, writing, draw("matched"))
    certificate = _with_exceptions(certificate, world, c, questions, examples)
    if rows is not plain:  # questions and their certificates are those of what is stated
        writing = writing_of(world, split, read, rows, cues)
    corpus = Corpus(
        world=world,
        size=size,
        exposure=exposure,
        seeds=seeds,
        split=split,
        read=read,
        stated=stated,
        demonstrated=split.demonstrated,
        written=given.written,
        cues=cues,
        prompt=np.concatenate([questions.prompt, prompts]),
        values=questions.values,
        fact=questions.fact,
        offsets=np.append(questions.offsets, np.full(len(prompts), questions.offsets[-1])),
        certificate=_with_controls(certificate, near, leaks),
        examples=examples,
        writing=writing,
        sentences=sentences.plain,
        rows=rows,
        beside=tuple(_beside(exposure, seeds, draw)),
    )
    audit(corpus)
    audit_frequency(corpus)
    return corpus


def _beside(exposure: Exposure, seeds: tuple[int, int], draw: Draw) -> Iterator[Beside]:
    """What is read of other worlds, whose corpora are of the same seeds."""
    for one in exposure.interventions:
        if isinstance(one, Mixture):
            other = build_corpus(*one.second(), seeds=seeds)
            many = len(other.rows.kind) + len(other.sentences)
            order = draw(f"mixture {one.world}").permutation(many)
            yield Beside(other, np.sort(order[: round(one.share * many)]))


def _queried(split: CorpusSplit, questions: Questions, stated: Bools) -> Bools:
    """[n] which questions are queried: of a split that the world hands in those that it names, and
    those that only stated facts answer."""
    queried = split.is_queried(questions.prompt)
    if split.handed is None:
        return queried
    first = questions.offsets[:-1]
    named = np.logical_or.reduceat(split.handed.queried[questions.fact], first)
    return queried & (named | np.logical_and.reduceat(stated[questions.fact], first))


def _cues(world: World, closure: Closure, exposure: Exposure) -> tuple[Cue, ...]:
    """Every predicate's query positions; those of axioms come last: stated, never queried.

    A cue of an axiom stands once for each of its wordings.
    """
    order = sorted(closure.predicates, key=lambda p: (p in world.axioms, p))
    times = {p: exposure.wordings if p in world.axioms else 1 for p in order}
    places = {p: world.positions(p, closure.arity[p]) for p in order}
    return tuple((p, i) for p in order for i in places[p] * times[p])


def _controls(
    split: CorpusSplit,
    exposure: Exposure,
    questions: Questions,
    query_cues: Sequence[Cue],
    rng: np.random.RandomState,
) -> tuple[Array, NDArray[np.int8], Array, Array]:
    """(prompts, near_miss, world's answer or -1) of queried controls; prompts of demonstrated ones.

    ``questions`` are all that gold answers; some episodes are queried, the others give examples.
    """
    known, unknown = questions, questions.prompt[:0]
    betrayal = np.zeros(0, np.int32)
    if split.truth is not split.gold.closure:
        known = prompts_of(split.truth, query_cues, questions.prompt.shape[1] - 1)
        lost = find_prompts(questions.prompt, known.prompt) < 0
        lost &= split.is_queried(known.prompt)
        unknown, betrayal = known.prompt[lost], known.values[known.offsets[:-1]][lost]
    if not exposure.nontheorems:
        tags = np.full(len(unknown), -1, np.int8)
        return unknown, tags, betrayal, unknown[:0]
    prompts, tags = near_misses(split.gold, split.truth, known.prompt, query_cues, rng)
    order = rng.permutation(len(prompts))
    number = round(exposure.nontheorems * split.demonstrated.sum())
    if split.query_episodes is None:
        demonstrated, kept = np.split(order, [min(number, len(order) // 2)])
    else:
        mine = split.is_queried(prompts[order])
        demonstrated, kept = order[~mine][:number], order[mine]
    kept = np.sort(kept)
    return (
        np.concatenate([prompts[kept], unknown]),
        np.concatenate([tags[kept], np.full(len(unknown), -1, np.int8)]),
        np.concatenate([np.full(len(kept), -1, np.int32), betrayal]),
        prompts[np.sort(demonstrated)],
    )


def _with_exceptions(
    certificate: Certificate, world: World, c: Closure, questions: Questions, examples: Examples
) -> Certificate:
    """The certificate with the exception items of a world that declares likeness."""
    if not world.like:
        return certificate
    distractor, twin = exception_items(
        world.like, c, questions, certificate, examples.prompt, examples.answer
    )
    return dataclasses.replace(certificate, distractor=distractor, twin=twin)


def _with_controls(certificate: Certificate, near: NDArray[np.int8], leaks: Array) -> Certificate:
    """The certificate with the controls' rows behind: pure, and with nothing to prove."""
    rung = np.where(near >= 0, LADDER.index("nontheorem"), LADDER.index("unknowable"))
    own = {"rung": rung, "near_miss": near, "leak": leaks}
    own["pure"] = own["matched"] = np.ones(len(near))
    own["twin"] = own["distractor"] = np.full(len(near), -1)
    columns = {}
    for field in dataclasses.fields(certificate):
        column = getattr(certificate, field.name)
        extra = own.get(field.name, np.zeros(len(near)))
        columns[field.name] = np.concatenate([column, np.asarray(extra, column.dtype)])
    return Certificate(**columns)
