"""Figures of what more compute is worth while a model answers."""
