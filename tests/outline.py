"""Outlines: what the rules of the package's plan are about of a file, which is parsed once."""

from __future__ import annotations

import ast
import dataclasses
import functools
from pathlib import Path

import zebroid

ROOT = Path(zebroid.__file__).resolve().parent


@dataclasses.dataclass
class Outline:
    """What the rules are about of one file, which is parsed once."""

    docstring: str
    lines: int
    outside: set[str]  # top-level names of the other packages that it imports, anywhere in it
    inside: set[Path]  # files of the package that it imports when it runs, wherever in it
    functions: dict[str, int]  # name -> lines of its longest
    fields: dict[str, int]  # name of a dataclass -> how many it has
    unsafe: list[str]  # calls of eval and exec, pickles that are allowed


@functools.cache
def outline(path):
    text = (ROOT / path).read_text("utf-8")
    module = ast.parse(text)
    found = Outline(ast.get_docstring(module) or "", text.count("\n"), set(), set(), {}, {}, [])
    types = typing_only(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found.outside |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.outside.add(str(node.module).partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and id(node) not in types:
            found.inside |= {*targets(path.parts[:-1], node)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            found.functions[node.name] = max(length, found.functions.get(node.name, 0))
        elif isinstance(node, ast.ClassDef) and "dataclass" in "".join(
            ast.unparse(d) for d in node.decorator_list
        ):
            found.fields[node.name] = sum(isinstance(child, ast.AnnAssign) for child in node.body)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("eval", "exec"):
                found.unsafe.append(f"{node.func.id} in line {node.lineno}")
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            allowed = ast.unparse(node.value) != "False"
            found.unsafe += [f"allow_pickle in line {node.value.lineno}"] * allowed
    return found


def targets(package, node):
    """Files of the package that a relative import names."""
    base = Path(*package[: len(package) - node.level + 1], *(node.module or "").split("."))
    for alias in node.names:
        for target in (base / alias.name, base):
            places = (target.parent / f"{target.name}.py", target / "__init__.py")
            if hit := [place for place in places if (ROOT / place).is_file()]:
                yield hit[0]
                break


def typing_only(module):
    """Nodes below ``if TYPE_CHECKING``: types may look upward, code may not."""
    return {
        id(inner)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in node.body
        for inner in ast.walk(child)
    }
