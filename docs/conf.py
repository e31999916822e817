"""Sphinx builds the site from plain Markdown: `make docs`, strict, into `site/`.

Nothing is loaded from elsewhere: no fonts, no scripts, no inventories of other projects. So every
page can be read from file://, search included.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import zebroid

project = "zebroid"
author = "the zebroid authors"
copyright = "the zebroid authors, Apache 2.0"
version = release = zebroid.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "generated_reference",
    "notebook_pages",
    "figure_classes",
]
# receipts lie beside the pages and are linked one by one
exclude_patterns = ["receipts", "speed", "pictures", "results/data", "_*"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"zebroid {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# summaries of pages that are found would be fetched, which browsers forbid on file://
html_show_search_summary = False
html_theme_options = {"sidebar_hide_name": False}
