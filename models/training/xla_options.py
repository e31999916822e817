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


class Compiled:
    """A function that is compiled when it is first called: the backend is not chosen before."""

    def __init__(self, function: Callable[..., Any], how: dict[str, Any]):
        functools.update_wrapper(self, function)
        self.function, self.how = function, how

    @functools.cached_property
    def program(self) -> Any:
        """What ``jax.jit`` made of it."""
        return jax.jit(self.function, compiler_options=options(), **self.how)

    def __call__(self, *arguments: Any) -> Any:
        return self.program(*arguments)


def compiled(**how: Any) -> Callable[[Callable[..., Any]], Compiled]:
    """``jax.jit`` with these options."""
    return functools.partial(Compiled, how=how)
