"""Trained weights beside a result: ``weights.safetensors``, which NumPy, PyTorch and JAX read.

A header of JSON, then the arrays as they are: nothing is unpickled. Names are the paths of
parameters in their module, such as ``blocks.0.attention.out_DD``; shapes are those of one training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...models.training.plan import Float
from .kept_result import damaged

FILE = "weights.safetensors"


def write(folder: Path, weights: Mapping[str, Float]) -> str:
    """Writes the weights [1, ...] of one training; the SHA-256 of the file."""
    from safetensors.numpy import save

    content = save({name: np.ascontiguousarray(array[0]) for name, array in weights.items()})
    (folder / FILE).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def check(folder: Path, digest: str) -> None:
    """Raises UserError where the file of weights is not the one that was written."""
    try:
        with (folder / FILE).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        damaged(folder / FILE, error.strerror or "it cannot be read", error)
    if found != digest:
        damaged(folder / FILE, "its digest is not that of cell.json")


def read(folder: Path, digest: str) -> dict[str, Any]:
    """Name -> float32 [1, ...]. Raises UserError where that is not what was written."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    check(folder, digest)
    try:
        found = load_file(folder / FILE)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        damaged(folder / FILE, f"{type(error).__name__}: {error}", error)
    return {name: array[None] for name, array in found.items()}
