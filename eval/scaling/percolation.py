"""Percolation: how much follows, and how far what is stated hangs together, as coverage grows.

Two exact quantities of a world, without any model. The *derivable share*: reachability in the
directed hypergraph of ground rules, given the stated facts. The *giant component*: the largest
piece of the undirected graph of entities that stand together in a stated fact; at the threshold it
begins to span the whole, and the mean size of the other pieces peaks (Lubana et al. 2024, arXiv
2408.12578).

Only recursive rules have a threshold. A two-hop needs two stated facts, so its derivable share is
the smooth p^2, and a jump of a model there is not percolation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ...errors import UserError
from ...worlds.corpus.rule_presentation import Draw
from ...worlds.datalog.closure import Closure, heights
from ...worlds.datalog.facts import Array
from ...worlds.datalog.syntax import Program
from ...worlds.novelty.shortcuts import entities
from ...worlds.world import World
from ..stats.curve import Floats
from ..stats.intervals import student

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]  # mean, low, high
Seeds = int | tuple[int, int]  # of world and exposure; one number stands for both


@dataclasses.dataclass(frozen=True)
class Sweep:
    """One world and size at C coverages, S seeds."""

    world: str  # id/size
    coverages: Floats  # [C]
    derivable: Floats  # [S, C] share of all true conclusions that follow from what is stated
    giant: Floats  # [S, C] share of the entities in the largest piece of their part of the world
    finite: Floats  # [S, C] mean size of the piece of an entity outside these
    # [S, C] the derivable share if premises were independent; None: recursive
    smooth: Floats | None
    total: Floats  # [S] true conclusions in all

    @property
    def recursive(self) -> bool:
        return self.smooth is None

    @property
    def linked(self) -> Triple:
        """The coverage at which the pieces begin to hang together."""
        return over_seeds(self.coverages, self.finite.argmax(1))

    @property
    def threshold(self) -> Triple | None:
        """The coverage around which the derivable share grows fastest.

        None where rules are not recursive: growth is then smooth, and has no threshold.
        """
        return over_seeds(*steepest(self.coverages, self.derivable)) if self.recursive else None

    def at(self, coverages: Sequence[float]) -> Sweep:
        """The same at some of its coverages."""
        some = [int(np.flatnonzero(np.isclose(self.coverages, c))[0]) for c in coverages]
        smooth = None if self.smooth is None else self.smooth[:, some]
        parts = self.derivable[:, some], self.giant[:, some], self.finite[:, some], smooth
        return Sweep(self.world, self.coverages[some], *parts, self.total)

    def only(self, seeds: Sequence[int]) -> Sweep:
        """The same of some of its seeds, by their places."""
        rows = list(seeds)
        smooth = None if self.smooth is None else self.smooth[rows]
        parts = self.derivable[rows], self.giant[rows], self.finite[rows], smooth
        return Sweep(self.world, self.coverages, *parts, self.total[rows])


def steepest(coverages: Floats, shares: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """(middles of the gaps between coverages [C - 1], which of them each row of shares [S, C] grows
    fastest in [S])."""
    rise = np.diff(shares, axis=1) / np.diff(coverages)
    return (coverages[1:] + coverages[:-1]) / 2, rise.argmax(1)


def over_seeds(coverages: Floats, at: NDArray[np.int64]) -> Triple:
    """(mean, low, high) of some coverages, no narrower than the gaps between those tried."""
    found = coverages[at]
    low, high = student(found[:, None]) if len(found) > 1 else ([0.0], [1.0])
    padded = np.concatenate([[0.0], coverages, [1.0]])
    below, above = padded[at], padded[at + 2]
    return (
        float(found.mean()),
        float(np.clip(min(low[0], (found + below).mean() / 2), 0, 1)),
        float(np.clip(max(high[0], (found + above).mean() / 2), 0, 1)),
    )


def sweep(world: World, size: str, coverages: Sequence[float], seeds: Sequence[Seeds]) -> Sweep:
    """The percolation of a world.

    What is stated at a coverage is what ``state`` states there, if every rule is given. Raises
    UserError for coverages that aren't shares in rising order, and for no seed.
    """
    at = np.asarray(coverages, float)
    if not len(at) or not ((at >= 0) & (at <= 1)).all() or (np.diff(at) <= 0).any():
        raise UserError(f"got coverages {list(coverages)}, expected shares in rising order")
    if not len(seeds):
        raise UserError("got no seeds, expected at least one")
    pairs = [(seed, seed) if isinstance(seed, int) else seed for seed in seeds]
    rows = [_one(world, size, at, pair) for pair in pairs]
    derivable, giant, finite, smooth, total = (np.stack(column) for column in zip(*rows))
    free = None if recursive(world.program) else smooth
    return Sweep(f"{world.id}/{size}", at, derivable, giant, finite, free, total)


def _one(
    world: World, size: str, coverages: Floats, seeds: tuple[int, int]
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """[C] each: derivable, giant, finite, smooth; and the number of conclusions, []."""
    closure = world.closure(size, seeds[0])
    statements = statements_of(world, size, closure, seeds[1])
    entity = entities(closure, world.schema_of_rules, world.entities)[:-1]
    conclusion = ~closure.is_base & world.queried_predicates(closure)[closure.predicate]
    nodes, every = links(closure, closure.is_base, entity)
    part = parts(nodes, every)
    smooth = not recursive(world.program)
    out = np.zeros((4, len(coverages)))
    for i, coverage in enumerate(coverages):
        known = statements.at(float(coverage))
        out[0, i] = derivable(closure, known)[conclusion].mean() if conclusion.any() else 0
        out[1:3, i] = pieces(part, links(closure, known, entity)[1])
        if smooth:
            out[3, i] = independent(closure, statements.always, float(coverage))[conclusion].mean()
    return out[0], out[1], out[2], out[3], np.array(float(conclusion.sum()))


@dataclasses.dataclass(frozen=True)
class Statements:
    """What of a closure is stated at each coverage; F facts."""

    order: Floats  # [F] place of a base fact in the draw of its predicate; inf: never stated
    total: Floats  # [F] base facts of that predicate
    always: Bools  # [F] what is given at any coverage

    def at(self, coverage: float) -> Bools:
        """[F] what is stated; more coverage states more of the same."""
        return self.always | (self.order < np.round(coverage * self.total))


def statements_of(world: World, size: str, closure: Closure, seed: int) -> Statements:
    """The draws of an exposure with this seed, if every rule is given."""
    order = np.full(len(closure.predicate), np.inf)
    total = np.zeros(len(closure.predicate))
    always = np.zeros(len(closure.predicate), bool)
    draw = Draw(world.id, world.draws(size), seed)
    given = world.axioms | world.familiar | closure.program.negated
    for predicate, rows in closure.base.rows.items():
        facts = closure.find(predicate, rows)
        if predicate in given:
            always[facts] = True
        else:
            order[facts] = draw(f"coverage {predicate}").permutation(len(rows))
            total[facts] = len(rows)
    return Statements(order, total, always)


def derivable(closure: Closure, known: Bools) -> Bools:
    """[F] what follows from the facts ``known`` [F]: reachability over all ground rules."""
    return heights(known, closure.head, closure.premises) >= 0


def independent(closure: Closure, always: Bools, coverage: float) -> Floats:
    """[F] the chance that a fact follows, if all premises of all its derivations were independent.

    Exact for a single derivation over distinct base facts: p^k for k of them. Only for programs
    without recursion.
    """
    base = np.where(always, 1.0, np.where(closure.is_base, coverage, 0.0))
    chance = base
    for _ in closure.program.strata:
        with_none = np.append(chance, 1.0)  # the last element answers for the padding -1
        holds = with_none[closure.premises].prod(1)
        fails = np.bincount(
            closure.head, np.log1p(-np.minimum(holds, 1 - 1e-16)), minlength=len(base)
        )
        chance = 1 - (1 - base) * np.exp(fails)
    return chance


def recursive(program: Program) -> bool:
    """Whether some predicate is derived from itself."""
    return any(
        rule.head.predicate in stratum and any(a.predicate in stratum for a in rule.positive)
        for stratum in program.strata
        for rule in program.rules
    )


def links(closure: Closure, known: Bools, entity: Bools) -> tuple[int, Array]:
    """(number of entities, edges [n, 2]) of the entities that stand together in a base fact known.

    A fact of several entities links the first of them with each of the others.
    """
    number = np.cumsum(entity) - 1
    with_none = np.append(entity, False)
    rows = closure.arguments[known & closure.is_base]
    among = with_none[rows]
    edges = [np.zeros((0, 2), np.int32)]
    first = among.argmax(1)
    for column in range(1, rows.shape[1]):
        both = np.flatnonzero(among[:, column] & (first < column) & among.any(1))
        pair = rows[both, first[both]], rows[both, column]
        edges.append(np.stack([number[pair[0]], number[pair[1]]], axis=1).astype(np.int32))
    return int(entity.sum()), np.concatenate(edges)


def parts(nodes: int, edges: Array) -> NDArray[np.int32]:
    """[nodes] the number of the connected piece that each node is in."""
    weight = np.ones(len(edges), np.int8)
    graph = coo_matrix((weight, (edges[:, 0], edges[:, 1])), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1]


def pieces(part: NDArray[np.int32], edges: Array) -> tuple[float, float]:
    """(share of the nodes in the largest piece of their part, mean piece of a node outside these).

    ``part`` [nodes]: parts that no edge ever joins, each with a largest piece of its own.
    """
    if not len(part):
        return 0.0, 0.0
    piece = parts(len(part), edges)
    sizes = np.bincount(piece)
    home = np.zeros(len(sizes), np.int64)
    home[piece] = part
    # the last piece of each part in order of size is its largest
    order = np.lexsort((sizes, home))
    largest = np.append(np.diff(home[order]) > 0, True)
    rest = sizes[order][~largest].astype(float)
    spanned = sizes[order][largest].sum() / len(part)
    return float(spanned), float((rest**2).sum() / rest.sum()) if len(rest) else 0.0


def critical_edges(entities: int, properties: int, seeds: Sequence[int], step: float = 0.02) -> int:
    """Random entity-property edges at which pieces begin to hang together: about sqrt(n1 n2).

    The number at which the mean size of the piece of a node outside the largest peaks, averaged
    over seeds. Theory: Newman et al. 2001 (arXiv cond-mat/0007235), for bipartite random graphs.
    """
    near = np.sqrt(entities * properties)
    numbers = np.unique(np.round(np.arange(0.5, 2.0, step) * near).astype(int))
    found, whole = np.zeros(len(numbers)), np.zeros(entities + properties, np.int32)
    for seed in seeds:
        draw = Draw("bipartite", f"{entities}x{properties}", seed)("edges")
        edges = np.stack(
            [
                draw.randint(0, entities, numbers[-1]),
                entities + draw.randint(0, properties, numbers[-1]),
            ],
            axis=1,
        )
        found += [pieces(whole, edges[:n])[1] for n in numbers]
    return int(numbers[found.argmax()])
