"""Attestations are written once, read strictly, and their figures give their outcomes."""

from __future__ import annotations

import json

import pytest
from zebroid.benchmarks.attestations.attestation import (
    InstrumentRecord,
    contradiction,
    parsed,
    write,
)
from zebroid.benchmarks.receipts.cite import digest
from zebroid.errors import UserError


def instrument(claimed, low=None, high=None):
    return InstrumentRecord(
        name="recall", questions=40, claimed=claimed, here=[0.5, 0.5, 0.5], low=low, high=high
    )


INSIDE, OUTSIDE = instrument(0.5, 0.4, 0.6), instrument(0.9, 0.4, 0.6)
ELSEWHERE = {"same_platform": False, "equal": 0.7, "step": 10}


def test_an_attestation_is_read_as_it_was_written_under_the_name_of_its_content(
    attestation, tmp_path
):
    found = attestation()
    path = write(tmp_path, found)
    assert parsed(path.read_bytes(), path) == found
    assert path.name == f"attestation-{found.receipt[:16]}-{found.digest[:16]}.json"
    assert write(tmp_path, found) == path and len([*tmp_path.glob("*.json")]) == 1


def test_no_attestation_is_overwritten(attestation, tmp_path):
    first = write(tmp_path, attestation())
    second = write(tmp_path, attestation(date="2026-11-28"))
    assert first != second and first.exists()
    first.write_text("{}")
    with pytest.raises(UserError, match="is there with other content"):
        write(tmp_path, attestation())
    assert first.read_text() == "{}"


@pytest.mark.parametrize(
    "cell",
    [
        {"equal": 0.9, "step": 10},
        {"outcome": "within", **ELSEWHERE, "instruments": [OUTSIDE]},
        {"outcome": "within", **ELSEWHERE, "instruments": [instrument(0.5)]},
        {"outcome": "within", "equal": 0.7, "step": 10, "instruments": [INSIDE]},
        {"outcome": "within", **ELSEWHERE, "instruments": [instrument(0.5, 0.0, 1.0)]},
        {"outcome": "undecided", **ELSEWHERE, "instruments": [OUTSIDE]},
        {"outcome": "fails too"},
        {"outcome": "fails too", "equal": None},
    ],
)
def test_an_outcome_that_its_figures_do_not_give_is_refused(attestation, tmp_path, cell):
    path = write(tmp_path, attestation(cell))
    with pytest.raises(UserError, match="do not give"):
        parsed(path.read_bytes(), path)


@pytest.mark.parametrize(
    ("cell", "confirms"),
    [
        ({}, True),
        ({"outcome": "within", **ELSEWHERE, "instruments": [INSIDE]}, True),
        ({"outcome": "fails too", "equal": None, "cause": "no memory"}, True),
        ({"outcome": "undecided", **ELSEWHERE, "instruments": [instrument(0.5, 0.0, 1.0)]}, True),
        ({"outcome": "outside", **ELSEWHERE, "instruments": [OUTSIDE]}, False),
        ({"outcome": "differs", "equal": 0.7, "step": 10}, False),
        ({"outcome": "trains", "equal": None, "cause": "no memory"}, False),
    ],
)
def test_it_confirms_where_a_cell_came_out_alike_and_none_otherwise(
    attestation, tmp_path, cell, confirms
):
    path = write(tmp_path, attestation(cell))
    assert parsed(path.read_bytes(), path).confirms == confirms


def test_failures_alone_confirm_nothing(attestation):
    found = attestation({"outcome": "fails too", "equal": None, "cause": "no memory"})
    assert not found.model_copy(update={"cells": found.cells[:1]}).confirms


def _forms(text):
    content = json.loads(text)
    yield text.replace(" ", "")  # equal content, other bytes
    yield json.dumps(content | {"more": 1})
    yield json.dumps(content | {"date": "today"})
    yield json.dumps(content | {"attester": "Ada\x1b[2J"})
    yield "[" * 100_000
    yield text.replace("0.5", "NaN")
    yield "\u00e4"


def test_whatever_is_no_attestation_is_one_line(attestation, tmp_path):
    path = tmp_path / "a.json"
    for text in _forms(attestation().text()):
        with pytest.raises(UserError, match="is no attestation") as error:
            parsed(text.encode(), path)
        assert "\n" not in str(error.value)


def test_an_attestation_of_another_receipt_or_of_other_cells_is_found_out(attestation, receipt):
    mark = digest(receipt)
    assert contradiction(attestation(), receipt, mark) == ""
    assert "of receipt" in contradiction(attestation(), receipt, "0" * 64)
    found = attestation()
    swapped = found.model_copy(update={"cells": found.cells[::-1]})
    assert "not those" in contradiction(swapped, receipt, mark)
    assert "not those" in contradiction(attestation(of=5), receipt, mark)
    failed = attestation({"outcome": "fails too", "equal": None, "cause": "no memory"})
    assert "declared otherwise" in contradiction(failed, receipt, mark)
