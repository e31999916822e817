"""Figures, readable in greyscale."""
