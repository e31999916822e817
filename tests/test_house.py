"""The house rules that a reader relies on: arrows between folders, sizes, and nothing unsafe."""

from __future__ import annotations

import ast
import doctest
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
# folder -> what its modules may import from this package
MAY = {
    "": {""},
    "worlds": {"", "worlds"},
    "models": {"", "models"},
    "eval": {"", "worlds", "eval"},
    "benchmarks": {"", *FOLDERS},
}
JAX = {"jax", "jaxlib", "flax", "optax", "orbax"}
CODE = [path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
MODULES = sorted(path.relative_to(ROOT) for path in ROOT.glob("*.py"))
MODULES += sorted(path for path in CODE if (ROOT / path).read_text("utf-8").strip())
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))
LINES, FUNCTION, FIELDS = 300, 60, 12


def tree(path):
    return ast.parse((ROOT / path).read_text("utf-8"))


def folder(path):
    return path.parts[0] if len(path.parts) > 1 else ""


def imports(path):
    """(modules imported from outside, folders of the package imported), anywhere in the file."""
    outside, inside = set(), set()
    package = path.parts[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            outside |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            outside.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            parts = (*base, *(node.module or "").split("."))
            first = [parts[0]] if parts[0] in FOLDERS else [alias.name for alias in node.names]
            inside |= {name if name in FOLDERS else "" for name in first}
    return outside, inside


def checked_only(path):
    """Folders imported under ``if TYPE_CHECKING``: types may look up, code may not."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            inner = [n.module for n in node.body if isinstance(n, ast.ImportFrom)]
            names = {str(module).partition(".")[0] for module in inner}
            found |= {name if name in FOLDERS else "" for name in names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_follow_the_arrows(path):
    outside, inside = imports(path)
    assert inside - checked_only(path) <= MAY[folder(path)]
    assert not outside & {*FOLDERS, "zebroid", "registry"}, "import within the package relatively"
    if folder(path) in ("", "worlds", "eval"):
        assert not outside & JAX
    if folder(path) != "eval":
        assert "sklearn" not in outside


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_tests_import_the_package_by_its_name(path):
    outside, _ = imports(path)
    assert not outside & set(FOLDERS)


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
    outside, _ = imports(path)
    assert not outside & {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
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


def test_importing_all_but_models_imports_no_jax():
    names = [
        ".".join(("zebroid", *path.with_suffix("").parts))
        for path in MODULES
        if folder(path) in ("worlds", "eval", "benchmarks", "")
        and path.name != "__init__.py"
        and "speed" not in path.parts
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
