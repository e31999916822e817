"""score(cells, label) -> Row: instrument x checkpoint x run, beside its floor, with intervals.

Headline scores use the headline questions of the world's instruments, a column each; all others are
counted, and reported apart. A score never travels without its interval, its floor and its number of
questions. In chain a headline answer counts only with a valid proof.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import pack
from ...worlds.novelty.rungs import CONTROLS
from ..floors.floor_table import LEAST
from ..question_sets.predictions import Hits, Predictions
from ..question_sets.question_set import Answers, QuestionSet
from ..question_sets.right_answers import possible
from ..stats.intervals import Band, shares
from ..stats.pass_at_k import pass_bands
from .controls import Controls, ExceptionScore, controls, exception_items
from .proof_depth import Reach, reach
from .proof_validity import ProofScore, proofs
from .rung_score import GroupScore, RungScore, rung_score

NOT_TRACED = ", not traced"  # ends the label and mode of a row without what the tracer solves
TRAINED = 0.95  # recall from which a model has learned its corpus


@dataclasses.dataclass(frozen=True)
class Passes:
    """pass@k of recall or of an instrument, from answers that were sampled after the last step."""

    n: int  # different questions, over all worlds
    samples: int  # of each question
    at: Mapping[int, Band]  # k -> the share; in chain of right answers with a valid proof
    answers: Mapping[int, Band] | None = None  # of a chain: whatever the proof


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a table: one model, mode, plan and exposure in one world and size."""

    label: str
    world: str  # id/size
    mode: str
    digests: tuple[str, ...]  # of the corpora
    seeds: Mapping[str, tuple[int, int]]  # digest of a corpus -> seeds of its world and exposure
    instruments: Mapping[str, str]  # name of each instrument of the world -> its rung
    steps: NDArray[np.int64]  # [K]
    flops: NDArray[np.float64]  # [K]
    rungs: Mapping[str, RungScore]  # recall and instruments ("instance", "instance has"), by rung
    apart: Mapping[str, GroupScore]  # cells of constituent (RungScore), near, impure, mixed, ..
    absent: Mapping[str, str]  # recall or instrument -> why it has no score
    # group apart -> how many questions of the corpora it holds, put or not: near, impure, written
    left_out: Mapping[str, int]
    malformed: Band  # share of generations without a readable answer, all questions
    controls: Mapping[str, Controls | ExceptionScore]  # "nontheorem", "unknowable", "exception"
    proofs: Mapping[str, ProofScore]  # of recall and instruments, where proofs are written
    load: float | None  # corpus bits per parameter; None: how many it has is not known
    reach: Reach | None  # None: too few distances with enough questions
    runs: int = 0  # trainings that it should be the mean of; 0: nothing was trained
    failed: int = 0  # of these, those that gave nothing; the mean is of the others
    # recall or instrument -> pass@k; empty: nothing is sampled
    passes: Mapping[str, Passes] = dataclasses.field(default_factory=dict)

    @property
    def untrained(self) -> bool:
        """Whether it has not learned its corpus, recall being below TRAINED: it stands in no
        comparison, and scores 0 in a ranking."""
        recall = self.rungs.get("recall")
        return bool(self.runs and recall and not recall.trained)

    def of_rung(self, rung: str) -> tuple[RungScore, ...]:
        """The scores of the instruments of one rung, one a cue."""
        return tuple(s for s in self.rungs.values() if s.rung == rung)


def score(cells: Sequence[Predictions], label: str, failed: int = 0) -> Row:
    """Score the cells of one row: same world, size, mode and checkpoints; their seeds differ.
    Checkpoints are the same by steps or by FLOPs; the row has those of the first cell.

    ``failed``: how many more there should be, which gave nothing. Floors are measured here where
    they have not been.

    Raises UserError where cells do not belong together.
    """
    _check(cells)
    first, corpus = cells[0], cells[0].question_set.corpus
    worlds = [c.question_set.corpus.digest for c in cells]
    right = [c.right() for c in cells]
    headline, absent = {}, {}
    for name in first.question_set.headline:
        count = _different(cells, name)
        if count >= LEAST:
            headline[name] = rung_score(name, cells, right)
        else:
            absent[name] = few(count) if count else first.question_set.missing(name)
    hits = [(c.question_set, c.hits) for c in cells if c.hits is not None]
    recall = headline.get("recall")
    if not first.reference and recall is not None and recall.accuracy.mean[-1] < TRAINED:
        headline = {n: dataclasses.replace(s, trained=False) for n, s in headline.items()}
    return Row(
        label=label,
        world=f"{corpus.world.id}/{corpus.size}",
        mode=first.mode,
        digests=tuple(dict.fromkeys(worlds)),
        seeds={c.question_set.corpus.digest: c.question_set.corpus.seeds for c in cells},
        instruments={n: rung for n, (rung, _) in first.question_set.instruments.items()},
        steps=first.steps,
        flops=first.flops,
        rungs=headline,
        apart=_apart(cells, right),
        absent=absent,
        left_out=_left_out(cells),
        malformed=shares([c.answer < 0 for c in cells], worlds),
        controls={**controls(cells), **exception_items(cells)},
        proofs=proofs(cells, right, list(headline)),
        load=load(corpus, first.parameters) if first.parameters else None,
        reach=reach(cells, right),
        runs=0 if first.reference else len(cells) + failed,
        failed=failed,
        passes={name: passes(hits, name) for name in headline if hits},
    )


def passes(given: Sequence[tuple[QuestionSet, Hits]], name: str) -> Passes:
    """pass@k of recall or an instrument, as its score counts answers, over all runs ``given``, each
    of which some have; all sample equally many."""
    given = [(s, hits) for s, hits in given if name in s.groups]
    sets, samples = {s.corpus.digest: s for s, _ in given}, given[0][1].samples
    worlds = [s.corpus.digest for s, _ in given]
    n = sum(int(s.groups[name].sum()) for s in sets.values())
    right = pass_bands([hits.right[:, s.groups[name]] for s, hits in given], samples, worlds)
    proven = [h.proven[:, s.groups[name]] for s, h in given if h.proven is not None]
    if name == "recall" or not proven:
        return Passes(n, samples, right)
    return Passes(n, samples, pass_bands(proven, samples, worlds), right)


def few(questions: int) -> str:
    """Why a group of so few questions is not printed."""
    return f"only {questions} question{'s' if questions > 1 else ''}"


def traced_apart(
    cells: Sequence[Predictions],
    label: str,
    trace: Callable[[Corpus, NDArray[np.int64]], Answers],
    failed: int = 0,
) -> tuple[Row, Row | None]:
    """(all questions, those that ``trace`` does not solve; None if it solves all) for chains."""
    whole = score(cells, label, failed)
    rest = []
    for cell in cells:
        solved = cell.question_set.right(
            trace(cell.question_set.corpus, cell.question_set.questions).answer
        )
        if not solved.all():
            rest.append(cell.only(~solved))
    if not rest:
        return whole, None
    part = score(rest, label + NOT_TRACED)
    mode = part.mode + NOT_TRACED
    reason = "the tracer solves every question of this rung"
    absent = {n: reason if n in whole.rungs else whole.absent[n] for n in part.absent}
    counts = {"runs": whole.runs, "failed": whole.failed}
    return whole, dataclasses.replace(part, mode=mode, absent=absent, **counts)


def load(corpus: Corpus, parameters: int) -> float:
    """Corpus bits per parameter: what it takes to memorise every different statement.

    A statement costs log2 of the values possible for its cue. About 3.6 bits per parameter can be
    stored (arXiv 2505.24832); what follows by rule need not be, so this is an upper bound. What is
    read of a second world counts too; of a fact in several forms one does, and that a thing is
    itself takes no memory.
    """
    bits = _bits(corpus, np.arange(len(corpus.examples.answer)))
    bits += sum(_bits(b.corpus, b.rows[b.rows < len(b.corpus.rows.answer)]) for b in corpus.beside)
    return bits / parameters


def _bits(corpus: Corpus, rows: NDArray[np.int64]) -> float:
    """What it takes to memorise the different ones of these examples."""
    prompt, answer = corpus.examples.prompt[rows], corpus.examples.answer[rows]
    size = np.maximum(possible(corpus).sum(1), 1)
    different = np.unique(pack([*prompt.T, answer]), return_index=True)[1]
    return float(np.log2(size[prompt[different, 0]]).sum())


def _different(cells: Sequence[Predictions], name: str) -> int:
    """How many different questions of a group the cells answered, over all worlds."""
    return sum(
        {
            c.question_set.corpus.digest: int(c.question_set.groups[name].sum())
            for c in cells
            if name in c.question_set.groups
        }.values()
    )


def _apart(
    cells: Sequence[Predictions], right: Sequence[NDArray[np.bool_]]
) -> dict[str, GroupScore]:
    """Groups that are no headline, those of LEAST questions at least."""
    names = dict.fromkeys(n for c in cells for n in c.question_set.groups)
    names = [n for n in names if n not in cells[0].question_set.headline and n not in CONTROLS]
    return {n: rung_score(n, cells, right) for n in names if _different(cells, n) >= LEAST}


def _left_out(cells: Sequence[Predictions]) -> dict[str, int]:
    """Group that stands apart -> how many questions of the different corpora it holds."""
    out: dict[str, int] = {}
    for question_set in {c.question_set.corpus.digest: c.question_set for c in cells}.values():
        for name, count in question_set.left_out.items():
            out[name] = out.get(name, 0) + count
    return out


def _check(cells: Sequence[Predictions]) -> None:
    if not cells:
        raise UserError("got no cells, expected at least one; a row needs a finished run")
    first = cells[0]
    for cell in cells[1:]:
        for what, a, b in (
            ("world", first.question_set.corpus.world.id, cell.question_set.corpus.world.id),
            ("size", first.question_set.corpus.size, cell.question_set.corpus.size),
            ("mode", first.mode, cell.mode),
            ("checkpoints", first.steps.tolist(), cell.steps.tolist()),
        ):
            if a != b and not (what == "checkpoints" and _same_flops(first, cell)):
                raise UserError(
                    f"one row got cells of {what} {a} and {b}, expected one; score them apart"
                )


def _same_flops(one: Predictions, other: Predictions) -> bool:
    """Whether two cells were queried after equal FLOPs, but for what a step takes: by a budget in
    FLOPs the steps differ where the rows of two worlds are of different length."""
    if len(one.steps) != len(other.steps) or min(one.steps.min(), other.steps.min()) < 1:
        return False
    step = np.maximum(one.flops / one.steps, other.flops / other.steps)
    return bool((np.abs(one.flops - other.flops) <= step).all())
