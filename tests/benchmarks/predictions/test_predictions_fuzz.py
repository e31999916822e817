"""Files of predictions changed at random: read whole, or one line, and never a traceback."""

from __future__ import annotations

import gzip
import json
import random

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.config.outside_model import Outside
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.predictions.declared_results import results_of
from zebroid.benchmarks.predictions.first_look import glance
from zebroid.benchmarks.predictions.score_file import collect
from zebroid.benchmarks.runner import provenance
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled
from ..receipts.test_receipt_fuzz import spoilt

PIECES = (
    '"', "{", "}", "[", "]", ",", ":", "\n", "null", "true", "NaN", "1e999", "-1", "0.5", "9" * 400,
    "\\ud800", "\x1b[2J", "\u00e4", "\x00", "[" * 2_000, '"id"', '"text"', '"samples"', '"run"',
    '"step"', "Answer: ", '"none"', "\u2028", "\ufeff",
)  # fmt: skip
MORE = ({}, {"bits": 1.5}, {"run": 0, "step": 7}, {"samples": ["none", "none"]})
FORMS = ("jsonl", "jsonl.gz", "parquet")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """(portion, name -> bytes): files of few right predictions in every form."""
    folder = tmp_path_factory.mktemp("predictions")
    with Corpora() as corpora:
        (portion,) = portions(cells_of("composition-v1/tiny", "", questions=4), corpora)
        found = {}
        for number, more in enumerate(MORE):
            key = ("answer", "text")[number % 2]
            rows = [{"id": id, key: "none", **more} for id in portion.ids]
            if "samples" in more:
                rows = [{"id": id, "answer": "none", **more} for id in portion.ids]
            text = "".join(json.dumps(row) + "\n" for row in rows)
            (folder / f"{number}.jsonl").write_text(text)
            with duckdb.connect() as db:
                table = f"COPY (FROM '{folder / f'{number}.jsonl'}') TO '{folder}/{number}.parquet'"
                db.execute(table)
            found[f"{number}.jsonl"] = text.encode()
            found[f"{number}.jsonl.gz"] = gzip.compress(text.encode(), mtime=0)
            found[f"{number}.parquet"] = (folder / f"{number}.parquet").read_bytes()
        yield portion, found


@pytest.fixture(scope="module")
def quick(files):
    """DuckDB is started once, and each reading is a cursor of it; git is asked once."""
    database, found = duckdb.connect(config={"memory_limit": "512MB", "threads": 2}), []
    commit = provenance.commit()

    def connect(**_):
        found.append(database.cursor())
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", connect)
        patch.setattr(provenance, "commit", lambda: commit)
        yield found
    database.close()


def scored(path, portion):
    """What ``zebroid score`` does until it scores; how many predictions there are."""
    glance(path)
    collector = collect(path, [portion])
    made, results = results_of([portion], collector, Outside("x"), "direct")
    assert len(made) == len(results) == len(collector.slots) > 0
    return collector.rows


@pytest.mark.parametrize("form", FORMS)
def test_what_is_not_changed_is_read_whole(files, quick, tmp_path, form):
    portion, found = files
    before = len(quick)
    for number in range(len(MORE)):
        path = tmp_path / f"{number}.{form}"
        path.write_bytes(found[path.name])
        assert scored(path, portion) == len(portion.ids)
    assert len(quick) - before == len(MORE) * (form == "parquet")  # they are read by cursors


@fuzz(60)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_a_file_of_predictions_ends_in_a_traceback(files, quick, tmp_path, seed):
    portion, found = files
    chance = random.Random(seed)
    name = chance.choice(sorted(found))
    data, form = found[name], name.partition(".")[2]
    if form != "parquet" and chance.random() < 0.7:  # of the text, else of the bytes of the file
        text = garbled(found[f"{name[0]}.jsonl"].decode(), seed, PIECES)
        data = text.encode("utf-8", "surrogatepass")
        data = gzip.compress(data, mtime=0) if form.endswith("gz") else data
    else:
        data = spoilt(data, chance)
    path = tmp_path / f"{seed}.{form}"  # another each time: nothing kept of a file can be of it
    path.write_bytes(data)
    try:
        assert scored(path, portion) == len(portion.ids)  # each is answered once, or all is refused
    except UserError as error:
        assert str(error).isprintable() and len(str(error)) < 700 + len(str(path))
    finally:
        path.unlink()
