"""A suite that trains in no time: the trained model is a symbolic reference with a delay."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from zebroid.benchmarks import cli, panel, provenance, report, run
from zebroid.benchmarks.results import Result
from zebroid.eval.interpolators import lookup
from zebroid.eval.references import deducer, reuser
from zebroid.models.run import Run
from zebroid.worlds.lexicon import Lexicon
from zebroid.worlds.tokens import Lines, encode

TINY = """
[suite]
id = "tiny"
title = "Tiny <suite>"
cost_minutes = 0.1
expected = "chain deduces, direct reuses"

[[cells]]
world = "composition-v1/tiny"
mode = ["direct", "chain"]
model = "decoder-xs"
plan = "short"
questions = 40
seeds = { init = [0, 1], order = [0, 1] }

[plans.short]
steps = 100
batch = 32
evaluations = 4
"""


def written(corpus, tokens, answer):
    """[Q, max_new] what a chain writes before these answers: a proof of the first right one."""
    lexicon = Lexicon(corpus)
    lines = Lines(corpus, lexicon)
    out = np.full((len(answer), tokens.max_new), tokens.end, np.int32)
    for row, question, word in zip(out, tokens.questions, lexicon.answers(answer, corpus.none)):
        first, last = corpus.offsets[question : question + 2]
        proof = lines.tokens(int(corpus.fact[first])) if first < last else []
        row[:] = [*proof, tokens.answer_mark, word, *row][: len(row)]
    return out


def pretend(cell, corpora, watch, draft=None):
    """Direct reuses, chain deduces, both only at the end, and a tenth is wrong by the seed.

    The proofs of the chain hold wherever there is one to write and the answer is right.
    """
    watch.stage(cell, "corpus")
    exam = corpora.exam(cell)
    tokens = encode(exam.corpus, cell.mode, exam.questions)
    steps = cell.recipe.priced(1e6).checkpoints
    reference = deducer if cell.mode == "chain" else reuser
    final = reference(exam.corpus, exam.questions).answer
    rng = np.random.RandomState(cell.seeds.init)
    answer = np.zeros((1, len(steps), len(final)), np.int32)
    answer[0, -1] = np.where(rng.random_sample(len(final)) < 0.1, 1, final)
    bits = np.where(exam.right(answer), 0.1, 6.0).astype(np.float32)
    watch.step(cell, int(steps[-1]), int(steps[-1]), 1000.0, 0.5)
    found = Run(
        steps=steps,
        flops=steps * 1e6,
        answer=answer,
        bits=bits,
        generated=written(exam.corpus, tokens, answer[0, -1])[None],
        loss=np.ones((1, len(steps)), np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=1000,
        seconds=0.1,
    )
    return Result(cell, found, exam.corpus.digest, "cpu: none x 1")


def quick(monkeypatch):
    """Leaves out what takes seconds and is tested elsewhere: learned interpolators, drawing."""
    monkeypatch.setattr(panel, "interpolators", lambda *asked: (lookup(*asked),))
    monkeypatch.setattr(report.figures, "svg", lambda figure: '<svg width="1" height="1"></svg>')


@pytest.fixture
def quiet(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
def trained(monkeypatch):
    """The cells that were trained, in order, by a training that takes no time."""
    told = []

    def train_cell(cell, corpora, watch, draft=None, layout=""):
        told.append(cell)
        return pretend(cell, corpora, watch, draft)

    monkeypatch.setattr(run, "train_cell", train_cell)
    quick(monkeypatch)
    return told


@pytest.fixture
def suite(tmp_path):
    """suite(text or old=new changes) -> path of a TOML file."""

    def write(text=TINY, **changes):
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "tiny.toml"
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def zebroid(monkeypatch, capsys, tmp_path):
    """zebroid(*words) -> (status, standard output, standard error) of a command, in tmp_path."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        monkeypatch.setattr(sys, "argv", ["zebroid", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return command


@pytest.fixture
def files():
    """files(folder) -> relative paths of all files below it."""

    def below(folder: Path):
        return sorted(
            str(Path(top, name).relative_to(folder))
            for top, _, names in os.walk(folder)
            for name in names
        )

    return below


@pytest.fixture
def other_code(monkeypatch):
    """Makes all kept results results of other code."""

    def change():
        monkeypatch.setattr(provenance, "maker", lambda world, model: "other")

    return change
