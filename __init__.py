"""zebroid: does ability level off when the corpus is exhausted, or go on rising?

The arrow, by name and loaded on first use, so that ``import zebroid`` imports no JAX: ``make`` a
world, ``state`` a corpus of it, ``select`` questions for an ``Exam``, ``encode`` tokens, ``train``
a ``model`` by a ``Plan``, and ``score`` its ``Predictions``. ``load`` gives a kept training back,
to look inside by its ``residual_stream``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .benchmarks.trained import load as load
    from .eval.exam import Exam as Exam
    from .eval.predictions import Predictions as Predictions
    from .eval.score import score as score
    from .models.probing.residual_stream import residual_stream as residual_stream
    from .models.run import Plan as Plan
    from .models.train import train as train
    from .registry import UserError as UserError
    from .registry import make as make
    from .registry import model as model
    from .worlds.facts import Facts as Facts
    from .worlds.state import state as state
    from .worlds.tokens import encode as encode
    from .worlds.tokens import select as select
    from .worlds.world import Exposure as Exposure
    from .worlds.world import World as World

__version__ = "0.1.0"

_HOME = {
    "Exam": "eval.exam",
    "Predictions": "eval.predictions",
    "score": "eval.score",
    "load": "benchmarks.trained",
    "residual_stream": "models.probing.residual_stream",
    "Plan": "models.run",
    "train": "models.train",
    "UserError": "registry",
    "make": "registry",
    "model": "registry",
    "Facts": "worlds.facts",
    "state": "worlds.state",
    "encode": "worlds.tokens",
    "select": "worlds.tokens",
    "Exposure": "worlds.world",
    "World": "worlds.world",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"zebroid has no {name!r}; it has {', '.join(sorted(_HOME))}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __package__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
