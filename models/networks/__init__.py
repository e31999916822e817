"""The networks that specs build: one NNX module an architecture."""
