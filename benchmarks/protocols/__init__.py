"""Protocols that go on from the cells of a suite, as their TOML table names them."""
