"""A spec under check: what several checks need of it, and what they say when it breaks a promise.

B batch, T tokens, P queried positions, V vocabulary.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import NDArray

from ....models.spec import Spec
from ....models.training.compiled import mean_loss
from ....models.training.optimizers import matrices, optimizer
from ....models.training.plan import Plan
from ....models.training.prng import key
from ..framework import Refused

NEAR = 1e-4  # of the largest logit: other orders of sums, in float32
STEPS = 300
PLAN = Plan(learning_rate=1e-2, weight_decay=0.0, warmup=10, steps=STEPS)


@dataclasses.dataclass(frozen=True)
class Subject:
    """A spec, and what several checks need of it; nothing is compiled before it is needed."""

    spec: Spec
    vocabulary: int = 13
    prompt: int = 4
    tokens: int = 9
    batch: int = 8

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        return self.spec.build(self.vocabulary, self.prompt, rngs)

    @functools.cached_property
    def shapes(self) -> tuple[Any, nnx.State]:
        """Graph definition, and the shapes of all variables."""
        return nnx.split(nnx.eval_shape(lambda: self.build(nnx.Rngs(0))))

    def start(self, seed: int) -> Any:
        """Parameters, drawn one by one: faster than compiling a program that draws them once."""
        return nnx.to_pure_dict(nnx.state(self.build(nnx.Rngs(key("check", seed)))))

    @functools.cached_property
    def params(self) -> Any:
        return self.start(0)

    def model(self, params: Any) -> Any:
        return nnx.merge(self.shapes[0], params)

    @functools.cached_property
    def tokens_BT(self) -> jax.Array:
        """Rows that differ from the first token on, for each has a first token of its own."""
        shape, V = (self.batch, self.tokens), self.vocabulary
        with jax.ensure_compile_time_eval():  # whoever asks first may be a program being traced
            drawn = jax.random.randint(key("check", "tokens"), shape, 0, V, jnp.int32)
            return drawn.at[:, 0].set(jnp.arange(self.batch, dtype=jnp.int32) % V)

    @functools.cached_property
    def query(self) -> Any:
        """(params, tokens_BT, at_P) -> logits_BPV, compiled once for all positions."""
        return jax.jit(lambda params, tokens_BT, at_P: self.model(params)(tokens_BT, at_P))

    def everywhere(self, tokens_BT: Any) -> NDArray[np.float32]:
        """Logits after every token."""
        return np.asarray(self.query(self.params, tokens_BT, jnp.arange(self.tokens)))

    @functools.cached_property
    def usual(self) -> NDArray[np.float32]:
        """Logits [B, T, V] after every token of ``tokens_BT``."""
        return self.everywhere(self.tokens_BT)

    @property
    def answers(self) -> tuple[int, ...]:
        """Positions from the prompt's last token on, but the last of all."""
        return tuple(range(self.prompt - 1, self.tokens - 1))

    @functools.cached_property
    def trained(self) -> tuple[NDArray[np.float32], NDArray[np.bool_], Any]:
        """Overfitting one batch: losses [STEPS], gradients finite [STEPS], parameters after it."""
        graph, state = self.shapes
        rule = optimizer(PLAN, nnx.to_pure_dict(matrices(state)))
        loss_BP = jnp.ones((self.batch, len(self.answers)))

        def cost(params: Any) -> jax.Array:
            return mean_loss(nnx.merge(graph, params), self.answers, self.tokens_BT, loss_BP)

        def step(carry: tuple[Any, Any], _: None) -> tuple[tuple[Any, Any], Any]:
            params, moments = carry
            loss, loss_and_grad = jax.value_and_grad(cost)(params)
            change, moments = rule.update(loss_and_grad, moments, params)
            fine = jnp.all(
                jnp.stack([jnp.all(jnp.isfinite(g)) for g in jax.tree.leaves(loss_and_grad)])
            )
            return (jax.tree.map(jnp.add, params, change), moments), (loss, fine)

        start = (self.params, rule.init(self.params))
        (after, _), (loss, fine) = jax.jit(lambda c: jax.lax.scan(step, c, None, STEPS))(start)
        return np.asarray(loss), np.asarray(fine), after


def names(subject: Subject) -> dict[str, nnx.Variable]:
    """Every variable by its path, in the order of leaves."""
    flat = nnx.to_flat_state(subject.shapes[1])
    return {".".join(map(str, path)): variable for path, variable in flat}


def size(subject: Subject) -> float:
    return max(1e-3, float(np.abs(subject.usual).max()))


def near(subject: Subject, found: Any, wanted: Any, what: str, tolerance: float = NEAR) -> None:
    far = float(np.abs(np.asarray(found) - np.asarray(wanted)).max())
    if not far <= tolerance * size(subject):
        raise Refused(
            f"{what} by {far:.2g}, where the largest is {size(subject):.2g}",
            "compute each row and position by itself, from arguments and parameters alone",
        )
