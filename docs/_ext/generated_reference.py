"""Directives for what the code says better than a page: commands, public names.

``command-line``: every command of `zebroid`, from its own help. ``public-names PACKAGE``: what a
package exports, from its docstrings. ``presets``: the models by name.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from zebroid.benchmarks.docs.writing.markdown_table import markdown_table

FIELDS = ("field", "type", "meaning")


class Generated(SphinxDirective):
    """What ``lines`` yields, parsed as Markdown in the place of the directive."""

    optional_arguments = 1

    def lines(self) -> Iterator[str]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)


class CommandLine(Generated):
    def lines(self) -> Iterator[str]:
        from zebroid.cli import app

        group: Any = typer.main.get_command(app)
        for name, command in sorted(group.commands.items()):
            arguments = [p for p in command.params if p.param_type_name == "argument"]
            options = [p for p in command.params if p.param_type_name == "option"]
            usage = " ".join(
                f"[{p.metavar or p.name.upper()}]" if not p.required else p.name.upper()
                for p in arguments
            )
            yield f"## zebroid {name}"
            yield f"\n```text\nzebroid {name}{' [OPTIONS]' if options else ''} {usage}".rstrip()
            yield f"```\n\n{command.help or ''}\n"
            named = [(p.name.upper(), p) for p in arguments]
            named += [(", ".join(p.opts), p) for p in options]
            rows = []
            for label, parameter in named:
                default = parameter.default
                known = "" if default in (None, "", False) or callable(default) else str(default)
                rows.append([f"`{label}`", parameter.help or "", f"`{known}`" if known else ""])
            if rows:
                yield from markdown_table(["", "what", "default"], rows)
            yield ""


def _type(annotation: Any) -> str:
    """The type as a reader of JSON knows it: bounds and patterns stand in the model, not here."""
    if get_origin(annotation) is Annotated:
        return _type(get_args(annotation)[0])
    parts = [_type(part) for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) in (Union, types.UnionType):
        return " or ".join(parts + ["null"] * (type(None) in get_args(annotation)))
    if get_origin(annotation) is Literal:
        return " or ".join(repr(value) for value in get_args(annotation))
    name = getattr(get_origin(annotation) or annotation, "__name__", str(annotation))
    return f"{name}[{', '.join(parts)}]" if parts else name


def _comments(model: Any) -> dict[str, str]:
    """Field -> the comment behind it, or the lines of comment above it."""
    found: dict[str, str] = {}
    above: list[str] = []
    for line in inspect.getsource(model).splitlines():
        field = re.match(r"    (\w+): .*?(?:  # (.+))?$", line)
        if field and (field[2] or above):
            found[field[1]] = field[2] or " ".join(above)
        comment = re.match(r"    # (.+)", line)
        above = [*above, comment[1]] if comment else []
    return found


def _fields(found: Any) -> Iterator[str]:
    """The fields of a dataclass that say what they mean."""
    comments = _comments(found)
    rows = []
    for field in dataclasses.fields(found) if comments else ():
        kind = field.type if isinstance(field.type, str) else _type(field.type)
        rows.append([f"`{field.name}`", kind, comments.get(field.name, "")])
    if rows:
        yield from markdown_table(FIELDS, rows)
    yield ""


class PublicNames(Generated):
    required_arguments = 1

    def lines(self) -> Iterator[str]:
        name = self.arguments[0]
        package = importlib.import_module(name)
        for attribute in package.__all__:
            found = getattr(package, attribute)
            target = f"{name}.{attribute}"
            yield f"### {attribute}\n"
            if inspect.isclass(found) or callable(found):
                kind = "autoclass" if inspect.isclass(found) else "autofunction"
                yield f"```{{eval-rst}}\n.. {kind}:: {target}"
                # the names of `zebroid` itself stand in the index by their folder's page
                yield "   :no-index:" if "." not in name else ""
                yield "   :members:\n" if kind == "autoclass" else ""
                yield "```\n"
                if dataclasses.is_dataclass(found):
                    yield from _fields(found)
            else:
                yield f"`{found!r}`\n" if len(repr(found)) < 200 else "A table.\n"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("command-line", CommandLine)
    app.add_directive("public-names", PublicNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
