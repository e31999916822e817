"""The published splits of SCAN, each by its rule: of commands-v2, at whatever size.

Lake & Baroni 2018 (arXiv 1711.00350): simple, length, a new primitive. Loula, Baroni & Lake 2018
(arXiv 1807.07545): templates. At size ``scan`` train and test are of as many commands as published
(github.com/brendenlake/SCAN), where a new primitive, which trains alone, is repeated besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ..datalog.closure import Closure
from ..handed_split import HandedSplit

LONGEST = 22  # actions of a command that SCAN's length split trains on
TEST_SHARE = 0.2  # of the commands, in the simple split: 4,182 of 20,910
Rule = Callable[[Closure, int], HandedSplit]


def simple(closure: Closure, seed: int) -> HandedSplit:
    """A fifth of the commands is queried, drawn by the exposure seed: not the published draw."""
    fact, command, _ = _commands(closure)
    order = stream("commands-v2", "simple", seed).permutation(len(command))
    test = np.isin(np.arange(len(command)), order[: round(TEST_SHARE * len(command))])
    return HandedSplit.of(closure, demonstrated=fact[~test], queried=fact[test])


def length(closure: Closure, seed: int) -> HandedSplit:
    """Commands of more than 22 actions are queried, all others are demonstrated."""
    fact, _, actions = _commands(closure)
    test = np.array([a.count(" ") >= LONGEST for a in actions], bool)
    return HandedSplit.of(closure, demonstrated=fact[~test], queried=fact[test])


def added(primitive: str) -> Rule:
    """The split of a new primitive. A verb that trains alone is a base fact, "jump" is JUMP: it is
    stated, as in every corpus. "turn left" alone is a conclusion, and is demonstrated."""

    def rule(closure: Closure, seed: int) -> HandedSplit:
        fact, command, _ = _commands(closure)
        alone = np.array([c == primitive for c in command], bool)
        holds = np.array([f" {primitive} " in f" {c} " for c in command], bool)
        train = ~holds | (alone & (primitive not in _verbs(closure)))
        return HandedSplit.of(closure, demonstrated=fact[train], queried=fact[holds & ~alone])

    rule.__doc__ = f'Commands that contain "{primitive}" are queried; by itself it is learned.'
    return rule


def template(words: str, verb: str = "") -> Rule:
    """The split of a template: the words after the verb, or after any if none is given. Commands
    in which they follow "turn" are in neither part, as published."""
    before = re.compile(rf"(\S+) {words}(?!\S)")

    def rule(closure: Closure, seed: int) -> HandedSplit:
        fact, command, _ = _commands(closure)
        first = [{*before.findall(c)} for c in command]
        turned = np.array(["turn" in found for found in first], bool)
        verbs = {verb} if verb else _verbs(closure)
        holds = np.array([not verbs.isdisjoint(found) for found in first], bool)
        train, test = ~holds & ~turned, holds & ~turned
        return HandedSplit.of(closure, demonstrated=fact[train], queried=fact[test])

    rule.__doc__ = (
        f'Commands that contain "{verb or "VERB"} {words}" are queried; those that contain '
        f'"turn {words}" are left out.'
    )
    return rule


SPLITS: Mapping[str, Rule] = MappingProxyType(
    {
        "simple": simple,
        "length": length,
        "add-jump": added("jump"),
        "add-turn-left": added("turn left"),
        "right": template("right"),
        "opposite-right": template("opposite right"),
        "around-right": template("around right"),
        "jump-around-right": template("around right", "jump"),
    }
)


def _commands(closure: Closure) -> tuple[NDArray[np.int64], list[str], list[str]]:
    """(facts of ``does`` [n], their commands, their actions), in the order of the commands'
    letters, which the order of a world's facts does not change."""
    names, start = closure.base.constants, closure.blocks["does"].start
    does = [(names[c], names[s], start + i) for i, (c, s) in enumerate(closure.rows("does"))]
    command, actions, fact = zip(*sorted(does))
    return np.array(fact, np.int64), [*command], [*actions]


def _verbs(closure: Closure) -> set[str]:
    return {closure.base.constants[i] for i in closure.rows("means")[:, 0]}
