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


def tree(path):
    return ast.parse((ROOT / path).read_text("utf-8"))


def top(path):
    """The part of the package that a module belongs to: a folder, or a module of the root."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def typing_only(module):
    """Nodes below ``if TYPE_CHECKING``: types may look upward, code may not."""
    return {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in node.body
        for inner in ast.walk(child)
    }


def outside(path):
    """Top-level names of the other packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(str(node.module).partition(".")[0])
    return found


def inside(path):
    """Files of the package that a file imports when it runs, wherever in it."""
    module, package, found = tree(path), path.parts[:-1], set()
    types = typing_only(module)
    for node in ast.walk(module):
        if not isinstance(node, ast.ImportFrom) or not node.level or id(node) in types:
            continue
        base = Path(*package[: len(package) - node.level + 1], *(node.module or "").split("."))
        for alias in node.names:
            for target in (base / alias.name, base):
                places = (target.parent / f"{target.name}.py", target / "__init__.py")
                if hit := [place for place in places if (ROOT / place).is_file()]:
                    found.add(hit[0])
                    break
    return found


ARROWS = {path: inside(path) for path in MODULES}


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


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_downward(path):
    assert {top(target) for target in ARROWS[path]} - {top(path)} <= MAY[top(path)]
    assert not outside(path) & {*FOLDERS, "zebroid", "registry"}, (
        "import within the package relatively"
    )
    if top(path) not in ("models", "benchmarks"):
        assert not outside(path) & JAX


def test_no_files_import_each_other_in_a_circle():
    assert not circle((one, other) for one, targets in ARROWS.items() for other in targets)


def test_no_folders_import_each_other_in_a_circle():
    # a folder's __init__ names what the folders below it export; it is no part of the folder's work
    pairs = [
        (one.parent, other.parent)
        for one, targets in ARROWS.items()
        for other in targets
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


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_tests_import_the_package_by_its_name(path):
    found = outside(path)
    assert not found & set(FOLDERS)


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=str)
def test_files_and_functions_can_be_read_at_a_sitting(path):
    lines = (ROOT / path).read_text("utf-8").splitlines()
    assert len(lines) <= LINES
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_modules_say_what_they_hold(path):
    text = ast.get_docstring(tree(path))
    assert text, "a module begins with what it holds"
    assert len(text.splitlines()[0]) <= 100


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_dataclasses_have_few_fields(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and "dataclass" in "".join(
            ast.unparse(d) for d in node.decorator_list
        ):
            fields = [child for child in node.body if isinstance(child, ast.AnnAssign)]
            most = 20 if node.name in ("Corpus", "Certificate", "Row", "Tokens") else FIELDS
            assert len(fields) <= most, f"{node.name} has {len(fields)} fields"


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=str)
def test_nothing_is_pickled_or_evaluated(path):
    found = outside(path)
    assert not found & {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec"), f"line {node.lineno}"
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert ast.unparse(node.value) == "False"


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=str)
def test_nothing_is_left_to_do(path):
    text = (ROOT / path).read_text("utf-8")
    marks = "TO" + "DO|FIX" + "ME|XX" + "X"
    assert not re.search(rf"\b({marks})\b", text)
    assert not re.search(r"(^|/)(utils|common|helpers|misc)\.py$", str(path))


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
