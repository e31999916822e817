"""What models from anywhere need of a world: corpora, questions and keys in open formats."""
