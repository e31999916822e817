"""Suites and what one training of a suite is, read from TOML with the line of every error."""
