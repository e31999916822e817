"""What is read and used inside trained models, held against the proofs of their questions."""
