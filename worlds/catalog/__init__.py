"""The built-in worlds, a file each."""
