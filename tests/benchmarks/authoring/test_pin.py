"""Pins: the digests of a world's corpora in its own class, by `zebroid pin`."""

from __future__ import annotations

import ast
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid import registry
from zebroid.benchmarks.authoring.pin import written
from zebroid.benchmarks.conformance.framework import Check
from zebroid.benchmarks.conformance.worlds import determinism
from zebroid.benchmarks.conformance.worlds.golden import pins_of
from zebroid.benchmarks.conformance.worlds.world_checks import run
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus

WORLD = '''\
"""A world of two hops."""

from zebroid.worlds.catalog.composition import Composition


class Mine(Composition):
    """Twelve things."""

    id = "acme.mine-v1"  # a remark
    sizes = {"tiny": {"entities": 12, "relations": 6}, "small": {"entities": 14, "relations": 6}}
    exposures = {}
'''
MORE = WORLD.replace('"entities": 12', '"entities": 13')


def text_of(path):
    return Path(path).read_text("utf-8")


def pins(path):
    return pins_of(registry.make(str(path)))


def outcome(path):
    """What the checker says of the content at size tiny."""
    golden = [Check("golden", "no content moves without a version", determinism.golden)]
    (found,) = run(golden, registry.make(str(path)), ["tiny"])
    return found


def test_a_pinned_world_holds_the_digests_of_its_corpora(zebroid, world_file):
    path = world_file(WORLD)
    status, out, err = zebroid("pin", path)
    assert (status, err) == (0, "")
    found = {size: build_corpus(registry.make(path), size).digest for size in ("tiny", "small")}
    assert pins(path) == {size: (1, digest) for size, digest in found.items()}
    assert all(f"{size} {digest[:12]}" in out for size, digest in found.items())
    text = text_of(path)
    head, _, rest = text.partition("    pins = {\n")
    assert head + rest.partition("    }\n")[2] == WORLD  # and all else is as it was
    assert zebroid("pin", path)[0] == 0 and text_of(path) == text
    assert zebroid("pin", path, "--size", "tiny")[0] == 0 and text_of(path) == text


def test_content_that_moved_under_an_equal_version_is_not_pinned(zebroid, world_file):
    path = world_file(WORLD)
    zebroid("pin", path)
    before = pins(path)
    pinned = text_of(path).replace('"entities": 12', '"entities": 13')
    world_file(pinned)
    status, out, err = zebroid("pin", path)
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert "its content 1 was pinned as" in err and "content = 2" in err and "--new" in err
    assert text_of(path) == pinned
    world_file(pinned.replace("    sizes", "    content = 2\n    sizes"))
    assert zebroid("pin", path)[0] == 0
    assert {at for at, _ in pins(path).values()} == {2}
    assert pins(path)["tiny"][1] != before["tiny"][1] and [*pins(path)] == [*before]
    status, _, err = zebroid("pin", world_file(text_of(path).replace("content = 2", "")))
    assert status == 2 and "is pinned as content 2 and declares content 1" in err


def test_a_new_world_may_be_pinned_anew(zebroid, world_file):
    path = world_file(WORLD)
    zebroid("pin", path)
    world_file(text_of(path).replace('"entities": 12', '"entities": 13'))
    assert zebroid("pin", path, "--new", "--size", "tiny")[0] == 0
    assert pins(path)["tiny"] == (1, build_corpus(registry.make(path), "tiny").digest)
    assert [*pins(path)] == ["tiny", "small"]


def test_the_checker_compares_pins(zebroid, world_file):
    path = world_file(WORLD)
    bare = outcome(path)
    assert bare.passed and "not pinned" in bare.found and "zebroid pin" in bare.found
    zebroid("pin", path)
    assert outcome(path).passed and outcome(path).found.startswith("as pinned for content 1")
    text = text_of(path)
    world_file(text.replace('"entities": 12', '"entities": 13'))
    moved = outcome(path)
    assert moved.passed is False and "content moved under an equal version" in moved.found
    assert "content = 2" in moved.cure and "zebroid pin" in moved.cure
    world_file(text.replace("    sizes", "    content = 2\n    sizes"))
    assert "declares content 2, and is pinned at tiny as content 1" in outcome(path).found
    world_file(text.replace("    sizes", "    content = 2\n    sizes").replace('"1:', '"3:'))
    assert outcome(path).cure == "set content = 3: versions only rise"
    world_file(text.replace('"1:', '"one:'))
    assert "expected CONTENT:DIGEST" in outcome(path).found and outcome(path).passed is False
    world_file(text.replace('"tiny": "1:', '"tinny": "1:'))
    assert "did you mean 'tiny'" in outcome(path).found + outcome(path).cure


@pytest.mark.parametrize("content", ["0", "True", "'2'", "1.0", "None"])
def test_a_content_that_is_no_version_is_one_line(zebroid, suite, world_file, content):
    path = world_file(WORLD.replace("    sizes", f"    content = {content}\n    sizes"))
    for words in (("pin", path), ("run", suite(), "--world", path, "--dry-run")):
        status, _, err = zebroid(*words)
        assert status == 2 and err.count("\n") == 1
        assert f"content = {content}" in err and "expected a whole number from 1" in err


def test_built_in_installed_and_unknown_worlds_are_not_written_to(zebroid, plugin, monkeypatch):
    assert "built in, its digests are golden.json" in zebroid("pin", "zebra-v2")[2]
    assert "no world file" in zebroid("pin", "./nowhere.py")[2]
    points = "[zebroid.worlds]\nacme.mine-v1 = acme_mine\n"
    site = plugin("acme-mine", points, acme_mine=WORLD)
    assert zebroid("pin", "acme.mine-v1", "--size", "tiny")[0] == 0  # as an editable install
    assert "pins = " in (site / "acme_mine.py").read_text()
    assert "did you mean 'tiny'" in zebroid("pin", "acme.mine-v1", "--size", "tinny")[2]


def test_a_package_that_is_installed_is_not_written_to(zebroid, tmp_path, monkeypatch):
    site = tmp_path / "site-packages"
    site.mkdir()
    path = site / "mine.py"
    path.write_text(WORLD)
    status, _, err = zebroid("pin", str(path))
    assert status == 2 and "is installed from" in err and path.read_text() == WORLD


def test_a_file_keeps_its_mode_its_link_and_its_line_ends(zebroid, tmp_path, world_file):
    path = tmp_path / "mine.py"
    path.write_bytes(WORLD.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    assert zebroid("pin", str(link), "--size", "tiny")[0] == 0
    assert link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640
    lines = path.read_bytes().split(b"\n")
    assert all(line.endswith(b"\r") for line in lines[:-1]) and b"    pins = {\r" in lines


def test_a_file_that_changes_meanwhile_is_left_alone(zebroid, world_file, monkeypatch):
    from zebroid.benchmarks.authoring import pin

    path = world_file(WORLD)

    def slow(world, size):
        world_file(MORE)
        return build_corpus(world, size)

    monkeypatch.setattr(pin, "build_corpus", slow)
    assert "was changed while" in zebroid("pin", path)[2] and text_of(path) == MORE


FIRST = {"tiny": "1:" + "0" * 64}


@pytest.mark.parametrize(
    "source",
    [
        'class A:\n    id = "a"\n',
        'class A:\n    id = "a"',
        'class A:\n\tid = "a"\n\tx = 1\n',
        'class A:\n    id = "a"; rules = """\n    p.\n    """\n    x = 1\n',
        'class A:\n    """é, ü."""\n    x = "é"; pins = {}; y = "ü"\n',
        'class A:\n    pins: dict[str, str] = dict(\n        a=1)  # why\n    id = "a"\n',
        "class A:\n    def sample(self):\n        pass\n",
        "if True:\n    class A:\n        content = 2\n        id = 'a'\n    x = 1\n",
        "\ufeffclass A:\n    id = 'a'\n",
        "class A:\r\n    id = 'a'\r\n",
        "class B:\n    pins = {'b': ''}\nclass A(B):\n    id = 'a'\nclass C:\n    pins = 1\n",
    ],
)
def test_only_the_one_assignment_changes(source):
    after = written(source.encode(), "A", FIRST, "a.py")
    assert written(after, "A", FIRST, "a.py") == after
    other = {"tiny": "2:" + "f" * 64, 'a"b': "1:" + "0" * 64}
    tree = ast.parse(written(after, "A", other, "a.py").decode().removeprefix("\ufeff"))
    (kind,) = (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "A")
    (node,) = (n for n in kind.body if "pins" in ast.unparse(n).partition("=")[0])
    assert ast.literal_eval(node.value) == other  # type: ignore[attr-defined]


@given(st.text("aé \n", max_size=20), st.text("aü# ", max_size=20))
def test_what_stands_around_it_stays_byte_by_byte(before, beside):
    head = f'"""{before}"""\nclass A:\n    """{before}"""\n    id = 1'
    source = f'{head}  # {beside}\n    x = "{beside}"\n'
    after = written(source.encode(), "A", FIRST, "a.py").decode()
    head, _, rest = after.partition("    pins = {")
    assert head + rest.partition("}\n")[2] == source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class A: id = 1\n", "a.py:1: the body of A begins beside its head"),
        ("class A(\n  object): id = 1\n", "a.py:2: the body of A begins beside its head"),
        ("class A:\n    id = 1\nclass A:\n    id = 1\n", "2 statements `class A`; expected one"),
        ("A = type('A', (), {})\n", "0 statements `class A`"),
        ("class A:\n    pins = {}\n    pins = {}\n", "a.py:3: pins is assigned twice"),
        ("class A:\n    pins: dict\n", "a.py:2: pins has no value"),
        ("class A:\n", "cannot be read as UTF-8 Python"),
        ("class A:\n    pins = other = {}\n    id = 1\n", ""),
    ],
)
def test_where_no_place_is_plain_nothing_is_written(source, message):
    if not message:
        assert b"pins = other = {\n" in written(source.encode(), "A", FIRST, "a.py")
        return
    with pytest.raises(UserError) as error:
        written(source.encode(), "A", FIRST, "a.py")
    assert message in str(error.value) and "\n" not in str(error.value)
