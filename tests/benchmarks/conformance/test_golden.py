"""Content never moves without a version: digests of every world, as they were released.

After a deliberate change under a new id, a raised `content` or raised definitions:
`pytest tests/benchmarks/conformance/test_golden.py --update-golden`, with `-k NAME` for one world.
"""

import fcntl
import json
from pathlib import Path

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.conformance.worlds.golden import GOLDEN, digests, stored
from zebroid.benchmarks.runner import atomic_write


def _updated(known, name, today):
    """What to store from now on. Raises ValueError where content moved under an equal version."""
    before = known.get(name, today)
    old, new = ([int(e.get(v, 1)) for v in ("definitions", "content")] for e in (before, today))
    if min(np.subtract(new, old)) < 0 or (new == old and before != today):
        raise ValueError(
            f"{name} declares content {new[1]}, and other digests are stored of content {old[1]} "
            f"(definitions {new[0]} and {old[0]}); raise `content` in the world's class, or undo "
            "the change"
        )
    return {**known, name: today}


def _update(name, today):
    """Several may write theirs at once: each reads, adds and replaces alone."""
    with Path(__file__).open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        text = json.dumps(_updated(stored(), name, today), indent=2, sort_keys=True) + "\n"
        with atomic_write.file(GOLDEN) as draft:
            draft.write_text(text, "utf-8")


@pytest.mark.parametrize("size", ["tiny", "small"])
@pytest.mark.parametrize("world", registry.worlds())
def test_content_has_not_moved_without_a_version(world, size, corpus, request):
    today, name = digests(corpus(world, size)), f"{world}/{size}"
    if request.config.getoption("--update-golden", False):
        _update(name, today)
        return
    known = stored().get(name, {})
    moved = sorted(k for k in {*today, *known} if known.get(k) != today.get(k))
    assert not moved, (
        f"content moved without a version: {name}, {', '.join(moved)}. Undo the change, or raise "
        "`content` of the world (or give it a new id) and store its digests: "
        "python -m pytest tests/benchmarks/conformance/test_golden.py --update-golden"
    )


def test_no_digest_is_stored_of_a_world_that_is_gone():
    assert {name.split("/")[0] for name in stored()} == {*registry.worlds()}


def test_digests_are_replaced_only_where_content_was_raised(corpus, monkeypatch):
    known = {"a-v1/tiny": {"corpus": "one"}, "b-v1/tiny": {"corpus": "two"}}
    assert _updated(known, "a-v1/tiny", {"corpus": "one"}) == known
    assert _updated(known, "c-v1/tiny", {"corpus": "new"})["c-v1/tiny"] == {"corpus": "new"}
    with pytest.raises(ValueError, match="raise `content`"):
        _updated(known, "a-v1/tiny", {"corpus": "other"})
    raised = _updated(known, "a-v1/tiny", {"corpus": "other", "content": "2"})
    assert raised == known | {"a-v1/tiny": {"corpus": "other", "content": "2"}}
    with pytest.raises(ValueError, match="other digests are stored of content 2"):
        _updated(raised, "a-v1/tiny", {"corpus": "other"})
    redefined = {"corpus": "other", "definitions": "2"}
    assert _updated(known, "a-v1/tiny", redefined)["a-v1/tiny"] == redefined
    with pytest.raises(ValueError, match=r"definitions 1 and 2"):
        _updated({"a-v1/tiny": redefined}, "a-v1/tiny", {"corpus": "one"})
    with pytest.raises(ValueError, match="raise `content`"):
        _updated({"a-v1/tiny": redefined}, "a-v1/tiny", redefined | {"corpus": "one"})
    drawn = corpus("composition-v1")
    first = digests(drawn)
    monkeypatch.setattr(type(drawn.world), "content", 2)
    assert digests(drawn) == first | {"content": "2"} and "content" not in first
