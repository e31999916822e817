"""How programs are compiled: what XLA's defaults get wrong for small models on a CPU."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jax

# XLA hands whole chains of reductions and products to YNNPACK (jaxlib 0.10), which takes a hundred
# times as long for a sum over three tokens of 512 rows: 2 of 14 ms a step at width 64. Single
# products it does well.
CPU = {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"}


@functools.cache
def options() -> dict[str, str]:
    """Compiler options for this backend; none where its XLA does not know them."""
    if jax.default_backend() != "cpu":
        return {}
    try:
        jax.jit(lambda: 0, compiler_options=CPU).lower().compile()
    except Exception:  # whatever another version says of an unknown option
        return {}
    return CPU


def compiled(**how: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``jax.jit`` with these options. The backend is asked for at the first call, not on import."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.cache
        def program() -> Any:
            return jax.jit(function, compiler_options=options(), **how)

        @functools.wraps(function)
        def call(*arguments: Any) -> Any:
            return program()(*arguments)

        return call

    return decorate
