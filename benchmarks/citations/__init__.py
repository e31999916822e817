"""How a receipt is cited: what it is, what stands behind it, and whether it still holds."""
