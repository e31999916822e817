"""Version 1's direct answers under version 2 of the definitions: what fell, what survived.

Version 1's receipts are gone: their rungs, floors and corpora's digests are of other definitions.
The answers that its models gave at once were kept, with what was printed of them
(``docs/results/version-1``). A direct row of training is what it was, so these answers can be
scored anew on the questions that stay: ``python -m zebroid.benchmarks.docs.rescored``. Rows of a
world that is gone since stay in the table as they were scored while it was there.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ... import identity, registry
from ...errors import UserError
from ...eval.question_sets.predictions import Predictions
from ...eval.question_sets.question_set import QuestionSet
from ...eval.scoring.rung_score import RungScore
from ...eval.scoring.score import Row, score
from ...worlds.corpus.build import build_corpus
from ...worlds.exposure import Exposure
from ..receipts.tables.answers_table import numbers
from ..receipts.tables.questions_table import prompt
from ..runner import atomic_write
from .writing import doc_blocks
from .writing.markdown_table import markdown_table

FOLDER = Path(__file__).parents[2] / "docs" / "results" / "version-1"
TABLE = FOLDER / "rescored.csv"
SAME = ("receipt", "world", "size", "exposure", "model", "plan")  # of the cells of one row
COLUMNS = (
    *("receipt", "world", "model", "plan", "exposure", "group", "printed", "printed chance"),
    *("questions", "score", "low", "high", "floor", "strategy", "chance", "association"),
    *("blinded", "spreading", "likeness", "normalised", "lift", "lift low", "lift high"),
    *("where likeness is right", "where it is wrong", "errors that are likeness's", "runs"),
    "recall",
)


def rescored() -> Iterator[dict[str, Any]]:
    """A row for each instrument, and cell of constituent, of each of version 1's direct rows."""
    cells = json.loads((FOLDER / "cells.json").read_text("utf-8"))
    cells = [cell for cell in cells if cell["world"] in registry.worlds()]
    printed = json.loads((FOLDER / "printed.json").read_text("utf-8"))
    known: dict[str, QuestionSet] = {}
    by = sorted(cells, key=_key)
    for _, group in itertools.groupby(by, key=_key):
        mine = [*group]
        row = score([_predictions(cell, known) for cell in mine], "direct")
        yield from _records(mine, row, printed)


def _key(cell: Mapping[str, Any]) -> str:
    return json.dumps([cell[name] for name in SAME], sort_keys=True)


def _predictions(cell: Mapping[str, Any], known: dict[str, QuestionSet]) -> Predictions:
    """The answers of one cell to those of its questions that a corpus of today still has."""
    seeds = cell["seeds"]["world"], cell["seeds"]["exposure"]
    name = json.dumps([cell["world"], cell["size"], cell["exposure"], seeds, cell["cell"][:0]])
    with duckdb.connect() as db:
        table = db.read_parquet(str(FOLDER / "answers.parquet"))
        given = table.filter(f"cell = '{cell['cell']}'").select("prompt, answer").fetchall()
    texts = [text for text, _ in given]
    key = f"{name} {hash(tuple(texts))}"
    if key not in known:
        world = registry.make(cell["world"])
        exposure = identity.restore(Exposure, cell["exposure"])
        corpus = build_corpus(world, cell["size"], exposure, seeds)
        at = {prompt(corpus, q): q for q in range(len(corpus.prompt))}
        known[key] = QuestionSet(corpus, np.sort([at[t] for t in texts if t in at]))
    question_set = known[key]
    return Predictions(
        question_set=question_set,
        answer=_answers(question_set, dict(given))[None, None],
        bits=None,
        steps=np.array([cell["recipe"]["steps"]]),
        flops=np.ones(1),
        parameters=cell["parameters"],
    )


def _answers(question_set: QuestionSet, given: Mapping[str, str]) -> NDArray[np.int32]:
    corpus = question_set.corpus
    number = numbers(corpus)
    return np.array([number[given[prompt(corpus, int(q))]] for q in question_set.questions], "i4")


def _records(
    cells: Sequence[Mapping[str, Any]], row: Row, printed: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    first, recall = cells[0], row.rungs.get("recall")
    scores = {**row.rungs, **{n: s for n, s in row.apart.items() if isinstance(s, RungScore)}}
    for name, found in scores.items():
        if not isinstance(found, RungScore) or name == "recall":
            continue
        mean, low, high = (round(v, 3) for v in found.accuracy.at())
        level, lift, agreed = found.floor, found.lift, found.agreement
        before = _printed(first, found, name, printed)
        yield dict(
            zip(
                COLUMNS,
                (
                    *(first["receipt"], f"{first['world']}/{first['size']}", first["model"]),
                    *(first["plan"], _exposure(first), name, before.get("score")),
                    *(before.get("chance"), found.n, mean, low, high, _short(level.value)),
                    *(level.strategy, _short(level.chance), _short(level.association)),
                    *(_short(level.blinded), _short(level.spreading), _short(level.likeness)),
                    _short(found.normalised.value if found.normalised else None),
                    *(_short(lift.value if lift else None), _short(lift.low if lift else None)),
                    _short(lift.high if lift else None),
                    *(_short(getattr(agreed, f, None)) for f in AGREED),
                    row.runs,
                    _short(float(recall.accuracy.mean[-1]) if recall else None),
                ),
                strict=True,
            )
        )


AGREED = ("where_right", "where_wrong", "shared_errors")


def _printed(
    cell: Mapping[str, Any], found: RungScore, name: str, printed: Sequence[Mapping[str, Any]]
) -> Mapping[str, float]:
    """What version 1 printed of the same row: it pooled the cues of a rung."""
    old = name.replace(f" {found.cue}", "", 1) if found.cue else name
    world = f"{cell['world']}/{cell['size']}"
    for row in printed:
        words = row["row"].split()
        fits = row["receipt"] == cell["receipt"] and row["panel"].split(" (")[0] == world
        fits &= words[0] == "direct" and {*words[1:]} <= {cell["model"], cell["plan"]}
        fits &= _fits(row["panel"], cell["exposure"])
        if fits and old in row["rungs"]:
            return row["rungs"][old]
    return {}


def _fits(panel: str, exposure: Mapping[str, Any]) -> bool:
    """Whether the name of a panel, which says how its exposure differs, fits an exposure."""
    if "(" not in panel:
        return True
    differs = panel.split("(", 1)[1].rstrip(")")
    for part in differs.split(", "):
        name, _, value = part.partition(" ")
        own = exposure.get(name)
        if name == "given" and isinstance(own, Mapping):
            words = " + ".join(f"{share:g} {way}" for way, share in own.items() if share)
            order = {*words.split(" + ")}
            if order != {*value.split(" + ")}:
                return False
        elif (isinstance(own, float | int) and value != f"{own:g}") or (
            name == "twin" and value != "none"
        ):
            return False
    return True


def _exposure(cell: Mapping[str, Any]) -> str:
    given = ", ".join(f"{way} {share:g}" for way, share in cell["exposure"]["given"].items())
    rest = f"demonstrated {cell['exposure']['demonstrated']:g}"
    return f"{given}; {rest}"


def _short(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 3)


def rows(argument: str) -> Iterator[str]:
    """A table of the rows that have all these words among receipt, world, model, plan, group."""
    every = _table()
    named = ("receipt", "world", "model", "plan", "group")
    wanted = {*argument.split(",")}
    mine = [r for r in every if wanted <= {r[n] for n in named}]
    if not mine:
        raise UserError(f"no row of {TABLE.name} has {argument!r}; name what stands in its columns")
    varied = [n for n in (*named, "exposure") if len({r[n] for r in mine}) > 1]
    headers = [*varied, "printed (chance)", "questions", "score", "floor", "normalised", "lift"]
    yield from markdown_table(headers, [[*(r[n] for n in varied), *_cells(r)] for r in mine])


def _table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def _cells(row: Mapping[str, str]) -> list[str]:
    """What was printed, and what stands there now."""
    score, low, high = (float(row[n]) for n in ("score", "low", "high"))
    lift = row["lift"] and f"{float(row['lift']):.2f}"
    if lift:
        lift += f" [{float(row['lift low']):.2f}, {float(row['lift high']):.2f}]"
    return [
        f"{float(row['printed']):.2f} ({float(row['printed chance']):.2f})"
        if row["printed"]
        else "",
        row["questions"],
        f"{score:.2f} [{low:.2f}, {high:.2f}]",
        f"{float(row['floor']):.2f} {row['strategy']}",
        f"{float(row['normalised']):.2f}" if row["normalised"] else "reuse by likeness",
        lift,
    ]


def fill(page: str) -> int:
    """Fills the tables of a page; 0, or 2 after one line on what is wrong."""
    return doc_blocks.fill(Path(page), "rescored", {"rows": rows})


def main() -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    # of worlds that are gone
    table.writerows(r for r in _table() if r["world"].split("/")[0] not in registry.worlds())
    for number, record in enumerate(rescored(), 1):
        table.writerow(record)
        print(f"\r{number} rows", end="", flush=True)
    with atomic_write.file(TABLE) as draft:
        draft.write_text(text.getvalue(), "utf-8")
    print(f"\rwrote {TABLE}")


if __name__ == "__main__":
    main()
