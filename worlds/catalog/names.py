"""Readable names for constants: people, words from a list, and coined words; always the same ones.

>>> people(3), listed("doctor baker", "role", 3), coined(4)
(['Ann', 'Ben', 'Cleo'], ['doctor', 'baker', 'role2'], ['baba', 'babi', 'babo', 'babu'])
"""

from __future__ import annotations

import itertools

PEOPLE = (
    "Ann Ben Cleo Dan Eve Finn Gail Hugo Iris Jack Kate Liam Mona Nils Olga Paul Quinn Rosa Sam "
    "Tess Uma Vera Will Xena Yves Zoe Adam Bea Carl Dora Emil Fay Greg Hana Ivan June Karl Lena "
    "Max Nora Otto Pia Ralf Sara Tom Una Vito Wes Yara Zack Alma Bob Cora Dirk Ella Fred Gina "
    "Hans Ida Jan Kim Leo Mia Noah Oda Pete Rita Sven Tina Udo Vida Walt Yuri Zara Abel Beth "
    "Cyril Dina Eric Flora Gus Hilda Igor Jill Knut Lucy Milo Nina Omar Petra Rolf Suse Theo "
    "Ursel Viktor Wanda Yann Zelda"
)


def people(number: int) -> list[str]:
    """``number`` first names."""
    return listed(PEOPLE, "Person", number)


def listed(known: str, stem: str, number: int) -> list[str]:
    """The first ``number`` of the known words, then numbered ones."""
    words = known.split()[:number]
    return [*words, *(f"{stem}{i}" for i in range(len(words), number))]


def coined(number: int, syllables: int = 2) -> list[str]:
    """Pronounceable words of at least so many syllables, all different, that mean nothing."""
    parts = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aiou")]
    lengths = itertools.count(syllables)
    made = ("".join(s) for n in lengths for s in itertools.product(parts, repeat=n))
    return list(itertools.islice(made, number))
