"""Proofs of the right answers as tables, and the program by which a stranger checks them."""
