"""Tools that a model calls while it answers, and what its answers are worth with each of them."""
