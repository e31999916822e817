"""What ``zebroid score`` prints: the table, malformed answers by cause, pass@k, the receipt."""

from __future__ import annotations

from rich.console import Console

from ...printable import brief
from ..report import terminal
from .score_file import Scored

CURE = (
    "a name is one of `answers` in tokens.json, a word of its vocabulary, a name of the "
    "English form, or none"
)


def show(console: Console, found: Scored) -> None:
    """All of it, first of how many predictions no answer can be read."""
    number = sum(found.malformed.values())
    if number:
        causes = "; ".join(_cause(found, why, n) for why, n in sorted(found.malformed.items()))
        console.print(
            f"{number:,} of {found.rows:,} are malformed, so wrong: {causes}; {CURE}\n",
            markup=False,
        )
    terminal.show(console, found.panels, f"{found.suite.title}, {found.rows:,} predictions")
    for name, group in found.samples.items():
        shares = ", ".join(
            f"pass@{k} {p['mean']:.2f} ({p['low']:.2f} to {p['high']:.2f})"
            for k, p in group["pass"].items()
        )
        console.print(f"{name}, {group['questions']:,} questions: {shares}", markup=False)
    console.print(f"receipt  {found.folder / 'receipt.json'} (declared)", soft_wrap=True)


def _cause(found: Scored, why: str, number: int) -> str:
    text = found.examples.get(why, "")
    return f"{number:,} {why}{f', the first {brief(text, 80)}' if text else ''}"
