"""A finished suite of four cells, and attestations of it that a test makes up."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from zebroid import canonical
from zebroid.benchmarks.attestations import attesters
from zebroid.benchmarks.attestations.attestation import (
    Attestation,
    AttestedCell,
    InstrumentRecord,
    Platform,
    write,
)
from zebroid.benchmarks.attestations.salted_choice import chosen
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.receipt import Receipt


@pytest.fixture
def done(tiny_receipt, unverified, tmp_path):
    """A copy of the folder of a finished suite."""
    return shutil.copytree(tiny_receipt, tmp_path / "done")


@pytest.fixture
def receipt(done):
    return Receipt.read(done / "receipt.json")


@pytest.fixture
def attestation(receipt):
    """attestation(changes of it, cell=changes of its first cell) -> one that confirms."""

    def make(cell=None, **changes):
        mark, salt = digest(receipt), changes.get("salt", "pepper")
        cells = [c.digest for c in receipt.cells]
        about = {
            "outcome": "equal",
            "same_platform": True,
            "cause": "",
            "seeds": [0],
            "checkpoints": 4,
            "questions": 40,
            "equal": 1.0,
            "step": None,
            "instruments": [
                InstrumentRecord(
                    name="recall", questions=40, claimed=0.5, here=[0.5], low=None, high=None
                )
            ],
        }
        made = [
            AttestedCell(cell=d, name="a cell", **about | (cell or {} if i == 0 else {}))
            for i, d in enumerate(chosen(mark, salt, cells, 2))
        ]
        platform = Platform(
            device="cpu: none x 1",
            versions={"jax": "1"},
            training="training-1",
            commit="",
            dirty=False,
        )
        given = {
            "attestation": 1,
            "receipt": mark,
            "suite": "tiny@0",
            "entrant": "Bob",
            "attester": "Ada",
            "date": "2026-11-27",
            "salt": salt,
            "of": len(cells),
            "platform": platform,
            "cells": made,
        }
        return Attestation(**given | changes)

    return make


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """listed(digests, keys, also) lists one attester, Ada, instead of those of the package."""

    def write_list(attestations=(), keys=(), also=()):
        lines = ["[[attesters]]", 'name = "Ada"', 'contact = "https://example.org/ada"']
        lines += ["since = 2026-01-01"]
        lines += [
            f"{name} = {canonical.text(list(values))}"
            for name, values in (("attestations", attestations), ("keys", keys), ("also", also))
        ]
        path = tmp_path / "board" / "attesters.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
        monkeypatch.setattr(attesters, "LISTED", path)
        return path

    return write_list


@pytest.fixture
def beside(done):
    """beside(attestation) -> its path beside the receipt."""

    def put(found) -> Path:
        return write(done / "attestations", found)

    return put
