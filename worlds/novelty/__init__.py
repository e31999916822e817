"""What is new about a question: derivations, the rungs, exceptions, hard negatives, shortcuts."""
