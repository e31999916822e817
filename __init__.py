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
    from .benchmarks.runner.trained import load as load
    from .errors import UserError as UserError
    from .eval.question_sets.predictions import Predictions as Predictions
    from .eval.question_sets.question_set import Exam as Exam
    from .eval.scoring.score import score as score
    from .models.probing.residual_stream import residual_stream as residual_stream
    from .models.training.plan import Plan as Plan
    from .models.training.train import train as train
    from .registry import make as make
    from .registry import model as model
    from .worlds.corpus.build import state as state
    from .worlds.datalog.facts import Facts as Facts
    from .worlds.encoding.encode import encode as encode
    from .worlds.encoding.encode import select as select
    from .worlds.exposure import Exposure as Exposure
    from .worlds.world import World as World

__version__ = "0.1.0"

_HOME = {
    "Exam": "eval.question_sets.question_set",
    "Predictions": "eval.question_sets.predictions",
    "score": "eval.scoring.score",
    "load": "benchmarks.runner.trained",
    "residual_stream": "models.probing.residual_stream",
    "Plan": "models.training.plan",
    "train": "models.training.train",
    "UserError": "errors",
    "make": "registry",
    "model": "registry",
    "Facts": "worlds.datalog.facts",
    "state": "worlds.corpus.build",
    "encode": "worlds.encoding.encode",
    "select": "worlds.encoding.encode",
    "Exposure": "worlds.exposure",
    "World": "worlds.world",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"zebroid has no {name!r}; it has {', '.join(sorted(_HOME))}")
    return getattr(importlib.import_module(f".{_HOME[name]}", __package__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
