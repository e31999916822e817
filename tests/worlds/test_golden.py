"""Content never moves without a version: digests of every world, as they were released.

After a deliberate change under a new version, or before the first release:
`python -m pytest tests/worlds/test_golden.py --update-golden`.
"""

import json
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.worlds.tokens import MODES, encode, select

GOLDEN = Path(__file__).with_name("golden.json")


def _today(corpus, world, size):
    made = corpus(world, size)
    asked = select(made, 30, 0)
    tokens = {mode: encode(made, mode, asked).digest for mode in MODES if size == "tiny"}
    return {"corpus": made.digest, **tokens}


@pytest.mark.parametrize("size", ["tiny", "small"])
@pytest.mark.parametrize("world", registry.worlds())
def test_content_has_not_moved_without_a_version(world, size, corpus, request):
    today, name = _today(corpus, world, size), f"{world}/{size}"
    stored = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(json.dumps(stored | {name: today}, indent=2, sort_keys=True) + "\n")
        return
    moved = sorted(k for k in today if stored.get(name, {}).get(k) != today[k])
    assert not moved, (
        f"content moved without a version: {name}, {', '.join(moved)}. Undo the change, or give "
        "the world a new id and store its digests: "
        "python -m pytest tests/worlds/test_golden.py --update-golden"
    )


def test_no_digest_is_stored_of_a_world_that_is_gone():
    assert {name.split("/")[0] for name in json.loads(GOLDEN.read_text())} == {*registry.worlds()}
