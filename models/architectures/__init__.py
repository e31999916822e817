"""Architectures as plain content: sizes, FLOPs, presets.  Imports no JAX."""
