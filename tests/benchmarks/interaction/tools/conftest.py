"""A symbolic twin of a model with tools: it makes perfect calls and copies what it hears."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks.interaction.tools import acting
from zebroid.worlds.encoding.encode import encode
from zebroid.worlds.encoding.traces import Traces, Words, needed


class Writer:
    """Stands for a model that makes these calls, or those of the shortest trace, and copies the
    last result; or, ``deaf``, writes what gold says whatever it is heard."""

    def __init__(self, of, deaf=False, calls=None):
        self.of, self.deaf, self.words = of, deaf, Words(of.corpus)
        self.calls = needed(Traces(of.corpus), of.questions) if calls is None else calls

    def converse(self, spec, tokens, weights, mark, respond):
        room = max(tokens.max_new, 4 + max(self._length(trace) for trace in self.calls))
        out = np.full((len(self.calls), room), tokens.end, np.int32)
        for q, trace in enumerate(self.calls):
            row, heard = [], {}
            for call in trace or ():
                prompt = tuple([call.prompt[0], *(heard.get(w, w) for w in call.prompt[1:])])
                row += self.words.call(call._replace(prompt=prompt))[:-1]
                token = int(respond(np.array([q]), np.array([row]))[0])
                value = int(self.words.lexicon.constant[token]) if token != self.words.none else -1
                if not self.deaf and call.fact >= 0:
                    heard[call.result] = value if value >= 0 else call.result
                row.append(token)
            last = int(self.words.value[trace[-1].result]) if self.deaf and trace else row[-1:]
            row += [tokens.answer_mark, *np.atleast_1d(last).tolist()]
            out[q, : len(row)] = row
        return out

    def _length(self, trace):
        return sum(len(self.words.call(call)) for call in trace or ())


@pytest.fixture
def acted(monkeypatch):
    """acted(question set, answering, deaf=False, calls=None) -> what a perfect writer answers."""
    from zebroid.models.acting import conversation

    def make(of, tool, deaf=False, calls=None):
        tokens = encode(of.corpus, "tools", of.questions)
        monkeypatch.setattr(conversation, "converse", Writer(of, deaf, calls).converse)
        return acting.acted(None, {}, of, tokens, tool)

    return make
