"""Files of worlds changed at random: read and pinned, or refused in one line; none is run."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid import sources
from zebroid.benchmarks.authoring.pin import written
from zebroid.errors import InvalidWorld, UserError

from .fuzzing import fuzz, garbled

WORLD = '''"""A world."""

from zebroid.worlds.catalog.composition import Composition


class Mine(Composition):
    """Twelve things."""

    id = "acme.mine-v1"  # é
    content = 1
    sizes = {"tiny": {"entities": 8, "relations": 4}}
    pins = {
        "tiny": "1:00",
    }

    def sample(self, rng, **size):
        return super().sample(rng, **size)
'''
PIECES = (
    *("(", ")", "[", "{", "}", '"', "'''", ":", "\n", "\n    ", "\t", "\x00", "\\", "\x0c", "\r"),
    *(
        "\ud800",
        "\ufeff",
        "é",
        "#",
        ";",
        "pins = {}",
        "class Mine:\n",
        "pins: dict",
        "(" * 300,
        "-" * 99,
    ),
)
PINS = {"tiny": "1:ab"}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("worlds") / "fuzzed.py"


@fuzz(200)
@given(st.integers(0, 2**32))
def test_no_change_of_a_file_ends_in_a_traceback(file, seed):
    source = garbled(WORLD, seed, PIECES).encode("utf-8", "surrogatepass")
    file.write_bytes(source)
    try:
        assert sources.read(str(file), "world")[0] == source
    except InvalidWorld as error:
        assert str(file) in str(error) and "\n" not in str(error)
    try:
        after = written(source, "Mine", PINS, str(file))
    except UserError as error:
        assert str(file) in str(error) and "\n" not in str(error)
    else:
        assert "'tiny': '1:ab'" in ast.unparse(ast.parse(after))
