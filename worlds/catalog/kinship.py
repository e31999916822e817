"""kinship-v1: how two people of one family are related."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World

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
PEOPLE = (  # names for either sex
    "alex andy ariel ash blair bo cameron casey charlie chris corey dana darcy devon drew eden "
    "ellis finley francis gale harper hayden jackie jamie jess jo jordan jules kai kelly kerry kim "
    "lane lee leslie logan lou max morgan nicky noel parker pat quinn reese remy riley robin rowan "
    "sage sam sandy sasha shannon shay sky stevie taylor terry toby tracy val willy"
)


class Kinship(World):
    """Who is what to whom: a few relations are stated, the others follow by composition.

    The words and the sixteen rules of composition are CLUTRR's (arXiv 1908.06177); as rules as data
    they read `comp(mother,sister,aunt)`. There are both kinds of question: what Y is to X
    (CLUTRR's), and who is X's aunt. Families are whole ones, in which all that follows is true. Of
    each person one relation to one other is stated, such that at most one way leads from X to Y,
    forward through what is stated: no derivation is circular, and a chain has no shortcut.
    Chains of 2 to 10 relations and more reduce to one; a proof of height h reduces up to 2^h.
    constituent: a relation stated and never used. schema: rules in an order never seen. depth:
    longer chains than demonstrated. axiom: it was stated what one's mother's sister is, and never
    exemplified. `clutrr` follows the paper: three generations, four children, everybody marries;
    chains of two and three are demonstrated (and fours, as two twos), up to ten are queried, and a
    fifth of the combinations is held out.
    """

    id = "kinship-v1"
    generalises = "CLUTRR (arXiv 1908.06177)"
    rules = """
      % Y is X's mother, and Z is Y's sister: then Z is X's aunt
      kin(X,R,Z) :- kin(X,R1,Y), kin(Y,R2,Z), comp(R1,R2,R).
    """
    axioms = frozenset({"comp"})
    queries = MappingProxyType({"kin": (1, 2)})
    # depth isn't promised: whatever is far from all that is stated is new in another way too
    rungs = ("recall", "instance", "constituent", "schema", "axiom", "mixed")
    entities = ("person",)
    sizes = MappingProxyType(
        {
            "tiny": {"people": 1_000, "kids": 5, "wed": 1.0},
            "small": {"people": 5_000},
            "base": {"people": 15_000},
            "large": {"people": 100_000},
            "clutrr": {"people": 5_000, "generations": 3, "kids": 4, "wed": 1.0},
        }
    )
    phrases = MappingProxyType(
        {
            "kin": "{0}'s {1} is {2}.",
            "comp": "The {1} of one's {0} is one's {2}.",
        }
    )
    exposure = Exposure(
        held=0.04,
        held_frames=0.07,
        demonstrated=0.8,
        demonstrated_height=3,
        given={"exemplified": 0.32, "stated": 0.08, "both": 0.6},
        nontheorems=0.05,
    )
    exposures = MappingProxyType(
        {"clutrr": Exposure(held=0.05, held_frames=0.2, demonstrated=0.8, demonstrated_height=2)}
    )

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        people: int,
        generations: int = 4,
        kids: int = 7,
        wed: float = 0.6,
        known: float = 0.5,
    ) -> Facts:
        """Children marry with chance ``wed``; the parents of whom they marry are ``known``, too."""
        village = Village(rng)
        while len(village.sex) < people:
            village.family(generations, kids, wed, known)
        words = [word for pair in WORDS.values() for word in pair]
        stated = [
            (x, words.index(WORDS[k][village.sex[y]]), y)
            for x, k, y in village.stated
            if max(x, y) < people
        ]
        comp = [[words.index(w) for w in row] for row in compositions()]
        return Facts.of(
            {"person": names(people), "relation": words},
            kin=("person relation person", stated),
            comp=("relation relation relation", comp),
        )


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


def names(number: int) -> list[str]:
    """As many names, all different: alex-baba, andy-baba, .."""
    given = PEOPLE.split()
    syllables = ["".join(s) for s in itertools.product("bdgklmnprtvz", "aeiou")]
    clans = ("".join(s) for n in (2, 3) for s in itertools.product(syllables, repeat=n))
    made = (f"{name}-{clan}" for clan in clans for name in given)
    return list(itertools.islice(made, number))
