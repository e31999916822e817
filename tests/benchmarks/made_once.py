"""What runs of a session have in common, made once: floors and references, figures, the commit."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from zebroid.benchmarks.panels import panel
from zebroid.benchmarks.report import plot
from zebroid.benchmarks.runner import provenance
from zebroid.eval.floors import measured
from zebroid.eval.floors.ceilings import deducer, reuser
from zebroid.models.training import train
from zebroid.worlds.encoding.encode import Lines, encode
from zebroid.worlds.encoding.vocabulary import Lexicon

MADE = {}  # of the whole session: what is made once of what was equal before


def once(make, key):
    """``make``, but of arguments with an equal ``key`` what it gave of the first."""

    def made(*given):
        place = make, key(*given)
        if place not in MADE:
            MADE[place] = make(*given)
        return MADE[place]

    return functools.update_wrapper(made, make)


def drawn(make):
    """``make`` of a figure, but none, which `quick` never writes, where one that looks alike was
    made."""

    def made(*given):
        place = make, looks(given)
        if place in MADE:
            return None
        MADE[place] = True
        return make(*given)

    return functools.update_wrapper(made, make)


def looks(given):
    """What decides how a figure is made, but for its numbers: labels, what is there, how much."""
    if dataclasses.is_dataclass(given):
        return tuple(looks(getattr(given, f.name)) for f in dataclasses.fields(given))
    if isinstance(given, dict):
        return tuple((name, looks(value)) for name, value in given.items())
    if isinstance(given, list | tuple):
        return tuple(map(looks, given))
    if isinstance(given, np.ndarray):
        return given.shape, bool(np.isnan(given).any()) if given.dtype.kind == "f" else None
    return given if isinstance(given, str | None) else type(given).__name__


ONCE = [
    (measured, "_measure", lambda one, watch: (one.corpus.digest, one.questions.tobytes())),
    *((panel, n, lambda c, q: (c.digest, q.tobytes())) for n in ("references", "tracer")),
    (provenance, "_head", lambda: None),
]
DRAWN = [
    *((plot.score_figures, name) for name in ("ladder", "curves")),
    *((plot, name) for name in ("fitted", "heat")),
]
ONCE = [
    *((module, name, once(getattr(module, name), key)) for module, name, key in ONCE),
    *((module, name, drawn(getattr(module, name))) for module, name in DRAWN),
]


def quick(monkeypatch):
    """Leaves out what takes seconds and is tested elsewhere: drawing, and what was made before:
    floors and references of equal questions, figures that look alike, the commit."""
    for module, name, made in ONCE:
        monkeypatch.setattr(module, name, made)
    monkeypatch.setattr(
        plot.score_figures, "svg", lambda figure: '<svg width="1" height="1"></svg>'
    )
    monkeypatch.setattr(plot.score_figures, "png", lambda figure: b"")


KNOWN = {}  # of the whole session: what pretended trainings have in common but for their seeds


def known(cell, question_set):
    """(tokens, cost, the final answers but for errors, a proof of each first right answer)."""
    corpus, questions = question_set.corpus, question_set.questions
    key = cell.configuration, cell.plan, corpus.digest, questions.tobytes()
    if key not in KNOWN:
        tokens = encode(corpus, cell.mode, questions)
        reference = deducer if cell.mode == "chain" else reuser
        first, last = corpus.offsets[questions], corpus.offsets[questions + 1]
        facts = np.where(first < last, corpus.fact[np.minimum(first, len(corpus.fact) - 1)], -1)
        lines = Lines(corpus, Lexicon(corpus)).of(facts.astype(np.int64))
        proofs = np.split(lines.token, np.cumsum(lines.length)[:-1])
        cost = train.cost(cell.load_spec(), cell.recipe, tokens)
        KNOWN[key] = tokens, cost, reference(corpus, questions).answer, proofs
    return KNOWN[key]
