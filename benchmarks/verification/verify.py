"""zebroid verify RECEIPT: is everything in it what its cells and kept answers give?

Nothing is trained. Corpora are drawn anew from their ids and seeds; what the cells answered is read
from ``answers.parquet``; and from these the whole receipt is rebuilt by the code that wrote it:
questions, certificates, floors, parameters and FLOPs, curves, scores, profiles, verdicts,
sentences, and what a sweep says. Then all of it is compared, and the first difference is named.
*Declared*, and taken as it stands, are only versions, commit, device, seconds, and free text; of a
model from outside also what its cell declares: parameters, FLOPs, and the steps of its answers.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ... import canonical, registry
from ...errors import UserError
from ...eval.question_sets.question_set import QuestionSet
from ..config.suite import Suite, load_suite, suite_digest
from ..receipts import bounds, origin, parquet_reading, untrusted
from ..receipts.compare import Comparison, Doubt
from ..receipts.parquet_reading import Columns
from ..receipts.receipt import Receipt
from ..receipts.tables.answers_table import ANSWERS
from ..receipts.tables.cells_table import CELLS
from ..receipts.tables.parquet_table import Table
from ..receipts.tables.samples_table import SAMPLES
from ..receipts.untrusted import Flaw, NotLoaded
from ..runner.result_store import Result
from . import rebuilt
from .findings import Finding
from .frozen_floors import frozen, given
from .kept_answers import result_of
from .named_parts import Announce, check_models, check_world
from .rebuilt import Drawn, Memo

Watch = Callable[[str], None]


class _Subject:
    """A receipt, and what is made anew from it as checks need it."""

    def __init__(
        self,
        path: Path,
        receipt: Receipt,
        memo: Memo,
        watch: Watch,
        announce: Announce | None,
        known: Callable[[], None],
        full: bool,
    ) -> None:
        self.path, self.receipt, self.watch, self.known = path, receipt, watch, known
        self.memo, self.announce, self.full = memo, announce, full
        self.cells = bounds.cells_of(receipt)
        self.files: dict[str, bytes] = {}
        self.question_sets: dict[str, QuestionSet] = {}  # of its cells
        self.suite: Suite | None = None  # of this version, where its questions are those
        self.results: list[Result] = []
        self.made: Receipt | None = None
        self.folder = Path()  # where that was written
        self.worlds: dict[str, Any] = {}
        self.drawn = Drawn(self.question_sets, lambda cell: self.worlds[cell.world])

    @functools.cached_property
    def text(self) -> dict[str, Any]:
        """The receipt's JSON as it stands in its file."""
        return untrusted.json_of(self.path)[0]

    def check_files(self) -> str:
        for name, digest in self.receipt.files.items():
            path = self.path.parent / name
            if not path.exists():
                raise Doubt(f"{name} is not beside the receipt")
            data = parquet_reading.content(path)
            if canonical.digest_bytes([data]) != digest:
                raise Doubt(f"{name} is not the file that the receipt names")
            self.files[name] = data
        return f"{', '.join(self.receipt.files)}: SHA-256 as in the receipt"

    def check_suite(self) -> str:
        """The cells' digests, the suite's over them all, and this version's suite of the name."""
        for number, record in enumerate(self.receipt.cells):
            there, here = record.digest, self.cells[record.digest].digest
            if there != here:
                whose = f"receipt {there[:16]}, recomputed {here[:16]}"
                raise Doubt(f"cells[{number}].digest: {whose}")
        digest = suite_digest([c.cell for c in self.receipt.cells])
        text = self.receipt.suite
        if digest != text.digest:
            raise Doubt(f"suite.digest: receipt {text.digest[:16]}, recomputed {digest[:16]}")
        models, count = check_models(self.cells.values()), len(self.receipt.cells)
        name = f"{text.id}@{digest[:8]}, {count} cells"
        first, changes, _ = text.id.partition("+")
        if first not in registry.suites():
            return f"{name}; no built-in suite of that name: its grid is what it declares{models}"
        known = load_suite(first)
        rounds = known.grown(self.cells.values())
        if not changes and not rounds and known.digest != digest:
            raise Doubt(f"{text.id} is @{known.digest[:8]} in this version: the grid has changed")
        mine = {cell.question_set for cell in self.cells.values()}
        if not rounds and not mine <= {cell.question_set for cell in known.cells}:
            return f"{name}; its questions are not those of {first}: its grid is what it declares"
        self.suite = known
        self.known()
        more = f", which answers questions of {first}" if changes else ", with its rounds" * rounds
        return f"{name}{more}, as in this version{models}"

    def check_corpora(self) -> str:
        floors = frozen(self.suite) if self.suite is not None and not self.full else {}
        known = 0
        for number, record in enumerate(self.receipt.cells):
            cell = self.cells[record.digest]
            if cell.world not in self.worlds:
                self.worlds[cell.world] = untrusted.world(cell.world, self.announce)
            check_world(cell, self.worlds[cell.world])
            if record.environment is None:  # nothing was trained, nothing read
                continue
            if cell.question_set not in self.question_sets:
                if cell.question_set not in self.memo.question_sets:
                    self.watch(f"drawing {cell.world}/{cell.size}")
                    self.memo.question_sets[cell.question_set] = self.drawn.question_set(cell)
                found = self.memo.question_sets[cell.question_set]
                if floors:  # which are not for whoever has it in common
                    found = QuestionSet(found.corpus, found.questions)
                    known += given(found, floors)
                self.question_sets[cell.question_set] = found
            found = self.question_sets[cell.question_set].corpus.digest
            if found != record.corpus:
                raise Doubt(
                    f"cells[{number}].corpus: receipt {record.corpus[:16]}, recomputed {found[:16]}"
                )
        drawn = len({s.corpus.digest for s in self.question_sets.values()})
        by = f"{known} with the floors of the suite" if known else "floors measured anew"
        return f"{drawn} corpora drawn from ids and seeds have the digests of the receipt, {by}"

    def check_answers(self) -> str:
        records = [r.model_dump() for r in (*self.receipt.cells, *self.receipt.environments)]
        names = [self.receipt.files.get(table.file) for table in (ANSWERS, CELLS, SAMPLES)]
        key = canonical.digest([records, names, self.receipt.training])
        if key not in self.memo.results:
            self.memo.results[key] = self._results()
        self.results = self.memo.results[key]
        total = sum(r.run.answer.size for r in self.results if not r.run.failed)
        drawn = sum(r.run.samples.answer.size for r in self.results if r.run.samples is not None)
        more = f", and {drawn:,} samples" if drawn else ""
        return f"{total:,} answers at the checkpoints of {len(self.results)} trainings{more}"

    def _results(self) -> list[Result]:
        table = parquet_reading.by_key(ANSWERS, self._read(ANSWERS))
        sampled: dict[str, Columns] = {}
        if SAMPLES.file in self.files:
            sampled = parquet_reading.by_key(SAMPLES, self._read(SAMPLES))
        cells, found = self._read(CELLS), list[Result]()
        seconds = dict(zip(cells["cell"].tolist(), cells["seconds"].tolist()))
        for record in self.receipt.cells:
            if record.environment is None:
                continue
            cell = self.cells[record.digest]
            self.watch(f"reading {cell}")
            question_set = self.question_sets[cell.question_set]
            given = question_set, table, sampled, seconds, self.memo.costs, self.announce
            found.append(result_of(record, cell, self.receipt, *given))
        return found

    def check_tables(self) -> str:
        cells = [self.cells[record.digest] for record in self.receipt.cells]
        floors = "" if self.suite is None or self.full else self.suite.floors
        given = cells, self.results, self.drawn, floors, self.memo, self.watch
        self.made, self.folder = rebuilt.rebuild(self.receipt, *given)
        comparison = Comparison()
        equal = rebuilt.compare_tables(self.files, self.folder, cells, comparison)
        last = comparison.settle()
        how = "byte for byte" if equal == len(self.files) else "value for value"
        return f"{len(self.files)} tables rebuilt from cells and answers are equal {how}{last}"

    def check_content(self) -> str:
        """All of the receipt's JSON but what a sweep adds."""
        assert self.made is not None, "rests on the tables"
        text, mine = dict(self.text), rebuilt.plain(self.made)
        # what these files are was compared; written by other versions, they have other bytes
        mine["files"] = {name: self.receipt.files.get(name, "") for name in mine["files"]}
        comparison = Comparison()
        for each in (text, mine):
            each["scaling"] = None if "scaling" in each else 0
        comparison.values(text, mine, "")
        last = comparison.settle()
        rows = [row for panel in self.made.panels for row in panel.rows]
        verdicts = sum(len(v) for panel in self.made.panels for v in panel.verdicts.values())
        return (
            f"{len(rows)} rows with {sum(len(row.rungs) for row in rows)} scores, profiles, "
            f"{verdicts} verdicts and {len(self.made.panels)} sentences are those of the answers"
            f"{last}"
        )

    def check_sweep(self) -> str:
        if self.receipt.scaling is None:
            return "nothing of a sweep in it"
        assert self.made is not None, "rests on the tables"
        from ..report.sweep_section import swept  # which can draw

        if self.folder not in self.memo.sweeps:
            made = swept(self.made, self.folder / "receipt.json", self.watch)[0]
            self.memo.sweeps[self.folder] = rebuilt.plain(made)["scaling"]
        comparison = Comparison()
        comparison.values(self.text["scaling"], self.memo.sweeps[self.folder], "scaling")
        last = comparison.settle()
        along = len(self.receipt.scaling["along"])
        return f"{along} axes with their verdicts and laws are those of the curves{last}"

    def declared(self) -> str:
        """What is taken as declared of models from outside; empty: there are none."""
        found = dict.fromkeys(cell.model for cell in self.cells.values() if cell.outside)
        names = ", ".join([*found][:3]) + (" and others" if len(found) > 3 else "")
        return f"parameters, FLOPs, steps and author of {names}" if found else ""

    def _read(self, table: Table) -> Columns:
        """The rows of a table, of no more than its cells can need."""
        digest, most = self.receipt.files[table.file], table.most([*self.cells.values()])
        if digest not in self.memo.tables:
            found = parquet_reading.columns(self.files[table.file], table, most)
            self.memo.tables[digest] = found
        return self.memo.tables[digest]


CHECKS = {
    "files": _Subject.check_files,
    "suite": _Subject.check_suite,
    "corpora": _Subject.check_corpora,
    "answers": _Subject.check_answers,
    "tables": _Subject.check_tables,
    "content": _Subject.check_content,
    "sweep": _Subject.check_sweep,
}
APART = ("suite", "content", "sweep")  # which are looked at though a check before them failed


def verify(
    path: Path,
    watch: Watch = lambda what: None,
    announce: Announce | None = None,
    known: Callable[[], None] = lambda: None,
    full: bool = False,
    memo: Memo | None = None,
) -> Iterator[Finding]:
    """One finding per check; each rests on those before it. ``path``: the receipt, or its folder.

    Nothing is imported that the receipt names but built-in worlds, and plugins where ``announce``
    hears of each before. ``known`` hears when the cells are those of a built-in suite. ``full``:
    floors that come with the suite are measured anew. ``memo``: of receipts verified before. Raises
    UserError for what is no receipt.
    """
    path = untrusted.receipt_path(path)
    try:
        receipt = Receipt.read(path)
    except Flaw as flaw:
        yield Finding("receipt", False, str(flaw))
        yield from (Finding(name, None, "rests on receipt") for name in CHECKS)
        return
    same = origin.otherwise(receipt) or f"{receipt.training}, as in this version"
    last = "; ".join(filter(None, (origin.needed(receipt), origin.libraries(receipt))))
    line = f"schema 1, by {origin.version(receipt)}; {same}{'; ' * bool(last)}{last}"
    yield Finding("receipt", True, line)
    with contextlib.nullcontext(memo) if memo is not None else Memo() as held:
        given = receipt, held, watch, announce, known, full
        yield from _checked(_Subject(path, *given), watch)


def _checked(subject: _Subject, watch: Watch) -> Iterator[Finding]:
    failed = ""
    for name, check in CHECKS.items():
        watch(name)
        begin = time.perf_counter()
        ready = name == "suite" or (name in APART and subject.made is not None)
        if failed and not ready:
            yield Finding(name, None, f"rests on {failed}")
            continue
        passed, found = outcome(check, subject)
        failed = failed or ("" if passed else name)
        seconds = time.perf_counter() - begin
        declared = subject.declared() if name == "answers" else ""
        yield Finding(name, passed, found, seconds, declared)


def outcome(check: Callable[[Any], str], subject: Any) -> tuple[bool | None, str]:
    """Whether a check passed, None where it was not made; and its line."""
    try:
        return True, check(subject)
    except NotLoaded as error:
        return None, str(error)
    except (Doubt, UserError) as error:
        return False, str(error)
    except MemoryError:
        return False, "it takes more memory than a receipt is given"
    except Exception as error:  # content that nobody thought of is refused like all other
        return False, f"not understood: {type(error).__name__}: {' '.join(str(error).split())}"
