"""The checks of a world, grouped by what they look at."""
