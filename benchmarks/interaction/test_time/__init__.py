"""What more compute is worth while a model answers: votes over samples, and loops."""
