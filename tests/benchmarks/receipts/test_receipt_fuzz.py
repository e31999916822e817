"""Receipts changed at random, in their JSON and in the bytes of their tables: never a traceback."""

from __future__ import annotations

import copy
import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zebroid.benchmarks.board.board import build_board
from zebroid.benchmarks.citations.citation import citation
from zebroid.benchmarks.receipts import parquet_reading
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.errors import UserError

from ...fuzzing import fuzz
from .hostile import drawn as drawn
from .hostile import forged as forged
from .hostile import outcome, read

CHECKS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["", "composition-v1", "./x.py", "direct", "small", "\x1b[2J", 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


def mutated(content, chance, value):
    """One place of a receipt changed: replaced, removed, doubled, or given another key."""
    place, key = content, None
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            key = None
            break
        key = chance.choice(list(keys))
        if not isinstance(place[key], (dict, list)) or chance.random() < 0.15:
            break
        place = place[key]
    kind = chance.randrange(4)
    if kind == 0 and key is not None:
        del place[key]
    elif kind == 1 and isinstance(place, list) and key is not None:
        place.append(copy.deepcopy(place[key]))
    elif kind == 2 and isinstance(place, dict):
        place[f"{key}?"] = value
    elif key is not None:
        place[key] = value
    return content


def survive(folder, content, full):
    """All that reads a receipt, of changed content: a result, or one line."""
    (folder / "receipt.json").write_text(json.dumps(content))
    refused = []
    for look in (citation, lambda path: build_board([path])):
        try:
            look(folder)
        except UserError as error:
            refused.append(error)
    if full:
        outcome(folder)
    return len(refused)


@fuzz(75)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_no_change_of_a_receipt_ends_in_a_traceback(forged, finished, seed, value):
    survive(forged, mutated(read(finished), random.Random(seed), value), full=False)


@settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=CHECKS)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_no_change_of_a_receipt_ends_verify_in_a_traceback(forged, finished, drawn, seed, value):
    survive(forged, mutated(read(finished), random.Random(seed), value), full=True)


@pytest.mark.slow
@fuzz(300, new=True)
@given(seed=st.integers(0, 2**32), value=VALUES)
def test_no_new_change_of_a_receipt_ends_in_a_traceback(forged, finished, drawn, seed, value):
    survive(forged, mutated(read(finished), random.Random(seed), value), full=True)


def spoilt(data, chance):
    """A file with some bytes changed, removed or added, most often where its metadata are."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        least = chance.choice((0, max(0, len(data) - 3_000)))
        at = chance.randrange(least, len(data))
        kind = chance.randrange(10)
        if kind < 8:
            data[at] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
        elif kind == 8:
            del data[at : at + chance.randrange(1, 40)]
        else:
            data[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(data)


def survive_bytes(folder, seed):
    chance = random.Random(seed)
    table = chance.choice(TABLES)
    try:
        found = parquet_reading.columns(
            spoilt((folder / table.file).read_bytes(), chance), table, 10_000
        )
    except UserError as error:
        assert "\n" not in str(error)
        return
    parquet_reading.by_key(table, found)


@fuzz(100)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_the_bytes_of_a_table_ends_in_a_traceback(finished, seed):
    survive_bytes(finished, seed)


@pytest.mark.slow
@fuzz(300, new=True)
@given(seed=st.integers(0, 2**32))
def test_no_new_change_of_the_bytes_of_a_table_ends_in_a_traceback(finished, seed):
    survive_bytes(finished, seed)
