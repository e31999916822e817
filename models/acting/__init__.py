"""Models that act while they answer: some of what they write is written for them."""
