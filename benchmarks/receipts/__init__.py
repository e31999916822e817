"""Receipts and the tables beside them: written, and read from strangers within bounds."""
