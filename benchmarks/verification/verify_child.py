"""The process in which a receipt is verified, of ``confined.py``: ``verify_child PATH``.

Started by ``confined.py``, which says what it writes. It bounds its own memory where the system
can, and then does what ``verify.py`` does.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

from ...errors import UserError
from ...registry import Plugin
from ..receipts.untrusted import guarded, introduced
from .bounded_child import limit
from .confined import MEMORY, PRINTED


def main(path: Path, allowed: bool, full: bool) -> None:
    """Verifies, and says so line by line on what was standard output."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as out:
        os.dup2(2, 1)  # what a plugin prints is no message

        def tell(**message: Any) -> None:
            print(json.dumps(message), file=out, flush=True)

        def announce(plugin: Plugin) -> None:
            tell(plugin=introduced(plugin))
            sys.stdin.buffer.readline()  # until it has been printed

        try:
            with guarded(path):
                _verify(path, tell, announce if allowed else None, full)
            tell(done=True)
        except (UserError, OSError) as error:
            tell(error=str(error)[:PRINTED])


def _verify(path: Path, tell: Any, announce: Any, full: bool) -> None:
    from .verify import CHECKS, verify

    tell(ready=True)
    doing = "receipt"

    def watch(what: str) -> None:
        nonlocal doing
        doing = what if what in CHECKS else doing
        tell(doing=doing, watch=what[:PRINTED])

    for f in verify(path, watch, announce, lambda: tell(known=True), full):
        found = f.found[:PRINTED]
        tell(finding=dataclasses.asdict(f) | {"found": found})


if __name__ == "__main__":
    limit(MEMORY)
    main(Path(sys.argv[1]), "--allow-plugins" in sys.argv[2:], "--full" in sys.argv[2:])
