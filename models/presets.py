"""Models by name.  Parameters are counted without embedding and logits (2 V D)."""

from __future__ import annotations

from .decoder import DecoderSpec

MODELS = {
    "decoder-xs": DecoderSpec(width=32, layers=2, heads=2),  # 25 k
    "decoder-s": DecoderSpec(width=64, layers=2, heads=4),  # 98 k
    "decoder-m": DecoderSpec(width=128, layers=2, heads=4),  # 0.39 M
    "decoder-l": DecoderSpec(width=256, layers=4, heads=8),  # 3.1 M
}
