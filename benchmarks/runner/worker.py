"""A worker: trains the cells that it is given, a lot at a time, and tells what comes of them.

``python -m zebroid.benchmarks.runner.worker OUT``, started by ``local_workers.py``, reads cells
from its standard
input, a line of JSON each lot, as ``jobs.line_of`` writes it. What it tells is JSON behind a record
separator (as in RFC 7464), which sets it apart from what libraries print; CELL is a digest:

    {"stage": "compile", "cell": CELL}      {"step": [step, steps, examples/s, loss], "cell": CELL}
    {"done": "trained", "cell": CELL}       {"over": {CELL: "why it failed"}}
    {"stop": "why no cell can be kept, for the user to mend"}
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import UserError
from ..config.run_config import Cell
from . import atomic_write
from .result_store import Store
from .run import Corpora, run

SEPARATOR = "\x1e"


class Telling:
    """A watch that passes on what it is told."""

    def stage(self, cell: Cell, what: str) -> None:
        tell(stage=what, cell=cell.digest)

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        tell(step=[step, steps, speed, loss], cell=cell.digest)

    def done(self, cell: Cell, how: str) -> None:
        tell(done=how, cell=cell.digest)

    def say(self, line: str) -> None:
        print(line, flush=True)


def work(lines: Iterable[str], out: Path) -> int:
    """Trains one lot after the other into ``out``; 0, or 2 where nothing can be kept."""
    watch, corpora = Telling(), Corpora()
    try:
        for line in lines:
            run_batch = json.loads(line)
            cells = [Cell.from_message(message) for message in run_batch["cells"]]
            store = Store(out, run_batch["keep_weights"])
            tell(over=run(cells, store, watch, corpora).failures)
    except UserError as error:
        tell(stop=str(error))
        return 2
    except OSError as error:
        tell(stop=atomic_write.reason(error))
        return 2
    return 0


def tell(**what: object) -> None:
    """Writes one record; where nobody reads any more, there is nobody to work for."""
    try:
        print(f"{SEPARATOR}{json.dumps(what)}", flush=True)
    except BrokenPipeError:
        raise SystemExit(1) from None


def main() -> None:
    # we are told to leave by this; where a shell started us in the background, it would be ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(work(sys.stdin, Path(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
