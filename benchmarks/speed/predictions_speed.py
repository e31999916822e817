"""How fast a file of predictions is read, checked and collected, and in how much memory.

    python -m zebroid.benchmarks.speed.predictions_speed [ROWS]

Every row has an id, an answer, a run and a step; ROWS (default 10 million) are written first.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from pathlib import Path

from ...memory import peak_bytes
from ..export.portion import Portion, cells_of, portions
from ..predictions.score_file import collect
from ..runner.corpora import Corpora

ROWS, WORLD = 10_000_000, "composition-v1/tiny"


def write(path: Path, portion: Portion, rows: int) -> int:
    """At least so many predictions, of as many runs as it takes with ten steps each; how many."""
    names = [*portion.corpus.closure.base.constants, "none"]
    answers = itertools.cycle(names)
    steps = range(100, 1_100, 100)
    run = written = 0
    with path.open("w") as file:
        while written < rows:
            for step in steps:
                part = (
                    json.dumps({"id": id, "answer": next(answers), "run": run, "step": step})
                    for id in portion.ids
                )
                file.write("\n".join(part) + "\n")
                written += len(portion.ids)
            run += 1
    return written


def measure(rows: int = ROWS) -> dict[str, float]:
    """{"rows", "rows_per_second", "megabytes"}: by CPU time; the peak of the process."""
    with Corpora() as corpora, tempfile.TemporaryDirectory() as folder:
        found = portions(cells_of(WORLD, "", questions=10_000), corpora)
        path = Path(folder) / "predictions.jsonl"
        written = write(path, found[0], rows)
        begin = time.process_time()  # of this process' one thread, whatever else the machine does
        collected = collect(path, found)
        seconds = time.process_time() - begin
    assert collected.rows == written
    speed = {"rows": written, "rows_per_second": written / seconds}
    return {**speed, "megabytes": peak_bytes() / 1e6}


def main() -> None:
    found = measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    print(
        f"{found['rows']:,.0f} predictions, {found['rows_per_second']:,.0f} a second, "
        f"{found['megabytes']:,.0f} MB at most"
    )


if __name__ == "__main__":
    main()
