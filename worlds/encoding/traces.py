"""with_calls(tokens, corpus) -> Tokens: rows of chain mode as traces of calls.

A fact is obtained by a call, which is a prompt between two marks, and its result, one token behind
them: ``<look-up> two a r s <result> none``. What is stated a look-up gives. Of what is not, the
premises of its proof are obtained, each once and in the order of the rule, and then it is
deduced: ``<deduce> two a r s <result> c``. A row is the trace of its own fact, then the answer
mark and the answer.

Results bear no loss: they are what a tool writes, and need not be known. Arguments of calls do.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ..corpus.corpus import Corpus
from ..datalog.facts import Array
from .spelled_answers import spelled_answers
from .vocabulary import ANSWER, END, NONE, Lexicon

if TYPE_CHECKING:
    from .encode import Tokens

MODE = "tools"
CALLS = LOOK_UP, DEDUCE = "look-up", "deduce"
RESULT = "<result>"
MARKS = (*(f"<{name}>" for name in CALLS), RESULT)  # words behind all others of the vocabulary
Prompt = tuple[int, ...]  # cue and given arguments
Line = tuple[str, tuple[int, ...]]  # predicate, constants


class Call(NamedTuple):
    """One call of a trace and its result."""

    name: str  # of CALLS
    prompt: Prompt
    result: int  # a constant, or the corpus' none
    fact: int = -1  # that the result states; -1: none


class Traces:
    """Traces of facts of a corpus, and what a look-up of stated facts gives.

    Raises UserError for a corpus whose facts stand in prompts or whose answers are several words.
    """

    def __init__(self, corpus: Corpus) -> None:
        world = corpus.world
        if world.episodes or spelled_answers(corpus):
            raise UserError(
                f"{world.id} has {'episodes' if world.episodes else 'answers of several words'}, "
                f"and in mode {MODE!r} a result is one word; use another mode or world"
            )
        if corpus.beside or corpus.rows.words:
            raise UserError(
                f"mode {MODE!r} does not read the rows of this intervention; leave it out"
            )
        self.corpus, self.gold = corpus, corpus.split.gold
        c = corpus.closure
        self.silent = corpus.writing.silent
        self.stated = (corpus.stated | self.gold.axiom) & ~self.silent
        self.cue: dict[str, int] = {}  # of each predicate the first
        for n, (predicate, _) in enumerate(corpus.cues):
            self.cue.setdefault(predicate, n)
        self.callable = np.array([p in self.cue for p in c.predicates], bool)[c.predicate]

    @functools.cached_property
    def known(self) -> dict[Prompt, tuple[int, ...]]:
        """Prompt -> the answers that stated facts give to it, ascending."""
        out: dict[Prompt, list[int]] = {}
        for fact in np.flatnonzero(self.stated & self.callable).tolist():
            predicate, _ = self.line(fact)
            for n, (other, _) in enumerate(self.corpus.cues):
                if other == predicate:
                    prompt, value = self.queried(fact, n)
                    out.setdefault(prompt, []).append(value)
        return {prompt: tuple(sorted(values)) for prompt, values in out.items()}

    def line(self, fact: int) -> Line:
        c = self.corpus.closure
        predicate = c.predicates[c.predicate[fact]]
        row = c.arguments[fact, : c.arity[predicate]]
        return predicate, tuple(row.tolist())

    def queried(self, fact: int, cue: int) -> tuple[Prompt, int]:
        """(the prompt by this cue, the answer) of a fact."""
        _, words = self.line(fact)
        position = self.corpus.cues[cue][1]
        return (cue, *words[:position], *words[position + 1 :]), words[position]

    def of(self, fact: int, cue: int = -1) -> list[Call]:
        """All calls by which a fact of gold is obtained, itself by ``cue``."""
        out, had = list[Call](), set[int]()
        self._obtain(fact, cue, had, out)
        return out

    def _obtain(self, fact: int, cue: int, had: set[int], out: list[Call]) -> None:
        if fact in had or self.silent[fact] or not self.callable[fact]:
            return
        had.add(fact)
        prompt, value = self.queried(fact, self.cue[self.line(fact)[0]] if cue < 0 else cue)
        if self.stated[fact]:
            found = self.known[prompt]
            if len(found) > 1:
                raise UserError(
                    f"{self.corpus.world.id}: {len(found)} stated facts answer "
                    f"{self.corpus.cues[prompt[0]]}, and the result of a call is one; use another "
                    "world, or another mode"
                )
            out.append(Call(LOOK_UP, prompt, value, fact))
            return
        out.append(Call(LOOK_UP, prompt, self.corpus.none))
        for premise in self.corpus.closure.premises[self.gold.best[fact]].tolist():
            if premise >= 0:
                self._obtain(premise, -1, had, out)
        out.append(Call(DEDUCE, prompt, value, fact))

    def rows(self) -> list[list[Call]]:
        """The calls of every training row: of its fact, or a look-up that finds nothing."""
        rows, out = self.corpus.rows, list[list[Call]]()
        for prompt, answer, fact in zip(rows.prompt.tolist(), rows.answer, rows.fact.tolist()):
            words = tuple(p for p in prompt if p >= 0)
            if fact >= 0 and (self.stated[fact] or self.gold.best[fact] >= 0):
                calls = self.of(fact, words[0])
                if calls and calls[-1].prompt == words and calls[-1].result == answer:
                    out.append(calls)
                    continue
            found = self.known.get(words, (self.corpus.none,))
            out.append([Call(LOOK_UP, words, found[0])])
        return out


class Words:
    """How calls and results are written: tokens, of a vocabulary with the marks behind it."""

    def __init__(self, corpus: Corpus) -> None:
        self.lexicon = lexicon = Lexicon(corpus)
        size = len(lexicon.vocabulary)
        self.mark = {name: size + i for i, name in enumerate(CALLS)}
        self.result = size + len(CALLS)
        self.none, self.end = lexicon.special[NONE], lexicon.special[END]
        # of constants and, last, of none
        self.value = np.append(lexicon.token, self.none).astype(np.int32)
        self.vocabulary = (*lexicon.vocabulary, *MARKS)
        # the same from the other side: token -> name of a call, token -> cue
        self.name = {token: name for name, token in self.mark.items()}
        self.cue = {int(lexicon.cue[cue]): cue for cue in reversed(range(len(corpus.cues)))}
        self.constant = {tuple(t): c for c, t in enumerate(lexicon.spelling) if t}
        self.longest = max(map(len, self.constant))  # words of a name

    def call(self, call: Call) -> list[int]:
        """The call with its result, which is the last."""
        cue, *words = call.prompt
        names = [token for word in words for token in self.lexicon.spelling[word]]
        given = [int(self.lexicon.cue[cue]), *names]
        return [self.mark[call.name], *given, self.result, int(self.value[call.result])]

    def constants(self, tokens: tuple[int, ...], number: int) -> list[int] | None:
        """The constants, so many, whose names the tokens are; None: they are not."""
        if not number:
            return None if tokens else []
        for n in range(1, 1 + min(self.longest, len(tokens))):
            first = self.constant.get(tokens[:n])
            rest = None if first is None else self.constants(tokens[n:], number - 1)
            if first is not None and rest is not None:
                return [first, *rest]
        return None


def with_calls(tokens: Tokens, corpus: Corpus) -> Tokens:
    """Of tokens of chain mode the same rows, with calls instead of proof lines."""
    traces, words = Traces(corpus), Words(corpus)
    P, mark, R = tokens.prompt, words.lexicon.special[ANSWER], len(corpus.rows.prompt)
    written, borne = list[list[int]](), list[list[bool]]()
    for calls, answer in zip(traces.rows(), corpus.rows.answer.tolist()):
        row, loss = list[int](), list[bool]()
        for call in calls:
            one = words.call(call)
            row += one
            loss += [True] * (len(one) - 1) + [False]
        written.append([*row, mark, int(words.value[answer])])
        borne.append([*loss, True, True])
    longest = max(max(map(len, written), default=2), _longest(traces, words, tokens.questions))
    width = max(P + max(map(len, written), default=0), tokens.train.shape[1])
    train = np.full((len(tokens.train), width), tokens.end, np.int32)
    loss_NT = np.zeros(train.shape, bool)
    train[R:, : tokens.train.shape[1]] = tokens.train[R:]  # rules in words, as they are
    loss_NT[R:, : tokens.train.shape[1]] = tokens.loss[R:]
    train[:R, :P] = tokens.train[:R, :P]
    for n, (row, loss) in enumerate(zip(written, borne)):
        train[n, P : P + len(row)] = row
        loss_NT[n, P : P + len(row)] = loss
    used = int(np.flatnonzero((train != tokens.end).any(0)).max(initial=P)) + 1
    more = np.full(len(MARKS), -1, np.int32)
    return dataclasses.replace(
        tokens,
        mode=MODE,
        vocabulary=words.vocabulary,
        train=train[:, :used],
        loss=loss_NT[:, :used],
        max_new=longest,
        answer_ids=np.append(tokens.answer_ids, more).astype(np.int32),
    )


def _longest(traces: Traces, words: Words, questions: NDArray[np.int64]) -> int:
    """Tokens of the longest trace that a question needs, and its answer."""
    return 2 + max(
        (sum(len(words.call(c)) for c in calls) for calls in needed(traces, questions) if calls),
        default=0,
    )


def needed(traces: Traces, questions: NDArray[np.int64]) -> list[list[Call] | None]:
    """[Q] the calls of the shortest trace of a right answer to each question; None: it has none."""
    corpus, out = traces.corpus, list[list[Call] | None]()
    for q in questions.tolist():
        facts = corpus.fact[corpus.offsets[q] : corpus.offsets[q + 1]].tolist()
        cue = int(corpus.prompt[q, 0])
        found = [traces.of(f, cue) for f in facts if traces.stated[f] or traces.gold.best[f] >= 0]
        out.append(min((t for t in found if t), key=len, default=None))
    return out


def lines_of(corpus: Corpus, calls: list[Call]) -> list[Line]:
    """What the results of calls state."""
    return [line_of(corpus, call.prompt, call.result) for call in calls if call.fact >= 0]


def line_of(corpus: Corpus, prompt: Prompt, value: int) -> Line:
    """The fact that ``value`` as the answer to ``prompt`` states."""
    predicate, position = corpus.cues[prompt[0]]
    words = list(prompt[1:])
    words.insert(position, value)
    return predicate, tuple(words)


def read_call(words: Words, corpus: Corpus, written: Array) -> tuple[str, Prompt] | None:
    """(name, prompt) of the call that ends ``written``, behind which its result is due; None: it
    is malformed."""
    at = len(written) - 2
    while at >= 0 and int(written[at]) not in words.name and int(written[at]) != words.result:
        at -= 1
    if at < 0 or int(written[at]) not in words.name or at + 1 >= len(written) - 1:
        return None
    first, *rest = (int(t) for t in written[at + 1 : -1])
    if first not in words.cue:
        return None
    cue = words.cue[first]
    constants = words.constants(tuple(rest), corpus.closure.arity[corpus.cues[cue][0]] - 1)
    return None if constants is None else (words.name[int(written[at])], (cue, *constants))
