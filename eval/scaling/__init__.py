"""Laws through curves, over one axis and several; percolation; saturation."""
