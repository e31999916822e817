"""export(cells, out, format) -> a folder that models from anywhere can be trained and queried with.

Every folder has a manifest, ``export.json``: what it is of, how many of what, the SHA-256 of every
file, and that of the key. Without the key the digest stands alone, as a commitment to it, and the
seeds, from which it can be made again, are left out.
"""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import __version__
from ...errors import UserError, suggest
from ...worlds.definitions import DEFINITIONS
from ...worlds.encoding.encode import MODES
from ..config.run_config import Cell
from ..runner import atomic_write
from ..runner.corpora import Corpora
from . import harness_formats, huggingface_format, plain_formats
from .plain_formats import KEY, write_json
from .portion import Portion, description, portions
from .records import counts

Writer = Callable[[Portion, Path, str], None]
MANIFEST = "export.json"


@dataclasses.dataclass(frozen=True)
class Format:
    """A way to write a portion into a folder."""

    write: Writer
    holds: str  # what for, in a line
    keyless: bool = True  # whether it makes sense without the key
    modes: tuple[str, ...] = ("direct",)
    # writes what describes the other files, once they are there: of the folder, and whether it is
    # without the key
    describe: Callable[[Portion, Path, bool], None] | None = None


FORMATS: Mapping[str, Format] = {
    "tokens": Format(
        plain_formats.tokens, "integer arrays and a vocabulary, in one mode", modes=MODES
    ),
    "jsonl": Format(plain_formats.jsonl, "facts, rules, proofs and questions as lists of words"),
    "text": Format(plain_formats.text, "English with nonce names, to train on and to prompt with"),
    "prompts": Format(
        plain_formats.prompts,
        "prompts with facts in context and what follows, to fine-tune on",
        modes=("direct", "chain"),
    ),
    "hf": Format(
        plain_formats.text,
        "the text form for datasets.load_dataset",
        describe=huggingface_format.describe,
    ),
    "lm-eval": Format(harness_formats.lm_eval, "a task of the LM evaluation harness", False),
    "inspect": Format(harness_formats.inspect_ai, "a task of Inspect", False),
}


def export(
    cells: Sequence[Cell],
    out: Path,
    format: str,
    mode: str = "direct",
    with_key: bool = True,
    watch: Callable[[str], None] = lambda what: None,
) -> str:
    """Writes ``out``, whole or not at all; a line on what it is. Of several cells a folder each.

    Raises UserError where ``out`` is there, or a format is unknown or cannot be without the key.
    """
    if format not in FORMATS:
        raise suggest("format", format, FORMATS)
    able = FORMATS[format].modes
    if mode not in MODES or (mode not in able and len(able) > 1):
        raise suggest("mode", mode, able)
    if mode not in able:
        raise UserError(f"--mode {mode}: the format {format} has no modes; leave --mode out")
    if not with_key and not FORMATS[format].keyless:
        keyless = ", ".join(name for name, found in FORMATS.items() if found.keyless)
        raise UserError(
            f"--without-key: the format {format} scores on the spot, by the key; give {keyless}"
        )
    if out.exists() or out.is_symlink():
        raise UserError(f"{out} is there already; give another folder, or delete it")
    with Corpora() as corpora, atomic_write.folder(out) as draft:
        found = portions(cells, corpora)
        for portion in found:
            watch(f"writing {portion.name}")
            folder = draft if len(found) == 1 else draft / portion.name
            write(portion, folder, format, mode, with_key)
        if len(found) > 1:
            write_json(draft / MANIFEST, {"format": format, "parts": [p.name for p in found]})
    number = sum(len(portion.ids) for portion in found)
    many = f"{len(found)} corpora, " if len(found) > 1 else ""
    return f"{out}: {many}{number:,} questions as {format}, {FORMATS[format].holds}"


def write(portion: Portion, folder: Path, format: str, mode: str, with_key: bool) -> None:
    """One portion, its key taken out again where it is held back, and the manifest."""
    found = FORMATS[format]
    found.write(portion, folder, mode)
    committed = _digests(folder / KEY)
    if not with_key:
        shutil.rmtree(folder / KEY)
    if found.describe is not None:
        found.describe(portion, folder, not with_key)
    content: dict[str, Any] = {
        "format": format,
        "zebroid": __version__,
        "definitions": DEFINITIONS,
        **description(portion),
        "statements": counts(portion.corpus),
        "questions": len(portion.ids),
        "files": _digests(folder),
    }
    if len(found.modes) > 1:
        content["mode"] = mode
    if with_key:
        seeds = portion.cell.seeds
        content["seeds"] = {"world": seeds.world, "exposure": seeds.exposure}
        content["corpus"] = portion.corpus.digest
    if committed:
        content["key"] = committed
    write_json(folder / MANIFEST, content)


def _digests(folder: Path) -> dict[str, str]:
    """Path below ``folder`` -> SHA-256, of every file."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
