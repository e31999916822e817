"""A suite that trains in no time: the trained model is a symbolic reference with a delay."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import sys
import types
from pathlib import Path

import duckdb
import numpy as np
import pytest
from zebroid import cli
from zebroid.benchmarks.panels import panel
from zebroid.benchmarks.receipts.untrusted import guarded, introduced
from zebroid.benchmarks.report import plot
from zebroid.benchmarks.runner import corpora, provenance, run
from zebroid.benchmarks.runner.result_store import Result
from zebroid.benchmarks.runner.tracker import Records
from zebroid.benchmarks.sweeps import analysis
from zebroid.benchmarks.verification import confined
from zebroid.benchmarks.verification.rebuilt import Memo
from zebroid.benchmarks.verification.verify import verify
from zebroid.eval.verdicts.judge import judge
from zebroid.models import training_version
from zebroid.models.training.plan import Run

from .made_once import known, quick
from .pretended_answers import sampled, written

TINY = Path(__file__).with_name("tiny.toml").read_text("utf-8")


def pretend(cell, corpora, watch, draft=None, keep_weights=False, tracker=None, wrong=0.1):
    """Direct reuses, chain deduces, both only at the end, and a share is wrong by the seed.

    The proofs of the chain hold wherever there is one to write and the answer is right.
    """
    watch.stage(cell, "corpus")
    question_set = corpora.question_set(cell)
    tokens, cost, final, proofs = known(cell, question_set)
    steps, flops = cost.steps, cost.flops
    rng = np.random.RandomState(cell.seeds.init)
    answer = np.zeros((1, len(steps), len(final)), np.int32)
    answer[0, -1] = np.where(rng.random_sample(len(final)) < wrong, 1, final)
    bits = np.where(question_set.right(answer), 0.1, 6.0).astype(np.float32)
    watch.step(cell, int(steps[-1]), int(steps[-1]), 1000.0, 0.5)
    if tracker is not None:
        records = Records([cell], [question_set], tracker)
        records.segment(0, int(steps[-1]), flops[-1], 0.5, 1000.0)
        for k, step in enumerate(steps):
            records.checkpoint(0, int(step), flops[k], 1.0, answer[0, k], bits[0, k])
    weights = {"head.head_DV": rng.random_sample((1, 3, 2)).astype(np.float32)}
    found = Run(
        steps=steps,
        flops=flops,
        answer=answer,
        bits=bits,
        generated=written(question_set.corpus, tokens, answer[0, -1], proofs)[None],
        loss=np.ones((1, len(steps)), np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=cost.parameters,
        seconds=0.1,
        weights=weights if keep_weights else None,
        samples=sampled(cell, question_set.corpus, tokens, final, proofs),
    )
    made = provenance.Environment.of(cell)
    return Result(cell, found, question_set.corpus.digest, "cpu: none x 1", made)


def sketch(monkeypatch):
    """Few resampled fits behind each band, and no forecasts, which are tested by themselves."""
    monkeypatch.setattr(plot, "DRAWS", 5)
    monkeypatch.setattr(analysis, "VOTES", 5)
    monkeypatch.setattr(plot, "forecasts", lambda configurations, left: iter(()))


@pytest.fixture
def quiet(monkeypatch):
    quick(monkeypatch)


@pytest.fixture
def trained(monkeypatch):
    """The cells that were trained, in order, by a training that takes no time."""
    message = []

    def train_cell(cell, corpora, watch, draft=None, layout="", **options):
        message.append(cell)
        return pretend(cell, corpora, watch, draft, **options)

    monkeypatch.setattr(run, "train_cell", train_cell)
    quick(monkeypatch)
    return message


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


@pytest.fixture(scope="session")
def memo():
    """What receipts that are verified have in common is drawn and rebuilt once."""
    with Memo() as held:
        yield held


@pytest.fixture
def inside(monkeypatch, memo):
    """verify in this process: to start another takes seconds."""

    def findings(path, watch, announce=None, seconds=0.0, full=False):
        hear = None if announce is None else lambda plugin: announce(introduced(plugin))
        with guarded(path):
            yield from verify(path, watch, hear, full=full, memo=memo)

    monkeypatch.setattr(confined, "findings", findings)


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
def raised(monkeypatch):
    """raised(): what is kept is of an older version of training from then on."""

    def change():
        monkeypatch.setattr(training_version, "TRAINING", "training-2")

    return change


SIZES = {"decoder-xs": 3e4, "decoder-s": 1e5, "decoder-m": 4e5}


def skilled(cell, corpora, watch, draft=None, layout=""):
    """Ability that grows with size, data and compute: stated first, then unstated if it follows.

    Direct never answers what no conclusion demonstrates; a chain does.
    """
    question_set = corpora.question_set(cell)
    corpus, steps = question_set.corpus, cell.recipe.checkpoints
    rng = np.random.RandomState(cell.seeds.init)
    size = SIZES[cell.model]
    flops = steps * cell.recipe.batch * 6.0 * size
    epochs = steps * cell.recipe.batch / len(corpus.examples.prompt)
    ready = 1.5 * np.log(epochs / 10) + 0.5 * np.log(size / 1e5) + rng.normal(0, 0.1)
    more = np.log(corpus.demonstrated.sum() / 300) if cell.mode == "direct" else 0.0
    level = {"recall": ready, "instance": ready - 3 + 3 * more, "schema": ready - 3 + 3 * more}
    level |= {"constituent": ready - 3 if cell.mode == "chain" else -9.0}
    share = np.zeros((len(steps), len(question_set.questions)))
    for group, where in question_set.groups.items():
        if group.split()[0] in ("recall", *level):  # cells of a rung overlap it
            skill = level[group.split()[0]]
            share[:, where] = (0.02 + 0.96 / (1 + np.exp(-skill)))[..., None] * np.ones(where.sum())
        else:
            share[:, where] = (0.96 / (1 + np.exp(3 - ready)))[:, None]
    question, member = question_set.members()
    right = np.full(len(question_set.questions), corpus.none, np.int32)
    right[question[::-1]] = member[::-1]
    answer = np.where(rng.random_sample(share.shape) < share, right, -1)
    found = Run(
        steps=steps,
        flops=flops,
        answer=answer[None].astype(np.int32),
        bits=(6 * (1 - share))[None].astype(np.float32),
        generated=np.zeros((1, len(question_set.questions), 1), np.int32),
        loss=np.ones((1, len(steps)), np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=int(size),
        seconds=0.1,
    )
    return Result(cell, found, corpus.digest, "cpu: none x 1", provenance.Environment.of(cell))


@pytest.fixture(scope="session")
def swept(shared, receipt_of):
    """The folder of a sweep's receipt: run by ``zebroid scale`` with models of known skill."""

    def made(folder):
        shutil.copy(Path(__file__).with_name("sweep.toml"), folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "train_cell", skilled)
            patch.setattr(corpora.Corpora, "proofs", lambda self, result: None)
            quick(patch)
            sketch(patch)
            patch.setattr(plot, "drawings", lambda *_: iter(()))
            patch.setattr(panel, "judge", functools.partial(judge, weigh=False))
            return receipt_of(patch, folder, "scale", "sweep.toml")

    return shared("swept", made)


@pytest.fixture(scope="session")
def tiny_receipt(tmp_path_factory, receipt_of):
    """The folder of the receipt of tiny.toml, of trainings that took no time; not to be changed."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.toml").write_text(TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "train_cell", lambda *given, layout="", **o: pretend(*given[:4], **o))
        quick(patch)
        return receipt_of(patch, folder, "run", "tiny.toml")


@pytest.fixture
def unverified(monkeypatch, tmp_path_factory):
    """What other tests have verified is not known."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def finished(tiny_receipt, trained, unverified):
    """The same, where another run would take no time either."""
    return tiny_receipt


@pytest.fixture(name="sketch")
def sketched(monkeypatch):
    """Figures in no time."""
    sketch(monkeypatch)


@pytest.fixture
def rewritten():
    """rewritten(folder, to, sql, change) -> ``to``: a copy of a receipt with curves made by ``sql``
    from the table ``old``, and its content changed."""

    def write(folder, to, sql="SELECT * FROM old", change=lambda content: None):
        to.mkdir(parents=True, exist_ok=True)
        content = json.loads((folder / "receipt.json").read_text())
        with duckdb.connect(":memory:") as db:
            db.execute(f"CREATE TABLE old AS SELECT * FROM '{folder / 'curves.parquet'}'")
            db.execute(f"COPY ({sql}) TO '{to / 'curves.parquet'}' (FORMAT parquet)")
        digest = hashlib.sha256((to / "curves.parquet").read_bytes()).hexdigest()
        content["files"]["curves.parquet"] = digest
        change(content)
        (to / "receipt.json").write_text(json.dumps(content))
        return to

    return write


@pytest.fixture(scope="module")
def kept():
    """What a module ran once."""
    return {}


@pytest.fixture(scope="session")
def stage():
    """What this file makes up, for fixtures that serve more than one test."""
    return types.SimpleNamespace(suite=TINY, train=pretend, quick=quick, sketch=sketch)
