"""Exposure -> what is given, stated, held and demonstrated: the choices behind one corpus.

F facts of gold, P its patterns. What a demonstrated conclusion reads off is all its counting
derivations down to base facts: it may be demonstrated only if nothing withheld stands in them.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure
from ..datalog.engine import close
from ..datalog.facts import Array, Bools, Facts
from ..exposure import Exposure
from ..handed_split import HandedSplit, check_split, handed_split
from ..novelty.derivations import Pattern, Proofs
from ..novelty.proof_contents import tainted
from ..novelty.rungs import ReadOff, read_off
from ..undescribed import undescribed
from ..world import World
from .far_conclusions import far_conclusions, near
from .query_episodes import query_episodes
from .rule_presentation import Draw, presentations_of, silent


@dataclasses.dataclass(frozen=True)
class CorpusSplit:
    """The choices made, in terms of gold."""

    truth: Closure  # of the whole world
    gold: Proofs
    presentation: tuple[str, ...]  # [P] one of PRESENTATIONS
    held: Bools  # [F] base facts that no demonstrated conclusion may use
    held_frames: Bools  # [frames]
    eligible: Bools  # [F] conclusions that could be demonstrated
    usable: int  # base facts that a demonstrated conclusion may use
    demonstrated: Bools  # [F]
    far: Bools  # [F] conclusions near which nothing but witnesses is demonstrated
    handed: HandedSplit | None = None  # by the world; None: drawn as the exposure says
    query_episodes: Array | None = None  # those that questions are about; None: all, or no episodes

    def is_queried(self, prompt: Array) -> Bools:
        """[n] which prompts int32 [n, 1 + w] may be questions: none of an example's episode."""
        if self.query_episodes is None:
            return np.ones(len(prompt), bool)
        return np.isin(prompt[:, 1], self.query_episodes)

    @functools.cached_property
    def prompt_only(self) -> Bools:
        """[F] facts of the queried episodes: they stand in prompts, and in no example."""
        if self.query_episodes is None:
            return np.zeros(len(self.demonstrated), bool)
        return np.isin(self.gold.closure.arguments[:, 0], self.query_episodes)

    @functools.cached_property
    def stated_rules(self) -> Bools:
        """[P] patterns given as a sentence."""
        return np.array([w in ("stated", "both") for w in self.presentation], bool)

    @property
    def silent(self) -> Bools:
        """[P] patterns that are not to be exemplified."""
        return silent(self.presentation)


def split_corpus(
    world: World, size: str, exposure: Exposure, seeds: tuple[int, int]
) -> CorpusSplit:
    """Draw one exposure of one world; ``seeds`` = (world seed, exposure seed)."""
    check_split(world, exposure)  # before anything is derived
    sampled = world.closure(size, seeds[0])
    familiar = frozenset(sampled.base.rows) if world.episodes else world.familiar
    truth = Proofs(sampled, world.axioms, world.schema_of_rules, familiar)
    draw = Draw(world.id, world.draws(size), seeds[1])
    presentations = presentations_of(truth, exposure, draw)
    gold = _gold(world, truth, exposure, presentations, draw)
    c = gold.closure
    presentation = tuple(presentations[p] for p in gold.patterns)
    withheld = silent(presentation)[gold.pattern]
    withheld |= gold.top > exposure.demonstrated_height
    conclusion = (gold.best >= 0) & ~c.is_base & world.queried_predicates(c)[c.predicate]
    episodes = None
    derivable = c.is_base & (gold.best >= 0)
    if world.episodes:
        episodes = query_episodes(world, c, exposure, draw)
        queried = np.isin(c.arguments[:, 0], episodes)
        conclusion, derivable = conclusion & ~queried, derivable & ~queried
    handed = handed_split(world, exposure, sampled, seeds[1])
    if handed is not None:
        own = handed.in_gold(world, sampled, c, conclusion)
        return _handed(sampled, gold, presentation, derivable, own)
    open_ = conclusion & ~tainted(gold, withheld)
    rank = draw("shown").permutation(len(open_))
    premises = _premises(gold)
    witness, fixed, held = _witnessed(
        gold, exposure, presentation, derivable, open_, rank, premises, draw
    )
    held_frames = _held_frames(gold, exposure, open_, fixed.frames, draw)
    bad = withheld.copy()
    for column in gold.open.T:
        bad |= np.append(held, False)[column]
    bad[gold.rows.derivation[held_frames[gold.rows.frame]]] = True
    eligible = conclusion & ~tainted(gold, bad)
    far = far_conclusions(gold, exposure, conclusion, draw)
    eligible &= ~near(gold, far) | witness
    usable = int((premises & ~held).sum())
    demonstrated = _demonstrated(exposure, eligible, witness, rank, usable)
    return CorpusSplit(
        truth.closure,
        gold,
        presentation,
        held,
        held_frames,
        eligible,
        usable,
        demonstrated,
        far,
        query_episodes=episodes,
    )


def _handed(
    truth: Closure, gold: Proofs, presentation: tuple[str, ...], derivable: Bools, own: HandedSplit
) -> CorpusSplit:
    """A world's own split: held is every premise that no demonstrated conclusion uses."""
    premises, used = _premises(gold), np.zeros(len(derivable) + 1, bool)
    used[gold.open[read_off(gold, own.demonstrated | derivable).derivations]] = True
    held = premises & ~used[:-1]
    usable, none = int((premises & ~held).sum()), np.zeros(len(derivable), bool)
    frames, demonstrated = np.zeros(gold.rows.frames, bool), own.demonstrated
    return CorpusSplit(
        truth, gold, presentation, held, frames, demonstrated, usable, demonstrated, none, own
    )


def _gold(
    world: World,
    truth: Proofs,
    exposure: Exposure,
    presentations: Mapping[Pattern, str],
    draw: Draw,
) -> Proofs:
    """The perfect model of what is stated and given: familiar predicates in full, but for entities
    that the exposure leaves undescribed."""
    c, program, facts = truth.closure, truth.closure.program, truth.closure.base
    given = {a for p, w in presentations.items() if w != "neither" for a in p[1]}
    hidden = undescribed(world, exposure, facts, draw)
    rows: dict[str, Array] = {}
    for predicate, all_rows in facts.rows.items():
        kept = ~hidden.get(predicate, np.zeros(len(all_rows), bool))
        if predicate in truth.axioms and predicate not in program.negated:
            names = [(predicate, *(facts.constants[a] for a in row)) for row in all_rows]
            kept = np.array([n in given for n in names], bool)
        elif predicate not in program.negated | world.familiar and exposure.coverage < 1:
            order = draw(f"coverage {predicate}").permutation(len(all_rows))
            kept &= order < round(exposure.coverage * len(all_rows))
        if not kept.all():
            rows[predicate] = all_rows[kept]
    dropped = {rule for (rule, axioms), w in presentations.items() if w == "neither" and not axioms}
    if not rows and not dropped:
        return truth
    closure = _close_without(dropped, c, facts.replace(**rows))
    return dataclasses.replace(truth, closure=closure)


def _close_without(dropped: set[int], truth: Closure, facts: Facts) -> Closure:
    """The closure without these rules, in which the others keep their numbers."""
    closure = close(truth.program.without(dropped), facts)
    kept = [i for i in range(len(truth.program.rules)) if i not in dropped]
    return dataclasses.replace(
        closure, program=truth.program, rule=np.array(kept, np.int32)[closure.rule]
    )


def _witnessed(
    gold: Proofs,
    exposure: Exposure,
    presentation: tuple[str, ...],
    derivable: Bools,
    open_: Bools,
    rank: NDArray[np.int64],
    premises: Bools,
    draw: Draw,
) -> tuple[Bools, ReadOff, Bools]:
    """(witnesses [F], what they read off, held [F]), so that there is something left to hold.

    What witnesses and derivable base facts read off is never held. Of a predicate with few facts
    witnesses may take so many that less than half the share could be held: then that share is
    drawn first, and witnesses that do without it are preferred.
    """
    c = gold.closure
    if not (exposure.demonstrated or exposure.phi):
        fixed = read_off(gold, derivable)
        return open_ & False, fixed, _held(gold, exposure, premises, fixed.derivations, draw)
    witness = _witnesses(gold, presentation, open_, rank)
    fixed = read_off(gold, witness | derivable)
    held = _held(gold, exposure, premises, fixed.derivations, draw)
    given = read_off(gold, derivable).derivations
    first = _held(gold, exposure, premises, given, draw)
    for block in c.blocks.values():
        here = slice(block.start, block.stop)
        first[here] &= 2 * held[here].sum() < first[here].sum()
    if not first.any():
        return witness, fixed, held
    spared = tainted(gold, np.any(np.append(first, False)[gold.open], axis=1))
    order = np.lexsort((rank, spared))
    late = np.empty(len(rank), np.int64)
    late[order] = np.arange(len(rank))
    witness = _witnesses(gold, presentation, open_, late)
    fixed = read_off(gold, witness | derivable)
    return witness, fixed, _held(gold, exposure, premises, fixed.derivations, draw, first)


def _premises(gold: Proofs) -> Bools:
    """[F] base facts that stand as an open premise of a counting derivation."""
    out = np.zeros(len(gold.closure.predicate) + 1, bool)
    for column in gold.open.T:
        out[column[gold.counts]] = True
    return out[:-1] & gold.closure.is_base


def _held(
    gold: Proofs,
    exposure: Exposure,
    premises: Bools,
    fixed: Bools,
    draw: Draw,
    first: Bools | None = None,
) -> Bools:
    """[F] the share ``held`` of each predicate's ``premises`` [F], none of them ``fixed`` [D].

    Where a predicate has facts that were to be held ``first`` [F], those that can be are.
    """
    c = gold.closure
    free = np.append(premises, False) & ~gold.well_known
    free[gold.open[fixed]] = False
    out = np.zeros(len(c.predicate), bool)
    for predicate, block in c.blocks.items():
        here = slice(block.start, block.stop)
        if first is not None and first[here].any():
            out[here] = first[here] & free[:-1][here]
            continue
        candidates = block.start + np.flatnonzero(free[here])
        number = round(exposure.held * len(candidates))
        if number:
            out[draw(f"held {predicate}").permutation(candidates)[:number]] = True
    return out


def _held_frames(gold: Proofs, exposure: Exposure, open_: Bools, fixed: Bools, draw: Draw) -> Bools:
    """[frames] the share ``held_frames`` of those that occur in conclusions, none ``fixed``.

    A pattern on its own result is never held: without it no depth is pure.
    """
    rows = gold.rows
    out = np.zeros(rows.frames, bool)
    if not exposure.held_frames:
        return out
    own = 1 + gold.pattern[rows.derivation][:, None]
    fixed = fixed.copy()
    fixed[rows.frame[(np.append(gold.states.label, 0)[rows.premises] == own).any(1)]] = True
    could = np.zeros(rows.frames, bool)
    could[rows.frame[open_[gold.closure.head[rows.derivation]]]] = True
    number = round(exposure.held_frames * int(could.sum()))
    out[draw("held frames").permutation(np.flatnonzero(could & ~fixed))[:number]] = True
    return out


def _witnesses(
    gold: Proofs, presentation: tuple[str, ...], open_: Bools, rank: NDArray[np.int64]
) -> Bools:
    """[F] for each pattern that is to be exemplified, the first of its open conclusions."""
    c = gold.closure
    mine = np.flatnonzero(gold.counts & open_[c.head])
    none = len(rank)
    best = np.full(len(presentation), none, np.int64)
    np.minimum.at(best, gold.pattern[mine], rank[c.head[mine]])
    wanted = np.array([w in ("exemplified", "both") for w in presentation], bool) & (best < none)
    chosen = np.zeros(none, bool)
    chosen[best[wanted]] = True
    return chosen[rank]


def _demonstrated(
    exposure: Exposure, eligible: Bools, witness: Bools, rank: NDArray[np.int64], usable: int
) -> Bools:
    """[F] the conclusions demonstrated: the witnesses, and others up to the share."""
    total = int(eligible.sum())
    share = exposure.phi * usable if exposure.phi else exposure.demonstrated * total
    number = max(0, min(round(share), total) - int((witness & eligible).sum()))
    order = np.empty(len(rank), np.int64)
    order[rank] = np.arange(len(rank))
    out = witness & eligible
    out[order[(eligible & ~witness)[order]][:number]] = True
    return out
