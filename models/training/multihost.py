"""Several processes, mostly on hosts of their own, that train one model together.

Each runs the same program on the same corpora, and XLA sends between them what must be sent. So
all have to decide alike: what depends on clocks or disks is decided by the first.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from ...errors import UserError
from .plan import hosts


def join(where: str) -> int:
    """Meets the other processes; the number of this one, from 0.

    ``where``: "auto", by what SLURM, Open MPI, Kubernetes or a TPU pod say; or "ADDRESS:PORT,i/n",
    the first process's address, and which of n this is. Before anything else wants a device.
    """
    arguments: dict[str, Any] = {}
    given = hosts(where)
    if given is not None:
        names = ("coordinator_address", "process_id", "num_processes")
        arguments = dict(zip(names, given))
    try:
        jax.distributed.initialize(**arguments)
    except (RuntimeError, ValueError) as error:
        line = " ".join(str(error).split())
        raise UserError(f"--hosts {where}: {line}; give ADDRESS:PORT,i/n") from None
    return jax.process_index()


def leave() -> None:
    """The processes go on by themselves."""
    jax.distributed.shutdown()


def agreed(*values: Any) -> tuple[Any, ...]:
    """Numbers and truths as the first process has them."""
    if jax.process_count() == 1:
        return values
    from jax.experimental.multihost_utils import broadcast_one_to_all

    found = broadcast_one_to_all(np.array(values, np.float32))
    return tuple(type(value)(there) for value, there in zip(values, found))
