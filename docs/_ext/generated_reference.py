"""Directives for what the code says better than a page: commands, receipt fields, public names.

``command-line``: every command of `zebroid`, from its own help. ``receipt-fields``: the tables of
a receipt, from the models that read it. ``public-names PACKAGE``: what a package exports, from its
docstrings. ``presets``: the models by name.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pydantic
import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Generated(SphinxDirective):
    """What ``lines`` yields, parsed as Markdown in the place of the directive."""

    optional_arguments = 1

    def lines(self) -> Iterator[str]:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)


def cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


class CommandLine(Generated):
    def lines(self) -> Iterator[str]:
        from zebroid.benchmarks.cli import app

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
            rows = [(p.name.upper(), p) for p in arguments]
            rows += [(", ".join(p.opts), p) for p in options]
            if rows:
                yield "| | what | default |\n|---|---|---|"
            for label, parameter in rows:
                default = parameter.default
                known = "" if default in (None, "", False) or callable(default) else str(default)
                shown = f"`{known}`" if known else ""
                yield f"| `{label}` | {cell(parameter.help or '')} | {shown} |"
            yield ""


class ReceiptFields(Generated):
    def lines(self) -> Iterator[str]:
        from zebroid.benchmarks import receipt

        models = [
            found
            for _, found in inspect.getmembers(receipt, inspect.isclass)
            if issubclass(found, pydantic.BaseModel)
            and found.__module__ == receipt.__name__
            and not found.__name__.startswith("_")
        ]
        models.sort(key=lambda model: (model is not receipt.Receipt, _line(model)))
        for model in models:
            yield f"## {_words(model.__name__)}\n"
            yield f"{inspect.getdoc(model) if model.__doc__ else ''}\n"
            comments = _comments(model)
            yield "| field | type | meaning |\n|---|---|---|"
            for name, field in model.model_fields.items():
                key, kind = field.alias or name, _type(field.annotation)
                yield f"| `{key}` | {cell(kind)} | {cell(comments.get(name, ''))} |"
            yield ""


def _line(model: Any) -> int:
    return inspect.getsourcelines(model)[1]


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().capitalize()


def _type(annotation: Any) -> str:
    name = getattr(annotation, "__name__", "") if inspect.isclass(annotation) else ""
    plain = name if name and "[" not in str(annotation) else str(annotation)
    plain = re.sub(r"\b(typing|zebroid(\.\w+)+)\.", "", plain)
    return plain.replace("NoneType", "null").replace("None", "null")


def _comments(model: Any) -> dict[str, str]:
    """Field -> the comment behind it."""
    lines = inspect.getsource(model).splitlines()
    found = (re.match(r"    (\w+): .*?  # (.+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


class PublicNames(Generated):
    required_arguments = 1

    def lines(self) -> Iterator[str]:
        name = self.arguments[0]
        package = importlib.import_module(name)
        public = getattr(package, "__all__", None) or sorted(getattr(package, "_HOME", ()))
        if not public:
            yield f"`{name}` exports no names yet."
        for attribute in public:
            found = getattr(package, attribute)
            where = getattr(found, "__module__", name)
            target = f"{where}.{getattr(found, '__qualname__', attribute)}"
            yield f"### {attribute}\n"
            if inspect.isclass(found) or callable(found):
                kind = "autoclass" if inspect.isclass(found) else "autofunction"
                yield f"```{{eval-rst}}\n.. {kind}:: {target}"
                yield "   :members:\n" if kind == "autoclass" else ""
                yield "```\n"
            else:
                yield f"`{found!r}`\n" if len(repr(found)) < 200 else "A table.\n"


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("command-line", CommandLine)
    app.add_directive("receipt-fields", ReceiptFields)
    app.add_directive("public-names", PublicNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
