"""Language models, behind an address or from a folder, answer a world's questions by text."""
