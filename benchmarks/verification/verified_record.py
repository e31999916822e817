"""A record in the user's own cache folder of which receipts this version has verified.

It holds for the version of zebroid and the commit that verified, and never lies beside a receipt,
where its maker could have put it.
"""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path
from typing import Any

from ... import __version__, canonical
from ..runner import atomic_write, provenance


def remember(receipt: str) -> None:
    """Keeps that the receipt of this digest was verified, now and here. A folder that takes nothing
    is no error: the receipt is then verified again."""
    content = {**_here(), "receipt": receipt, "date": f"{datetime.datetime.now(datetime.UTC):%F}"}
    try:
        with atomic_write.file(_path(receipt)) as draft:
            draft.write_text(canonical.text(content), "ascii")
    except ValueError:
        return


def remembered(receipt: str) -> str:
    """When this version verified the receipt of this digest here; empty: it did not."""
    try:
        content = json.loads(_path(receipt).read_bytes())
    except (OSError, ValueError):
        return ""
    same = isinstance(content, dict) and content.get("receipt") == receipt
    if not same or any(content.get(key) != value for key, value in _here().items()):
        return ""
    return str(content.get("date", ""))[:10]


def _here() -> dict[str, Any]:
    commit, dirty = provenance.commit()
    return {"zebroid": __version__, "commit": commit, "dirty": dirty}


def _path(receipt: str) -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "zebroid" / "verified" / f"{receipt}.json"
