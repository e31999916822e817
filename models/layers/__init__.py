"""What architectures share: the residual stream, attention, positions, initial weights, FLOPs."""
