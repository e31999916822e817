"""From facts to words and tokens, and from written proofs back."""
