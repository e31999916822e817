"""How large a world is whose sizes were changed, estimated from closures of its smallest size.

Facts and derivations mostly grow as powers of a size's parameters. Which powers is seen where one
parameter after the other is doubled; from there they are carried on to the size that is wanted.
"""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Iterator, Mapping
from typing import Any

from ...parameters import split
from ...worlds.datalog.engine import close
from ...worlds.world import World

# bytes that are certainly taken: of a constant for its name, of a fact and of a derivation for
# arrays of int32, their keys of int64, and DuckDB's copies
CONSTANT, FACT, DERIVATION = 60, 40, 48
EXPONENT = 4.0  # the largest that is believed
TRIED = 1e7  # product of the parameters of a size that is closed
MOST = 1_000_000  # derivations of a size of which another, twice as large, is closed
LARGER = 4  # times the largest that a world declares: what its maker did not try

Arguments = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Size:
    """Counts of one closure; those of an estimate are no whole numbers."""

    constants: float
    facts: float
    derivations: float

    @property
    def bytes(self) -> float:
        return CONSTANT * self.constants + FACT * self.facts + DERIVATION * self.derivations


def doubtful(world: World, size: str, outside: bool) -> bool:
    """Whether a size is worth an estimate: of a world from ``outside`` any, of a built-in one any
    that exceeds LARGER times what the world itself declares."""
    if outside:
        return True
    if not split(size)[1]:
        return False
    known = dict[tuple[str, int], float]()
    for name in world.sizes:
        for key, value in _numbers(_arguments(world, name)):
            known[key] = max(known.get(key, 0), value)
    wanted = _numbers(_arguments(world, world.named_size(size)))
    return any(value > LARGER * max(known.get(key, 1), 1) for key, value in wanted)


def estimate(world: World, size: str, seed: int = 0) -> Size | None:
    """How large the closure of a size will be; None where lower sizes say nothing about it.

    A lower size is drawn, closed, and drawn again with each parameter doubled that is to grow.
    """
    wanted = _arguments(world, world.named_size(size))
    for base in _bases(world, size, wanted):
        numbers = dict(_numbers(wanted))
        larger = {k: (n, numbers[k] / n) for k, n in _numbers(base) if numbers.get(k, n) > n}
        if not larger or extent(base) > TRIED:
            continue
        first = _closed(world, base, seed)
        if first is None or first.derivations > MOST:
            continue
        found = dataclasses.astuple(first)
        for key, (value, times) in larger.items():
            doubled = _closed(world, _with(base, key, 2 * value), seed)
            if doubled is None:
                continue
            powers = [
                min(EXPONENT, max(0.0, math.log2(more / less))) if more and less else 0.0
                for more, less in zip(dataclasses.astuple(doubled), dataclasses.astuple(first))
            ]
            found = tuple(n * times**power for n, power in zip(found, powers))
        return Size(*found)
    return None


def _bases(world: World, size: str, wanted: Arguments) -> Iterator[Arguments]:
    """Arguments to begin with: those of the size without its changes, and then the wanted ones with
    every number as low as some size has it."""
    yield _arguments(world, split(size)[0])
    least: dict[tuple[str, int], int] = {}
    for name in world.sizes:
        for key, value in _numbers(_arguments(world, name)):
            least[key] = min(least.get(key, value), value)
    lower = wanted
    for key, value in _numbers(wanted):
        lower = _with(lower, key, min(value, least.get(key, value)))
    yield lower


def _closed(world: World, arguments: Arguments, seed: int) -> Size | None:
    from numpy.random import RandomState

    try:
        facts = world.sample(RandomState(seed), **arguments)
        closure = close(world.program, facts)
    except Exception:  # a stranger's code, at a size of which nobody thought
        return None
    return Size(len(facts.constants), len(closure.predicate), len(closure.rule))


def _arguments(world: World, size: str) -> Arguments:
    """All that ``sample`` is called with at a size, its defaults too."""
    parameters = inspect.signature(world.sample).parameters.values()
    usual = {p.name: p.default for p in parameters if p.default is not p.empty}
    return {**usual, **world.arguments(size)}


def _numbers(arguments: Arguments) -> Iterator[tuple[tuple[str, int], int]]:
    """((argument, place in it), value) of all whole numbers from 1."""
    for name, value in arguments.items():
        values = value if isinstance(value, tuple | list) else (value,)
        for place, number in enumerate(values):
            if type(number) is int and number > 0:
                yield (name, place), number


def _with(arguments: Arguments, key: tuple[str, int], number: int) -> Arguments:
    name, place = key
    value = arguments[name]
    if isinstance(value, tuple | list):
        value = (*value[:place], number, *value[place + 1 :])
        return {**arguments, name: value}
    return {**arguments, name: number}


def extent(arguments: Arguments) -> float:
    """The product of the numbers of a size; of a list the largest."""
    found: dict[str, int] = {}
    for (name, _), value in _numbers(arguments):
        found[name] = max(found.get(name, 1), value)
    return math.prod(map(float, found.values()))
