"""A record in the user's own cache folder of which receipts this version has verified.

It holds for one content of ``receipt.json``, one version of zebroid and its commit, and never lies
beside a receipt, where its maker could have put it.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from pathlib import Path
from typing import Any

from ... import __version__, canonical
from ...errors import UserError
from ..receipts.untrusted import RECEIPT_BYTES, read_bytes, receipt_path
from ..runner import atomic_write, provenance


def mark(path: Path) -> str:
    """SHA-256 of a receipt's file; empty where it cannot be read."""
    with contextlib.suppress(UserError, OSError):
        return canonical.digest_bytes([read_bytes(receipt_path(path), RECEIPT_BYTES)])
    return ""


def remember(mark: str) -> None:
    """Keeps that the receipt of this mark was verified, now and here. A folder that takes nothing
    is no error: the receipt is then verified again."""
    date = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    with contextlib.suppress(UserError), atomic_write.file(_path(mark)) as draft:
        draft.write_text(canonical.text({**_here(), "receipt": mark, "date": date}), "ascii")


def remembered(mark: str) -> str:
    """When this version verified the receipt of this mark here; empty: it did not."""
    try:
        content = json.loads(_path(mark).read_bytes())
    except (OSError, ValueError):
        return ""
    if not isinstance(content, dict) or {*content} != {*_here(), "receipt", "date"}:
        return ""
    same = all(content[key] == value for key, value in (_here() | {"receipt": mark}).items())
    return str(content["date"]) if same else ""


def _here() -> dict[str, Any]:
    commit, dirty = provenance.commit()
    return {"zebroid": __version__, "commit": commit, "dirty": dirty}


def _path(mark: str) -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "zebroid" / "verified" / f"{mark or 'none'}.json"
