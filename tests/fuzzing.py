"""Random cases at the doors: a few hundred in every run, as many as ``make fuzz`` says there.

A door is where something comes in from outside: receipts, tables, suites, files of worlds, words of
a command. At each, and where a decider is held against another, one property test bears ``@fuzz``.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, settings

CHECKS = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.function_scoped_fixture,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
CASES = int(os.environ.get("ZEBROID_FUZZ", "0"))  # of every door; 0: as each test says


def fuzz(usual, new=False):
    """A decorator above ``@given``: marks the test ``fuzz`` and gives it ``usual`` cases.

    The cases are the same in every run, unless they are ``new`` or of ``make fuzz``.
    """
    how = settings(
        max_examples=CASES or usual,
        derandomize=not (new or CASES),
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=CHECKS,
    )
    return lambda test: pytest.mark.fuzz(how(test))


def garbled(text, seed, pieces):
    """``text`` with one to four places cut, doubled or replaced by one of these pieces."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        stop = min(len(text), start + chance.choice((0, 1, 3, 20)))
        middle = chance.choice(("", 2 * text[start:stop], chance.choice(pieces)))
        text = text[:start] + middle + text[stop:]
    return text
