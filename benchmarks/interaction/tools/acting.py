"""A kept model answers with a tool in the loop, and rows of a table say what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import UserError
from ....eval.floors.measured import instrument_floor
from ....eval.question_sets.question_set import QuestionSet
from ....printable import brief
from ....seeding import stream
from ....worlds.corpus.corpus import Corpus
from ....worlds.encoding.encode import Tokens
from ....worlds.encoding.traces import MODE, Line, Prompt, Words, line_of, needed, read_call
from ...protocols.beyond_table import Tools
from ...runner.corpora import Corpora, tokens_of
from ...runner.trained import Trained
from .. import round_records
from .calls import Answering, Calls, is_look, traces_of
from .sensing import UNKNOWABLE, unknowable_of
from .trace_audit import audit

Record = dict[str, Any]
ALONE, WITHOUT = "alone", "without tools"


@dataclasses.dataclass(frozen=True)
class Acted:
    """What a model answered to Q questions while a tool answered its calls."""

    answer: NDArray[np.int32]  # [Q] a constant, none, or -1: malformed
    calls: NDArray[np.int64]  # [Q] calls made
    malformed: NDArray[np.int64]  # [Q] of these, such that no tool was queried
    looks: NDArray[np.int64]  # [Q] of these, such that looked at what no text describes


class Desk:
    """Takes the calls of Q answers that are written side by side to a tool, and keeps what each
    was heard."""

    def __init__(self, of: QuestionSet, tool: Answering) -> None:
        self.of, self.tool = of, tool
        self.words = Words(of.corpus)
        Q = len(of.questions)
        self.lines: list[list[Line]] = [[] for _ in range(Q)]
        self.calls, self.malformed, self.looks = np.zeros((3, Q), np.int64)

    def respond(self, places: NDArray[Any], written: NDArray[Any]) -> NDArray[Any]:
        """[n] tokens of the results that are due behind ``written`` [n, g]."""
        corpus: Corpus = self.of.corpus
        read = [read_call(self.words, corpus, row) for row in written]
        self.calls[places] += 1
        self.malformed[places] += [call is None for call in read]
        fine = [i for i, call in enumerate(read) if call is not None]
        results = np.full(len(places), corpus.none, np.int64)
        queried: list[tuple[str, Prompt]] = [call for call in read if call is not None]
        if fine:
            left = self.tool.looks - self.looks[places[fine]]
            calls = Calls(
                self.of,
                tuple(name for name, _ in queried),
                tuple(prompt for _, prompt in queried),
                tuple(tuple(self.lines[places[i]]) for i in fine),
                tuple(left.tolist()),
            )
            results[fine] = self.tool(calls)
            looked = np.array([is_look(self.of, *call) for call in queried], bool)
            self.looks[places[fine]] += looked & (left > 0)
        for i, (_, prompt) in zip(fine, queried):
            if results[i] != corpus.none:
                self.lines[places[i]].append(line_of(corpus, prompt, int(results[i])))
        token = self.words.value[results]
        if (token < 0).any():
            wrong = corpus.closure.base.constants[int(results[token < 0][0])]
            raise UserError(
                f"tool {self.tool.name!r} gives {brief(wrong)}, a name of several words; a result "
                "is one word"
            )
        return token


def acted(
    spec: Any, weights: Mapping[str, Any], of: QuestionSet, tokens: Tokens, tool: Answering
) -> Acted:
    """All questions, answered by a model with these weights [1, ...] and a tool.

    Raises UserError where the tool breaks its contract.
    """
    from ....models.acting.conversation import converse  # JAX: where a model answers

    desk = Desk(of, tool)
    written = converse(spec, tokens, weights, desk.words.result, desk.respond)
    return Acted(answers(tokens, written), desk.calls, desk.malformed, desk.looks)


def answers(tokens: Tokens, written: NDArray[np.integer]) -> NDArray[np.int32]:
    """[Q] what stands behind the first answer mark; -1: none does, or no answer."""
    mark = written == tokens.answer_mark
    at = np.minimum(mark.argmax(1) + 1, written.shape[1] - 1)
    token = written[np.arange(len(written)), at]
    fine = mark.any(1) & (mark.argmax(1) + 1 < written.shape[1])
    return np.where(fine, tokens.answer_ids[token], -1).astype(np.int32)


def rows(how: Tools, trained: Trained, corpora: Corpora) -> Iterator[Record]:
    """Rows of TOOLS of one cell: with each tool and each rate of lies, and without any."""
    cell = trained.cell
    of, plain = corpora.question_set(cell), np.asarray(trained.run.answer[0, -1])
    none = np.zeros(len(plain), np.int64)
    who = round_records.identity(cell, ALONE if cell.mode == MODE else WITHOUT, 0) | {
        "mode": cell.mode,
        "model": cell.model,
        "plan": cell.plan,
        "lies": 0.0,
        "allowed": 0,
        "flops": float(trained.run.flops[-1]),
    }
    yield from (who | row for row in _counted(of, Acted(plain, none, none, none)))
    if cell.mode != MODE:
        return
    tokens = tokens_of(of, MODE)
    audit(of, tokens)
    for tool, lies, looks in how.configurations:
        rng = stream(cell.world, cell.size, f"tool {tool} {lies:g}", cell.seeds.order)
        answering = Answering(tool, lies, how.seconds, rng, looks)
        found = acted(trained.spec, trained.weights, of, tokens, answering)
        branch = {"branch": tool, "lies": lies, "allowed": looks}
        yield from (who | branch | row for row in _counted(of, found))


def _counted(of: QuestionSet, found: Acted) -> Iterator[Record]:
    """Right answers by instrument and by how many calls and looks the shortest trace needs."""
    right = of.right(found.answer)
    least = of.once(
        "calls needed",
        lambda: np.array(
            [-1 if t is None else len(t) for t in needed(traces_of(of), of.questions)]
        ),
    )
    unknown = unknowable_of(of)
    right = np.where(unknown.where, unknown.posed.right(found.answer), right)  # as the world has it
    keys = np.stack([least, unknown.looks])
    for name, where in {**of.headline, UNKNOWABLE: unknown.where}.items():
        for number, looks in np.unique(keys[:, where], axis=1).T.tolist():
            mine = where & (keys == [[number], [looks]]).all(0)
            yield {
                "rung": name,
                "needed": number,
                "needed_looks": looks,
                "questions": int(mine.sum()),
                "right": int(right[mine].sum()),
                "none": int((found.answer[mine] == of.corpus.none).sum()),
                "calls": int(found.calls[mine].sum()),
                "malformed": int(found.malformed[mine].sum()),
                "looks": int(found.looks[mine].sum()),
                "floor": unknown.floor if name == UNKNOWABLE else instrument_floor(of, name),
            }
