"""Two sound worlds, and worlds with one error each, under the name of the check that is for it."""

# ruff: noqa: RUF012 (worlds of a line or two: nobody writes into their tables)

import numpy as np
from zebroid.seeding import stream
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.handed_split import HandedSplit
from zebroid.worlds.world import World

ERRORS = []  # (check, its message, world)


def nothing_queried(closure, seed):
    """Everything that follows is demonstrated."""
    return HandedSplit.of(closure, demonstrated=np.flatnonzero(~closure.is_base), queried=[])


def refused_by(check, message):
    def plant(world):
        ERRORS.append((check, message, world))
        return world

    return plant


class Hops(World):
    """The tail of a relation of the tail of a relation; all relations are permutations."""

    id = "hops-v1"
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T)."
    schema = {1: ("R1", "R2")}
    rungs = ("recall", "instance", "constituent")
    beyond_association = (("constituent", "two"),)
    sizes = {"tiny": {"entities": 8, "relations": 4}, "small": {"entities": 20, "relations": 12}}
    phrases = {"one": "The {1} of {0} is {2}.", "two": "The {2} of the {1} of {0} is {3}."}
    exposure = Exposure(held=0.1, held_frames=0.1, demonstrated=0.8)

    def sample(self, rng, *, entities, relations):
        return Facts.of(
            {"entity": entities, "relation": relations},
            one=("entity relation entity", self.table(rng, entities, relations)),
        )

    def table(self, rng, entities, relations):
        head, relation = np.divmod(np.arange(entities * relations), relations)
        tails = np.argsort(rng.random_sample((relations, entities)), axis=1)
        return np.stack([head, relation, tails[relation, head]], 1)


class Stated(World):
    """Who is called what by compositions that are data, unless they are strangers; who is close."""

    id = "names-v1"
    rules = """
      called(X,R3,Z) :- comp(R1,R2,R3), rel(X,R1,Y), rel(Y,R2,Z), not stranger(X,Z).
      close_to(X,Y) :- next(X,Y).
      close_to(X,Z) :- next(X,Y), close_to(Y,Z).
    """
    axioms = frozenset({"comp"})
    rungs = ("recall", "instance", "constituent", "axiom")
    sizes = {"tiny": {"people": 10, "bases": 3}, "small": {"people": 30, "bases": 7}}
    exposure = Exposure(
        held=0.1,
        demonstrated_height=3,
        given={"exemplified": 0.5, "stated": 0.25, "both": 0.25},
        nontheorems=0.05,
    )

    def sample(self, rng, *, people, bases):
        person, base = np.divmod(np.arange(people * bases), bases)
        tails = np.argsort(rng.random_sample((bases, people)), axis=1)
        first, second = np.divmod(np.arange(bases * bases), bases)
        street = rng.permutation(people)
        return Facts.of(
            {"person": people, "relation": bases, "name": bases * bases},
            comp=("relation relation name", np.stack([first, second, first * bases + second], 1)),
            rel=("person relation person", np.stack([person, base, tails[base, person]], 1)),
            stranger=("person person", rng.randint(people, size=(people, 2))),
            next=("person person", np.stack([street[:-1], street[1:]], 1)),
        )


class Flooded(Hops):
    """Roads are open unless there is a flood, which has no place; and what only negations say."""

    id = "flooded-v1"
    rules = """
      two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T), open.
      open :- not flooded.
      first(entity0) :- not odd(entity1), open.
      safe(entity2) :- not odd(entity3).
    """
    exposure = Exposure(held=0.1, held_frames=0.1, demonstrated=0.8, demonstrated_height=2)

    def sample(self, rng, **size):
        nothing = np.zeros((0, 1), np.int32)
        return super().sample(rng, **size).replace(flooded=nothing[:, :0], odd=nothing)


@refused_by("id", "'Hops'")
class AnIdWithoutAVersion(Hops):
    id = "Hops"


@refused_by("rules", "1:30")
class RulesThatDoNotParse(Hops):
    rules = "two(H,R1,R2,T) :- one(H,R1,B)) one(B,R2,T)."


@refused_by("axioms", "axiom predicate comp is derived")
class ADerivedAxiom(Stated):
    rules = Stated.rules + "comp(R1,R2,R3) :- comp(R2,R1,R3)."


@refused_by("names", "did you mean 'one'")
class APhraseOfNoPredicate(Hops):
    phrases = {"on": "The {1} of {0} is {2}."}


@refused_by("names", "queries['one'] = (3,)")
class AQueriedPlaceTooFar(Hops):
    queries = {"one": (3,)}


@refused_by("names", "unknown rung")
class ARungDeclaredAndNotPromised(Hops):
    beyond_association = (("depth", "two"),)


@refused_by("names", "unknown split in exposures 'evne'")
class AnExposureOfNoSplit(Hops):
    splits = {"even": nothing_queried}
    exposures = {"small": Exposure(split="evne")}


@refused_by("splits", "the split 'misspelt' queries no conclusion at size tiny")
class ASplitThatQueriesNothing(Hops):
    splits = {"misspelt": nothing_queried}


def drawn_from_elsewhere(closure, seed):
    """A few are queried, drawn by what no seed sets; all others are demonstrated."""
    follows = np.flatnonzero(~closure.is_base)
    test = np.random.permutation(follows)[:9]  # noqa: NPY002
    return HandedSplit.of(closure, demonstrated=np.setdiff1d(follows, test), queried=test)


@refused_by("splits", "the split 'drawn' is another one when it is made again")
class ASplitDrawnFromElsewhere(Hops):
    splits = {"drawn": drawn_from_elsewhere}


@refused_by("splits", "a split is called 'Add jump'")
class ASplitThatNoSettingCanName(Hops):
    splits = {"Add jump": nothing_queried}


@refused_by("repeatable", "the facts of one differ")
class UnseededRandomness(Hops):
    def sample(self, rng, **size):
        return super().sample(np.random, **size)


@refused_by("access", "drawn again after another seed, the facts of one differ")
class StateThatChangesBetweenAccesses(Hops):
    drawn_before = 0

    def sample(self, rng, **size):
        self.drawn_before += 1
        rng.random_sample(self.drawn_before)
        return super().sample(rng, **size)


@refused_by("streams", "for seed 0, the facts of one")
class OneStreamForAllSizes(Hops):
    def facts(self, size, seed):
        return self.sample(stream(self.id, "world", seed), **self.sizes[size])


@refused_by("streams", "for seed 1, the facts of one")
class OneStreamForAllSeeds(Hops):
    def facts(self, size, seed):
        return self.sample(stream(self.id, size, "world", 0), **self.sizes[size])


@refused_by("world seeds", "world seeds 0 and 1 give the same facts")
class TheSameFactsForAllSeeds(Hops):
    def sample(self, rng, **size):
        return super().sample(np.random.RandomState(0), **size)


@refused_by("world seeds", "give the same facts")
class FewWorldsForManySeeds(Hops):
    def sample(self, rng, **size):
        return super().sample(np.random.RandomState(rng.randint(4)), **size)


@refused_by("doubles", "one and test hold the same facts")
class OneSeedForTwoTables(Hops):
    def sample(self, rng, **size):
        seed = rng.randint(2**31)
        train = super().sample(np.random.RandomState(seed), **size)
        test = super().sample(np.random.RandomState(seed), **size)
        return train.replace(test=test.rows["one"])


@refused_by("clingo", "two(entity0,relation0,relation0,entity1) is true for the closure alone")
class AClosureWithLabelsOfItsOwn(Hops):
    """A sampled table of answers finds its way into what is derived."""

    def closure(self, size, seed):
        label = np.array([[0, 8, 8, 1], [0, 8, 8, 2], [0, 8, 8, 3]], np.int32)
        return close(self.program, self.facts(size, seed).replace(two=label))


@refused_by("disjoint", "label or two")
class ARuleThatReadsSampledLabels(Hops):
    rules = "two(H,R1,R2,T) :- label(H,R1,R2,T)."
    schema = {}
    phrases = {}

    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        return facts.replace(label=facts.rows["one"][:, [0, 1, 1, 2]])


@refused_by("disjoint", "pair or two")
class ALeakByParaphrase(Hops):
    rules = Hops.rules + "pair(X,R,S,Z) :- one(X,R,Y), one(Y,S,Z)."


@refused_by("phrases", "has the blanks")
class APhraseThatLeavesABlankOut(Hops):
    phrases = {"two": "The {1} of {0} is {3}."}


@refused_by("phrases", "reads as")
class OneTemplateForTwoPredicates(Hops):
    rules = Hops.rules + "back(T,R,H) :- one(H,R,T)."
    phrases = {**Hops.phrases, "back": Hops.phrases["one"]}


@refused_by("phrases", "and as two(")
class NamesThatBlurASentence(Hops):
    phrases = {"two": "{3} is {2} {1} {0}."}

    def sample(self, rng, *, entities, relations):
        table = self.table(rng, entities, relations)
        sorts = {"entity": entities, "relation": ["in" + " in" * i for i in range(relations)]}
        return Facts.of(sorts, one=("entity relation entity", table))


@refused_by("tokens", "two words")
class TwoWordsAlike(Hops):
    """A constant with the name of a word is written with a dash, and so is this one."""

    def sample(self, rng, *, entities, relations):
        table = self.table(rng, entities, relations)
        names = ["none", "none'", *(f"e{i}" for i in range(2, entities))]
        sorts = {"entity": names, "relation": relations}
        return Facts.of(sorts, one=("entity relation entity", table))


@refused_by("golden", "not what was released under this id")
class ContentMovedWithoutAVersion(Hops):
    id = "composition-v1"


@refused_by("golden", "content moved under an equal version")
class ContentMovedUnderItsPin(Hops):
    pins = {"tiny": "1:" + "0" * 64}


@refused_by("golden", "declares content 2, and is pinned at tiny as content 1")
class ContentRaisedAndNotPinned(Hops):
    content = 2
    pins = {"tiny": "1:" + "0" * 64}


@refused_by("exposure seeds", "gives the corpus of another seed")
class AnExposureSmallerThanItsShares(Hops):
    """A share of what there is comes to nothing at all, and every seed chooses the same."""

    exposure = Exposure(held=0.001, held_frames=0.001, demonstrated=0.999)
