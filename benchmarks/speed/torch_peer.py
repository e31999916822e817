"""The same decoder in PyTorch, trained as published loops do it: the peer of training_speed.

As in GrokkedTransformer (arXiv 2405.15071): the whole row goes in, all positions give logits, and
the loss looks away from those that do not count. B batch, T tokens, D width, H heads, V vocabulary.
"""

# pyright: reportMissingImports=false
# PyTorch is in the extra `bench`, and too large for `dev`

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

IGNORED = -100  # label of a token that bears no loss


def normed(x: torch.Tensor) -> torch.Tensor:
    """x / rms(x)."""
    return F.rms_norm(x, (x.shape[-1],), None, 1e-6)


class Block(nn.Module):
    """Pre-norm attention with rotary positions, and a GELU MLP."""

    def __init__(self, width: int, heads: int, ratio: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, ratio * width, bias=False)
        self.down = nn.Linear(ratio * width, width, bias=False)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        B, T, D = x.shape
        qkv = self.qkv(normed(x)).view(B, T, 3, self.heads, D // self.heads)
        q, k, v = (each.transpose(1, 2) for each in qkv.unbind(2))
        q, k = _turned(q, cos, sin), _turned(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(B, T, D))
        return x + self.down(F.gelu(self.up(normed(x)), approximate="tanh"))


class Decoder(nn.Module):
    """tokens [B, T] -> logits [B, T, V]."""

    def __init__(self, width: int, layers: int, heads: int, ratio: int, vocabulary: int, T: int):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.blocks = nn.ModuleList([Block(width, heads, ratio) for _ in range(layers)])
        self.head = nn.Linear(width, vocabulary, bias=False)
        bf16 = width // heads // 2
        angle = torch.arange(T)[:, None] * 10_000.0 ** (-torch.arange(bf16) / bf16)[None]
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.head(normed(x))


def _turned(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    low, high = x.chunk(2, dim=-1)
    return torch.cat([low * cos - high * sin, low * sin + high * cos], dim=-1)


def trainer(
    model: Decoder, rows: NDArray[np.int32], batch: int, compiled: bool, place: str = "cpu"
) -> Callable[[int], float]:
    """n -> seconds that n updates by AdamW take; the last token of a row bears loss.

    On a GPU (``cuda``) by autocast: products in bfloat16, parameters in float32, as ours.
    """
    torch.manual_seed(0)
    model = model.to(place)
    tokens = torch.from_numpy(rows.astype(np.int64)).to(place)
    labels = torch.full_like(tokens, IGNORED)
    labels[:, -1] = tokens[:, -1]
    rule = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.1)
    forward = torch.compile(model) if compiled else model

    def run(steps: int) -> float:
        began = time.perf_counter()
        for _ in range(steps):
            drawn = torch.randint(len(tokens), (batch,), device=place)
            with torch.autocast(place, torch.bfloat16, enabled=place != "cpu"):
                logits = forward(tokens[drawn])
            loss = F.cross_entropy(
                logits[:, :-1].flatten(0, 1).float(),
                labels[drawn][:, 1:].flatten(),
                ignore_index=IGNORED,
            )
            rule.zero_grad()
            loss.backward()
            rule.step()
            loss.item()  # as published loops do, for their progress bars
        return time.perf_counter() - began

    return run
