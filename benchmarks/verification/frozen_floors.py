"""Floors that come with a suite: measured once, so that verifying needs not measure them again.

``SUITE.floors.parquet`` lies beside the suite, whose key ``floors`` holds its SHA-256: a file that
is not the one that the suite names is not read. It holds, of every question set of the suite, what
each strategy is expected to get on each question, by the digests of the corpus and of the
questions; so every row of every table has its floors, to the last digit.

``python -m zebroid.benchmarks.verification.frozen_floors SUITE`` writes it and prints the digest.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from ... import canonical, registry
from ...errors import UserError
from ...eval.floors.measured import MEMO, Measured, measured
from ...eval.floors.pivotal import Blinded
from ...eval.floors.strategy import Scored
from ...eval.question_sets.question_set import QuestionSet
from ...worlds.datalog.engine import connection
from ..config.suite import Suite, load_suite
from ..runner import atomic_write
from ..runner.corpora import Corpora

Key = tuple[str, str]  # digests of a corpus, and of the questions about it
# columns of the file: a row is one array of a question set, for example a setting of a strategy
COLUMNS = {
    **dict.fromkeys(("corpus", "questions", "part"), "VARCHAR"),
    "number": "INTEGER",  # of a strategy among those of its part
    **dict.fromkeys(("name", "family", "blind", "setting"), "VARCHAR"),
    "values": "DOUBLE[]",
}
Row = tuple[Any, ...]


def key_of(question_set: QuestionSet) -> Key:
    """What the floors of a question set are known by."""
    questions = canonical.digest_arrays(questions=question_set.questions)
    return question_set.corpus.digest, questions


def path_of(suite: Suite) -> Path:
    """Where the frozen floors of a suite lie."""
    return registry.suite(suite.id).with_name(f"{suite.id}.floors.parquet")


def freeze(suite: Suite, path: Path) -> str:
    """Measures the floors of every question set of a suite and writes them; the file's SHA-256."""
    corpora, rows, seen = Corpora(), list[Row](), set[str]()
    for cell in suite.cells:
        if cell.question_set not in seen:
            seen.add(cell.question_set)
            question_set = corpora.question_set(cell)
            key, found = key_of(question_set), measured(question_set)
            rows += [(*key, *row) for row in _rows(found)]
    columns = {name: np.array([row[i] for row in rows], object) for i, name in enumerate(COLUMNS)}
    with atomic_write.file(path) as draft, connection(threads=1) as db:
        kinds = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        db.execute(f"CREATE TEMP TABLE floors ({kinds})")
        db.register("rows", columns)
        db.execute("INSERT INTO floors SELECT * FROM rows")
        target = str(draft).replace("'", "''")
        db.execute(f"COPY floors TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    return canonical.digest_bytes([path.read_bytes()])


def frozen(suite: Suite) -> dict[Key, Measured]:
    """The floors that come with a suite; none where none do.

    Raises UserError where the file is not the one that the suite names.
    """
    if not suite.floors:
        return {}
    path = path_of(suite)
    if not path.is_file():
        raise UserError(f"{path} is missing, which {suite.id} names; install zebroid anew")
    found = canonical.digest_bytes([path.read_bytes()])
    if found != suite.floors:
        raise UserError(
            f"{path} has SHA-256 {found[:16]}, and {suite.id} names {suite.floors[:16]}; freeze "
            "its floors anew, or verify with --full"
        )
    with connection(threads=1) as db:
        table = db.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
    rows = zip(*(table[name].tolist() for name in COLUMNS))
    parts: dict[Key, list[Row]] = {}
    for corpus, questions, *row in rows:
        parts.setdefault((corpus, questions), []).append(tuple(row))
    return {key: _measured(own) for key, own in parts.items()}


def given(question_set: QuestionSet, known: Mapping[Key, Measured]) -> bool:
    """Whether its floors are known, and then gives them to the question set."""
    found = known.get(key_of(question_set)) if known else None
    if found is not None:
        question_set.memo[MEMO] = found
    return found is not None


def _rows(found: Measured) -> Iterator[Row]:
    """(part, number, name, family, blind, setting, values) of all arrays."""

    def row(
        part: str,
        values: Any,
        *,
        number: int = 0,
        of: Scored | None = None,
        setting: str = "",
        name: str = "",
    ) -> Row:
        names = (name, "", "") if of is None else (of.name, of.family, of.blind)
        return part, number, *names, setting, np.asarray(values, float).tolist()

    yield row("place", found.place)
    yield row("uniform", found.uniform)
    strategies = [("scored", one) for one in found.scored]
    strategies += [("blinded", one.scored) for one in found.blinded]
    for number, (part, scored) in enumerate(strategies):
        yield row(part, scored.value.shape, number=number, of=scored)
        for setting, values in zip(scored.settings, scored.value, strict=True):
            yield row("setting", values, number=number, setting=setting)
    for number, one in enumerate(found.blinded, len(found.scored)):
        yield row("uses", one.uses, number=number)
        yield row("pivotal", one.pivotal, number=number)
    for setting, table in sorted(found.likeness.items()):  # of a set
        whole = table.tocoo()
        for part, values in (("row", whole.row), ("answer", whole.col), ("chance", whole.data)):
            yield row(part, values, setting=setting)
        yield row("shape", table.shape, setting=setting)
    for instrument, setting in found.chosen.items():
        yield row("chosen", [], name=instrument, setting=setting)


def _measured(rows: list[Row]) -> Measured:
    """The floors of one question set, from its rows."""
    parts: dict[str, list[Row]] = {}
    for part, *row in rows:
        parts.setdefault(part, []).append(tuple(row))
    arrays = {n: {row[0]: np.array(row[-1]) for row in own} for n, own in parts.items()}
    settings: dict[int, list[Row]] = {}
    for row in parts.get("setting", ()):
        settings.setdefault(row[0], []).append(row)

    def scored(row: Row) -> Scored:
        own, shape = settings.get(row[0], []), [int(n) for n in row[-1]]
        values = np.array([each[-1] for each in own], float).reshape(shape)
        name, family, blind = row[1:4]
        return Scored(name, family, blind, tuple(each[4] for each in own), values)

    return Measured(
        place=arrays["place"][0].astype(np.int64),
        uniform=arrays["uniform"][0],
        scored=tuple(scored(row) for row in parts.get("scored", ())),
        blinded=tuple(
            Blinded(scored(row), *(arrays[n][row[0]].astype(bool) for n in ("uses", "pivotal")))
            for row in parts.get("blinded", ())
        ),
        likeness={row[4]: _sparse(parts, row[4]) for row in parts.get("shape", ())},
        chosen={row[1]: row[4] for row in parts.get("chosen", ())},
    )


def _sparse(parts: Mapping[str, list[Row]], setting: str) -> sparse.csr_array:
    found = {
        n: np.array(next(r[-1] for r in parts[n] if r[4] == setting))
        for n in ("row", "answer", "chance", "shape")
    }
    row, answer = (found[name].astype(np.int32) for name in ("row", "answer"))
    shape = tuple(int(n) for n in found["shape"])
    return sparse.csr_array((found["chance"], (row, answer)), shape=shape)


def main(words: list[str] | None = None) -> int:
    """Writes the file of a built-in suite, and prints the line that its TOML needs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("suite", help="name of a built-in suite, or the path of its TOML file")
    suite = load_suite(parser.parse_args(words).suite)
    path = path_of(suite)
    digest = freeze(suite, path)
    print(f'floors = "{digest}"  # {path.name}, {path.stat().st_size:,} bytes')
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
