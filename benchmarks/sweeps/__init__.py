"""What only a grid can say: axes, verdicts along them, forecasts."""
