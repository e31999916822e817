"""Tools: what answers the calls of a model. Third parties add theirs.

A tool is a function ``tool(calls, rng) -> whole numbers``: of each of n calls the constant that is
its result, or ``calls.corpus.none`` for no result. ``rng`` is a ``numpy.random.RandomState`` of its
own. It is found by name as an entry point of the group ``zebroid.tools``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .... import registry
from ....errors import UserError
from ....eval.question_sets.question_set import QuestionSet
from ....sources import line
from ....worlds.corpus.corpus import Corpus
from ....worlds.draw_limit import draws_within, ends
from ....worlds.encoding.traces import DEDUCE, LOOK_UP, Line, Prompt, Traces
from .deducer import Deducer

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Calls:
    """n calls that wait for a result, each of another question."""

    of: QuestionSet
    name: tuple[str, ...]  # [n] look-up or deduce
    prompt: tuple[Prompt, ...]  # [n] a cue, by number, and the given constants
    lines: tuple[tuple[Line, ...], ...]  # [n] what results have stated in the same answer so far
    looks: tuple[int, ...]  # [n] how many the same answer may still make: ``is_look``

    @property
    def corpus(self) -> Corpus:
        return self.of.corpus


Tool = Callable[[Calls, np.random.RandomState], Sequence[int] | Ints]


def exact(calls: Calls, rng: np.random.RandomState) -> Ints:
    """Stated facts are looked up, and one step is deduced from what was written."""
    out, deducer = look_up(calls, rng), _deducer(calls.of)
    for i, (name, prompt) in enumerate(zip(calls.name, calls.prompt)):
        if name == DEDUCE:
            out[i] = deducer.deduced(prompt, calls.lines[i])
    return out


def look_up(calls: Calls, rng: np.random.RandomState) -> Ints:
    """The look-up alone: nothing is deduced."""
    known, nothing = traces_of(calls.of).known, (calls.corpus.none,)
    found = [
        min(known.get(prompt, nothing)) if name == LOOK_UP else calls.corpus.none
        for name, prompt in zip(calls.name, calls.prompt)
    ]
    return np.array(found, np.int64)


def world(calls: Calls, rng: np.random.RandomState) -> Ints:
    """The look-up reads the base facts of the world, stated or not; one step is deduced as ever.
    What it tells was never read by anybody: it is an observation, not a memory."""
    base = _base(calls.of)
    found = exact(calls, rng)
    for i, (name, prompt) in enumerate(zip(calls.name, calls.prompt)):
        if name == LOOK_UP and prompt in base:
            found[i] = base[prompt]
    return found


def sensor(calls: Calls, rng: np.random.RandomState) -> Ints:
    """As ``exact``; and what no text describes is looked at in the world, while looks are left. It
    tells base facts alone: what follows from them is the caller's to deduce."""
    base = _base(calls.of)
    found = exact(calls, rng)
    for i, (name, prompt, left) in enumerate(zip(calls.name, calls.prompt, calls.looks)):
        if left > 0 and is_look(calls.of, name, prompt):
            found[i] = base.get(prompt, calls.corpus.none)
    return found


def is_look(of: QuestionSet, name: str, prompt: Prompt) -> bool:
    """Whether a call looks at something: a look-up of what the exposure leaves undescribed of some
    entities, and which no text answers. It costs a look, whether or not there is anything to see.
    """
    predicate, _ = of.corpus.cues[prompt[0]]
    observable = predicate in of.corpus.exposure.undescribed
    return name == LOOK_UP and observable and prompt not in traces_of(of).known


def outright(calls: Calls, rng: np.random.RandomState) -> Ints:
    """The answer to whatever is called for, stated or not, from nothing: it leaks all there is, and
    says what a score is worth where a tool may know the answer."""
    gold = _gold(calls.of)
    return np.array([gold.get(prompt, calls.corpus.none) for prompt in calls.prompt], np.int64)


def traces_of(of: QuestionSet) -> Traces:
    """Its traces, made once."""
    return of.once("traces", lambda: Traces(of.corpus))


def _deducer(of: QuestionSet) -> Deducer:
    return of.once("deducer", lambda: Deducer(of.corpus))


def _base(of: QuestionSet) -> dict[Prompt, int]:
    """Prompt -> the least answer that base facts of the world give to it."""

    def made() -> dict[Prompt, int]:
        corpus, truth, out = of.corpus, of.corpus.split.truth, dict[Prompt, int]()
        number = corpus.closure.base.number
        table = np.array([number[name] for name in truth.base.constants], np.int64)
        for cue, (predicate, position) in enumerate(corpus.cues):
            block = truth.blocks.get(predicate, range(0))
            here = np.flatnonzero(truth.is_base[block.start : block.stop])
            for words in table[truth.rows(predicate)[here]].tolist() if len(here) else ():
                value = words.pop(position)
                prompt = (cue, *words)
                out[prompt] = min(value, out.get(prompt, value))
        return out

    return of.once("base facts", made)


def _gold(of: QuestionSet) -> dict[Prompt, int]:
    """Prompt -> the least right answer, of all that gold answers."""

    def made() -> dict[Prompt, int]:
        c, out = of.corpus, dict[Prompt, int]()
        for prompt, begin, end in zip(c.prompt.tolist(), c.offsets[:-1], c.offsets[1:]):
            if end > begin:
                out[tuple(p for p in prompt if p >= 0)] = int(c.values[begin:end].min())
        return out

    return of.once("gold answers", made)


@dataclasses.dataclass(frozen=True)
class Answering:
    """A tool by its name, checked; with probability ``lies`` a result is another constant of the
    same sort of answer, drawn evenly. Where it has no result it never lies."""

    name: str
    lies: float
    seconds: float  # that one batch of calls may take
    rng: np.random.RandomState
    looks: int = 0  # that one answer may make

    def __call__(self, calls: Calls) -> Ints:
        """[n] results. Raises UserError, one line, for a tool that raises, does not end in time, or
        gives no results to the calls."""
        tool: Any = registry.tool(self.name)
        try:
            with draws_within(self.seconds), ends(f"tool {self.name!r}"):
                given = np.asarray(tool(calls, self.rng))
        except UserError:
            raise
        except Exception as error:
            raise UserError(
                f"tool {self.name!r} fails ({line(error)}); mend it or leave it out"
            ) from error
        n, none = len(calls.name), calls.corpus.none
        if given.shape != (n,) or (n and given.dtype.kind not in "iu"):
            raise UserError(
                f"tool {self.name!r} gives {given.dtype}{list(given.shape)} to {n} calls; expected "
                f"{n} whole numbers, constants or corpus.none"
            )
        found = given.astype(np.int64)
        if n and not 0 <= found.min() <= found.max() <= none:
            wrong = found[(found < 0) | (found > none)][0]
            raise UserError(
                f"tool {self.name!r} gives constant {wrong}; expected 0 to {none - 1}, or "
                f"{none} for no result"
            )
        return self._with_lies(calls, found)

    def _with_lies(self, calls: Calls, found: Ints) -> Ints:
        lie = self.rng.random_sample(len(found)) < self.lies
        out = found.copy()
        for i in np.flatnonzero(lie & (found < calls.corpus.none)).tolist():
            others = _values(calls.of, calls.prompt[i][0])
            others = others[others != found[i]]
            if len(others):
                out[i] = others[self.rng.randint(len(others))]
        return out


def _values(of: QuestionSet, cue: int) -> Ints:
    """The constants that answer some prompt of a cue."""

    def made() -> Ints:
        c = of.corpus
        row = np.repeat(c.prompt[:, 0], np.diff(c.offsets))
        return np.unique(c.values[row == cue]).astype(np.int64)

    return of.once(f"values {cue}", made)
