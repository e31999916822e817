"""Receipts of a suite that ranks, by models that were trained in no time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import types

import pytest
from zebroid import canonical
from zebroid.benchmarks.board import sealed
from zebroid.benchmarks.board.entered import enter, write_record
from zebroid.benchmarks.board.sealed import commitment
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.ranking import column
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.verification.verified_record import mark

RANKS = """
[suite]
id = "ranks"
title = "A suite that ranks"
cost_minutes = 0.1
expected = "chain deduces, direct reuses"

[[cells]]
name = "composition"
world = "composition-v1/tiny"
mode = ["direct", "chain"]
model = "decoder-xs"
plan = "short"
questions = 40
seeds = 3
columns = ["constituent"]
headroom = ["schema"]

[plans.short]
steps = 100
batch = 32
evaluations = 2
"""
SALT = "pepper"
WRONG = {"decoder-xs": 0.0, "lstm-xs": 0.03, "mlp-xs": 0.4}  # share of wrong answers


def tiny_ranks(patch):
    """A suite of size tiny may rank here, where nothing is trained."""
    patch.setattr(column, "TINY", "none")


@pytest.fixture(autouse=True)
def _tiny_ranks(monkeypatch):
    tiny_ranks(monkeypatch)


@pytest.fixture(scope="session")
def made(shared, receipt_of, stage):
    """made(model, *options) -> the folder of its receipt of the suite; not to be changed."""

    def train_cell(cell, corpora, watch, draft=None, layout="", **options):
        return stage.train(cell, corpora, watch, draft, wrong=WRONG[cell.model], **options)

    def make(folder, *words):
        (folder / "ranks.toml").write_text(RANKS)
        with pytest.MonkeyPatch.context() as patch:
            tiny_ranks(patch)
            patch.setattr(run, "train_cell", train_cell)
            stage.quick(patch)
            return receipt_of(patch, folder, "run", "ranks.toml", *words)

    def given(*words):
        name = "ranks-" + hashlib.sha256(" ".join(words).encode()).hexdigest()[:8]
        return shared(name, lambda folder: make(folder, *words))

    return given


@pytest.fixture(scope="session")
def ranks(shared, made):
    """The suite."""
    folder = made()
    with pytest.MonkeyPatch.context() as patch:
        tiny_ranks(patch)
        return load_suite(str(folder.parents[1] / "ranks.toml"))


@pytest.fixture
def collection(tmp_path, unverified):
    """put(folder, change) copies a receipt, with its content changed, into a collection; ``read()``
    enters all of it, as verified if ``verified``."""
    top = tmp_path / "collection"
    top.mkdir()

    def put(folder, change=lambda content: None, name=None, entrant=""):
        to = top / (name or f"{folder.name}-{len(list(top.iterdir()))}")
        shutil.copytree(folder, to)
        content = json.loads((to / "receipt.json").read_text())
        change(content)
        (to / "receipt.json").write_text(canonical.text(content, indent=1) + "\n")
        if entrant:
            (to / "submission.toml").write_text(f'entrant = "{entrant}"\n')
        return to

    def verify():
        folders = [f for f in top.iterdir() if f.is_dir()]
        write_record(top, {mark(folder): folder.name for folder in folders})

    def read():
        return enter([top])

    return types.SimpleNamespace(top=top, put=put, verify=verify, read=read)


@pytest.fixture
def salts(tmp_path, monkeypatch):
    """salts(receipt) lists SALT, opened for that receipt."""

    def write(receipt, salt=SALT, sha256=None):
        path = tmp_path / "salts.toml"
        path.write_text(
            f'[[salts]]\nsha256 = "{sha256 or commitment(SALT)}"\npublished = 2026-11-28\n'
            f'receipt = "{receipt[:16]}"\nsalt = "{salt}"\n'
        )
        monkeypatch.setattr(sealed, "LISTED", path)
        return path

    return write


def scores(content, mode="chain", instrument="constituent"):
    """The scores of the models of a receipt's JSON, of one mode and instrument."""
    for panel in content["panels"]:
        for row in panel["rows"]:
            if row["kind"] == "model" and row["label"].startswith(mode):
                yield row, row["rungs"][instrument]


def level(by_world, mode="chain"):
    """change(content): accuracy in each world, in the order of its digests, becomes this."""

    def change(content):
        for _, score in scores(content, mode):
            score["worlds"] = dict(zip(sorted(score["worlds"]), by_world))
            score["accuracy"] = {**score["accuracy"], "mean": sum(by_world) / len(by_world)}

    return change


def renamed(name):
    """change(content): its model is called so, everywhere, and has another rate of learning."""

    def change(content):
        for record in content["cells"]:
            record["cell"]["model"] = name
            record["cell"]["spec"] = {**record["cell"]["spec"], "type": f"acme.{name}"}
        fresh(content)

    return change


def fresh(content):
    """Digests of cells as their records have them now; seconds follow."""
    seconds = {}
    for record in content["cells"]:
        digest = Cell.of(record["cell"]).digest
        seconds[digest] = content["times"]["seconds"].get(record["digest"], 0.0)
        record["digest"] = digest
    content["times"]["seconds"] = seconds


def both(*changes):
    """change(content) by all of these."""

    def change(content):
        for one in changes:
            one(content)

    return change


def retrained(entered):
    """The same receipts, as if a listed attester had trained each again."""
    return [
        dataclasses.replace(e, trust=dataclasses.replace(e.trust, kind="retrained"))
        for e in entered
    ]
