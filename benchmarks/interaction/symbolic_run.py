"""``python -m zebroid.benchmarks.interaction.symbolic_run SUITE``: the tables of a suite's symbolic
learners alone, which need no training."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ...errors import UserError
from ..config.suite import load_suite
from ..protocols.beyond_table import Tools, Voting
from ..runner.corpora import Corpora
from . import round_records


def main(words: Sequence[str] | None = None) -> list[Path]:
    """The paths of the tables, which are printed. Raises UserError for a suite that has none."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("suite")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    chosen = parser.parse_args(words)
    suite = load_suite(chosen.suite)
    if suite.beyond is None or isinstance(suite.beyond, Tools | Voting):
        raise UserError(f"{suite.id} has no symbolic learners; give a suite of another protocol")
    folder = chosen.out / f"{suite.id}-symbolic"
    paths = round_records.write(suite, (), {}, Corpora(), folder)
    for path in paths:
        print(path)
    return paths


if __name__ == "__main__":
    main()
