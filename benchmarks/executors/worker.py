"""A worker: trains the batches that it is given, one after the other, and reports what comes of it.

``python -m zebroid.benchmarks.executors.worker OUT``, started by ``local_workers.py``, reads its
standard input, a batch a line, as ``local_workers.line_of`` writes it. It answers by JSON behind a
record separator (as in RFC 7464), which sets it apart from what libraries print. CELL is a digest:

    {"message": ["step", CELL, [step, steps, examples/s, loss]]}, as ``progress.Relay`` sends it
    {"trained": CELL}         {"failed": CELL, "cause": "why"}         {"over": "the batch"}
    {"stop": "why no cell can be kept, for the user to mend"}
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from ...errors import UserError
from ..config.run_config import Cell
from ..runner import atomic_write
from ..runner.corpora import Corpora
from ..runner.executor import Failure, ends
from ..runner.progress import Relay
from ..runner.result_store import Store
from ..runner.run import InProcess

SEPARATOR = "\x1e"


def work(lines: Iterable[str], out: Path) -> int:
    """Trains one batch after the other into ``out``; 0, or 2 where nothing can be kept."""
    watch, corpora = Relay(lambda message: send(message=message)), Corpora()
    try:
        for line in lines:
            given = json.loads(line)
            cells = [Cell.from_message(message) for message in given["cells"]]
            store, tracker = Store(out, given["keep_weights"]), watch if given["log"] else None
            with contextlib.closing(
                ends(InProcess(), cells, store, watch, corpora, tracker)
            ) as ended:
                for end in ended:
                    if isinstance(end, Failure):
                        send(failed=end.cells[0].digest, cause=end.cause)
                    else:
                        send(trained=end.cell.digest)
            send(over="the batch")
    except UserError as error:
        send(stop=str(error))
        return 2
    except OSError as error:
        send(stop=atomic_write.reason(error))
        return 2
    return 0


def send(**record: object) -> None:
    """Writes one record; where nobody reads any more, there is nobody to work for."""
    try:
        # whole by one call: threads of several devices may send at once
        sys.stdout.write(f"{SEPARATOR}{json.dumps(record)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise SystemExit(1) from None


def main() -> None:
    # interrupts end it; a shell that starts it in the background would have them ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(work(sys.stdin, Path(sys.argv[1])))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
