"""Marks figures by where they come from, so that the style sheet can size them for a phone."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def mark(_: Sphinx, doctree: nodes.document) -> None:
    for image in doctree.findall(nodes.image):
        if "receipts/" in image["uri"]:
            image["classes"].append("wide-figure")
        elif "figures/" in image["uri"]:
            image["classes"].append("figure")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
