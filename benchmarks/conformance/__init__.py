"""What every world and every model must keep, checked; packages written and pinned."""
