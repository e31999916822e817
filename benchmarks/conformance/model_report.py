"""check_model(name) -> ModelReport: every check that a model must pass.

As ``check_world`` is for worlds, with the same table.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from typing import Any

from ... import __version__, registry
from .world_checks import Outcome
from .world_report import Report

DEVICES = 8  # virtual ones of the CPU, over which batch and parameters are spread


class ModelReport(Report):
    """What came of all checks of one model, whose name stands where a world's would."""

    def record(self) -> dict[str, Any]:
        """JSON-ready."""
        checks = [dataclasses.asdict(o) for o in self.outcomes]
        text = {"model": self.world, "zebroid": __version__, "passed": self.passed}
        return text | {"checks": [{k: v for k, v in c.items() if k != "size"} for c in checks]}


def check_model(name: str, watch: Callable[[str], None] = lambda what: None) -> ModelReport:
    """Checks the model of a preset, a plugin or a Python file.  Imports JAX.

    ``watch`` is told what is looked at. Raises UserError for an unknown model.
    """
    import jax

    from . import model_checks
    from .models.model_fixture import Subject

    with contextlib.suppress(RuntimeError):  # JAX is at work already: its devices are what they are
        jax.config.update("jax_num_cpu_devices", DEVICES)
    model = registry.find_model(name)
    found = model_checks.run(model_checks.ALL, Subject(model.thing), watch)
    outcomes = tuple(Outcome(**dataclasses.asdict(outcome)) for outcome in found)
    return ModelReport(model.name, (), outcomes)
