"""verify_all(folder) -> which receipts of a folder did not pass; those that did are recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...errors import UserError
from ...printable import printable
from ..board.entered import NAME, receipts, write_record
from ..verification import confined, verified_record

SECONDS = 1_800.0  # for one receipt, on busy cores


def verify_all(
    folder: Path, watch: Callable[[str], None], announce: Callable[[str], None] | None = None
) -> list[str]:
    """Verifies every receipt below ``folder``, each in a process of its own, and writes the record.

    What this version has verified here before, by the user's own record, is not verified again, so
    that the same command goes on where it was stopped. Plugins are loaded only where ``announce``
    hears the line that names each before. A line for each receipt that did not pass: where, and the
    first check that it failed. Raises UserError for a receipt in place of a folder of some.
    """
    if (folder / NAME).exists() or not folder.is_dir():
        raise UserError(f"--verify {folder}: give the folder that holds receipts, not one of them")
    passed: dict[str, str] = {}
    failed: list[str] = []
    for path in receipts([folder]):
        mark = verified_record.mark(path)
        why = "" if verified_record.remembered(mark) else _why_not(path, watch, announce)
        if why or mark != verified_record.mark(path):
            failed.append(printable(f"{path.name}: {why or 'it changed meanwhile'}"))
            continue
        verified_record.remember(mark)
        passed[mark] = path.name
    write_record(folder, passed)
    return failed


def _why_not(
    path: Path, watch: Callable[[str], None], announce: Callable[[str], None] | None
) -> str:
    """The first check that a receipt does not pass; empty: it passes all."""
    try:
        found = confined.findings(
            path, lambda what: watch(f"{path.name}: {what}"), announce, SECONDS
        )
        for finding in found:
            if not finding.passed:
                return f"{finding.check}: {finding.found}"
    except UserError as error:
        return str(error)
    return ""
