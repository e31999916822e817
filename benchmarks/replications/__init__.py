"""Findings of the field, each measured here beside a configuration in which it must vanish."""
