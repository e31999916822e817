"""What comes of all rounds, as rows of the tables in ``round_tables.py``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...worlds.interventions.added_facts import Fact
from ...worlds.novelty.rungs import LADDER
from ..config.run_config import Cell
from ..config.suite import Suite
from ..protocols.beyond_table import Acquisition, Production
from ..runner.corpora import Corpora
from ..runner.result_store import Result
from . import round_tables
from .conclusions import Posed, by_rung, holds, rung_name
from .production import Drift
from .symbolic_learners import in_production, planted, waits, with_queries
from .voting import answer_flops, test_time

if TYPE_CHECKING:
    from .rounds import Step

Record = dict[str, Any]
Made = tuple[round_tables.Shape, Iterable[Record]]
DIGITS = 16


def write(
    suite: Suite,
    steps: Sequence[Step],
    results: Mapping[str, Result],
    corpora: Corpora,
    folder: Path,
) -> list[Path]:
    """Every table of the suite's protocol, in its folder; without steps those of symbolic learners
    alone."""
    how, cells = suite.beyond, list({cell.corpus: cell for cell in suite.cells}.values())
    if isinstance(how, Production):
        made = _of_production(how, cells, steps, results, corpora)
    elif isinstance(how, Acquisition):
        made = _of_acquisition(how, cells, steps, results, corpora)
    else:
        made = [(round_tables.TEST_TIME, _of_voting(steps, results, corpora))]
    return [round_tables.write(folder, shape, rows) for shape, rows in made]


def _of_production(
    how: Production,
    cells: Sequence[Cell],
    steps: Sequence[Step],
    results: Mapping[str, Result],
    corpora: Corpora,
) -> list[Made]:
    posed = [(cell, Posed(corpora.question_set(cell), how.scored)) for cell in cells]
    symbolic = (
        identity(cell, branch, turn) | row
        for cell, one in posed
        for branch, turn, row in in_production(one, how.rounds)
    )
    false = (
        identity(cell, branch, turn) | row
        for cell, one in posed
        for branch, turn, row in planted(one.corpus, how.rounds)
    )
    rounds = itertools.chain(_rounds(steps, results, corpora, how.scored), symbolic)
    facts = _facts(steps, corpora)
    return [
        (round_tables.ROUNDS, rounds),
        (round_tables.CONCLUSIONS, facts),
        (round_tables.PLANTED, false),
    ]


def _of_acquisition(
    how: Acquisition,
    cells: Sequence[Cell],
    steps: Sequence[Step],
    results: Mapping[str, Result],
    corpora: Corpora,
) -> list[Made]:
    queries = (
        identity(cell, policy, 0) | row
        for cell in cells
        for policy, row in with_queries(corpora.question_set(cell).corpus, how)
    )
    first = corpora.question_set(cells[0]).corpus
    waited = (identity(cells[0], policy, 0) | row for policy, row in waits(first, how))
    return [
        (round_tables.ROUNDS, _rounds(steps, results, corpora, 0.0)),
        (round_tables.CONCLUSIONS, _facts(steps, corpora)),
        (round_tables.QUERIES, queries),
        (round_tables.WAITS, waited),
    ]


def _of_voting(
    steps: Sequence[Step], results: Mapping[str, Result], corpora: Corpora
) -> Iterator[Record]:
    for step in steps:
        who = identity(step.cell, step.cell.plan, 0) | {
            "mode": step.cell.mode,
            "model": step.cell.model,
        }
        yield from (who | row for row in test_time(results[step.cell.digest], corpora))


def identity(cell: Cell, branch: str, turn: int) -> Record:
    """A symbolic learner on the corpus of a cell."""
    seeds = cell.seeds
    return {
        "cell": cell.digest[:DIGITS],
        "world": f"{cell.named_world}/{cell.size}",
        "mode": "",
        "model": "symbolic",
        "seed": f"{seeds.world},{seeds.exposure},{seeds.init},{seeds.order}",
        "branch": branch,
        "round": turn,
    }


def _rounds(
    steps: Sequence[Step], results: Mapping[str, Result], corpora: Corpora, share: float
) -> Iterator[Record]:
    spent: dict[tuple[str, str], tuple[float, float]] = {}
    for step in sorted(steps, key=lambda s: s.round):
        result, key = results[step.cell.digest], (step.base.digest, step.branch)
        question_set = corpora.question_set(step.cell)
        posed, before = Posed(question_set, share), spent.get(key, (0.0, 0.0))
        queries = len(posed.prompt) * (1 + step.cell.recipe.samples)
        now = float(result.run.flops[-1]), queries * answer_flops(result, corpora)
        spent[key] = before[0] + now[0], before[1] + now[1]
        drift = Drift.of(posed.corpus, step.facts)
        held: Record = {
            "flops": spent[key][0],
            "answer_flops": spent[key][1],
            "queries": step.queries,
            "statements": len(posed.corpus.rows.kind),
            "added_true": drift.true,
            "added_false": drift.false,
            "added_values": drift.values,
        }
        who = identity(step.base, step.branch, step.round)
        who |= {"mode": step.cell.mode, "model": step.cell.model} | held
        right = _right(posed, result.run.answer[0, -1])
        samples, passed = result.run.samples, None
        if samples is not None:
            passed = np.any([_right(posed, drawn) for drawn in samples.answer[0]], axis=0)
        added = posed.answered_by(step.facts)
        yield from (who | row for row in by_rung(posed, right, added, passed))


def _right(posed: Posed, answer: NDArray[np.integer]) -> NDArray[np.bool_]:
    """[Q] whether an answer is the world's; of what does not follow, whether it is none."""
    nothing = posed.rung == LADDER.index("nontheorem")
    return np.where(nothing, answer == posed.corpus.none, posed.right(answer))


def _facts(steps: Sequence[Step], corpora: Corpora) -> Iterator[Record]:
    """In the order of rounds: of a fact that stands in several the first counts."""
    for key, mine in itertools.groupby(
        sorted(steps, key=lambda s: (s.base.digest, s.branch, s.round)),
        key=lambda s: (s.base.digest, s.branch),
    ):
        before = frozenset[Fact]()
        for step in mine:
            new, before = sorted(step.facts - before), step.facts
            posed = Posed(corpora.question_set(step.base), 0.0)
            corpus, question = posed.corpus, posed.question_of(new).tolist()
            true, follows = holds(corpus.split.truth, new), holds(corpus.closure, new)
            for fact, q, holding, following in zip(new, question, true.tolist(), follows.tolist()):
                yield identity(step.base, key[1], step.round) | {
                    "mode": step.base.mode,
                    "model": step.base.model,
                    "fact": json.dumps(fact),
                    "rung": rung_name(int(posed.rung[q])) if q >= 0 else "",
                    "distance": int(posed.distance[q]) if q >= 0 else 0,
                    "holds": holding,
                    "follows": following,
                }
