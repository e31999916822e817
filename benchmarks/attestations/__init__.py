"""Trained again by somebody else: which cells, what came of it, who attests it, what it's worth."""
