"""States of training on disk, so that a killed cell goes on where it was, bit for bit.

Orbax writes in the background to a temporary folder and renames it when it is whole: a kill leaves
the state before or this one, never half of one. Several hosts must see one folder, and each writes
its shares. Orbax takes half a second to import, hence inside.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path
from typing import Any, TypeVar

import jax

State = TypeVar("State")
DAMAGED = (ValueError, KeyError, TypeError, FileNotFoundError, NotADirectoryError)
LATE = (
    "states of this training are no longer kept: waiting for one ran out of time, as where a clock "
    "jumps; the training goes on, and only if it is killed begins where the last one was kept"
)


class Saver:
    """Keeps the last state of a training in ``folder``; a context, left once all is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: Any = None
        self._late = False  # whether waiting for a state ran out of time

    @property
    def _manager(self) -> Any:
        if self._opened is None:
            import orbax.checkpoint as ocp

            logging.getLogger("absl").addFilter(_matters)
            self.folder.mkdir(parents=True, exist_ok=True)
            how = ocp.CheckpointManagerOptions(max_to_keep=1, enable_async_checkpointing=True)
            self._opened = ocp.CheckpointManager(self.folder.resolve(), options=how)
        return self._opened

    def save(self, step: int, state: Any) -> None:
        """Returns once ``state`` is copied; first waits until the one before it is written.

        Orbax waits by the clock of the wall: where that jumps, states are no longer kept, and the
        training goes on without. All that a kill then costs is what came since the last one.
        """
        import orbax.checkpoint as ocp

        if self._late:
            return
        try:
            self._manager.save(step, args=ocp.args.StandardSave(_named(state)), force=True)
        except TimeoutError:
            self._late = True
            logging.getLogger("zebroid").warning(LATE)

    def restore(self, like: State) -> tuple[int, State] | None:
        """The last saved (step, state), in the structure and the places of ``like``, or None.

        One that is damaged is none, and removed: from its beginning a training comes to the same
        end.
        """
        if not self.folder.is_dir():
            return None
        import orbax.checkpoint as ocp

        try:
            if (step := self._manager.latest_step()) is None:
                return None
            shapes = jax.tree.map(ocp.utils.to_shape_dtype_struct, _named(like))
            leaves = self._manager.restore(step, args=ocp.args.StandardRestore(shapes))
        except TimeoutError:
            return None
        except DAMAGED as error:
            logging.getLogger("zebroid").warning(
                "%s is damaged (%s); the training begins anew", self.folder, type(error).__name__
            )
            self.__exit__()
            self._opened = None
            shutil.rmtree(self.folder, ignore_errors=True)
            return None
        return step, jax.tree.unflatten(jax.tree.structure(like), [leaves[n] for n in shapes])

    def __enter__(self) -> Saver:
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened is not None:
            with contextlib.suppress(TimeoutError):
                self._opened.close()


def _matters(record: logging.LogRecord) -> bool:
    """Whether a user can act on it; not that a state to be replaced is gone, as where two commands
    train the same cell, nor the tracebacks of waiting that ran out of time."""
    if record.exc_info and isinstance(record.exc_info[1], TimeoutError):
        return False
    return not record.getMessage().startswith(("Unable to find the step", "Waiting for previous"))


def _named(state: Any) -> dict[str, jax.Array]:
    """Leaves by number: their structure may hold anything, and the code that reads them has it."""
    return {f"{i:04d}": leaf for i, leaf in enumerate(jax.tree.leaves(state))}
