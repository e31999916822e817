"""FLOPs of a traced program, counted operation by operation: what a formula is held against.

XLA's own analysis counts the body of a loop once; this count knows how often a scan runs. A loop
whose length depends on data counts once here too.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr

FREE = {  # moves data, makes constants or compares; no arithmetic on numbers
    *("broadcast_in_dim", "concatenate", "convert_element_type", "copy", "dynamic_slice"),
    *("dynamic_update_slice", "gather", "iota", "pad", "reshape", "rev", "scatter", "select_n"),
    *("slice", "split", "squeeze", "stop_gradient", "transpose", "and", "or", "not", "eq", "ne"),
    *("lt", "le", "gt", "ge"),
}


@dataclasses.dataclass(frozen=True)
class Count:
    """FLOPs; a multiplication and an addition are two."""

    products: float = 0.0  # of matrix products and convolutions
    others: float = 0.0  # of all else, one per number computed

    def __add__(self, other: Count) -> Count:
        return Count(self.products + other.products, self.others + other.others)

    def __mul__(self, times: int) -> Count:
        return Count(self.products * times, self.others * times)


def count(function: Callable[..., Any], *arguments: Any) -> Count:
    """FLOPs of one call; arguments may be arrays or their shapes."""
    return _jaxpr(jax.make_jaxpr(function)(*arguments).jaxpr)


def _jaxpr(jaxpr: Jaxpr) -> Count:
    return sum((_operation(equation) for equation in jaxpr.eqns), Count())


def _operation(equation: Any) -> Count:
    name, out = equation.primitive.name, equation.outvars[0].aval
    if name == "dot_general":
        (over, _), _ = equation.params["dimension_numbers"]
        left = equation.invars[0].aval.shape
        return Count(products=2.0 * _size(out) * math.prod(left[axis] for axis in over))
    if name == "conv_general_dilated":
        kernel = equation.invars[1].aval
        numbers = equation.params["dimension_numbers"]
        each = math.prod(kernel.shape) // kernel.shape[numbers.rhs_spec[0]]
        return Count(products=2.0 * _size(out) * each)
    inner = [_jaxpr(jaxpr) for jaxpr in _inside(equation.params)]
    if inner:
        if name == "cond":  # one of its branches runs
            return max(inner, key=lambda found: found.products)
        return sum(inner, Count()) * equation.params.get("length", 1)
    if name in FREE:
        return Count()
    return Count(others=float(max(_size(v.aval) for v in (*equation.invars, *equation.outvars))))


def _inside(params: dict[str, Any]) -> list[Jaxpr]:
    """The programs within an operation: bodies of loops, branches, functions called.

    Those of derivatives by hand are functions, not programs, and stay uncounted.
    """
    found = []
    for value in params.values():
        for part in value if isinstance(value, tuple | list) else (value,):
            if isinstance(part, ClosedJaxpr):
                found.append(part.jaxpr)
            elif isinstance(part, Jaxpr):
                found.append(part)
    return found


def _size(aval: Any) -> int:
    return math.prod(getattr(aval, "shape", ()))
