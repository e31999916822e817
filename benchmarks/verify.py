"""zebroid verify RECEIPT: is every number in it what the files beside it and this code give?

Nothing is trained. Corpora are drawn anew from their ids and seeds, questions and right answers
are held against those of ``predictions.parquet``, and the scores of models and ceilings are
computed from the answers there. Not looked at, and said to be so: interpolators and verdicts, and
answers before the last checkpoint, of which only the means are kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape

from .. import __version__, registry
from ..eval.exam import Exam
from ..models.run import Run
from ..models.version import TRAINING
from ..registry import UserError
from . import canonical, predictions, provenance
from .cell import Cell, Places
from .comparing import CLOSE, Columns, Doubt, columns, differs, same
from .panel import Panel, ceilings, model_rows, named
from .receipt import CellRecord, Receipt, profile_records, row_record
from .results import Result
from .run import Corpora
from .suite import load

PREDICTIONS, CURVES = "predictions.parquet", "curves.parquet"
UNSEEN = (
    "interpolators, verdicts, sweeps, answers before the last checkpoint: run the suite for these"
)


@dataclasses.dataclass(frozen=True)
class Finding:
    """What came of one check."""

    check: str
    passed: bool | None  # None: not looked at, for something that it rests on failed
    found: str
    seconds: float = 0.0


class _Told(Corpora):
    """Corpora drawn anew; whether written proofs were valid is read from Parquet."""

    def __init__(self, table: Mapping[str, Columns]) -> None:
        super().__init__()
        self.table = table

    def proofs(self, result: Result) -> NDArray[np.bool_] | None:
        written = self.table[result.cell.digest[:16]]["written"]
        return (written == "valid")[None] if result.cell.mode == "chain" else None


class _Subject:
    """A receipt, and what is made anew from it as checks ask for it."""

    def __init__(
        self, path: Path, receipt: Receipt, watch: Callable[[str], None], files: Mapping[str, str]
    ) -> None:
        self.folder, self.receipt, self.watch = path.parent, receipt, watch
        self.fine = [c for c in receipt.cells if not c.failed]
        self.cells = {}
        for record in receipt.cells:
            place = files.get(str(record.cell.get("world")), "")
            self.cells[record.digest] = Cell.of(record.cell, Places(world=place))
        self.table: dict[str, Columns] = {}  # digest of a cell, 16 digits -> its answers
        self.drawn = _Told(self.table)
        self.exams: dict[str, Exam] = {}  # corpus of a cell -> its exam

    def files(self) -> str:
        for name, digest in self.receipt.files.items():
            path = self.folder / name
            if not path.is_file():
                raise Doubt(f"{name} is not beside the receipt")
            if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                raise Doubt(f"{name} is not the file that the receipt names")
        return f"{', '.join(self.receipt.files) or 'none named'}: SHA-256 as in the receipt"

    def suite(self) -> str:
        """The cells' digests, the suite's over them all, and this version's suite of the name."""
        for record in self.receipt.cells:
            if self.cells[record.digest].digest != record.digest:
                raise Doubt(f"cell {record.digest[:16]} is none of that digest")
        digest = canonical.digest([c.cell for c in self.receipt.cells])
        told = self.receipt.suite
        if digest != told.digest:
            raise Doubt(f"the cells are those of {told.id}@{digest[:8]}, not @{told.digest[:8]}")
        name = f"{told.id}@{digest[:8]}, {len(self.receipt.cells)} cells"
        if told.id not in registry.suites():
            return f"{name}; no built-in suite of that name"
        known = load(told.id)
        if known.digest != digest:
            raise Doubt(f"{told.id} is @{known.digest[:8]} in this version: the grid has changed")
        return f"{name}, as in this version"

    def corpora(self) -> str:
        for record in self.fine:
            cell = self.cells[record.digest]
            self.watch(f"drawing {cell.world}/{cell.size}")
            exam = self.exams.setdefault(cell.exam, self.drawn.exam(cell))
            if exam.corpus.digest != record.corpus:
                raise Doubt(f"{cell}: corpus {exam.corpus.digest[:16]}, not {record.corpus[:16]}")
        drawn = {exam.corpus.digest for exam in self.exams.values()}
        return f"{len(drawn)} corpora drawn from ids and seeds have the digests of the receipt"

    def questions(self) -> str:
        """Questions, right answers and certificates, cell by cell."""
        self.table |= columns(self.folder / PREDICTIONS)
        known: dict[str, Columns] = {}
        for record in self.fine:
            cell, told = self.cells[record.digest], self.table.get(record.digest[:16])
            if told is None:
                raise Doubt(f"{PREDICTIONS} has no answers of {cell}")
            if cell.exam not in known:
                known[cell.exam] = predictions.certificates(self.exams[cell.exam])
            for name, column in known[cell.exam].items():
                if name not in told or not same(told[name], column):
                    raise Doubt(f"{cell}: column {name} is not that of the corpus drawn anew")
        total = sum(len(t["answer"]) for t in self.table.values())
        return f"{total:,} questions, each with right answers and certificate as drawn anew"

    def answers(self) -> str:
        for record in self.fine:
            result = self.result(record)
            exam, told = self.exams[result.cell.exam], self.table[record.digest[:16]]
            right = exam.right(np.asarray(result.run.answer[0, 0], np.int32))
            if not same(right, told["right"]):
                raise Doubt(f"{result.cell}: an answer is marked right or wrong and is not")
        return "every answer is marked as it is, right or wrong"

    def scores(self) -> str:
        told = {panel.name: panel for panel in self.receipt.panels}
        made, scored = self.panels(), 0
        for panel in made:
            if panel.name not in told:
                raise Doubt(f"the receipt has no panel {panel.name}")
            known = {(row.kind, row.label): row for row in told[panel.name].rows}
            rows = [("ceiling", r) for r in panel.ceilings] + [("model", r) for r in panel.models]
            for kind, row in rows + [("untraced", r) for r in panel.untraced.values()]:
                where = f"{panel.name}: {row.label}"
                if (kind, row.label) not in known:
                    raise Doubt(f"{where} ({kind}) is no row of the receipt")
                mine = canonical.plain(row_record(row, kind))
                if where := differs(known[kind, row.label].model_dump(), mine, where):
                    raise Doubt(where)
                scored += len(row.rungs)
            mine = canonical.plain(profile_records(panel, made))
            if where := differs(told[panel.name].profiles, mine, f"{panel.name}: profile"):
                raise Doubt(where)
        return f"{scored} scores, with intervals and chance, and the profiles, to {CLOSE:g}"

    def panels(self) -> list[Panel]:
        """The panels of the receipt, from its answers: all but interpolators."""
        results = {r.digest: self.result(r) for r in self.fine}
        failed = {r.digest: r.failed for r in self.receipt.cells if r.failed}
        out = []
        for name, cells in named(list(self.cells.values())):
            self.watch(f"scoring {name}")
            exams = {c.exam: self.exams[c.exam] for c in cells if c.digest in results}
            if exams:
                models, untraced, holes = model_rows(cells, exams, results, failed, self.drawn)
                own = ceilings(exams.values())
                out.append(Panel(name, cells[0], own, (), models, untraced, holes))
        return out

    def curves(self) -> str:
        """The last point of every curve is the score of the answers."""
        table, points = columns(self.folder / CURVES), 0
        for record in self.fine:
            cell, told = self.cells[record.digest], table[record.digest[:16]]
            right = self.table[record.digest[:16]]["right"].astype(bool)
            for name, where in self.exams[cell.exam].groups.items():
                mine = told["group"] == name
                last = np.argmax(np.where(mine, told["step"], -1))
                if not mine.any() or abs(told["accuracy"][last] - right[where].mean()) > CLOSE:
                    raise Doubt(f"{cell}: the curve of {name} does not end at the score")
                points += 1
        return f"{points:,} curves end at the scores of the answers"

    def result(self, record: CellRecord) -> Result:
        """What one cell answered in the end, as if it had one checkpoint."""
        cell, told = self.cells[record.digest], self.table[record.digest[:16]]
        corpus = self.exams[cell.exam].corpus
        number = {predictions.MALFORMED: -1, "none": corpus.none}
        number |= {name: i for i, name in enumerate(corpus.closure.base.constants)}
        run = Run(
            steps=np.array([cell.recipe.steps]),
            flops=np.array([record.flops]),
            answer=np.array([[[number[a] for a in told["answer"].tolist()]]], np.int32),
            bits=np.asarray(told["bits"], np.float32)[None, None],
            generated=np.zeros((1, len(told["answer"]), 0), np.int32),
            loss=np.zeros((1, 1), np.float32),
            seeds=((cell.seeds.init, cell.seeds.order),),
            parameters=record.parameters,
            seconds=0.0,
        )
        return Result(cell, run, record.corpus, record.device)


CHECKS = {
    "files": _Subject.files,
    "suite": _Subject.suite,
    "corpora": _Subject.corpora,
    "questions": _Subject.questions,
    "answers": _Subject.answers,
    "scores": _Subject.scores,
    "curves": _Subject.curves,
}


def verify(
    path: Path, watch: Callable[[str], None] = lambda what: None, worlds: Sequence[str] = ()
) -> Iterator[Finding]:
    """One finding per check; each rests on those before it. ``path``: the receipt, or its folder.

    ``worlds``: Python files of worlds that the receipt names by id and content, given by the user.
    Raises UserError for what is no receipt.
    """
    path = path / "receipt.json" if path.is_dir() else path
    receipt = Receipt.read(path)
    made = receipt.versions.get("zebroid", "?"), receipt.commit[:8] or "no commit"
    dirty = ", with changes that no commit holds" if receipt.dirty else ""
    dirty += f"; {_trained(receipt.training)}"
    yield Finding("receipt", True, f"schema 0, by zebroid {made[0]}, {made[1]}{dirty}")
    given = [registry.find_world(name)[0] for name in worlds]
    files = {found.name: found.path for found in given}
    subject, failed = _Subject(path, receipt, watch, files), ""
    for name, check in CHECKS.items():
        watch(name)
        begin = time.perf_counter()
        if failed and name != "suite":  # the suite rests on the receipt alone
            yield Finding(name, None, f"rests on {failed}")
            continue
        try:
            yield Finding(name, True, check(subject), time.perf_counter() - begin)
        except (Doubt, UserError) as error:
            failed = failed or name
            yield Finding(name, False, str(error), time.perf_counter() - begin)


def _trained(version: str) -> str:
    """What a receipt was trained by, where that isn't this version of training."""
    if version == TRAINING:
        return f"{version}, as in this version"
    before = ", before versions of training were declared" if version == "training-0" else ""
    return f"{version}{before}; here {TRAINING}: its cells trained anew may be answered otherwise"


def show(console: Console, found: Sequence[Finding]) -> None:
    """A line for each check, then the sum."""
    marks = {True: "[green]✓[/]", False: "[red bold]✗[/]", None: "[dim]–[/]"}
    for f in found:
        line = f"{marks[f.passed]} {f.check:<10} {escape(f.found)}"
        console.print(line, markup=True, soft_wrap=True)
    commit = provenance.commit()[0][:8]
    here = f"zebroid {__version__}" + (f", {commit}" if commit else "")
    seconds = sum(f.seconds for f in found)
    told = "verified" if all(f.passed for f in found) else "NOT verified"
    console.print(f"{told} by {here} in {seconds:.0f} s. Not looked at: {UNSEEN}.", soft_wrap=True)
