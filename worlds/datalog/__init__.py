"""Rules and facts: parsed, closed with every derivation, and decided twice more."""
