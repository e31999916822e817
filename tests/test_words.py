"""One word a concept: retired words stand in no name, no message, no key and on no page.

The words are listed once, with what to write instead. They are looked for in the names of every
Python file, in the texts and comments of the package, in TOML keys and values, and in the prose of
README and docs.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import zebroid

ROOT = Path(zebroid.__file__).resolve().parent

STATED = "stated (of the corpus), message or text (of output)"
QUERY = "query, queried; question"
SHOWN = "demonstrated (of conclusions), displayed or printed (of output)"
# retired word -> what to write instead
RETIRED = {
    "told": STATED,
    "said": STATED,
    "ask": QUERY,
    "asked": QUERY,
    "shown": SHOWN,
    "hole": "missing run",
    "holes": "missing runs",
    "okapi": "exception item",
    "okapis": "exception items",
    "lure": "distractor",
    "lures": "distractors",
    "lured": "misled",
    "fleet": "batched training",
    "fleets": "batched trainings",
    "abreast": "side by side; vmap_size",
    "kin": "neighbours",
    "arm": "configuration",
    "arms": "configurations",
    "lots": "batches",
    "exam": "question set",
    "expose": "split, state",
    "exposed": "stated, under another exposure",
    "nats": "loss",
    "slope": "grad",
}
NAMES_ONLY = {"ask"}  # in prose a plain verb
ONLY_IN = {"slope": "models/"}  # elsewhere the slope of a line

ANIMAL = "the animal of the story"
# (file, word) -> why it stands there all the same
ALLOWED = {
    ("worlds/catalog/zebra.py", "okapi"): ANIMAL,
    ("worlds/catalog/taxonomy.py", "okapi"): ANIMAL,
    ("docs/concepts/world.md", "okapi"): ANIMAL,
    ("worlds/catalog/names.py", "okapi"): ANIMAL,
    ("worlds/catalog/kinship.py", "kin"): "a predicate of the world, digested",
    ("tests/worlds/catalog/test_kinship.py", "kin"): "a predicate of the world, digested",
    ("docs/results/floors.md", "kin"): "the cues of a world, whose predicate it is",
    ("docs/instruments.md", "kin"): "the cues of a world, whose predicate it is",
    ("worlds/corpus/split.py", "shown"): "the name of a random stream: renamed, corpora move",
}


class Found(NamedTuple):
    """A retired word in a file."""

    path: str
    line: int
    word: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word!r}; write {RETIRED[self.word]}"


def parts(name: str) -> list[str]:
    """The words of a snake_case or CamelCase name, in small letters.

    >>> parts("_HTMLFleetsOfRuns_told2")
    ['html', 'fleets', 'of', 'runs', 'told']
    """
    return [p.lower() for p in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def prose(text: str) -> Iterator[tuple[int, str]]:
    """(line within the text, word); names with dashes and digits, as of suites, are none."""
    for line, content in enumerate(text.split("\n")):
        for chunk in re.findall(r"[\w-]+", content):
            if not ("-" in chunk.strip("-") and re.search(r"\d", chunk)):
                yield from ((line, word) for word in parts(chunk) if word not in NAMES_ONLY)


def python(source: str, texts: bool) -> Iterator[tuple[int, str]]:
    """(line, word) of names, those within f-strings too; with ``texts`` of strings and comments."""
    middle = getattr(tokenize, "FSTRING_MIDDLE", None)  # from Python 3.12 on
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        at = token.start[0]
        if token.type == tokenize.NAME:
            yield from ((at, word) for word in parts(token.string))
        elif token.type == tokenize.COMMENT or token.type == middle:
            if texts:
                yield from ((at + line, word) for line, word in prose(token.string))
        elif token.type == tokenize.STRING:
            yield from _string(token.string, at, texts)


def _string(literal: str, at: int, texts: bool) -> Iterator[tuple[int, str]]:
    """What stands in one string literal: names where it is an f-string, and its text."""
    if texts:
        yield from ((at + line, word) for line, word in prose(_text(literal)))
    if "f" in literal[: literal.find(literal[-1])].lower():
        for node in ast.walk(ast.parse(f"({literal})", mode="eval")):
            name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
            if isinstance(name, str):
                yield from ((at, word) for word in parts(name))


def _text(literal: str) -> str:
    """A literal without escapes, and an f-string without its expressions: lines stay."""
    text = re.sub(r"\\[^\n]", " ", literal)
    if "f" in literal[: literal.find(literal[-1])].lower():
        text = re.sub(r"\{[^{}]*\}", " ", text)
    return text


def toml(text: str) -> Iterator[tuple[int, str]]:
    """(line, word) of all keys and values; a comment is prose as well."""
    tomllib.loads(text)
    yield from ((line + 1, word) for line, word in prose(text))
    for number, line in enumerate(text.split("\n"), start=1):
        key = re.match(r"\s*\[*([\w.\"-]+)", line)
        if key and not line.lstrip().startswith("#"):
            yield from ((number, word) for word in parts(key[1]) if word in NAMES_ONLY)


def words_of(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """(line, word) of all that is looked at in a file."""
    text = path.read_text("utf-8")
    if path.suffix in (".py", ".pyi"):
        return python(text, texts=not name.startswith("tests/"))
    if path.suffix == ".toml":
        return toml(text)
    return ((line + 1, word) for line, word in prose(text))


def files() -> list[Path]:
    """Sources, suites, README and docs; no receipt and no result."""
    kinds = {".py", ".pyi", ".toml", ".md", ".ipynb", ".cff"}
    folders = ("benchmarks", "docs", "eval", "models", "tests", "worlds")
    found = [p for p in ROOT.iterdir() if p.is_file()]
    found += [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file()]
    found += (ROOT / "docs" / "pictures").glob("*.svg")
    hidden = (".", "_build", "__pycache__")
    return sorted(
        {
            p
            for p in found
            if (p.suffix in kinds or (p.parent.name == "pictures" and p.suffix == ".svg"))
            and not any(part.startswith(hidden) for part in p.relative_to(ROOT).parts)
            and p.relative_to(ROOT).parts[:2] != ("docs", "receipts")
            and p != Path(__file__).resolve()
        }
    )


def found_in(path: Path, name: str) -> list[Found]:
    """Every retired word in a file, with those that are allowed there."""
    return [
        Found(name, line, word)
        for line, word in words_of(path, name)
        if word in RETIRED and name.startswith(ONLY_IN.get(word, ""))
    ]


@pytest.fixture(scope="module")
def found() -> list[Found]:
    return [f for path in files() for f in found_in(path, path.relative_to(ROOT).as_posix())]


def test_no_retired_word_is_in_use(found):
    wrong = [f for f in found if (f.path, f.word) not in ALLOWED]
    assert not wrong, "\n".join(["retired words:", *map(str, dict.fromkeys(wrong))])


def test_no_exception_is_idle(found):
    assert {*ALLOWED} <= {(f.path, f.word) for f in found}


PLANTED = '''"""What is told."""
class FleetPlan: ...
def held(shown_height):  # nothing is asked
    return f"{row.lured:>3} of them"
raise ValueError(f"a hole: {x!r}; ask again")
'''


def test_a_planted_word_is_found_wherever_it_stands(tmp_path):
    (tmp_path / "worlds.py").write_text(PLANTED)
    (tmp_path / "tests.py").write_text(PLANTED)
    whole = found_in(tmp_path / "worlds.py", "worlds/planted.py")
    assert {(f.line, f.word) for f in whole} == {
        (1, "told"),
        (2, "fleet"),
        (3, "shown"),
        (3, "asked"),
        (4, "lured"),
        (5, "hole"),
    }
    names = found_in(tmp_path / "tests.py", "tests/planted.py")
    assert {(f.line, f.word) for f in names} == {(2, "fleet"), (3, "shown"), (4, "lured")}
    message = str(whole[0])
    assert message.startswith("worlds/planted.py:1: 'told'; write stated")


def test_keys_of_suites_and_pages_are_searched(tmp_path):
    (tmp_path / "a.toml").write_text('[suite]\nid = "loops-8-asked-12"\nask = 1\n# an arm\n')
    assert [(f.line, f.word) for f in found_in(tmp_path / "a.toml", "suites/a.toml")] == [
        (4, "arm"),
        (3, "ask"),
    ]
    (tmp_path / "a.md").write_text("A page.\n\nIt asks what was shown: see `loops-8-asked-12`.\n")
    (page,) = found_in(tmp_path / "a.md", "docs/a.md")
    assert (page.line, page.word) == (3, "shown")


def test_the_slope_of_a_line_is_retired_in_models_alone(tmp_path):
    (tmp_path / "a.py").write_text("slope = 1\n")
    assert found_in(tmp_path / "a.py", "models/a.py") and not found_in(tmp_path / "a.py", "eval/a")
