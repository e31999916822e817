"""Theories up to renaming: which episodes hold the same facts but for the names in them.

Two episodes have the same theory if a bijection of the constants within each sort carries the
facts of one onto those of the other. A constant that a rule names stays itself, and constants that
rules compare by order keep their order.

Colours are refined for all episodes side by side (Weisfeiler & Leman 1968). They are hashed, and
never decide that two theories are the same: that is settled by a bijection that is found and
checked. Where colours leave several candidates, one of them is marked and refinement goes on, as
in McKay & Piperno (2014, arXiv 1301.1493).
"""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from .closure import Closure
from .facts import Array
from .row_keys import begins, group, pack, ragged, stable_order
from .syntax import Constant, Variable

ORDERING = ("<", "<=", ">", ">=")
TRIALS = 500  # candidates tried for one pair of theories; beyond it, in doubt, they are the same

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def theories_up_to_renaming(closure: Closure, sort: str) -> Ints:
    """[episodes] a number for each constant of ``sort``: equal where base facts are the same.

    Every base fact has its episode as the first argument. Theories are numbered in the order of
    the first episode that holds each.
    """
    block = closure.base.sorts[sort]
    theories = _theories(closure, block)
    out = np.arange(len(block))
    # a glance tells most theories apart; the others are looked at in full
    glance = theories.stepped(theories.stepped(theories.initial))
    left = np.sort(np.concatenate([[], *theories.alike(glance)]).astype(np.int64))
    theories = theories.only(left.tolist())
    colour = theories.refined(theories.initial)
    for episodes in theories.alike(colour):
        out[left[episodes]] = left[theories.representatives(episodes, colour)]
    return np.unique(out, return_inverse=True)[1]


@dataclasses.dataclass(frozen=True)
class _Theories:
    """E theories side by side. N nodes = (episode, constant), in order; M facts, by episode."""

    episode: Ints  # [N]
    label: Ints  # [N] what a renaming must keep of the node
    predicate: Ints  # [M]
    places: Ints  # [M, w] nodes of the arguments, N where there is none
    node_first: Ints  # [E + 1] where the nodes of each episode begin
    fact_first: Ints  # [E + 1]

    @functools.cached_property
    def initial(self) -> Hashes:
        """[N] colours of the labels."""
        return _mixed(self.label.astype(np.uint64))

    @functools.cached_property
    def _incident(self) -> tuple[Ints, Hashes, Ints]:
        """(fact, place) of each time that a node stands in a fact, by node; [N] where it begins."""
        fact, place = np.nonzero(self.places < len(self.episode))
        node = self.places[fact, place]
        order = stable_order(node)
        first = begins(node[order], len(self.episode))[:-1]
        return fact[order], place[order].astype(np.uint64), first

    def fact_hashes(self, colour: Hashes) -> Hashes:
        """[M] predicate and colours of the arguments, in order."""
        padded = np.append(colour, np.uint64(0))
        out = _mixed(self.predicate.astype(np.uint64))
        for column in self.places.T:
            out = _mixed(out ^ padded[column])
        return out

    def stepped(self, colour: Hashes) -> Hashes:
        """[N] the colours, refined once by the facts in which each node stands."""
        if not len(colour):
            return colour
        fact, place, first = self._incident
        hashes = _mixed(self.fact_hashes(colour)[fact] + place)
        return _mixed(colour ^ _mixed(np.add.reduceat(hashes, first)))

    def refined(self, colour: Hashes) -> Hashes:
        """[N] the colours, refined until no cell of an episode is divided any more."""
        own = _mixed(self.episode.astype(np.uint64))
        cells = 0
        while cells < (cells := len(np.unique(own ^ colour))):
            colour = self.stepped(colour)
        return colour

    def alike(self, colour: Hashes) -> list[list[int]]:
        """Episodes that these colours do not tell apart, two or more together."""
        columns = [np.diff(self.node_first), np.diff(self.fact_first)]
        for values, first in (
            (colour, self.node_first),
            (self.fact_hashes(colour), self.fact_first),
        ):
            total = np.append(np.uint64(0), np.cumsum(_mixed(values), dtype=np.uint64))
            columns.append(total[first[1:]] - total[first[:-1]])
        found: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for episode, signature in enumerate(zip(*(c.tolist() for c in columns))):
            found[signature].append(episode)
        return [episodes for episodes in found.values() if len(episodes) > 1]

    def only(self, episodes: list[int]) -> _Theories:
        """These episodes alone, in this order."""
        nodes, number, node_first = _joined(self.node_first, episodes)
        facts, _, fact_first = _joined(self.fact_first, episodes)
        renumbered = np.full(len(self.episode) + 1, len(nodes))
        renumbered[nodes] = np.arange(len(nodes))
        return _Theories(
            number,
            self.label[nodes],
            self.predicate[facts],
            renumbered[self.places[facts]],
            node_first,
            fact_first,
        )

    def representatives(self, episodes: list[int], colour: Hashes) -> list[int]:
        """Of episodes with one signature, for each the first that has the same theory."""
        known: dict[bytes, int] = {}
        first: list[int] = []
        out = []
        for e in episodes:
            form = self.form(e, colour)
            if form not in known:
                same = (f for f in first if _same(self.only([f, e])))
                known[form] = next(same, e)
                if known[form] == e:
                    first.append(e)
            out.append(known[form])
        return out

    def form(self, episode: int, colour: Hashes) -> bytes:
        """Labels and facts of an episode, its nodes named by the order of their colours.

        Equal forms are equal theories: the names give the bijection.
        """
        nodes = slice(*self.node_first[episode : episode + 2])
        facts = slice(*self.fact_first[episode : episode + 2])
        order = np.argsort(colour[nodes], kind="stable")
        name = np.full(len(colour) + 1, -1)
        name[np.arange(nodes.start, nodes.stop)[order]] = np.arange(len(order))
        rows = np.column_stack([self.predicate[facts], name[self.places[facts]]])
        rows = rows[np.lexsort(rows.T[::-1])]
        return self.label[nodes][order].tobytes() + rows.tobytes()


def _joined(first: Ints, chosen: list[int]) -> tuple[Ints, Ints, Ints]:
    """(entries, which of the chosen each is of, where each begins) of stretches put together."""
    at = np.array(chosen, np.int64)
    size = first[at + 1] - first[at]
    row, place = ragged(size)
    return first[at][row] + place, row, np.append(0, np.cumsum(size))


def _same(pair: _Theories) -> bool:
    """Whether two theories are the same up to renaming, by search for a bijection."""
    cut = int(pair.node_first[1])
    trials = 0

    def search(colour: Hashes) -> bool:
        nonlocal trials
        trials += 1
        colour = pair.refined(colour)
        many = Counter(colour[:cut].tolist())
        if many != Counter(colour[cut:].tolist()):
            return False
        cells = [(n, c) for c, n in many.items() if n > 1]
        if not cells:
            return pair.form(0, colour) == pair.form(1, colour)
        mine, *_ = np.flatnonzero(colour[:cut] == np.uint64(min(cells)[1]))
        for other in cut + np.flatnonzero(colour[cut:] == colour[mine]):
            marked = colour.copy()
            marked[[mine, other]] = _mixed(~colour[[mine, other]])
            if trials >= TRIALS or search(marked):
                return True
        return False

    return search(pair.initial)


def _mixed(value: Hashes) -> Hashes:
    """Each 64-bit number scrambled (SplitMix64, Steele, Lea & Flood 2014)."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _theories(closure: Closure, block: range) -> _Theories:
    facts = closure.base
    constants = len(facts.constants)
    width = max((rows.shape[1] for rows in facts.rows.values()), default=1)
    every = sum(map(len, facts.rows.values()))
    arguments = np.full((every, width), -1, np.int64)
    predicate = np.zeros(every, np.int64)
    at = 0
    for number, (_, rows) in enumerate(sorted(facts.rows.items())):
        arguments[at : at + len(rows), : rows.shape[1]] = rows
        predicate[at : at + len(rows)] = number
        at += len(rows)
    order = stable_order(arguments[:, 0])
    arguments, predicate = arguments[order], predicate[order]
    episode = arguments[:, 0] - block.start
    there = arguments[:, 1:] >= 0
    key = episode[:, None] * constants + arguments[:, 1:]
    node, first = group(key[there])
    places = np.full(there.shape, len(first))
    places[there] = node
    of, constant = np.divmod(key[there][first], constants)
    return _Theories(
        episode=of,
        label=_labels(closure, of, constant, block.start + of == constant),
        predicate=predicate,
        places=places,
        node_first=begins(of, len(block)),
        fact_first=begins(episode, len(block)),
    )


def _labels(closure: Closure, episode: Ints, constant: Ints, own: NDArray[np.bool_]) -> Ints:
    """[N] the sort; of an ordered one also the place in the order; a named constant is itself."""
    facts = closure.base
    starts = np.array([b.start for b in facts.sorts.values()])
    sort = np.searchsorted(starts, constant, side="right") - 1
    kind, first, second = np.zeros(len(constant), np.int64), sort.copy(), np.zeros_like(sort)
    named = _named(closure)
    ordered = np.isin(sort, _ordered(closure, starts))
    # nodes are in order of (episode, constant)
    _, since = group(pack([episode, sort]))
    begin = np.zeros(len(sort), np.int64)
    begin[since] = since
    place = np.arange(len(sort)) - np.maximum.accumulate(begin)
    second[ordered] = place[ordered] * (1 + len(named)) + np.searchsorted(named, constant[ordered])
    kind[ordered] = 1
    itself = np.isin(constant, named)
    kind[itself], first[itself], second[itself] = 2, constant[itself], 0
    kind[own], first[own], second[own] = 3, 0, 0  # the episode, as an argument again
    return pack([kind, first, second])


def _named(closure: Closure) -> Array:
    """The constants that stand in rules, in order."""
    names = set[str]()
    for rule in closure.program.rules:
        terms = [t for a in (rule.head, *rule.positive, *rule.negative) for t in a.terms]
        terms += [t for c in rule.comparisons for t in (c.left, c.right)]
        names |= {t.name for t in terms if isinstance(t, Constant)}
    found = [i for i, c in enumerate(closure.base.constants) if c in names]
    return np.array(found, np.int32)


def _ordered(closure: Closure, starts: Ints) -> Ints:
    """Numbers of the sorts whose constants some rule compares by order."""
    out = set[int]()
    for rule in closure.program.rules:
        for comparison in rule.comparisons:
            if comparison.operator not in ORDERING:
                continue
            for term in (comparison.left, comparison.right):
                if isinstance(term, Variable):
                    premise, place = rule.binding(term.name)
                    values = closure.rows(rule.positive[premise].predicate)[:, place]
                    out |= {*(np.searchsorted(starts, np.unique(values), side="right") - 1)}
    return np.array(sorted(out), np.int64)
