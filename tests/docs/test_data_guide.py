"""The guide to your own data is run: its files are written, its worlds built, in order."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import zebroid
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds import build_corpus, ids_of_names, rows_of_file

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "your-own-data.md").read_text("utf-8")
BLOCKS = blocks(TEXT)


@pytest.fixture
def guide(tmp_path, monkeypatch):
    """The folder of a reader who has saved and run all, and what was printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for kind, name, text in BLOCKS:
            if name:
                Path(name).write_text(text, "utf-8")
            if name in ("files.py", "testset.py"):
                runpy.run_path(name)
            elif kind == "python" and not name:
                Path("block.py").write_text(text, "utf-8")
                runpy.run_path("block.py")
    yield tmp_path, printed.getvalue()
    sys.modules.pop("films", None)
    sys.path_importer_cache.pop(".", None)  # which keeps the folder that "." once was


def counted(pattern, printed):
    (number,) = {*re.findall(pattern, printed)}
    return int(number.replace(",", ""))


def test_the_blocks_run_in_order_and_every_rung_has_questions(guide):
    _, printed = guide
    assert TEXT.count("```") == 2 * len(BLOCKS)
    for rung in ("recall", "instance", "constituent"):
        assert counted(rf"([\d,]+) questions of {rung}", printed) >= 300
    assert counted(r"([\d,]+) questions of the test set", printed) > 500


def test_a_named_split_is_chosen_by_the_exposure(guide):
    _, printed = guide
    assert counted(r"([\d,]+) questions of films", printed) > 300
    world = registry.make("./named.py")
    assert {name: rule.__doc__[-23:] for name, rule in world.splits.items()} == {
        "sevens": " ends in 7 are queried.",
        "threes": " ends in 3 are queried.",
    }


def test_films_of_before_1960_are_classic_and_no_others(guide):
    closure = registry.make("./films.py").closure("small", 0)
    names = closure.base.constants
    years = {
        film: int(year) for film, year in rows_of_file(Path("years.csv"), 2, ("film", "released"))
    }
    classic = {names[row[0]] for row in closure.rows("classic").tolist()}
    assert classic == {film for film, year in years.items() if year < 1960}


def test_an_official_split_is_what_the_corpus_has(guide):
    world = registry.make("./official.py")
    corpus = build_corpus(world, "small")
    c = corpus.closure
    test = c.find("of", ids_of_names(c.base, rows_of_file(Path("test.tsv"), 3)))
    assert {*test.tolist()} == {*np.flatnonzero(~c.is_base & ~corpus.demonstrated).tolist()}
    new = corpus.certificate.rung != 0
    _, _, at = corpus.entries(np.flatnonzero(new))
    assert {*corpus.fact[at].tolist()} <= {*test.tolist()} and new.any()
    half = build_corpus(world, "small", dataclasses.replace(corpus.exposure, coverage=0.5))
    assert 0 < half.demonstrated.sum() < corpus.demonstrated.sum()


def test_a_split_of_what_does_not_follow_or_is_stated_is_refused(guide):
    text = Path("official.py").read_text("utf-8")
    with Path("test.tsv").open("a", encoding="utf-8") as file:
        file.write("/film/0\t/person/pet\t/film/1\n")
    with pytest.raises(UserError, match=r"queried: place .* which does not follow"):
        build_corpus(registry.make("./official.py"), "small")
    Path("official.py").write_text(text.replace("~closure.is_base", "closure.is_base"))
    Path("test.tsv").write_text("")
    with pytest.raises(UserError, match="which is a base fact or never queried"):
        build_corpus(registry.make("./official.py"), "small")
