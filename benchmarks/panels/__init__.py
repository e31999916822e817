"""Finished cells as rows that answer the same questions, and what their models' profiles are."""
