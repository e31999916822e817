"""zebroid: does ability level off when the corpus is exhausted, or go on rising?"""

__version__ = "0.1.0"
