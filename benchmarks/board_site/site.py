"""write(board, to) -> the board as files: Markdown, CSV, JSON, and a site beside them.

The site needs nothing outside its folder: it works from file:// and from any server. Every value is
escaped by its templates; every page forbids scripts, styles and requests but its own.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ... import __version__
from ...errors import UserError
from ...eval.figures import board_figures, score_figures
from ...printable import printable
from ..attestations.attestation import FOLDER as ATTESTATIONS
from ..attestations.submission import FILE as SUBMISSION
from ..board import suite_sheets
from ..board.board import LEGEND, TITLE, Board
from ..board.entered import NAME, Entered
from ..board.flat_files import document, table
from ..board.standings import Standings, score
from ..receipts import parquet_reading
from ..report.html_templates import STYLE, render
from ..runner import atomic_write
from . import entry_pages, world_pages
from .question_examples import answered

MARKDOWN, CSV, JSON = "LEADERBOARD.md", "leaderboard.csv", "leaderboard.json"
TEMPLATES = Path(__file__).with_name("templates")
SCRIPT = "board.js"
MARK = "zebroid-board"  # a file by which a folder is known to hold a board, and may be replaced
FACETS = ("trust", "budget", "kind", "size class", "FLOP class")

Watch = Callable[[str], None]


def write(board: Board, to: Path, watch: Watch = lambda what: None) -> Path:
    """Writes the board into ``to``, whole or not at all, in place of one that is there.

    Raises UserError where ``to`` holds something else.
    """
    if to.exists() and not (to / MARK).exists() and (not to.is_dir() or any(to.iterdir())):
        raise UserError(f"{to} is there and no board; give another folder, or delete it")
    draft = to.with_name(f".{to.name}.draft")
    with atomic_write.writing(to):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            _fill(board, draft, watch)
            shutil.rmtree(to, ignore_errors=True)
            draft.rename(to)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return to


def _fill(board: Board, folder: Path, watch: Watch) -> None:
    texts = {MARKDOWN: board.markdown(), CSV: table(board), JSON: document(board), MARK: ""}
    for name in (STYLE, SCRIPT):
        texts[name] = (TEMPLATES / name).read_text("utf-8")
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    for name in ("entries", "worlds", "receipts", "figures"):
        (folder / name).mkdir()
    for entered in board.collected.entered:
        watch(f"packing {entered.folder.name}")
        _pack(entered, folder / "receipts" / entry_pages.archive(entered))
    found = {}
    for entered in board.collected.entered:
        watch(f"reading {entered.folder.name}")
        found[entered.digest] = answered(entered)
    worlds = []
    for page in world_pages.pages(one for each in found.values() for one in each):
        watch(f"world {page.title}")
        worlds.append((page.slug, page.title))
        _page(folder / "worlds" / f"{page.slug}.html", "world.html", page.title, page=page)
    for page in entry_pages.pages(board, found):
        watch(f"entry {page.title}")
        drawing = ""
        if page.curves:
            drawing = f"{page.slug}.svg"
            (folder / "figures" / drawing).write_text(page.curves, "utf-8", newline="\n")
        values = {"page": page, "drawing": drawing}
        _page(folder / "entries" / f"{page.slug}.html", "entry.html", page.title, **values)
    watch("index")
    figures = [*_figures(board.standings, folder / "figures")]
    _page(
        folder / "index.html",
        "index.html",
        TITLE,
        root="",
        suites=board.suite_sheets,
        tables=board.world_sheets,
        legends=(suite_sheets.LEGEND, LEGEND),
        figures=figures,
        receipts=[(line, entry_pages.archive(entered)) for entered, line in board.receipts],
        refused=board.refused,
        left_out=board.left_out,
        ignored=board.collected.ignored,
        worlds=worlds,
        facets=FACETS,
        files=(MARKDOWN, CSV, JSON),
    )


def _page(path: Path, template: str, title: str, root: str = "../", **values: object) -> None:
    text = render(template, TEMPLATES, title=title, root=root, version=__version__, **values)
    path.write_text(text, "utf-8", newline="\n")


def _figures(found: Iterable[Standings], folder: Path) -> Iterable[tuple[str, str]]:
    """(file, what it shows) of each figure of scores against FLOPs."""
    for number, one in enumerate(found):
        ranked = {e.label for listed in one.lists for e in listed.entries}
        points = [
            board_figures.Point(e.label, e.cost.flops, score(e), e.label in ranked)
            for e in one.entries
        ]
        if not any(point.flops > 0 for point in points):
            continue
        title = f"{one.suite.id}: score against FLOPs"
        name = f"flops-{number}.svg"
        drawing = score_figures.svg(board_figures.against_flops(points, title))
        (folder / name).write_text(drawing, "utf-8", newline="\n")
        yield name, f"{title}; filled: ranked, open: not ranked; 95% intervals over worlds"


def _pack(entered: Entered, path: Path) -> None:
    """A receipt with its tables, and what lies beside it, as one file; equal for equal content."""
    names = [NAME, *entered.receipt.files, SUBMISSION]
    names += [f"{ATTESTATIONS}/{f.name}" for f in sorted((entered.folder / ATTESTATIONS).glob("*"))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            source = entered.folder / name
            if source.is_file() and not source.is_symlink():
                info = zipfile.ZipInfo(f"{path.stem}/{printable(name, 200)}", (1980, 1, 1, 0, 0, 0))
                info.external_attr = 0o644 << 16
                archive.writestr(info, parquet_reading.content(source))
