"""Scores with their intervals: rungs, proofs, controls, profile."""
