"""The worlds' fixtures here too."""

from ...worlds.conftest import certified, corpus, make_world, words  # noqa: F401
