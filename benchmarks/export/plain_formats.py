"""The formats tokens, jsonl, text and prompts: files that any language reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ...worlds.encoding.encode import encode
from . import records
from .english_forms import EnglishForms
from .portion import Portion
from .prompts import Prompts, Style
from .records import Record

KEY = "key"  # the folder with all that a model must not see


def lines(path: Path, found: Iterable[Record]) -> None:
    """A file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for record in found:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def tokens(portion: Portion, folder: Path, mode: str) -> None:
    """What ``encode`` gives in one mode: arrays, and the vocabulary with all numbers beside them.

    ``query`` is in the order of ``questions.jsonl``; right answers are in the key alone.
    """
    from safetensors.numpy import save  # save_file leaves its file to its owner alone

    ids = records.in_order(portion)
    made = encode(portion.corpus, mode, np.array([q for _, q in ids], np.int64))
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"train": made.train, "loss": made.loss, "weight": made.weight, "query": made.query}
    whole = {n: np.ascontiguousarray(a) for n, a in arrays.items()}
    (folder / "tokens.safetensors").write_bytes(save(whole))
    names = (*portion.corpus.closure.base.constants, "none")
    # of answers of several words no token is one: the words up to `end`, with blanks between
    single = made.answer_ids if made.answer_ids.ndim == 1 else made.answer_ids[:0, 0]
    about = {
        "mode": mode,
        "prompt": made.prompt,
        "max_new": made.max_new,
        "answer_mark": made.answer_mark,
        "end": made.end,
        "vocabulary": [*made.vocabulary],
        "answers": {i: names[a] for i, a in enumerate(single.tolist()) if a >= 0},
    }
    write_json(folder / "tokens.json", about)
    lines(folder / "questions.jsonl", ({"id": id} for id, _ in ids))
    members = save({"members": np.ascontiguousarray(made.members)})
    (_key(folder) / "members.safetensors").write_bytes(members)
    lines(folder / KEY / "key.jsonl", records.key(portion))


def jsonl(portion: Portion, folder: Path, mode: str) -> None:
    """Statements, questions and key as lists of words."""
    lines(folder / "train.jsonl", records.training(portion.corpus))
    lines(folder / "questions.jsonl", records.questions(portion))
    lines(folder / KEY / "key.jsonl", records.key(portion))


def text(portion: Portion, folder: Path, mode: str) -> None:
    """The same in English with nonce names: a form for training, and one for prompting."""
    english = EnglishForms(portion.corpus)
    lines(folder / "train.jsonl", records.text_training(english))
    lines(folder / "questions.jsonl", records.text_questions(portion, english))
    lines(folder / KEY / "key.jsonl", records.key(portion, english))


def prompts(portion: Portion, folder: Path, mode: str) -> None:
    """Prompts with facts and rules in context, of statements with what is to follow, and of
    questions; in mode ``chain`` the proof is to be written before the answer."""
    found = Prompts(portion, Style(proof=mode == "chain"))
    lines(folder / "train.jsonl", found.training())
    queried = ({"id": id, "prompt": prompt.text()} for id, prompt in found.all())
    lines(folder / "questions.jsonl", queried)
    lines(folder / KEY / "key.jsonl", records.key(portion, found.english))


def _key(folder: Path) -> Path:
    (folder / KEY).mkdir(parents=True, exist_ok=True)
    return folder / KEY
