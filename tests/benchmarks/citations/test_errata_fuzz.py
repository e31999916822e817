"""Lists of errata changed at random: read, or one line, and never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.citations import errata
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled

LIST = """
[[errata]]
id = "2026-means"
date = 2026-12-01
text = "The means of one table were those of another."
affects = { suites = ["tiny-v1"], versions = ["0.1.0"], definitions = [2] }

[[errata]]
id = "2026-seeds"
date = 2026-12-02
text = "Two of four seeds were one."
affects = { receipts = ["0123456789abcdef"] }
"""
PIECES = (
    '"', "[", "]", "{", "}", "=", ",", "\n", "[[errata]]", "2026-13-01", "1e999", "9" * 5_000,
    "nan", "[" * 2_000, "\\ud800", "\x00", "\x1b[2J", "\u202e", "suites = []", 'id = "2026-seeds"',
    "''", "-1",
)  # fmt: skip


@pytest.fixture
def receipt(finished):
    return Receipt.read(finished / "receipt.json")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("errata") / "errata.toml"


@fuzz(60)
@given(seed=st.integers(0, 2**32))
def test_a_changed_list_of_errata_is_read_or_one_line(path, receipt, seed):
    path.write_text(garbled(LIST, seed, PIECES), "utf-8", "surrogatepass")
    try:
        found = errata.listed(path)
    except UserError as error:
        assert "\n" not in str(error) and "\x1b" not in str(error)
    else:
        assert all(erratum.text.isprintable() for erratum in found)
        assert len([*errata.affecting(receipt, found)]) <= len(found)
