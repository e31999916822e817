"""zebroid verify RECEIPT: is every number in it what the files beside it and this code give?

Nothing is trained. Corpora are drawn anew from their ids and seeds, questions and right answers
are held against those of the tables, floors are measured, and the scores of models and ceilings are
computed from the answers there. Not looked at, and reported as such: verdicts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from ... import canonical, registry
from ...eval.question_sets.question_set import QuestionSet
from ...models.training.plan import Run
from ...models.training_version import TRAINING
from ...printable import printable
from ..config.panel_names import named
from ..config.suite import load_suite, suite_digest
from ..panels.panel import Panel, model_rows
from ..receipts import bounds, parquet_reading, untrusted
from ..receipts.compare import CLOSE, Doubt, checked, differs, same
from ..receipts.parquet_reading import Columns
from ..receipts.receipt import Receipt, profile_records
from ..receipts.receipt_records import CellRecord
from ..receipts.row_records import row_record
from ..receipts.tables.all_tables import FILES
from ..receipts.tables.answers_table import ANSWERS, MALFORMED
from ..receipts.tables.curves_table import CURVES, curves
from ..receipts.tables.parquet_table import Table
from ..receipts.tables.questions_table import QUESTIONS, certificates
from ..receipts.untrusted import Flaw
from ..runner.provenance import Environment
from ..runner.result_store import Result
from .findings import Finding
from .redrawn import Announce, redrawn_corpora


class _Subject:
    """A receipt, and what is made anew from it as checks need it."""

    def __init__(
        self,
        path: Path,
        receipt: Receipt,
        watch: Callable[[str], None],
        announce: Announce | None,
        known: Callable[[], None],
    ) -> None:
        self.folder, self.receipt, self.watch, self.known = path.parent, receipt, watch, known
        self.fine = [c for c in receipt.cells if not c.failed]
        self.cells = bounds.cells_of(receipt)
        self.content: dict[str, bytes] = {}  # of the files of answers and curves
        self.table: dict[str, Columns] = {}  # digest of a cell, 16 digits -> its answers
        self.drawn = redrawn_corpora(self.table, announce)
        self.question_sets: dict[str, QuestionSet] = {}  # corpus of a cell -> its question set

    def files(self) -> str:
        for name, digest in self.receipt.files.items():
            path = self.folder / name
            if not path.exists():
                raise Doubt(f"{name} is not beside the receipt")
            data = parquet_reading.content(path)
            if canonical.digest_bytes([data]) != digest:
                raise Doubt(f"{name} is not the file that the receipt names")
            if name in FILES:
                self.content[name] = data
        return f"{', '.join(self.receipt.files) or 'none named'}: SHA-256 as in the receipt"

    def suite(self) -> str:
        """The cells' digests, the suite's over them all, and this version's suite of the name."""
        for record in self.receipt.cells:
            if self.cells[record.digest].digest != record.digest:
                raise Doubt(f"cell {record.digest[:16]} is none of that digest")
        digest = suite_digest([c.cell for c in self.receipt.cells])
        text = self.receipt.suite
        if digest != text.digest:
            raise Doubt(f"the cells are those of {text.id}@{digest[:8]}, not @{text.digest[:8]}")
        name = f"{text.id}@{digest[:8]}, {len(self.receipt.cells)} cells"
        if text.id not in registry.suites():
            return f"{name}; no built-in suite of that name"
        known = load_suite(text.id)
        if known.digest != digest:
            raise Doubt(f"{text.id} is @{known.digest[:8]} in this version: the grid has changed")
        self.known()
        return f"{name}, as in this version"

    def corpora(self) -> str:
        for record in self.fine:
            cell = self.cells[record.digest]
            self.watch(f"drawing {cell.world}/{cell.size}")
            question_set = self.question_sets.setdefault(
                cell.question_set, self.drawn.question_set(cell)
            )
            if question_set.corpus.digest != record.corpus:
                raise Doubt(
                    f"{cell}: corpus {question_set.corpus.digest[:16]}, not {record.corpus[:16]}"
                )
        drawn = {question_set.corpus.digest for question_set in self.question_sets.values()}
        return f"{len(drawn)} corpora drawn from ids and seeds have the digests of the receipt"

    def questions(self) -> str:
        """Questions, right answers and certificates, corpus by corpus; and who was queried what."""
        known = parquet_reading.by_key(QUESTIONS, self.read(QUESTIONS))
        self.table |= parquet_reading.by_key(ANSWERS, self.read(ANSWERS))
        for key, question_set in self.question_sets.items():
            name = question_set.corpus.digest[:16]
            text = known.get(name, {})
            mine = certificates(question_set)
            there = np.isin(text.get("question", np.zeros(0)), mine["question"])
            for column in mine:
                if column not in text or not same(text[column][there], mine[column]):
                    raise Doubt(f"{QUESTIONS.file}: {column} of corpus {name} is not as drawn anew")
            for record in self.fine:
                cell, mine = self.cells[record.digest], question_set.questions
                if cell.question_set != key:
                    continue
                found = self.table.get(record.digest[:16])
                if found is None:
                    raise Doubt(f"{ANSWERS.file} has no answers of {cell}")
                steps = len({*found["step"].tolist()})
                if not same(found["question"], np.tile(mine, steps)):
                    raise Doubt(f"{ANSWERS.file}: {cell} was not queried these questions")
        others = {*known} - {s.corpus.digest[:16] for s in self.question_sets.values()}
        if others:
            raise Doubt(f"{QUESTIONS.file} has questions of corpus {printable(min(others), 40)}")
        self.stray(self.table, ANSWERS.file)
        total = sum(len(table["question"]) for table in known.values())
        return f"{total:,} questions, each with right answers and certificate as drawn anew"

    def read(self, table: Table) -> Columns:
        """The rows of a table, of no more than its cells can need."""
        cells = [*self.cells.values()]
        return parquet_reading.columns(self.content[table.file], table, table.most(cells))

    def stray(self, table: Mapping[str, Columns], name: str) -> None:
        """Raises Doubt where a file has rows of a cell that the receipt does not have."""
        others = [*{*table} - {record.digest[:16] for record in self.fine}]
        if others:
            raise Doubt(f"{name} has rows of cell {printable(others[0], 40)}, which has no answers")

    def answers(self) -> str:
        for record in self.fine:
            result = self.result(record)
            question_set, text = (
                self.question_sets[result.cell.question_set],
                self.table[record.digest[:16]],
            )
            right = question_set.right(np.asarray(result.run.answer[0], np.int32))
            if not same(right.reshape(-1), text["right"]):
                raise Doubt(f"{result.cell}: an answer is marked right or wrong and is not")
        return "every answer is marked as it is, right or wrong"

    def scores(self) -> str:
        text = {panel.name: panel for panel in self.receipt.panels}
        left = {(p.name, r.kind, r.label) for p in text.values() for r in p.rows}
        made, scored = self.panels(), 0
        for panel in made:
            if panel.name not in text:
                raise Doubt(f"the receipt has no panel {panel.name}")
            known = {(row.kind, row.label): row for row in text[panel.name].rows}
            rows = [("ceiling", r) for r in panel.ceilings] + [("floor", r) for r in panel.floors]
            rows += [("model", r) for r in panel.models]
            for kind, row in rows + [("untraced", r) for r in panel.untraced.values()]:
                where = f"{panel.name}: {row.label}"
                if (kind, row.label) not in known:
                    raise Doubt(f"{where} ({kind}) is no row of the receipt")
                mine = canonical.plain(row_record(row, kind))
                if where := differs(known[kind, row.label].model_dump(), mine, where):
                    raise Doubt(where)
                left.remove((panel.name, kind, row.label))
                scored += len(row.rungs)
            mine = canonical.plain(profile_records(panel, made))
            if where := differs(text[panel.name].profiles, mine, f"{panel.name}: profile"):
                raise Doubt(where)
        for name, kind, label in sorted(left):
            raise Doubt(f"{name}: {label} ({kind}) is a row that no answers give")
        what = "with intervals, floors, lift and agreement, and the profiles"
        return f"{scored} scores, {what}, to {CLOSE:g}"

    def panels(self) -> list[Panel]:
        """The panels of the receipt, from its answers."""
        results = {r.digest: self.result(r) for r in self.fine}
        failed = {r.digest: r.failed for r in self.receipt.cells if r.failed}
        out = []
        for name, cells in named(list(self.cells.values())):
            self.watch(f"scoring {name}")
            question_sets = {
                c.question_set: self.question_sets[c.question_set]
                for c in cells
                if c.digest in results
            }
            if question_sets:
                rows = model_rows(cells, question_sets, results, failed, self.drawn)
                out.append(Panel.of(name, cells[0], [*question_sets.values()], rows))
        return out

    def curves(self) -> str:
        """Every point of every curve is the mean of the answers."""
        every, points = parquet_reading.by_key(CURVES, self.read(CURVES)), 0
        self.stray(every, CURVES.file)
        for record in self.fine:
            result, text = self.result(record), every.get(record.digest[:16], {})
            mine = curves(result, self.question_sets[result.cell.question_set])
            for name, column in mine.items():
                close = name in text and len(text[name]) == len(column)
                if close and column.dtype.kind == "f":
                    near = np.abs(text[name] - column) <= CLOSE * np.maximum(1, np.abs(column))
                    close = name == "flops" or near.all()
                elif close:
                    close = same(text[name], column)
                if not close:
                    where = f"{result.cell}: {name} of {CURVES.file}"
                    raise Doubt(f"{where} is not that of its answers")
            points += len(mine["step"])
        return f"{points:,} points of curves are the means of the answers"

    def result(self, record: CellRecord) -> Result:
        """What one cell answered at each checkpoint."""
        cell, text = self.cells[record.digest], self.table[record.digest[:16]]
        corpus = self.question_sets[cell.question_set].corpus
        number = {MALFORMED: -1, "none": corpus.none}
        number |= {name: i for i, name in enumerate(corpus.closure.base.constants)}
        unknown = {*text["answer"].tolist()} - {*number}
        if unknown:
            raise Doubt(f"{cell}: {sorted(unknown)[0]!r} is no answer to be had in its corpus")
        steps = np.unique(text["step"])
        shape = 1, len(steps), -1
        answer = np.array([number[a] for a in text["answer"].tolist()], np.int32).reshape(shape)
        run = Run(
            steps=steps,
            flops=record.flops * steps / steps[-1],
            answer=answer,
            bits=np.asarray(text["bits"], np.float32).reshape(shape),
            generated=np.zeros((1, answer.shape[2], 0), np.int32),
            loss=np.zeros((1, len(steps)), np.float32),
            seeds=((cell.seeds.init, cell.seeds.order),),
            parameters=record.parameters,
            seconds=0.0,
        )
        by = self.receipt.environments[record.environment or 0]
        made = Environment(self.receipt.training, by.versions, by.commit, by.dirty)
        return Result(cell, run, record.corpus, record.device, made)


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
    path: Path,
    watch: Callable[[str], None] = lambda what: None,
    announce: Announce | None = None,
    known: Callable[[], None] = lambda: None,
) -> Iterator[Finding]:
    """One finding per check; each rests on those before it. ``path``: the receipt, or its folder.

    Nothing is imported that the receipt names but built-in worlds, and plugins where ``announce``
    hears of each before. ``known`` hears when the cells are those of a built-in suite. Raises
    UserError for what is no receipt.
    """
    path = untrusted.receipt_path(path)
    try:
        receipt = Receipt.read(path)
    except Flaw as flaw:
        yield Finding("receipt", False, str(flaw))
        yield from (Finding(name, None, "rests on receipt") for name in CHECKS)
        return
    subject, failed = _Subject(path, receipt, watch, announce, known), ""
    made = receipt.versions["zebroid"], receipt.commit[:8] or "no commit"
    dirty = ", with changes that no commit holds" if receipt.dirty else ""
    dirty += f"; {_trained(receipt.training)}"
    yield Finding("receipt", True, f"schema 1, by zebroid {made[0]}, {made[1]}{dirty}")
    for name, check in CHECKS.items():
        watch(name)
        begin = time.perf_counter()
        if failed and name != "suite":  # the suite rests on the receipt alone
            yield Finding(name, None, f"rests on {failed}")
            continue
        passed, found = checked(check, subject)
        failed = failed or ("" if passed else name)
        yield Finding(name, passed, found, time.perf_counter() - begin)


def _trained(version: str) -> str:
    """What a receipt was trained by, where that isn't this version of training."""
    if version == TRAINING:
        return f"{version}, as in this version"
    before = ", before versions of training were declared" if version == "training-0" else ""
    return f"{version}{before}; here {TRAINING}: its cells trained anew may be answered otherwise"
