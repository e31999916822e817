"""A browser for pages, where this machine has one."""

from __future__ import annotations

import os

import pytest

from .chromium import browser, executable


def missing(reason):
    """`make test-docs` needs a site and a browser; elsewhere a test without them is skipped, and
    says why."""
    if os.environ.get("ZEBROID_SITE") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def tab():
    program = executable()
    if program is None:
        missing("no Chromium on this machine: apt-get install chromium")
    assert program is not None
    with browser(program) as opened:
        yield opened
