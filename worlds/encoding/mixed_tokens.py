"""mixed(own, other, rows) -> Tokens: rows of a second world's corpus behind those of the first.

Both share the marks and no other word: those of the second bear the name of its world.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld
from ..datalog.facts import Array
from ..interventions.reading_rows import free_word
from .vocabulary import SPECIAL

if TYPE_CHECKING:
    from .encode import Tokens


def mixed(own: Tokens, other: Tokens, rows: NDArray[np.int64], unit: int, name: str) -> Tokens:
    """``own`` with ``rows`` of ``other`` behind its rows, each drawn ``unit`` times as often as
    there; the words of ``other`` are prefixed with ``name``. Prompts of both end at one place."""
    taken = frozenset(own.vocabulary)
    new = [free_word(f"{name}:{w}", taken) for w in other.vocabulary if w not in SPECIAL]
    vocabulary = (*own.vocabulary, *new)
    at = {word: i for i, word in enumerate(own.vocabulary) if word in SPECIAL}
    token = np.array([at.get(word, -1) for word in other.vocabulary], np.int32)
    token[token < 0] = len(own.vocabulary) + np.arange(len(new))
    prompt = max(own.prompt, other.prompt)
    width = prompt + max(made.train.shape[1] - made.prompt for made in (own, other))
    parts = [
        (own.train, own.loss, prompt - own.prompt),
        (token[other.train[rows]], other.loss[rows], prompt - other.prompt),
    ]
    return dataclasses.replace(
        own,
        vocabulary=vocabulary,
        train=np.concatenate([_placed(train, left, width, own.end) for train, _, left in parts]),
        loss=np.concatenate([_placed(loss, left, width, 0) for _, loss, left in parts]),
        statement=np.append(own.statement, other.statement[rows]),
        weight=np.append(own.weight, other.weight[rows] * np.int32(unit)),
        query=_placed(own.query, prompt - own.prompt, prompt, own.end),
        prompt=prompt,
        answer_ids=_without_answers(own.answer_ids, len(own.vocabulary), len(vocabulary)),
    )


def _placed(rows: NDArray, left: int, width: int, fill: int) -> NDArray:
    """Rows ``left`` columns further right, filled up to ``width``."""
    out = np.full((len(rows), width), fill, rows.dtype)
    out[:, left : left + rows.shape[1]] = rows
    return out


def _without_answers(answer_ids: Array, before: int, now: int) -> Array:
    """The same answers, of a vocabulary to which words were added that are none."""
    if answer_ids.ndim == 1:
        return np.append(answer_ids, np.full(now - before, -1, np.int32))
    state, word = np.divmod(answer_ids[0].astype(np.int64), before)
    key = state * now + word
    if int(answer_ids[1].max(initial=0)) * now + now >= 2**31:
        raise InvalidWorld(
            f"answers of several words and {now:,} words of two worlds are too many; give a "
            "smaller size of either"
        )
    return np.stack([key, answer_ids[1].astype(np.int64)]).astype(np.int32)
