"""A training state on disk, so that a killed cell goes on where it was, bit for bit.

Orbax writes to a temporary folder and renames it: a kill leaves the previous state or the next,
never half of one. It takes a second to import, hence inside the functions.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, TypeVar

import jax
import numpy as np

State = TypeVar("State")


def save(folder: Path, step: int, state: Any) -> None:
    """Writes the state after ``step`` to ``folder/step`` and removes what was there before."""
    import orbax.checkpoint as ocp

    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    leaves = {f"{i:04d}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(state))}
    with ocp.PyTreeCheckpointer() as writer:
        writer.save(folder / str(step), leaves, force=True)
    for other in steps(folder):
        if other != step:
            shutil.rmtree(folder / str(other))


def steps(folder: Path) -> list[int]:
    """Steps whose states lie in the folder, ascending; unfinished writes have other names."""
    if not folder.is_dir():
        return []
    return sorted(int(entry.name) for entry in folder.iterdir() if entry.name.isdigit())


def restore(folder: Path, like: State) -> tuple[int, State] | None:
    """The latest saved (step, state), in the structure of ``like``; None if there is none."""
    found = steps(folder)
    if not found:
        return None
    import orbax.checkpoint as ocp

    structure = jax.tree.structure(like)
    names = [f"{i:04d}" for i in range(structure.num_leaves)]
    kinds = {name: ocp.RestoreArgs(restore_type=np.ndarray) for name in names}
    with ocp.PyTreeCheckpointer() as reader:
        leaves = reader.restore(folder.resolve() / str(found[-1]), restore_args=kinds)
    state = jax.tree.unflatten(structure, [leaves[name] for name in names])
    return found[-1], jax.tree.map(jax.numpy.asarray, state)
