"""errata.toml: read strictly, and which receipts an entry affects."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from zebroid.benchmarks.citations.errata import affecting, listed
from zebroid.benchmarks.receipts.cite import digest
from zebroid.errors import UserError

ENTRY = """[[errata]]
id = "2026-a"
date = 2026-12-01
text = "The floors were too low."
[errata.affects]
suites = ["tiny"]
"""


RECEIPT = cast(
    Any,
    SimpleNamespace(
        suite=SimpleNamespace(id="tiny"),
        cells=[SimpleNamespace(cell={"world": "composition-v1"})],
        definitions=2,
        training="training-1",
        versions={"zebroid": "0.1.0"},
        lasting={"what": "equal runs have in common"},
    ),
)


@pytest.fixture
def errata(tmp_path):
    """errata(text) -> what is listed in a file of this text."""

    def read(text):
        path = tmp_path / "errata.toml"
        path.write_text(text)
        return listed(path)

    return read


def test_the_shipped_list_can_be_read():
    assert all(erratum.text for erratum in listed())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("errata", "erratum", "erratum"),
        ('id = "2026-a"', 'id = "A B"', "id"),
        ('id = "2026-a"\n', "", "id"),
        ("2026-12-01", '"2026-12-01"', "date"),
        ("2026-12-01", "2026-13-01", "not TOML"),
        ("too low.", "too low.\\u001b", "printable"),
        ("The floors were too low.", "", "text"),
        ('suites = ["tiny"]', 'suite = ["tiny"]', "suite"),
        ('suites = ["tiny"]', 'suites = "tiny"', "suites"),
        ('suites = ["tiny"]', "suites = []", "nothing is affected"),
        ('suites = ["tiny"]', "definitions = [0]", "definitions"),
        ('suites = ["tiny"]', 'definitions = ["2"]', "definitions"),
        ('suites = ["tiny"]', 'receipts = ["abc"]', "receipts"),
        ("[[errata]]", ENTRY + "[[errata]]", "stands twice"),
    ],
)
def test_an_entry_that_is_not_what_it_should_be_is_one_line(old, new, why, errata):
    assert old in ENTRY and len(errata(ENTRY)) == 1
    with pytest.raises(UserError, match=why) as refused:
        errata(ENTRY.replace(old, new))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("affects", "fits"),
    [
        ('suites = ["tiny"]', True),
        ('suites = ["tiny-v2", "other"]', False),
        ('suites = ["tiny"]\nworlds = ["composition-v1"]', True),
        ('suites = ["tiny"]\nworlds = ["zebra-v2"]', False),
        ('definitions = [2]\ntrainings = ["training-1"]', True),
        ('definitions = [1]\ntrainings = ["training-1"]', False),
        ('versions = ["0.1.0"]', True),
        ('versions = ["9.9"]', False),
        ('receipts = ["0123456789abcdef", "{digits}"]', True),
        ('receipts = ["0123456789abcdef"]', False),
    ],
)
def test_of_each_key_that_is_given_one_value_fits(affects, fits, errata):
    affects = affects.format(digits=digest(RECEIPT)[:16])
    (erratum,) = errata(ENTRY.replace('suites = ["tiny"]', affects))
    assert affecting(RECEIPT, (erratum,)) == ([erratum] if fits else [])


def test_a_suite_that_was_changed_is_affected_with_it(errata):
    changed = SimpleNamespace(**vars(RECEIPT) | {"suite": SimpleNamespace(id="tiny+mlp-s")})
    assert affecting(cast(Any, changed), errata(ENTRY))
