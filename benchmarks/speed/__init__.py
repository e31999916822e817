"""Timings side by side, one script each; what they measure stands in docs/internals/speed.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..runner import atomic_write


def keep(path: Path, figures: Any) -> None:
    """Writes JSON-ready figures, whole or not at all."""
    with atomic_write.file(path) as draft:
        draft.write_text(json.dumps(figures, indent=1) + "\n", "ascii")
