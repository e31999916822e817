"""Worlds and models of a third party."""
