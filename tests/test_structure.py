"""The plan of the package: arrows between folders, sizes of files and folders, names, and nothing
unsafe."""

from __future__ import annotations

import ast
import collections
import doctest
import graphlib
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zebroid

from .outline import outline

ROOT = Path(zebroid.__file__).resolve().parent
FOLDERS = ("worlds", "models", "eval", "benchmarks")
COMMANDS = ("cli_authoring", "cli_receipts")
# modules of the root that import no more than one another
GROUND = (
    "errors",
    "canonical",
    "entry_points",
    "identity",
    "memory",
    "parameters",
    "printable",
    "seeding",
    "sources",
)
# top-level part -> the parts that its modules may import; only arrays pass between models and eval
MAY = {
    **{name: {*GROUND} for name in GROUND},
    "__init__": set(),
    "worlds": {*GROUND},
    "models": {*GROUND},
    "eval": {*GROUND, "worlds"},
    "registry": {*GROUND, "worlds", "models"},
    "benchmarks": {*GROUND, "registry", "__init__", *FOLDERS},
    "cli": {*GROUND, "registry", "__init__", *COMMANDS, *FOLDERS},
    **{name: {*GROUND, "registry", *FOLDERS} for name in COMMANDS},
}
JAX = {"jax", "jaxlib", "flax", "optax", "orbax"}
CODE = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
MODULES = sorted({*CODE, *(path.relative_to(ROOT) for path in ROOT.glob("*.py"))})
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))
LINES, FUNCTION, FIELDS, FILES, PUBLIC = 300, 60, 12, 13, 25
WIDE = (
    "Corpus",
    "Certificate",
    "Exposure",
    "Plan",
    "Row",
    "Run",
    "Tokens",
)  # dataclasses of up to 20 fields


def top(path):
    """The part of the package that a module belongs to: a folder, or a module of the root."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def arrows():
    """(one, other) of every file of the package and of each that it imports when it runs."""
    return [(path, target) for path in MODULES for target in outline(path).inside]


def circle(pairs):
    """One circle among these arrows, as a list, if there is any."""
    graph = graphlib.TopologicalSorter()
    for one, other in pairs:
        if one != other:
            graph.add(one, other)
    try:
        graph.prepare()
    except graphlib.CycleError as error:
        return [str(part) for part in error.args[1]]
    return []


def test_imports_point_downward():
    for path in MODULES:
        above = {top(target) for target in outline(path).inside} - {top(path)} - MAY[top(path)]
        assert not above, f"{path} imports from {above}"
        outside = outline(path).outside
        assert not outside & {*FOLDERS, "zebroid", "registry"}, (
            f"{path}: import within the package relatively"
        )
        if top(path) not in ("models", "benchmarks"):
            assert not outside & JAX, f"{path} imports JAX"


def test_no_files_import_each_other_in_a_circle():
    assert not circle(arrows())


def test_no_folders_import_each_other_in_a_circle():
    # a folder's __init__ names what the folders below it export; it is no part of the folder's work
    pairs = [
        (one.parent, other.parent)
        for one, other in arrows()
        if one.name != "__init__.py"
        and other.name != "__init__.py"
        and len(one.parts) > 1 < len(other.parts)
    ]
    assert not circle(pairs)


def test_a_circle_would_be_found():
    assert {*circle([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])} == {"a", "b", "c"}


def test_folders_can_be_taken_in_at_a_glance():
    count = collections.Counter(p.parent for p in MODULES if p.name != "__init__.py")
    assert {
        str(folder): n for folder, n in count.items() if n > FILES and folder.name != "catalog"
    } == {}


def test_no_two_files_share_a_name():
    count = collections.Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, n in count.items() if n > 1] == []


def test_tests_import_the_package_by_its_name():
    assert {str(path) for path in TESTS if outline(path).outside & {*FOLDERS}} == set()


def test_files_and_functions_can_be_read_at_a_sitting():
    every = {path: outline(path) for path in [*MODULES, *TESTS]}
    assert {str(path): one.lines for path, one in every.items() if one.lines > LINES} == {}
    lengths = {
        f"{path}: {name}": length
        for path, one in every.items()
        for name, length in one.functions.items()
    }
    assert {name: length for name, length in lengths.items() if length > FUNCTION} == {}


def test_modules_say_what_they_hold():
    held = {str(path): outline(path).docstring for path in MODULES}
    assert [path for path, text in held.items() if not text] == []
    assert [path for path, text in held.items() if len(text.splitlines()[0]) > 100] == []


def test_dataclasses_have_few_fields():
    most: dict[str, int] = dict.fromkeys(WIDE, 20)
    assert {
        f"{path}: {name}": number
        for path in MODULES
        for name, number in outline(path).fields.items()
        if number > most.get(name, FIELDS)
    } == {}


def test_nothing_is_pickled_or_evaluated():
    pickles = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
    for path in [*MODULES, *TESTS]:
        assert not outline(path).outside & pickles, path
        assert not outline(path).unsafe, path


def test_what_is_unsafe_or_too_long_would_be_found(tmp_path):
    """The outline of a file that has it all."""
    text = [
        "import pickle",
        *(f"# {n}" for n in range(LINES)),
        "",
        "def f():",
        "    return eval('1')",
    ]
    text += ["", "x = g(allow_pickle=True)", "", "@dataclasses.dataclass", "class C:"]
    text += [f"    a{n}: int" for n in range(FIELDS + 1)]
    path = tmp_path / "odd.py"
    path.write_text("\n".join([*text, ""]), "utf-8")
    found = outline(path)
    assert found.docstring == "" and found.lines > LINES and found.outside == {"pickle"}
    assert found.functions == {"f": 2} and found.fields == {"C": FIELDS + 1}
    assert [one.partition(" ")[0] for one in found.unsafe] == ["eval", "allow_pickle"]


def test_nothing_is_left_to_do():
    marks = "TO" + "DO|FIX" + "ME|XX" + "X"
    every = [*MODULES, *TESTS]
    texts = {path: (ROOT / path).read_text("utf-8") for path in every}
    assert [str(path) for path, text in texts.items() if re.search(rf"\b({marks})\b", text)] == []
    vague = r"(^|/)(utils|common|helpers|misc)\.py$"
    assert [str(path) for path in every if re.search(vague, str(path))] == []


def test_importing_all_but_models_and_their_checks_imports_no_jax():
    checks = (ROOT / "benchmarks" / "conformance" / "models").relative_to(ROOT)
    names = [
        ".".join(("zebroid", *path.with_suffix("").parts))
        for path in MODULES
        if top(path) != "models" and path.name != "__init__.py" and "speed" not in path.parts
        if checks not in path.parents
    ]
    code = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
    code += "print(*{name.partition('.')[0] for name in sys.modules})"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(out.stdout.split()) & JAX


EXAMPLES = [
    ".".join(("zebroid", *path.with_suffix("").parts)).removesuffix(".__init__")
    for path in MODULES
    if ">>>" in (ROOT / path).read_text("utf-8")
]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_in_docstrings_hold(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted and not found.failed


def test_every_folder_of_code_is_a_listed_package():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    for info in pkgutil.walk_packages([str(ROOT)], "zebroid."):
        top = info.name.split(".")[1]
        if info.ispkg and top in FOLDERS:
            assert f'"{info.name}"' in text


def test_constraints_are_exact_versions_and_nothing_else():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins and all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.+!-]+", pin) for pin in pins)
    assert not any(pin.lower().startswith("zebroid") for pin in pins)
    pinned = {pin.partition("==")[0].lower().replace("_", "-") for pin in pins}
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    needed = set(re.findall(r'^  "([a-z0-9-]+)>=', text, re.MULTILINE))
    assert needed and needed <= pinned


@pytest.mark.parametrize(
    "name", ["zebroid", "zebroid.errors", *(f"zebroid.{folder}" for folder in FOLDERS)]
)
def test_a_package_exports_what_it_names_and_no_more_than_a_reader_takes_in(name):
    package = importlib.import_module(name)
    assert 0 < len(package.__all__) <= PUBLIC
    for exported in package.__all__:
        thing = getattr(package, exported)
        assert getattr(thing, "__doc__", None) or not callable(thing), exported
    assert {*package.__all__} <= {*dir(package)}


def imported_names(text):
    """(module, name) of every import from this package in Python text."""
    for node in ast.walk(ast.parse(text)):
        module = getattr(node, "module", None) or ""
        if isinstance(node, ast.ImportFrom) and module.split(".")[0] == "zebroid":
            yield from ((module, alias.name) for alias in node.names)


DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PLUGINS = sorted((ROOT / "tests" / "plugins").rglob("*.py"))


@pytest.mark.parametrize("path", [*DOCS, *PLUGINS], ids=lambda path: str(path.relative_to(ROOT)))
def test_docs_and_plugins_import_public_names_alone(path):
    text = path.read_text("utf-8")
    blocks = re.findall(r"^```python[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for block in blocks if path.suffix == ".md" else [text]:
        for module, name in imported_names(block):
            assert module.count(".") <= 1, f"{module} is private"
            assert name in importlib.import_module(module).__all__, f"{module}.{name} is private"


def test_an_import_of_a_private_name_would_be_found():
    assert [*imported_names("from zebroid.worlds.datalog.facts import Facts")] == [
        ("zebroid.worlds.datalog.facts", "Facts")
    ]
