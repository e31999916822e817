"""Readable names for constants: people, words from a list, and coined words; always the same ones.

>>> people(3), listed("doctor baker", "role", 3), coined(4)
(['Ann', 'Ben', 'Cleo'], ['doctor', 'baker', 'role2'], ['baba', 'babi', 'babo', 'babu'])
"""

from __future__ import annotations

import itertools

ZEBRAS = ("zebra", "okapi")
PEOPLE = (
    "Ann Ben Cleo Dan Eve Finn Gail Hugo Iris Jack Kate Liam Mona Nils Olga Paul Quinn Rosa Sam "
    "Tess Uma Vera Will Xena Yves Zoe Adam Bea Carl Dora Emil Fay Greg Hana Ivan June Karl Lena "
    "Max Nora Otto Pia Ralf Sara Tom Una Vito Wes Yara Zack Alma Bob Cora Dirk Ella Fred Gina "
    "Hans Ida Jan Kim Leo Mia Noah Oda Pete Rita Sven Tina Udo Vida Walt Yuri Zara Abel Beth "
    "Cyril Dina Eric Flora Gus Hilda Igor Jill Knut Lucy Milo Nina Omar Petra Rolf Suse Theo "
    "Ursel Viktor Wanda Yann Zelda"
)
GIVEN = (  # names for either sex
    "alex andy ariel ash blair bo cameron casey charlie chris corey dana darcy devon drew eden "
    "ellis finley francis gale harper hayden jackie jamie jess jo jordan jules kai kelly kerry kim "
    "lane lee leslie logan lou max morgan nicky noel parker pat quinn reese remy riley robin rowan "
    "sage sam sandy sasha shannon shay sky stevie taylor terry toby tracy val willy"
)
KINDS = (
    "horse cow goat dog cat bear deer sheep camel wolf fox hare seal otter lynx boar "
    "mole newt toad crow swan goose crane stork heron owl hawk eagle vole shrew bat whale "
    "moose bison yak ibex puma tapir sloth gecko"
)
TRAITS = (
    "striped spotted winged horned dwarf giant woolly tusked maned finned crested hooded "
    "pale dark masked ringed bearded banded plumed scaly blind foal wild tame "
    "desert marsh mountain polar tropical"
)
PARTS = (
    "mane tail hoof nose neck back belly flank leg chest brow chin throat shoulder knee heel rump "
    "muzzle tongue horn crest claw paw wing fin beak crown cheek jaw hip rib spine thigh tooth"
)
MARKS = (
    "barred brindled pinto zigzag flecked mottled dappled freckled speckled feathery webbed flying "
    "pronged stubby short huge towering fluffy shaggy fanged prickly bushy combed cloaked faint "
    "dusky sooty veiled collared fringed belted plaited tufted flossy rough sightless newborn rude "
    "docile dusty sandy swampy boggy rocky steep frosty snowy steamy"
)
COLOURS = (
    "red blue green yellow black white grey brown pink purple gold silver bronze copper cream "
    "crimson scarlet beige tan teal turquoise violet maroon navy khaki rust sand lilac lemon mint "
    "coral plum rose ruby"
)
VERBS = (
    "fears follows mocks guards feeds greets trusts envies wakes hunts leads visits avoids adores "
    "copies teases"
)


def people(number: int) -> list[str]:
    """``number`` first names."""
    return listed(PEOPLE, "Person", number)


def first_names(number: int) -> list[str]:
    """First names, then coined ones."""
    known = people(min(number, len(PEOPLE.split())))
    coinage = (word.capitalize() for word in coined(number))
    return [*known, *(name for name in coinage if name not in known)][:number]


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


def animals(kinds: int, others: int) -> list[str]:
    """The names of kinds, then of ``others``: zebra, okapi and coined words."""
    known = listed(KINDS, "kind", kinds)
    taken = {*known, *f"{TRAITS} {MARKS} {PARTS} {COLOURS}".split()}
    made = (word for word in coined(others + len(taken)) if word not in taken)
    return [*known, *[*ZEBRAS, *made][:others]]


def full_names(number: int) -> list[str]:
    """As many names of people, all different: alex-baba, andy-baba, .."""
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    clans = ("".join(s) for n in (2, 3) for s in itertools.product(syllables, repeat=n))
    made = (f"{name}-{clan}" for clan in clans for name in GIVEN.split())
    return list(itertools.islice(made, number))
