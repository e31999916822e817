"""Families of parents and children as in CLUTRR (arXiv 1908.06177): size clutrr of kinship."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

WORDS = MappingProxyType(  # relation -> what a man and what a woman is called who bears it
    {
        "child": ("son", "daughter"),
        "parent": ("father", "mother"),
        "spouse": ("husband", "wife"),
        "sibling": ("brother", "sister"),
        "grandchild": ("grandson", "granddaughter"),
        "grandparent": ("grandfather", "grandmother"),
        "nephew": ("nephew", "niece"),
        "uncle": ("uncle", "aunt"),
        "child-in-law": ("son-in-law", "daughter-in-law"),
        "parent-in-law": ("father-in-law", "mother-in-law"),
    }
)
COMPOSITION = """
    child child grandchild, child spouse child-in-law, child sibling child,
    child uncle sibling, child grandparent parent,
    parent child sibling, parent parent grandparent, parent sibling uncle,
    spouse parent parent-in-law, spouse grandchild grandchild, spouse child child,
    sibling sibling sibling, sibling grandparent grandparent, sibling child nephew,
    sibling parent parent, grandchild sibling grandchild
"""  # CLUTRR's sixteen; two hold of one parent only: a child's uncle may be a spouse's brother


class Village:
    """Families, and what is stated of them. Of a person: the sex (0 male), the home of birth."""

    def __init__(self, rng: np.random.RandomState) -> None:
        self.rng = rng
        self.sex: list[int] = []
        self.home: list[int] = []
        self.parents: list[list[int]] = []  # of each home: those known, at most two
        self.couples: list[tuple[int, int]] = []
        self.stated: list[tuple[int, str, int]] = []  # (x, relation, y): y is x's

    def person(self, sex: int | None = None, home: int | None = None) -> int:
        """Somebody new, of that home or of one of which nothing is known."""
        self.sex.append(self.rng.randint(2) if sex is None else sex)
        self.home.append(len(self.parents) if home is None else home)
        if home is None:
            self.parents.append([])
        return len(self.sex) - 1

    def family(self, generations: int, kids: int, wed: float, known: float) -> None:
        """A couple and its descendants, with those who marry into the family."""
        todo = [((self.person(0), self.person(1)), generations - 1)]
        while todo:
            pair, left = todo.pop()
            children = self.household(pair, [], kids)
            for child in children:
                if left > 1 and self.rng.random_sample() < wed:
                    other = self.person(1 - self.sex[child])
                    if self.rng.random_sample() < known:
                        self.household((self.person(0), self.person(1)), [other], 3)
                    todo.append(((child, other), left - 1))

    def household(self, pair: tuple[int, int], kids: list[int], size: int) -> list[int]:
        """Tell of a couple and its children: some lead up to a parent, one after another, and from
        a parent down to the others, so that each has one way to whomever it can reach."""
        rng, home = self.rng, len(self.parents)
        self.parents.append(list(pair))
        self.couples.append(pair)
        for kid in kids:
            self.home[kid] = home
        kids = kids + [self.person(home=home) for _ in range(size - len(kids))]
        order = [kids[i] for i in rng.permutation(size)]
        split = rng.randint(size + 1)
        up, down = order[:split], order[split:]
        above, below = rng.randint(2, size=2)  # the parent reached, and the one who leads down
        first = above if above != below else rng.randint(2)
        self.stated.append((pair[first], "spouse", pair[1 - first]))
        self.stated += [(x, "sibling", y) for x, y in itertools.pairwise(up)]
        self.stated += [(x, "sibling", y) for x, y in itertools.pairwise(down)]
        if up:
            elder, grand = self.elder(pair[above])
            self.stated.append((up[-1], f"{grand}parent", elder))
        if down:
            elder, grand = self.elder(pair[below])
            self.stated.append((elder, f"{grand}child", down[0]))
            if first == below and not grand:
                self.beyond(elder, down[0])
        return kids

    def elder(self, parent: int) -> tuple[int, str]:
        """The parent, or now and then a grandparent."""
        known = self.parents[self.home[parent]]
        if len(known) < 2 or self.rng.randint(3):
            return parent, ""
        return known[self.rng.randint(2)], "grand"

    def beyond(self, parent: int, child: int) -> None:
        """Tell of a parent's brother or father as of a child's uncle or grandfather.

        Only where the child is reached through this parent alone: for the other one the child's
        uncle would not be a sibling.
        """
        home = self.home[parent]
        if self.parents[home]:
            self.stated.append((child, "uncle", self.person(home=home)))
        else:
            self.parents[home].append(self.person())
            self.stated.append((child, "grandparent", self.parents[home][0]))


def compositions() -> list[tuple[str, str, str]]:
    """CLUTRR's rules in the words for men and women; a husband is a woman's, a wife a man's."""
    out = []
    for rule in COMPOSITION.split(","):
        first, second, result = (WORDS[r] for r in rule.split())
        for sexes in itertools.product((0, 1), repeat=2):
            if second is not WORDS["spouse"] or sexes[0] != sexes[1]:
                out.append((first[sexes[0]], second[sexes[1]], result[sexes[1]]))
    return out
