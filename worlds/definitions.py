"""The version of the definitions: what is a rung, a floor and a headline question.

It is part of what a corpus, a suite and a receipt are: numbers of different definitions are never
compared.
"""

DEFINITIONS = 2
