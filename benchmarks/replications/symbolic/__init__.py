"""Findings about graphs, laws and metrics, which are computed and need no training."""
