"""Packages of worlds of one's own: written, and their corpora pinned."""
