"""A receipt recomputed, in a process of its own."""
