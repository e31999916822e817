"""A checker's whole way: sealed questions are trained on, or answered by a model from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from zebroid.benchmarks.board.entered import enter, write_record
from zebroid.benchmarks.board.standings import standings
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.export.portion import outside_cells, portions
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.verification.verified_record import mark

from .conftest import RANKS, SALT

pytestmark = pytest.mark.long


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "ranks.toml").write_text(RANKS)
    return tmp_path / "ranks.toml"


@pytest.fixture
def opened(tmp_path, salts):
    """opened(folder): SALT is opened for its receipt, and all below tmp_path is verified."""

    def write(folder):
        salts(digest(Receipt.read(folder / "receipt.json")))
        folders = [path.parent for path in tmp_path.rglob("receipt.json")]
        write_record(tmp_path, {mark(one): one.name for one in folders})

    return write


def answers(cells, path):
    """A right answer to every question about these corpora."""
    with Corpora() as corpora, path.open("w") as file:
        for portion in portions(cells, corpora):
            names = (*portion.corpus.closure.base.constants, "none")
            for id, q in zip(portion.ids, portion.question_set.questions):
                found = portion.corpus.answers(int(q))
                name = names[found[0]] if len(found) else "none"
                file.write(json.dumps({"id": id, "answer": name}) + "\n")
    return path


def test_a_trained_entry_is_trained_on_sealed_corpora_and_its_gap_printed(
    zebroid, suite, trained, tmp_path, opened, unverified
):
    assert zebroid("run", suite, "--out", "public")[0] == 0
    (folder,) = (tmp_path / "public").glob("ranks-*")
    words = ("seal", folder, "--salt", SALT, "--suite", suite, "--train", "--out", "sealed")
    status, out, _ = zebroid(*words)
    assert status == 0 and "ranks+sealed-" in out
    opened(folder)
    board = standings(load_suite(str(suite)), enter([tmp_path]).entered)
    (entry,) = board.entries
    assert entry.entered.folder == folder and not board.left_out
    found = board.sealed[entry.label]
    assert not found.outside and found.gap.low is not None
    status, out, _ = zebroid("board", tmp_path, "--suite", suite)
    assert status == 0 and "verified, sealed" in out
    status, _, err = zebroid(*words[:-3], "--to", "q", "--mode", "filler")
    assert status == 2 and err.count("\n") == 1


def test_a_model_from_outside_answers_sealed_questions_and_is_ranked_by_them(
    zebroid, suite, quiet, tmp_path, opened, unverified
):
    cells = outside_cells(load_suite(str(suite)).cells)
    file = answers(cells, tmp_path / "public.jsonl")
    score = ("score", file, "--suite", suite, "--name", "mine", "--flops", "1e9")
    assert zebroid(*score, "--out", "public")[0] == 0
    (folder,) = (tmp_path / "public").glob("outside-mine-*")
    given = ("seal", folder, "--salt", SALT, "--suite", suite)
    assert zebroid(*given, "--to", "questions")[0] == 0
    questions = {
        json.loads(line)["id"]
        for path in (tmp_path / "questions").rglob("questions.jsonl")
        for line in path.read_text().splitlines()
    }
    assert not {json.loads(line)["id"] for line in file.read_text().splitlines()} & questions
    status, _, err = zebroid(*given, "--score", file)
    assert status == 2 and err.count("\n") == 1  # answers to the public ones
    from zebroid.benchmarks.board_site import seal_entry

    entry = seal_entry.read(Path(folder), str(suite), SALT)
    right = answers(seal_entry._portions(entry, "direct"), tmp_path / "sealed.jsonl")
    status, out, _ = zebroid(*given, "--score", right, "--out", "sealed")
    assert status == 0 and "receipt.json" in out
    opened(folder)
    board = standings(load_suite(str(suite)), enter([tmp_path]).entered)
    (one,) = board.lists
    (place,) = one.places["direct"].values()
    assert (one.kind, place.name, place.first) == ("outside", "mine (declared)", 1)
    assert place.score.mean == pytest.approx(1.0) and "" not in one.places
    status, _, err = zebroid(*given, "--train")
    assert status == 2 and "nobody can train a model from outside" in err
