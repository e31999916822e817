"""What a model gets to read: the split of what is known, its statements, and the audit of both."""
