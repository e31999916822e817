"""What counts as a proof, and of what each derivation is an instance: patterns, labels, frames.

F facts, D derivations, P patterns, S states = (fact, label), R rows = a counting derivation with
one label chosen for each of its open (non-axiom) premises, k most open premises.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..datalog.closure import Closure
from ..datalog.facts import Array, Bools
from ..datalog.row_keys import begins, group, pack, ragged, stable_order

LARGEST_COMPONENT = 2_000  # facts; in larger ones every derivation counts: in doubt, demonstrated
Pattern = tuple[int, tuple[tuple[str, ...], ...]]  # rule, the axiom facts bound in it, as words


@dataclasses.dataclass(frozen=True)
class States:
    """A fact together with a label that it bears, ordered by (fact, label)."""

    fact: Array  # [S]
    label: Array  # [S] 0 is "base", 1 + p stands for a counting derivation by pattern p
    first: NDArray[np.int64]  # [F + 1] where the states of each fact begin
    head: NDArray[np.int64]  # [counting derivations] the state that each derives


@dataclasses.dataclass(frozen=True)
class Rows:
    """Counting derivations under every choice of labels, ordered by head state."""

    derivation: NDArray[np.int64]  # [R]
    premises: Array  # [R, k] states, -1 padded
    head: Array  # [R] state
    frame: NDArray[np.int64]  # [R] number of (pattern, labels, schema values)
    frames: int


@dataclasses.dataclass(frozen=True)
class Proofs:
    """A closure seen as proofs."""

    closure: Closure
    axioms: frozenset[str]
    schema: Mapping[int, tuple[str, ...]]
    familiar: frozenset[str] = frozenset()  # base predicates whose facts count as used

    @functools.cached_property
    def axiom(self) -> Bools:
        """[F] whether the fact is a rule as data."""
        c = self.closure
        return np.array([p in self.axioms for p in c.predicates])[c.predicate]

    @functools.cached_property
    def well_known(self) -> Bools:
        """[F + 1] base facts of familiar predicates; the last answers for the padding -1."""
        c = self.closure
        known = np.array([p in self.familiar for p in c.predicates])
        return np.append(known[c.predicate] & c.is_base, False)

    @functools.cached_property
    def counts(self) -> Bools:
        """[D] whether the derivation counts: no premise needs the head."""
        return ~circular(self.closure)

    @functools.cached_property
    def open(self) -> Array:
        """[D, k] the positive non-axiom premises, left-aligned, -1 padded."""
        c = self.closure
        places = [
            [i for i, a in enumerate(r.positive) if a.predicate not in self.axioms]
            for r in c.program.rules
        ]
        width = max((len(p) for p in places), default=0)
        if all(p == list(range(c.premises.shape[1])) for p in places):
            return c.premises
        at = np.full((len(places), max(width, 1)), c.premises.shape[1])  # the last column: none
        for rule, p in enumerate(places):
            at[rule, : len(p)] = p
        padded = np.pad(c.premises, ((0, 0), (0, 1)), constant_values=-1)
        return np.take_along_axis(padded, at[c.rule], axis=1)

    @functools.cached_property
    def top(self) -> Array:
        """[D] 1 + the largest premise height."""
        height = np.append(self.closure.height, 0)  # the last element answers for the padding -1
        premises = self.closure.premises
        return 1 + height[premises].max(1, initial=0)

    @functools.cached_property
    def _patterns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        c = self.closure
        columns = [c.rule]
        for i in range(c.premises.shape[1]):
            bound = [
                len(r.positive) > i and r.positive[i].predicate in self.axioms
                for r in c.program.rules
            ]
            if any(bound):
                columns.append(np.where(np.array(bound)[c.rule], c.premises[:, i], -1))
        return group(pack(columns))

    @property
    def pattern(self) -> NDArray[np.int64]:
        """[D] the pattern of each derivation."""
        return self._patterns[0]

    @functools.cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """[P] each pattern, readable and comparable between closures of one world."""
        c = self.closure
        out = []
        for d in self._patterns[1]:
            rule = c.program.rules[c.rule[d]]
            axioms = tuple(
                words(c, int(p))
                for p, a in zip(c.premises[d], rule.positive)
                if a.predicate in self.axioms
            )
            out.append((int(c.rule[d]), axioms))
        return tuple(out)

    @functools.cached_property
    def best(self) -> NDArray[np.int64]:
        """[F] the first of each fact's lowest counting derivations, -1 where there is none."""
        counted = np.flatnonzero(self.counts)
        best = np.full(len(self.closure.predicate), -1, np.int64)
        if len(counted):
            head, top = self.closure.head[counted], self.top[counted]
            starts = np.flatnonzero(np.diff(head, prepend=-1))  # derivations are ordered by head
            least = np.repeat(np.minimum.reduceat(top, starts), np.diff(starts, append=len(head)))
            lowest = np.flatnonzero(top == least)[::-1]
            best[head[lowest]] = counted[lowest]  # of equal places the one written last stays
        return best

    @functools.cached_property
    def states(self) -> States:
        c = self.closure
        base = np.flatnonzero(c.is_base)
        labels = len(self.patterns) + 1
        heads = c.head[self.counts].astype(np.int64) * labels + 1 + self.pattern[self.counts]
        number, first = group(key := np.concatenate([base * labels, heads]))
        fact, label = np.divmod(key[first], labels)
        starts = begins(fact, len(c.predicate))
        return States(fact.astype(np.int32), label.astype(np.int32), starts, number[len(base) :])

    @functools.cached_property
    def rows(self) -> Rows:
        states = self.states
        counted = np.flatnonzero(self.counts)
        which = np.arange(len(counted))  # row -> counted derivation
        chosen: list[NDArray[np.int64]] = []
        many = np.diff(states.first)
        for i in range(self.open.shape[1]):
            premise = self.open[counted, i][which]
            choices = np.where(premise >= 0, many[premise], 1)
            if (choices != 1).any():
                repeat, place = ragged(choices)
                which, premise = which[repeat], premise[repeat]
                chosen = [column[repeat] for column in chosen]
            else:
                place = np.int64(0)
            chosen.append(np.where(premise >= 0, states.first[premise] + place, -1))
        derivation = counted[which]
        head = states.head[which]
        labels = [np.where(s >= 0, np.append(states.label, 0)[s], -1) for s in chosen]
        frame, first = group(pack([self.pattern[derivation], *labels, *self._values(derivation)]))
        premises = np.stack(chosen, 1) if chosen else np.zeros((len(which), 0), np.int64)
        if (np.diff(head) < 0).any():
            order = stable_order(head)
            derivation, premises, head, frame = (
                a[order] for a in (derivation, premises, head, frame)
            )
        return Rows(derivation, premises.astype(np.int32), head.astype(np.int32), frame, len(first))

    def _values(self, derivation: NDArray[np.int64]) -> list[Array]:
        """The values of the schema variables, a column per variable of the richest rule."""
        c = self.closure
        width = max((len(v) for v in self.schema.values()), default=0)
        columns = []
        for i in range(width):
            column = np.full(len(derivation), -1, np.int32)
            for rule, variables in self.schema.items():
                if i < len(variables):
                    premise, place = c.program.rules[rule].binding(variables[i])
                    mine = c.rule[derivation] == rule
                    column[mine] = c.arguments[c.premises[derivation[mine], premise], place]
            columns.append(column)
        return columns


def words(closure: Closure, fact: int) -> tuple[str, ...]:
    """A fact as (predicate, argument, …)."""
    names = (closure.base.constants[a] for a in closure.arguments[fact] if a >= 0)
    return (closure.predicates[closure.predicate[fact]], *names)


def circular(closure: Closure) -> Bools:
    """[D] whether some premise cannot be derived without the derivation's own head.

    Only premises in the head's strongly connected component need the test: what is outside does
    not depend on the head.
    """
    recursive = _recursive_rules(closure)
    suspect = np.flatnonzero(recursive[closure.rule])
    if not len(suspect):
        return np.zeros(len(closure.head), bool)
    premises = closure.premises[suspect]
    edge = premises >= 0
    facts = len(closure.predicate)
    heads = np.repeat(closure.head[suspect], edge.sum(1))
    graph = coo_matrix((np.ones(len(heads), bool), (heads, premises[edge])), (facts, facts))
    _, component = connected_components(graph, connection="strong")
    inner = np.zeros(closure.premises.shape, bool)  # premises in their head's component
    inner[suspect] = edge & (component[premises] == component[closure.head[suspect]][:, None])
    loops, home = inner.any(1), component[closure.head]
    size = np.bincount(component)[home]
    # of two facts at most, each can do without the other if some derivation comes from outside
    grounded = np.append(closure.is_base, True)
    grounded[closure.head[~loops]] = True
    lost = (closure.premises == closure.head[:, None]) | ~grounded[closure.premises]
    out = (inner & lost).any(1) & (size <= 2)
    # the components' derivations, those without an inner premise included: they ground them
    larger = np.zeros(len(component), bool)
    larger[home[loops & (size > 2) & (size <= LARGEST_COMPONENT)]] = True
    derivations, members = np.flatnonzero(larger[home]), np.flatnonzero(larger[component])
    facts_of = _by(component[members], members)
    for c, mine in _by(home[derivations], derivations).items():
        out[mine] = _circular_within(closure, facts_of[c], mine)
    return out


def _by(key: NDArray[np.integer], of: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """Key -> those of ``of`` [n], in their order, whose ``key`` [n] it is."""
    order = stable_order(key)
    keys, first = np.unique(key[order], return_index=True)
    return dict(zip(keys.tolist(), np.split(of[order], first[1:])))


def _recursive_rules(closure: Closure) -> Bools:
    stratum = {p: i for i, s in enumerate(closure.program.strata) for p in s}
    return np.array(
        [
            any(stratum.get(a.predicate) == stratum[r.head.predicate] for a in r.positive)
            for r in closure.program.rules
        ],
        bool,
    )


def _circular_within(
    closure: Closure, members: NDArray[np.int64], derivations: NDArray[np.int64]
) -> Bools:
    """The test within one component of n facts.

    ``without[f]`` holds, as bits, every member h without which f is still derivable; it grows to
    its least fixpoint. Row n answers for all that lies outside, and for the padding.
    """
    n = len(members)
    local = np.full(len(closure.predicate) + 1, n)
    local[members] = np.arange(n)
    head, premises = local[closure.head[derivations]], local[closure.premises[derivations]]
    but_itself = np.packbits(~np.eye(n, dtype=bool), axis=1)
    without = np.zeros((n + 1, but_itself.shape[1]), np.uint8)
    without[n] = 255
    without[:n][closure.is_base[members]] = but_itself[closure.is_base[members]]
    starts = np.flatnonzero(np.diff(head, prepend=-1))  # derivations are ordered by head
    heads = head[starts]
    while True:
        both = without[premises[:, 0]]
        for column in premises.T[1:]:
            both &= without[column]
        new = np.bitwise_or.reduceat(both, starts, axis=0) & but_itself[heads] | without[heads]
        if (new == without[heads]).all():
            break
        without[heads] = new
    bit = (128 >> (head % 8)).astype(np.uint8)
    return ~np.all([without[column, head // 8] & bit > 0 for column in premises.T], axis=0)
