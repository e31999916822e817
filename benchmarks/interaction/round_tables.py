"""Tables of a protocol, one Parquet file each: rows have an identity, and stand there once.

Made in DuckDB under a primary key, written whole or not at all, on one thread: equal content gives
equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from ...errors import UserError
from ...worlds.datalog.engine import connection
from ..runner import atomic_write


class Shape(NamedTuple):
    """A table: what a row is, its columns and which of them are its identity."""

    name: str
    meaning: str
    columns: Mapping[str, tuple[str, str]]  # name -> (type of DuckDB, meaning)
    identity: tuple[str, ...]


WHO = {
    "cell": ("VARCHAR", "first 16 digits of the digest of the cell of round 0"),
    "world": ("VARCHAR", "world and size"),
    "mode": ("VARCHAR", "how the model writes; empty: a symbolic learner"),
    "model": ("VARCHAR", "name of the model, or symbolic"),
    "seed": ("VARCHAR", "seeds of world, exposure, initialisation and order"),
    "branch": ("VARCHAR", "filter, policy or plan; deducer or inductor: a symbolic learner"),
    "round": ("INTEGER", "from 0, the corpus as it was"),
}
ROUNDS = Shape(
    "rounds",
    "answers of one round to the questions of one rung and distance",
    WHO
    | {
        "rung": ("VARCHAR", "rung or control of the questions"),
        "distance": ("INTEGER", "least steps from what the first corpus gives; 0: not known there"),
        "scored": ("BOOLEAN", "no answer to these questions ever joins a corpus"),
        "questions": ("BIGINT", "how many there are"),
        "right": ("BIGINT", "of these, answered as the world does"),
        "added": ("BIGINT", "of these, answered by a fact that stands in the corpus by then"),
        "passed": ("BIGINT", "of these, answered so by some sample; null: none was drawn"),
        "floor": (
            "DOUBLE",
            "of all scored questions of the rung, the best share without the rule, by strategies "
            "that read what joined the corpus; null: none is measured",
        ),
        "flops": ("DOUBLE", "of all training of the branch up to the round's end"),
        "answer_flops": ("DOUBLE", "of all answers and samples of the branch until then"),
        "queries": ("BIGINT", "made of the world until then"),
        "statements": ("BIGINT", "rows of the corpus of the round"),
        "added_true": ("BIGINT", "facts added before the round that are true in the world"),
        "added_false": ("BIGINT", "and those that are not"),
        "added_values": ("BIGINT", "different last arguments of facts added"),
    },
    (*WHO, "rung", "distance", "scored"),
)
CONCLUSIONS = Shape(
    "conclusions",
    "a fact that joined a branch's corpus, in the round in which it first did",
    WHO
    | {
        "fact": ("VARCHAR", "predicate and arguments, as JSON"),
        "rung": ("VARCHAR", "of the question that it answers, right or wrong; empty: none"),
        "distance": ("INTEGER", "of that question, as in rounds"),
        "holds": ("BOOLEAN", "true in the world"),
        "follows": ("BOOLEAN", "of what the first corpus gives"),
    },
    ("cell", "branch", "fact"),
)
PLANTED = Shape(
    "planted",
    "a deducer in rounds that held one false conclusion before the first",
    WHO
    | {
        "added_true": ("BIGINT", "facts added that are true"),
        "added_false": ("BIGINT", "facts added that are not, the planted one included"),
    },
    (*WHO,),
)
QUERIES = Shape(
    "queries",
    "a deducer after so many queries, one at a time",
    WHO
    | {
        "draw": ("INTEGER", "seed of the policy"),
        "queries": ("BIGINT", "made so far"),
        "share": ("DOUBLE", "of the unknowable questions that are answerable by then"),
    },
    (*WHO, "draw", "queries"),
)
WAITS = Shape(
    "waits",
    "a deducer whose answers take time, waited for in fact",
    WHO
    | {
        "tau": ("DOUBLE", "seconds that an answer takes"),
        "queries": ("BIGINT", "made"),
        "thought": ("DOUBLE", "seconds that policy and deducer took"),
        "waited": ("DOUBLE", "seconds that the answers took"),
        "predicted": ("DOUBLE", "share of the time that is waiting, from the time without it"),
    },
    (*WHO, "tau"),
)
TEST_TIME = Shape(
    "test_time",
    "answers to the questions of one rung with so much compute for each",
    WHO
    | {
        "rung": ("VARCHAR", "recall, an instrument or a control"),
        "way": ("VARCHAR", "greedy, vote, any (pass@k) or loops"),
        "number": ("INTEGER", "samples, or loops"),
        "flops": ("DOUBLE", "for one question, on average"),
        "questions": ("BIGINT", "how many there are"),
        "right": ("DOUBLE", "of these, on average over choices of samples"),
        "floor": ("DOUBLE", "of the instrument, the best score without the rule; 0: it has none"),
    },
    (*WHO, "rung", "way", "number"),
)


def write(folder: Path, shape: Shape, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Writes NAME.parquet. Of rows of one identity the first stands."""
    path, names = folder / f"{shape.name}.parquet", [*shape.columns]
    values = [[row[name] for name in names] for row in rows]
    with atomic_write.file(path) as draft, connection(threads=1) as db:
        columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in shape.columns.items())
        identity = ", ".join(f'"{name}"' for name in shape.identity)
        db.execute(f"CREATE TEMP TABLE kept ({columns}, PRIMARY KEY ({identity}))")
        if values:
            marks = ", ".join("?" * len(names))
            db.executemany(f"INSERT OR IGNORE INTO kept VALUES ({marks})", values)
        about = json.dumps({n: meaning for n, (_, meaning) in shape.columns.items()})
        noted = f"row: '{_quoted(shape.meaning)}', columns: '{_quoted(about)}'"
        db.execute(
            f"COPY (SELECT * FROM kept ORDER BY {identity}) TO '{_quoted(str(draft))}' "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{noted}}})"
        )
    return path


def read(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a table, which it names ``read_parquet($path)``. Raises UserError for a
    file that is no such table."""
    with connection(threads=1) as db:
        try:
            return db.execute(query, {"path": str(path)}).fetchall()
        except duckdb.Error as error:
            line = " ".join(str(error).split())
            raise UserError(f"{path} is no table of rounds ({line:.200}); run its suite") from None


def _quoted(text: str) -> str:
    return text.replace("'", "''")
