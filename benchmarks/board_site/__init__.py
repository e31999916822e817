"""The board as a site that needs nothing but its folder."""
