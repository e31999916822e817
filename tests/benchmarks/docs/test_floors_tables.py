"""docs/results/floors.md: measured seed by seed, kept, and shown from its data."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.docs import floors_tables
from zebroid.benchmarks.docs.floors_tables import HEADER
from zebroid.worlds.definitions import DEFINITIONS

PAGE = "# Page\n\n<!-- floors data/floors-tiny.csv -->\nold\n<!-- end of floors -->\n"
WORDS = ["composition-v1", "--size", "tiny", "--seeds", "2"]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Folder of two seeds measured: the kept files and the data of a page."""
    root = tmp_path_factory.mktemp("floors")
    words = [*WORDS, "--kept", str(root / "kept"), "--out", str(root / "data" / "floors-tiny.csv")]
    assert floors_tables.main(words) == 0
    return root


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_seed_is_a_file_and_the_data_are_their_means(done):
    records = [json.loads(p.read_text()) for p in sorted(done.glob("kept/*.json"))]
    assert [r["seed"] for r in records] == [0, 1]
    assert {r["definitions"] for r in records} == {DEFINITIONS}
    found = {row["rung"]: row for row in rows(done / "data" / "floors-tiny.csv")}
    assert tuple(next(iter(found.values()))) == HEADER
    mine = [
        i["floor"]["score"] for r in records for i in r["instruments"] if i["rung"] == "instance"
    ]
    row = found["instance"]
    assert float(row["floor"]) == pytest.approx(sum(mine) / len(mine), abs=1e-3)
    assert row["seeds"] == str(len(mine)) and row["floor by"]
    assert float(row["floor"]) >= float(row["chance"])


def test_what_is_kept_is_not_measured_again(done, monkeypatch, capsys):
    monkeypatch.setattr(floors_tables, "measure", lambda *_: pytest.fail("measured again"))
    words = [*WORDS, "--kept", str(done / "kept"), "--out", str(done / "again.csv")]
    assert floors_tables.main(words) == 0
    again, first = done / "again.csv", done / "data" / "floors-tiny.csv"
    assert again.read_bytes() == first.read_bytes()
    assert "instruments of 2 seeds" in capsys.readouterr().out


def test_records_of_other_definitions_are_measured_anew(done, tmp_path, monkeypatch):
    old = json.loads((done / "kept" / "composition-v1-tiny-0.json").read_text())
    path = tmp_path / "composition-v1-tiny-0.json"
    path.write_text(json.dumps({**old, "definitions": DEFINITIONS - 1}))
    seen = []
    monkeypatch.setattr(floors_tables, "measure", lambda *given: seen.append(given) or old)
    found = floors_tables.kept(tmp_path, "composition-v1", "tiny", 0, lambda what: None)
    assert len(seen) == 1 and found == old and json.loads(path.read_text()) == old


def test_a_page_shows_the_figure_and_a_row_for_each_instrument(done):
    page = done / "page.md"
    page.write_text(PAGE)
    assert floors_tables.fill([str(page)]) == 0
    text = page.read_text()
    assert "old" not in text and "nan" not in text
    (figure,) = re.findall(r"\]\((figures/[^)]+\.svg)\)", text)
    drawn = (done / figure).read_text("utf-8")
    assert "composition" in drawn and "instance" in drawn
    lines = [line for line in text.splitlines() if line.startswith("| `composition-v1`")]
    assert len(lines) == len(rows(done / "data" / "floors-tiny.csv"))


def test_a_page_without_data_says_so(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace("tiny", "small"))
    assert floors_tables.fill([str(page)]) == 0 and "Not measured yet" in page.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seeds", "0"], "expected at least 1"),
        (["zebre-v1"], "did you mean 'zebra-v2'?"),
    ],
)
def test_a_mistake_is_one_line(words, message, capsys, tmp_path):
    assert floors_tables.main([*words, "--kept", str(tmp_path), "--size", "tiny"]) == 2
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1
    assert not [*tmp_path.iterdir()]


def test_the_page_of_the_docs_names_its_data():
    page = Path(package.__file__).resolve().parent / "docs" / "results" / "floors.md"
    assert "<!-- floors data/floors-small.csv -->" in page.read_text("utf-8")
