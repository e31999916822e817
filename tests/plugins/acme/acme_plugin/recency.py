"""acme.recency: what was read counts by how recent it is; no attention, no recurrence."""

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
from flax import nnx
from zebroid.models import Matrix


@dataclasses.dataclass(frozen=True)
class RecencySpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P query positions, V vocabulary."""

    type: ClassVar[str] = "acme.recency"
    version: ClassVar[int] = 1
    width: int = 32  # D
    hidden: int = 128  # F

    def build(self, vocabulary, prompt, rngs):
        return Recency(self, vocabulary, rngs)

    def flops(self, vocabulary, prompt, at):
        """The sum over what was read, two hidden products and the logits, at queries alone."""
        each = (max(at) + 1) * self.width + 2 * self.width * self.hidden + self.width * vocabulary
        return 2.0 * len(at) * each


class Recency(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V]."""

    def __init__(self, spec, vocabulary, rngs):
        D, F, V = spec.width, spec.hidden, vocabulary
        self.embed_VD = nnx.Param(rngs.params.normal((V, D)) * D**-0.5)
        self.in_DF = Matrix(rngs.params.normal((D, F)) * D**-0.5)
        self.out_FD = Matrix(rngs.params.normal((F, D)) * F**-0.5)
        self.head_DV = nnx.Param(rngs.params.normal((D, V)) * D**-0.5)

    def __call__(self, tokens_BT, at_P):
        ago_PT = jnp.asarray(at_P)[:, None] - jnp.arange(tokens_BT.shape[1])[None]
        weight_PT = jnp.where(ago_PT >= 0, 1 / (1 + jnp.abs(ago_PT).astype(jnp.float32)), 0)
        x_BPD = jnp.einsum("pt,btd->bpd", weight_PT, self.embed_VD[...][tokens_BT])
        x_BPD = x_BPD + jax.nn.gelu(x_BPD @ self.in_DF[...]) @ self.out_FD[...]
        return x_BPD @ self.head_DV[...]
