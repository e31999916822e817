"""The questions of one corpus, right answers to them, and files of predictions."""

from __future__ import annotations

import json

import pytest
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.runner.corpora import Corpora


@pytest.fixture(scope="session")
def cells():
    return cells_of("composition-v1/tiny", "", questions=40)


@pytest.fixture(scope="session")
def portion(cells):
    with Corpora() as corpora:
        yield portions(cells, corpora)[0]


@pytest.fixture(scope="session")
def right(portion):
    """Id -> the name of a right answer."""
    names = portion.corpus.closure.base.constants
    answers = (portion.corpus.answers(int(q)) for q in portion.question_set.questions)
    return {id: names[a[0]] if len(a) else "none" for id, a in zip(portion.ids, answers)}


@pytest.fixture
def write(tmp_path):
    def written(rows, name="p.jsonl"):
        text = "".join(r if isinstance(r, str) else json.dumps(r) + "\n" for r in rows)
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return written


@pytest.fixture
def rows_of(right):
    """rows_of(key=value) -> a right prediction of every question, with these keys too."""

    def rows(**more):
        return [{"id": id, "answer": name, **more} for id, name in right.items()]

    return rows
