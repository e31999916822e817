"""Receipts changed in every field, as a forger might, and what becomes of them."""
