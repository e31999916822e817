"""The checks of a model, and check_model(name) -> Report: are its promises kept?

The promises are those of the contract (docs/guides/your-model.md); each is one function of
``model_promises.py``. Small shapes and a fresh model: seconds, not minutes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import jax

from .... import registry
from ..framework import Check, Outcome, Report, run
from . import model_promises
from .model_fixture import Subject

DEVICES = 8  # virtual ones of the CPU, over which batch and parameters are spread

FORM = (
    Check("identity", "a type, a version, fields with a record", model_promises.identity),
    Check("built", "a hashable spec, float32 parameters", model_promises.built),
    Check("shape", "finite float32 logits [B, P, V]", model_promises.shape, ("built",)),
    Check("flops", "the formula is true", model_promises.flops, ("built",)),
)
FUNCTION = (
    Check("causal", "nothing sees a later token", model_promises.causal, ("shape",)),
    Check("positions", "any get the logits of all", model_promises.positions, ("shape",)),
    Check("step", "token by token gives the same", model_promises.step, ("shape",)),
    Check("batch", "each row is by itself", model_promises.batch, ("shape",)),
)
PLACES = (
    Check("jit", "compiled or not, the same", model_promises.jitted, ("batch",)),
    Check("vmap", "seeds side by side, the same", model_promises.vmapped, ("batch",)),
    Check("sharding", "over several devices, the same", model_promises.sharded, ("batch",)),
    Check("bf16", "bfloat16 weights, nearly the same", model_promises.bf16, ("batch",)),
)
TRAINING = (
    Check("gradients", "finite; every parameter moves", model_promises.gradients, ("shape",)),
    Check("overfits", "one batch is learned by heart", model_promises.overfits, ("gradients",)),
)
ALL = FORM + FUNCTION + PLACES + TRAINING


def check_model(
    name: str,
    watch: Callable[[str], None] = lambda what: None,
    ready: Callable[[str, Outcome], None] = lambda model, outcome: None,
) -> Report:
    """Checks the model of a preset, a plugin or a Python file.

    ``watch`` gets what is looked at, ``ready`` the model's name and each outcome as it comes.
    Raises UserError for an unknown model.
    """
    with contextlib.suppress(RuntimeError):  # JAX is at work already: its devices are what they are
        jax.config.update("jax_num_cpu_devices", DEVICES)
    model = registry.find_model(name)
    outcomes = []
    for outcome in run(ALL, Subject(model.thing), model.thing, watch=watch):
        outcomes.append(outcome)
        ready(model.name, outcome)
    return Report("model", model.name, (), (*outcomes,))
