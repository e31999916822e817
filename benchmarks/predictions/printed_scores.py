"""What ``zebroid score`` prints: the table, malformed answers by cause, pass@k, the receipt."""

from __future__ import annotations

from rich.console import Console

from ..report import terminal
from .score_file import Scored


def show(console: Console, found: Scored) -> None:
    """All of it, the table of every panel first."""
    terminal.show(console, found.panels, f"{found.suite.title}, {found.rows:,} predictions")
    number = sum(found.malformed.values())
    if number:
        causes = "; ".join(f"{n:,} {why}" for why, n in sorted(found.malformed.items()))
        console.print(f"{number:,} of {found.rows:,} are malformed: {causes}", markup=False)
    for name, group in found.samples.items():
        shares = ", ".join(
            f"pass@{k} {p['mean']:.2f} ({p['low']:.2f} to {p['high']:.2f})"
            for k, p in group["pass"].items()
        )
        console.print(f"{name}, {group['questions']:,} questions: {shares}", markup=False)
    console.print(f"receipt  {found.folder / 'receipt.json'} (declared)", soft_wrap=True)
