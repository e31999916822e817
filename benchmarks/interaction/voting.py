"""Compute while it answers: votes over samples, pass@k, and loops of a looped model.

Votes over sampled chains: arXiv 2203.11171. What is counted are the FLOPs of one answer with a
cache of keys and values, prompt included, on average over questions. N samples, Q questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.measured import instrument_floor
from ...eval.stats.curve import Curve
from ...eval.stats.pass_at_k import depths, pass_at
from ...eval.stats.trend import DECADE, FLAT, HALF, Decision, change, decide
from ...seeding import stream
from ...worlds.encoding.encode import encode
from ..runner.corpora import Corpora
from ..runner.result_store import Result

CHOICES = 20  # of which samples vote, where not all do


def answer_flops(result: Result, corpora: Corpora) -> float:
    """FLOPs of one answer, on average: of reading the prompt and writing what was written."""
    question_set = corpora.question_set(result.cell)
    key = f"shape {result.cell.mode}"
    tokens = question_set.once(
        key, lambda: encode(question_set.corpus, result.cell.mode, question_set.questions)
    )
    spec: Any = result.cell.load_spec()
    spec = getattr(spec, "answering", spec)
    written = 1 + (result.run.generated[0] != tokens.end).sum(1)
    lengths, count = np.unique(np.minimum(written, tokens.max_new), return_counts=True)
    first, V = tokens.prompt - 1, len(tokens.vocabulary)
    each = [spec.flops(V, tokens.prompt, tuple(range(first, first + n))) for n in lengths.tolist()]
    return float(np.average(each, weights=count))


def voted(samples: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """(answers [M, Q], shares [M, Q]) that most of ``samples`` [n, Q] give: each of several that
    tie has an equal share, and shares of a question sum to 1. Malformed samples do not vote; where
    all are, the answer is -1."""
    n, Q = samples.shape
    answers, shares = np.full((n, Q), -1, np.int32), np.zeros((n, Q))
    shares[0] = 1.0
    for q in range(Q):
        found, count = np.unique(samples[:, q][samples[:, q] >= 0], return_counts=True)
        if len(found):
            best = found[count == count.max()]
            answers[: len(best), q] = best
            shares[:, q] = np.arange(n) < len(best)
            shares[:, q] /= len(best)
    return answers, shares


def test_time(result: Result, corpora: Corpora) -> Iterator[dict[str, Any]]:
    """Rows of TEST_TIME of one cell: greedy or by loops, and by votes where it samples."""
    question_set, cell = corpora.question_set(result.cell), result.cell
    each, run = answer_flops(result, corpora), result.run
    groups = {n: where for n, where in question_set.headline.items() if where.any()}
    right = question_set.right(np.asarray(run.answer[0, -1])).astype(float)
    way, number = ("loops", cell.loops) if cell.loops else ("greedy", 1)
    floors = {name: instrument_floor(question_set, name) for name in groups}
    yield from _rows(groups, floors, right, way, number, each)
    if run.samples is None:
        return
    samples = np.asarray(run.samples.answer[0])
    N, hits = len(samples), question_set.right(samples).sum(0)
    rng = stream(cell.world, "votes", cell.digest, cell.seeds.sample)
    for n in depths(N):
        times = 1 if n == N else CHOICES
        found = np.zeros(len(right))
        for _ in range(times):
            answers, shares = voted(samples[rng.permutation(N)[:n]])
            found += (question_set.right(answers) * shares).sum(0) / times
        yield from _rows(groups, floors, found, "vote", n, n * each)
        yield from _rows(groups, floors, pass_at(hits, N, n), "any", n, n * each)


def _rows(
    groups: dict[str, NDArray[np.bool_]],
    floors: dict[str, float],
    right: Any,
    way: str,
    number: int,
    flops: float,
) -> Iterator[dict[str, Any]]:
    for rung, mine in groups.items():
        yield {
            "rung": rung,
            "floor": floors[rung],
            "way": way,
            "number": number,
            "flops": flops,
            "questions": int(mine.sum()),
            "right": float(right[mine].sum()),
        }


def verdict(flops: NDArray[np.float64], runs: NDArray[np.float64], questions: int) -> Decision:
    """What scores [R, K] do over test-time FLOPs [K]: plateau, rising, fell or undecided, as over
    training compute, but that votes have no bits which would have to fall as well. Each run saw a
    world of its own."""
    curve = Curve.of(flops, runs, world=list(range(len(runs))), questions=questions)
    found, seen = decide(curve), change(curve, DECADE) or change(curve, HALF)
    if found.kind == "undecided" and seen and seen.low > 0 and seen.mean > FLAT * seen.decades:
        return Decision("rising", f"{seen} of compute at test time", found.settled)
    return found
