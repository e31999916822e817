"""The built site in a browser, from file://: `make test-docs` builds it and runs this."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zebroid

from .conftest import missing

SITE = Path(zebroid.__file__).resolve().parent / "site"
PAGES = sorted(path for path in SITE.rglob("*.html") if "_downloads" not in path.parts)
WIDTHS = (1280, 390)  # a desk, a phone
pytestmark = pytest.mark.slow


@pytest.fixture
def built():
    if not PAGES:
        missing("no site has been built: make docs")


def test_the_browser_tells_what_a_page_does_wrong(tab, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        '<img src="https://fonts.example/a.png"><div style="width:2000px">wide</div>'
        '<script>console.error("planted"); undefinedName()</script>'
    )
    tab.open(page.as_uri(), 390)
    trouble = " ".join(tab.trouble)
    assert "request to https://fonts.example" in trouble
    assert "console: planted" in trouble and "undefinedName is not defined" in trouble
    assert tab.run("document.documentElement.scrollWidth") > 390
    page.write_text('<meta name="viewport" content="width=device-width"><p>good</p>')
    tab.open(page.as_uri(), 390)
    assert not tab.trouble and tab.run("document.documentElement.scrollWidth") <= 390


def test_every_page_loads_from_disk_without_requests_errors_or_overflow(tab, built):
    bad = {}
    for path in PAGES:
        for width in WIDTHS:
            tab.open(path.as_uri(), width)
            wide = tab.run("document.documentElement.scrollWidth")
            trouble = [*tab.trouble, *([f"{wide} pixels wide"] if wide > width else [])]
            broken = tab.run(
                "[...document.images].filter(i => i.loading != 'lazy' && !i.naturalWidth).length"
            )
            trouble += [f"{broken} broken pictures"] if broken else []
            if trouble:
                bad[f"{path.relative_to(SITE)} at {width}"] = trouble
    assert len(PAGES) > 30 and not bad


def test_search_works_from_disk(tab, built):
    tab.open(f"{(SITE / 'search.html').as_uri()}?q=okapi", 1280)
    found = tab.run(
        "new Promise(done => setTimeout(() => done(document.querySelectorAll("
        "'#search-results li').length), 1500))"
    )
    assert found > 0 and not tab.trouble


def test_pages_name_no_font_or_script_of_others(built):
    for path in [*PAGES, *SITE.rglob("*.css")]:
        text = path.read_text("utf-8")
        outside = re.findall(
            r"(?:src=|<link[^>]+href=|url\(|@import )[\"']?(https?:[^\"')]+)", text
        )
        assert not outside, path.name
