"""Notebooks as pages: their Markdown, their code, and the outputs that are kept in them.

Nothing is executed here; a test runs every cell.
"""

from __future__ import annotations

import json
from typing import Any

from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx


def markdown(source: str) -> str:
    """The cells of a notebook, one below the other."""
    parts: list[str] = []
    for cell in json.loads(source)["cells"]:
        text = "".join(cell["source"]).rstrip()
        if cell["cell_type"] == "markdown":
            parts.append(text)
        elif cell["cell_type"] == "code":
            parts.append(f"```python\n{text}\n```")
            parts += [_output(output) for output in cell["outputs"]]
    return "\n\n".join(part for part in parts if part) + "\n"


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"```text\n{''.join(output['text']).rstrip()}\n```"
    data = output.get("data", {})
    if "image/png" in data:
        image = "".join(data["image/png"]).replace("\n", "")
        return f"![figure](data:image/png;base64,{image})"
    if "text/plain" in data:
        return f"```text\n{''.join(data['text/plain']).rstrip()}\n```"
    return ""


class NotebookParser(MystParser):
    supported = ("ipynb",)

    def parse(self, inputstring: str, document: Any) -> None:
        super().parse(markdown(inputstring), document)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_source_suffix(".ipynb", "ipynb")
    app.add_source_parser(NotebookParser)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
