"""The leaderboard's site in a browser, from file://: sort, filter, open, copy, hostile names."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import zebroid
from zebroid.benchmarks.board.board import build_board
from zebroid.benchmarks.board_site.site import write

RECEIPTS = Path(zebroid.__file__).resolve().parent / "docs" / "receipts"
HOSTILE = "<img src=x onerror=document.title='taken'>\"'><script>document.title='taken'</script>"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def board():
    """Of two small receipts, with a row that bears a hostile name."""
    found = build_board([RECEIPTS / "language-models-text", RECEIPTS / "language-models-scratch"])
    (table,) = found.tables
    bad = [dataclasses.replace(r.cell, plan=HOSTILE) for r in table.rows]
    rows = [dataclasses.replace(r, cell=c) for r, c in zip(table.rows, bad)]
    table = dataclasses.replace(table, rows=(*table.rows, *rows), gone=(HOSTILE,))
    collected = dataclasses.replace(found.collected, refused=(HOSTILE,))
    return dataclasses.replace(found, tables=(table,), collected=collected)


@pytest.fixture(scope="module")
def site(board, tmp_path_factory):
    return write(board, tmp_path_factory.mktemp("site") / "board")


@pytest.fixture
def index(tab, site):
    tab.open((site / "index.html").as_uri(), 1280)
    return tab


def column(tab, n):
    """The texts of the n-th column, of rows that are seen."""
    rows = "[...document.querySelectorAll('table.sortable tbody tr:not([hidden])')]"
    return tab.run(f"{rows}.map(r => r.cells[{n}].textContent.trim())")


def test_every_page_opens_in_any_light_and_width_without_a_request_or_an_error(tab, site):
    bad = {}
    pages = sorted(site.rglob("*.html"))
    for path in pages:
        for width, dark in ((1280, False), (390, True)):
            tab.dark(dark)
            tab.open(path.as_uri(), width)
            wide = tab.run("document.documentElement.scrollWidth")
            trouble = [*tab.trouble, *([f"{wide} pixels wide"] if wide > width else [])]
            paper = tab.run("getComputedStyle(document.body).backgroundColor")
            trouble += [] if (paper == "rgb(25, 25, 24)") == dark else [f"paper is {paper}"]
            broken = "[...document.images].filter(i => !i.naturalWidth).length"
            trouble += ["broken pictures"] if tab.run(broken) else []
            if trouble:
                bad[f"{path.name} at {width}"] = trouble
    tab.dark(False)
    assert len(pages) >= 4 and not bad


def test_hostile_names_are_text(index):
    assert index.run("document.title") == "Leaderboard – zebroid"
    assert index.run("document.querySelectorAll('main script, main img[onerror]').length") == 0
    text = index.run("document.body.textContent")
    assert text.count("<script>document.title='taken'</script>") >= 3
    assert not index.trouble


def test_a_column_sorts_by_its_numbers_and_back_by_mouse_and_by_keyboard(index):
    heads = index.run("[...document.querySelectorAll('thead th')].map(h => h.textContent)")
    recall = heads.index("recall")
    before = column(index, 0)
    button = f"document.querySelectorAll('thead th')[{recall}].querySelector('button')"
    index.run(f"{button}.click()")
    values = [v for v in column(index, recall) if v != "–"]
    assert values == sorted(values, key=lambda v: -float(v.strip("(").partition("±")[0]))
    state = f"document.querySelectorAll('thead th')[{recall}].getAttribute('aria-sort')"
    assert index.run(state) == "descending"
    index.run(f"{button}.focus()")
    index.press("Enter")
    assert index.run(state) == "ascending"
    index.press("Enter")
    assert index.run(state) is None and column(index, 0) == before
    index.press("Tab")
    assert index.run("document.activeElement.tagName") == "BUTTON"


def test_a_filter_leaves_the_rows_that_have_all_words(index):
    fill = "const i = document.querySelector('form.filter input'); i.value = {!r};"
    event = "i.dispatchEvent(new Event('input', {bubbles: true}));"
    everything = column(index, 0)
    index.run("{" + fill.format("decoder CHAIN") + event + "}")
    left = column(index, 0)
    assert left and len(left) < len(everything) and all("chain" in name for name in left)
    assert f"{len(left)} of {len(everything)} rows" in index.run(
        "document.querySelector('form.filter output').textContent"
    )
    index.run("{" + fill.format("") + event + "}")
    assert column(index, 0) == everything


def test_an_entry_opens_with_its_ladder_questions_and_a_citation_to_copy(index):
    link = "document.querySelector('tbody tr.model a')"
    index.open(index.run(f"{link}.href"), 1280)
    assert not index.trouble
    heads = index.run("[...document.querySelectorAll('h2, h3')].map(h => h.textContent)")
    assert {"Ladder", "One question of every instrument", "Citation"} <= {*heads}
    index.run("document.querySelector('details.question').open = true")
    words = index.run("document.querySelector('details.question').innerText")
    assert "Its answer" in words and "Right" in words and "Proof" in words
    index.run("document.querySelector('button[data-copy]').click()")
    message = (
        "new Promise(d => setTimeout(() => d(document.getElementById('copied').textContent), 300))"
    )
    assert index.run(message) in ("copied", "selected: copy it now")
    zipped = index.run("document.querySelector('a.button').href")
    assert Path(zipped.removeprefix("file://")).stat().st_size > 10_000


def test_a_world_has_rules_floors_and_questions_with_proofs(tab, site):
    (page,) = (site / "worlds").glob("*.html")
    tab.open(page.as_uri(), 1280)
    assert "two(" in tab.run("document.querySelector('ol.rules').textContent")
    head = tab.run("[...document.querySelectorAll('th')].map(h => h.textContent)")
    assert {"floor", "strategy", "deducer"} <= {*head}
    assert tab.run("document.querySelectorAll('ol.proof li').length") > 0


def test_without_scripts_every_row_can_be_read(site):
    page = (site / "index.html").read_text("utf-8")
    body = page.partition("<body>")[2]
    assert "<script" not in body and "decoder-s, chain (quick)" in body
    assert " hidden>" in body.partition("<form")[2].partition("\n")[0]
