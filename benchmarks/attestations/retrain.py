"""zebroid verify RECEIPT --retrain N: some of its cells, trained again and attested."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from ...errors import UserError
from ...printable import printable
from ...registry import Plugin
from ...worlds.world import World
from ..config.run_config import Cell
from ..receipts import bounds, cite, untrusted
from ..receipts.receipt import Receipt
from ..report import plain_console
from ..runner import atomic_write
from ..runner.corpora import Corpora
from ..runner.executor import Outcome, execute
from ..runner.progress import Displayed, Shielded
from ..runner.run import InProcess
from ..verification import confined
from ..verification.named_parts import spec_of
from .attestation import CELLS, FOLDER, MEANING, Attestation, AttestedCell, write
from .claims import answered, claims
from .reproduced import MORE, Answered, Attempt, attested
from .salted_choice import chosen
from .session import Session, begin, platform_here, same_platform
from .submission import submission

INTERRUPTED = 130


@dataclasses.dataclass(frozen=True)
class Checker:
    """What whoever checks a receipt gives."""

    number: int  # of cells
    salt: str  # empty: drawn
    attester: str
    entrant: str  # empty: as in submission.toml
    out: Path
    allowed: bool  # to load the plugins that the receipt names


def run(path: Path, checker: Checker, seconds: float, full: bool = False) -> int:
    """Verifies a receipt; if it passes, trains cells again, and writes and prints the attestation.

    The exit status: 0 where it confirms the receipt, 130 where it was interrupted.
    """
    for name in (checker.attester, checker.entrant):
        if name != printable(name, 100):
            raise UserError(f"{printable(name, 40)!r}: expected a name of at most 100 characters")
    if checker.number > CELLS:
        raise UserError(f"--retrain {checker.number}: an attestation has at most {CELLS:,} cells")
    path = untrusted.receipt_path(path)
    if status := confined.run(path, checker.allowed, seconds, full):
        return status
    receipt, console = Receipt.read(path), plain_console.console()
    cells = bounds.cells_of(receipt)
    folder = path.parent / FOLDER
    with atomic_write.writing(folder):  # now rather than after hours of training
        folder.mkdir(exist_ok=True)
    entry = submission(path.parent)
    entrant = checker.entrant or (entry.entrant if entry else "")
    session = begin(
        checker.out, cite.digest(receipt), checker.salt, platform_here([*cells.values()])
    )
    picked = chosen(cite.digest(receipt), session.salt, [*cells], checker.number)
    mine = [cells[digest] for digest in picked]
    worlds = _admitted(mine, _announcer(console) if checker.allowed else None)
    console.print(_announced(receipt, picked, session), soft_wrap=True)
    try:
        with Corpora(world=lambda cell: worlds[cell.world]) as corpora:
            found = _retrained(receipt, path, mine, session, corpora, console)
    except KeyboardInterrupt:
        console.print("interrupted; what is trained is kept, the same command goes on")
        return INTERRUPTED
    made = Attestation(
        attestation=1,
        receipt=cite.digest(receipt),
        suite=f"{receipt.suite.id}@{receipt.suite.digest}",
        entrant=entrant,
        attester=checker.attester,
        date=f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}",
        salt=session.salt,
        of=len(cells),
        platform=session.platform,
        cells=found,
    )
    file = write(folder, made)
    session.end(file)
    for line in lines(made, file):
        console.print(line, soft_wrap=True)
    return int(not made.confirms)


def _announced(receipt: Receipt, picked: Sequence[str], session: Session) -> str:
    """Which cells, and about how much they take."""
    flops = {c.digest: c.flops for c in receipt.cells}
    verb = "going on with" if session.resumed else "training again"
    return (
        f"{verb} {len(picked)} of {len(receipt.cells)} cells, chosen by the salt {session.salt}; "
        f"about {sum(flops[d] for d in picked):.1e} FLOPs, thrice as many for a cell of another "
        "platform with other answers"
    )


def _admitted(cells: Sequence[Cell], announce: Callable[[Plugin], None] | None) -> dict[str, World]:
    """The worlds of the cells. Nothing that only the receipt names is imported: NotLoaded for a
    world or a model that is neither built in nor a plugin of which ``announce`` hears before."""
    for cell in cells:
        spec_of(cell, announce)
    return {cell.world: untrusted.world(cell.world, announce) for cell in cells}


def _retrained(
    receipt: Receipt,
    path: Path,
    cells: Sequence[Cell],
    session: Session,
    corpora: Corpora,
    console: Console,
) -> list[AttestedCell]:
    """What came of the cells, in their order."""
    records = {record.digest: record for record in receipt.cells}
    declared = claims(path, receipt, cells, corpora)
    first = _trained(cells, session, corpora, console)
    attempts = [
        Attempt(
            cell,
            records[cell.digest].failed or declared[cell.digest],
            first[cell.digest],
            same_platform(receipt, records[cell.digest], session.platform),
        )
        for cell in cells
    ]
    again = [next_init(a.cell, k) for a in attempts if a.needs_others for k in range(MORE)]
    more = _trained(again, session, corpora, console)
    attempts = [
        dataclasses.replace(a, others=_others(a.cell, more)) if a.needs_others else a
        for a in attempts
    ]
    return [_attested(a, attempts, corpora) for a in attempts]


def next_init(cell: Cell, number: int) -> Cell:
    """The same cell with another seed of initialisation: 0 is the one after its own."""
    return dataclasses.replace(
        cell, seeds=dataclasses.replace(cell.seeds, init=cell.seeds.init + 1 + number)
    )


def _others(cell: Cell, made: Mapping[str, Answered | str]) -> tuple[Answered, ...]:
    found = [made[next_init(cell, k).digest] for k in range(MORE)]
    return tuple(one for one in found if isinstance(one, Answered))


def _attested(attempt: Attempt, attempts: Sequence[Attempt], corpora: Corpora) -> AttestedCell:
    alike = [
        other.seen(corpora.question_set(other.cell))
        for other in attempts
        if other is not attempt and other.others
        if other.cell.configuration == attempt.cell.configuration
    ]
    question_set = None if attempt.equal is None else corpora.question_set(attempt.cell)
    return attested(attempt, question_set, alike)


def _trained(
    cells: Sequence[Cell], session: Session, corpora: Corpora, console: Console
) -> dict[str, Answered | str]:
    """Digest -> the answers of each cell, or why it has none."""
    if not cells:
        return {}
    with Displayed(console, len(cells)) as displayed:
        outcome: Outcome = execute(InProcess(), cells, session.store, Shielded(displayed), corpora)
    found: dict[str, Answered | str] = dict(outcome.failures)
    for result in outcome.results:
        found[result.cell.digest] = result.run.failed or answered(result, corpora)
    return found


def _announcer(console: Console) -> Callable[[Plugin], None]:
    return lambda plugin: console.print(untrusted.introduced(plugin), soft_wrap=True)


MARKS = {True: "✓", False: "✗", None: "?"}


def lines(found: Attestation, file: Path) -> list[str]:
    """What came of it, as it is printed."""
    out = []
    for cell in found.cells:
        refuted = cell in found.refuted
        mark = MARKS[None if cell.outcome == "undecided" else not refuted]
        cause = f" ({cell.cause})" if cell.cause else ""
        out.append(f"{mark} {cell.name}: {MEANING[cell.outcome]}{cause}")
        if cell.equal is not None and cell.step is not None:
            out.append(f"    {cell.equal:.1%} of the answers are equal; from step {cell.step} on")
        for i in cell.instruments if cell.outcome != "equal" else ():
            here = ", ".join(f"{a:.3f}" for a in i.here)
            where = "" if i.interval is None else f"; expected {i.low:.3f} to {i.high:.3f}"
            note = " OUTSIDE" if i.interval is not None and not i.inside else ""
            out.append(f"    {i.name}: {i.claimed:.3f} in the receipt, here {here}{where}{note}")
    made = "confirms" if found.confirms else "does not confirm"
    out.append(f"attestation  {file}")
    out.append(f"It {made} the receipt. SHA-256 {found.digest}")
    if not found.attester:
        out.append("It names no attester: give --attester NAME, or no board counts it.")
    return out
