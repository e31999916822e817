"""Questions of one corpus, predictions about them, and what chance gets."""
