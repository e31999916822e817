"""Directives for what the code says better than a page: commands, receipt fields, public names.

``command-line``: every command of `zebroid`, from its own help. ``receipt-fields``: the tables of
a receipt, from the models that read it. ``public-names PACKAGE``: what a package exports, from its
docstrings. ``presets``: the models by name.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pydantic
import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from zebroid.benchmarks.docs.markdown_table import markdown_table

FIELDS = ("field", "type", "meaning")

# of fields whose names nearly say it, so that the code has no comment behind them
MEANINGS = {
    "SuiteRecord.id": "name of the suite",
    "SuiteRecord.title": "one line on what it asks",
    "SuiteRecord.digest": "SHA-256 over its expanded list of cells",
    "CellRecord.digest": "SHA-256 of the cell's record",
    "CellRecord.corpus": "SHA-256 of the corpus that was read",
    "CellRecord.parameters": "weights of the model",
    "CellRecord.flops": "spent on the training",
    "CellRecord.device": "kind, name and number of devices",
    "Interval.mean": "over all runs",
    "Interval.low": "lower end of the 95% interval",
    "Interval.high": "upper end of the 95% interval",
    "ScoreRecord.questions": "how many were scored in each run",
    "ScoreRecord.accuracy": "share of exact matches",
    "ScoreRecord.rung": "of recall or of the instrument",
    "ScoreRecord.normalised": "0 at the floor, 1 where all is right; null: reuse by likeness",
    "ScoreRecord.bits": "−log2 of the summed probability of the right answers",
    "ScoreRecord.floor": "what can be had without the rule",
    "ScoreRecord.lift": "swap lift, of rungs that ask for a rule",
    "ScoreRecord.agreement": "with likeness, of rungs that ask for a rule",
    "FloorRecord.value": "the best of chance, association and blinded deducers in each world",
    "FloorRecord.uniform": "a uniform guess",
    "FloorRecord.strategy": "the best in most worlds",
    "FloorRecord.family": "chance, association or blinded",
    "FloorRecord.chance": "the best of uniform, commonest and exclusion",
    "FloorRecord.association": "the best of stated only, profile copy and likeness",
    "FloorRecord.blinded": "the best blinded deducer, on its pivotal questions",
    "FloorRecord.spreading": "a test of the world, no part of the floor",
    "FloorRecord.likeness": "a part of association",
    "NormalisedRecord.mean": "unclipped",
    "NormalisedRecord.low": "lower end of the paired 95% interval",
    "NormalisedRecord.high": "upper end of the paired 95% interval",
    "NormalisedRecord.floor": "mean over worlds",
    "NormalisedRecord.over": "worlds or questions",
    "LiftRecord.value": "P(right) − P(right for another prompt)",
    "LiftRecord.low": "lower end of the paired 95% interval",
    "LiftRecord.high": "upper end of the paired 95% interval",
    "LiftRecord.part": "which words the other prompts share",
    "LiftRecord.over": "worlds or questions",
    "LiftRecord.n": "questions, over all worlds",
    "AgreementRecord.where_right": "accuracy where likeness is right",
    "AgreementRecord.where_wrong": "accuracy where likeness is wrong",
    "AgreementRecord.shared_errors": "share of wrong answers that are likeness's",
    "GroupRecord.questions": "how many were scored in each run",
    "GroupRecord.accuracy": "share of exact matches",
    "GroupRecord.bits": "−log2 of the summed probability of the right answers",
    "GroupRecord.floor": "of a cell of an instrument; other groups have none",
    "ScoreRecord.suppressed": "whether the score is below uniform guessing",
    "ProofRecord.questions": "how many were scored",
    "RowRecord.label": "name of the row in tables",
    "RowRecord.kind": "what answered; untraced: a model, without what the tracer solves",
    "RowRecord.rungs": "recall or instrument -> score",
    "RowRecord.apart": "what no headline counts, and cells of constituent -> score",
    "RowRecord.absent": "recall or instrument -> why it has no score",
    "RowRecord.malformed": "share of answers that are none",
    "RowRecord.controls": "nontheorems, unknowables and exceptions",
    "RowRecord.load": "bits of the corpus per parameter",
    "PanelRecord.name": "world, size and exposure",
    "PanelRecord.rows": "ceilings, floors and models",
    "PanelRecord.profiles": "reuse, recombination and deduction of each model",
    "PanelRecord.sentence": "the summary in words",
    "PanelRecord.missing_runs": "runs that are missing, and why",
    "Receipt.suite": "which grid was run",
    "Receipt.cells": "one record a training",
    "Receipt.versions": "of zebroid, its dependencies and plugins",
    "Receipt.commit": "of zebroid's repository; empty outside one",
    "Receipt.dirty": "whether files differed from that commit",
    "Receipt.panels": "scores, one panel a world, size and exposure",
    "Receipt.times": "all that may differ between two runs",
    "Receipt.schema_": "version of this format",
}


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


class ReceiptFields(Generated):
    def lines(self) -> Iterator[str]:
        from zebroid.benchmarks.receipts import receipt

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
            rows = []
            for name, field in model.model_fields.items():
                key, kind = field.alias or name, _type(field.annotation)
                meaning = comments.get(name) or MEANINGS.get(f"{model.__name__}.{name}", "")
                if not meaning:
                    raise ValueError(
                        f"receipt field {model.__name__}.{name} has no meaning; put a comment "
                        "behind it, or a line in MEANINGS"
                    )
                rows.append([f"`{key}`", kind, meaning])
            yield from markdown_table(FIELDS, rows)
            yield ""


def _line(model: Any) -> int:
    return inspect.getsourcelines(model)[1]


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().capitalize()


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
    app.add_directive("receipt-fields", ReceiptFields)
    app.add_directive("public-names", PublicNames)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
