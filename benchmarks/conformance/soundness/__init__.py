"""What makes a world's questions evidence of nothing, found in its rules, facts and corpora."""
