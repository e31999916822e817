"""Encoder-decoder Transformer, as named in "Attention Is All You Need".  arXiv 1706.03762

The encoder reads the whole prompt in both directions. The decoder begins with the prompt's last
token and sees what follows, and the encoder's output. Pre-norm and rotary positions as in the
decoder-only model beside it. What is queried *within* the prompt (sentences that are learned whole)
is answered by the decoder alone, which then reads from the first token: so nothing ever sees a
later token than the one it predicts after.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.residual import Streams, last, normed, sent, take
from ..layers.transformer import MLP, Attention, Block, Embedding, Head, Memory, gain

if TYPE_CHECKING:
    from ..architectures.encoder_decoder import EncoderDecoderSpec


class DecoderBlock(nnx.Module):
    """Pre-norm self-attention, cross-attention and MLP, each added to the stream."""

    def __init__(self, spec: EncoderDecoderSpec, rngs: nnx.Rngs):
        D, scale = spec.width, gain(spec.decoders, writes=3)
        how = (spec.positions, spec.initial, rngs)
        self.attention = Attention(D, spec.heads, scale, *how)
        self.cross = Attention(D, spec.heads, scale, *how)
        self.mlp = MLP(D, spec.ratio * D, scale, spec.initial, rngs)

    def __call__(
        self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray, start: int, read: Read | None
    ) -> jax.Array:
        """x: the stream of positions ``start``, start + 1, …; ``at`` counts from ``start``."""
        T = x_BTD.shape[1]
        here_P, there_T = jnp.asarray(at_P) + start, jnp.arange(T) + start
        seen_PT = there_T[None] <= here_P[:, None]
        if read is not None:  # what answers a prompt begins with its last token
            seen_PT &= (there_T >= read.last)[None] | (here_P < read.last)[:, None]
        x_BPD = take(x_BTD, at_P) + self.attention.within(normed(x_BTD), at_P, seen_PT, start)
        if read is not None:
            y_BPD = self._consult(x_BPD, here_P, self.remember(read.encoded_BSD))
            x_BPD = jnp.where((here_P >= read.last)[None, :, None], x_BPD + y_BPD, x_BPD)
        return x_BPD + self.mlp(normed(x_BPD))

    def remember(self, encoded_BSD: jax.Array) -> Memory:
        """Keys and values of the encoder's output."""
        return self.cross.read(encoded_BSD, jnp.arange(encoded_BSD.shape[1]))

    def step(
        self, x_B1D: jax.Array, memory: tuple[Memory, Memory], now: jax.Array, start: int
    ) -> tuple[jax.Array, tuple[Memory, Memory]]:
        """The token at position ``now`` alone; memory: of the decoder's tokens, and the prompt."""
        own, prompt = memory
        n_B1D = normed(x_B1D)
        y_B1D, own = self.attention.step(n_B1D, own, now, now - start)
        x_B1D = x_B1D + y_B1D
        x_B1D = x_B1D + self._consult(x_B1D, now[None], prompt)
        return x_B1D + self.mlp(normed(x_B1D)), (own, prompt)

    def _consult(self, x_BPD: jax.Array, here_P: jax.Array, prompt: Memory) -> jax.Array:
        seen_PS = jnp.ones((here_P.shape[0], prompt[0].shape[1]), bool)
        return self.cross(normed(x_BPD), here_P, prompt, seen_PS)


@dataclasses.dataclass(frozen=True)
class Read:
    """A prompt that was read whole."""

    encoded_BSD: jax.Array
    last: int  # position of its last token


class EncoderDecoder(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V].

    Where positions are known when the program is traced, and none lies within the prompt, the
    decoder runs behind the prompt alone; its last layer at the query positions alone.
    """

    def __init__(self, spec: EncoderDecoderSpec, vocabulary: int, prompt: int, rngs: nnx.Rngs):
        self.spec, self.prompt = spec, prompt
        D, F = spec.width, spec.ratio * spec.width
        how = (spec.positions, spec.initial, rngs)
        self.embedding = Embedding(vocabulary, D, *how)
        scale = gain(spec.encoders)
        self.encoders = nnx.List(
            [Block(D, spec.heads, F, scale, *how) for _ in range(spec.encoders)]
        )
        self.decoders = nnx.List([DecoderBlock(spec, rngs) for _ in range(spec.decoders)])
        self.head = Head(D, vocabulary, spec.initial, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The decoder's residual stream, embedded and after every layer; the last at ``at_P``.
        Where these lie behind the prompt, it begins with the prompt's last token."""
        T, final = tokens_BT.shape[1], self.prompt - 1
        x_BTD = self.embedding(tokens_BT, np.arange(T))
        read = Read(self.encode(x_BTD[:, : self.prompt]), final) if final < T else None
        behind = isinstance(at_P, np.ndarray) and at_P.min() >= final
        start = final if behind else 0
        x_BTD, at_P = x_BTD[:, start:], at_P - start
        x_BTD = sent((yield x_BTD), x_BTD)
        every_T = np.arange(T - start)
        for block in self.decoders[:-1]:
            x_BTD = block(x_BTD, every_T, start, read)
            x_BTD = sent((yield x_BTD), x_BTD)
        yield self.decoders[-1](x_BTD, at_P, start, read)

    def encode(self, x_BSD: jax.Array) -> jax.Array:
        """The prompt's embeddings -> what the decoder consults: every token sees every other."""
        S = x_BSD.shape[1]
        for block in self.encoders:
            x_BSD = block(x_BSD, np.arange(S), jnp.ones((S, S), bool))
        return normed(x_BSD)

    def read(self, prompt_BS: jax.Array, tokens: int) -> list[tuple[Memory, Memory]]:
        """Memory for ``step`` from the prompt's last token on, with room for ``tokens`` in all."""
        self.embedding.fits(tokens)
        B, S = prompt_BS.shape
        shape = (B, tokens - S + 1, self.spec.heads, self.spec.width // self.spec.heads)
        empty = jnp.zeros(shape, self.embedding.embed_VD.dtype)
        encoded_BSD = self.encode(self.embedding(prompt_BS, np.arange(S)))
        return [((empty, empty), block.remember(encoded_BSD)) for block in self.decoders]

    def step(
        self, memory: list[tuple[Memory, Memory]], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[tuple[Memory, Memory]]]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        x_B1D = self.embedding(token_B[:, None], now[None])
        after = []
        for block, before in zip(self.decoders, memory):
            x_B1D, kept = block.step(x_B1D, before, now, self.prompt - 1)
            after.append(kept)
        return self.head(x_B1D)[:, 0], after
