"""Beyond the corpus: protocols in which a learner adds to what it reads, round by round."""
