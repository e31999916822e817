"""A world in words: what it is, and a question of every rung with its proof."""
