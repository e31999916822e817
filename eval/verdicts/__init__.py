"""Plateau, rising, fell or undecided, how often that is right, and the sentence it allows."""
