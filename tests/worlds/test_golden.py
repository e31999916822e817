"""Content never moves without a version: digests of every world, as they were released.

After a deliberate change under a new version, or before the first release:
`python -m pytest tests/worlds/test_golden.py --update-golden`, with `-k NAME` for one world.
"""

import fcntl
import json
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks import disk
from zebroid.worlds.golden import GOLDEN, digests, stored


def _update(name, today):
    """Several may write theirs at once: each reads, adds and replaces alone."""
    with Path(__file__).open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        text = json.dumps({**stored(), name: today}, indent=2, sort_keys=True) + "\n"
        with disk.file(GOLDEN) as draft:
            draft.write_text(text, "utf-8")


@pytest.mark.parametrize("size", ["tiny", "small"])
@pytest.mark.parametrize("world", registry.worlds())
def test_content_has_not_moved_without_a_version(world, size, corpus, request):
    today, name = digests(corpus(world, size)), f"{world}/{size}"
    if request.config.getoption("--update-golden", False):
        _update(name, today)
        return
    known = stored().get(name, {})
    moved = sorted(k for k in today if known.get(k) != today[k])
    assert not moved, (
        f"content moved without a version: {name}, {', '.join(moved)}. Undo the change, or give "
        "the world a new id and store its digests: "
        "python -m pytest tests/worlds/test_golden.py --update-golden"
    )


def test_no_digest_is_stored_of_a_world_that_is_gone():
    assert {name.split("/")[0] for name in stored()} == {*registry.worlds()}
