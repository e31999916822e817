"""Plans, batches, the compiled program, checkpoints, devices, decoding."""
