"""Parquet beside a receipt: every answer with its question's certificate, and every curve.

Written by DuckDB on one thread, so equal content gives equal bytes; read by anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...errors import Unwritable
from ...eval.question_sets.question_set import QuestionSet
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.proof_checker import Validity
from ...worlds.novelty.rungs import LADDER
from ..runner import atomic_write
from ..runner.corpora import Corpora
from ..runner.result_store import Result

Columns = Mapping[str, NDArray[Any]]
PROOF = np.array(["invalid", "valid", "leaning"], object)  # by INVALID, VALID, LEANING
MALFORMED = "<malformed>"
SEPARATOR = " | "  # between right answers, on their way into a list


def write(folder: Path, results: Sequence[Result], corpora: Corpora) -> dict[str, Path]:
    """Writes ``predictions.parquet`` and ``curves.parquet`` of finished cells; name -> path."""
    if not results:
        return {}
    # questions are spelled out once for all cells that answer them
    texts: dict[str, dict[str, NDArray[Any]]] = {}
    tables = {"predictions": [], "curves": []}
    for result in results:
        question_set = corpora.question_set(result.cell)
        key = result.cell.question_set
        if key not in texts:
            texts[key] = certificates(question_set)
        text = answers(result, question_set, corpora.proofs(result))
        tables["predictions"].append(text | texts[key])
        tables["curves"].append(curves(result, question_set))
    select = {
        "predictions": f"* REPLACE (string_split(right_answers, '{SEPARATOR}') AS right_answers)",
        "curves": "*",
    }
    paths = {name: folder / f"{name}.parquet" for name in tables}
    for name, parts in tables.items():
        _write(paths[name], parts, select[name])
    return paths


def answers(
    result: Result, question_set: QuestionSet, proofs: Validity | None
) -> dict[str, NDArray[Any]]:
    """What one cell answered at its last checkpoint, [Q] each."""
    cell, run, n = result.cell, result.run, len(question_set.questions)
    names = (*question_set.corpus.closure.base.constants, "none", MALFORMED)
    answer = run.answer[0, -1]
    return {
        "cell": _same(cell.digest[:16], n),
        "world": _same(f"{cell.world}/{cell.size}", n),
        "mode": _same(cell.mode, n),
        "model": _same(cell.model, n),
        "answer": np.array([names[a] for a in answer], object),  # -1 takes the last name
        "right": question_set.right(np.asarray(answer, np.int32)),
        "bits": np.asarray(run.bits[0, -1], np.float32),
        # of the proof before the answer
        "written": _same("none", n) if proofs is None else PROOF[proofs[0]],
    }


def certificates(question_set: QuestionSet) -> dict[str, NDArray[Any]]:
    """The questions of a question set, their right answers, and what is known of each, [Q] each."""
    corpus, questions = question_set.corpus, question_set.questions
    found = {
        "corpus": _same(corpus.digest[:16], len(questions)),
        "question": questions,
        "prompt": np.array([prompt(corpus, int(q)) for q in questions], object),
        "right_answers": np.array([SEPARATOR.join(_right(corpus, int(q))) for q in questions]),
    }
    for field in dataclasses.fields(corpus.certificate):
        column = getattr(corpus.certificate, field.name)[questions]
        found[field.name] = column.astype(object) if field.name == "rung" else column
    rungs = (*LADDER, "several")  # -1: answers on different rungs
    found["rung"] = np.array([rungs[r] for r in corpus.certificate.rung[questions]], object)
    # the column of a table that counts the question; empty: none does
    found["instrument"] = _same("", len(questions))
    for name, where in question_set.headline.items():
        found["instrument"][where] = name
    names = np.array([*corpus.closure.base.constants, None], object)
    for word in ("distractor", "leak"):
        found[word] = names[getattr(corpus.certificate, word)[questions]]
    return found


def prompt(corpus: Corpus, question: int) -> str:
    """``two(entity3, rel1, rel4, ?)``."""
    cue, *given = corpus.prompt[question].tolist()
    predicate, position = corpus.cues[cue]
    words = [corpus.closure.base.constants[g] for g in given if g >= 0]
    return f"{predicate}({', '.join([*words[:position], '?', *words[position:]])})"


def curves(result: Result, question_set: QuestionSet) -> dict[str, NDArray[Any]]:
    """Exact match, whatever the proof, and bits of each group of questions, a row a checkpoint.

    With its rung, empty where it stands apart from all, and whether it is recall or an instrument;
    how many statements its corpus makes, how many of them are conclusions, and how many
    unstated conclusions there are in all in the group.
    """
    run, corpus = result.run, question_set.corpus
    right = question_set.right(np.asarray(run.answer[0], np.int32))
    groups = question_set.groups
    steps, names = len(run.steps), list(groups)
    statements = len(corpus.examples.prompt) + len(corpus.sentences)
    return {
        "cell": _same(result.cell.digest[:16], steps * len(names)),
        "group": np.repeat(np.array(names, object), steps),
        "rung": np.repeat(np.array([question_set.rung_of(g) for g in names], object), steps),
        "headline": np.repeat([g in question_set.headline for g in names], steps),
        "step": np.tile(run.steps, len(names)),
        "flops": np.tile(run.flops, len(names)),
        "loss": np.tile(run.loss[0], len(names)),
        "questions": np.repeat([int(groups[g].sum()) for g in names], steps),
        "accuracy": np.concatenate([right[:, groups[g]].mean(1) for g in names]),
        "bits": np.concatenate([run.bits[0][:, groups[g]].mean(1) for g in names]),
        "statements": np.full(steps * len(names), statements),
        "demonstrated": np.full(steps * len(names), int(corpus.demonstrated.sum())),
        "conclusions": np.repeat([_conclusions(question_set, g) for g in names], steps),
    }


def _conclusions(question_set: QuestionSet, group: str) -> int:
    """Different unstated conclusions of the whole corpus in an instrument or mixed; elsewhere 0."""
    corpus = question_set.corpus
    every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    if group == "mixed":
        mine = corpus.of_rung(group, pure=False)  # mixed is never pure
    elif group in question_set.instruments:
        mine = np.flatnonzero(every.headline[group])
    else:
        return 0
    return len(np.unique(corpus.fact[corpus.offsets[mine]]))


def _right(corpus: Corpus, question: int) -> Iterable[str]:
    found = corpus.answers(question)
    return [corpus.closure.base.constants[a] for a in found] if len(found) else ["none"]


def _same(value: str, n: int) -> NDArray[Any]:
    return np.full(n, value, object)


def _write(path: Path, parts: Sequence[Columns], select: str) -> None:
    with atomic_write.file(path) as draft, duckdb.connect(":memory:", config={"threads": 1}) as db:
        for number, part in enumerate(parts):
            db.register("part", dict(part))
            verb = "INSERT INTO whole" if number else "CREATE TABLE whole AS"
            # text is text: else each part becomes an enumeration of its own words
            text = [
                f'"{n}"::VARCHAR AS "{n}"' if a.dtype.kind in "OU" else f'"{n}"'
                for n, a in part.items()
            ]
            db.execute(f"{verb} SELECT {', '.join(text)} FROM part")
            db.unregister("part")
        target = str(draft).replace("'", "''")
        try:
            db.execute(f"COPY (SELECT {select} FROM whole) TO '{target}' (FORMAT parquet)")
        except duckdb.Error as error:
            reason = " ".join(str(error).split())
            raise Unwritable(f"cannot write {path}: {reason}; free some space there") from None
