"""Intervals, curves, trends, and labels that say how many runs failed."""
