"""Worlds whose sample gives no sound facts, beside those of planted.py."""

# ruff: noqa: RUF012 (as in planted.py)

import dataclasses
import sys
import time

import numpy as np
from zebroid.worlds.datalog.facts import Facts

from .planted import Hops, refused_by


@refused_by("facts", "'e0' is named twice")
class OneNameForTwoConstants(Hops):
    def sample(self, rng, *, entities, relations):
        names = [f"e{i // 2}" for i in range(entities)]
        table = self.table(rng, entities, relations)
        sorts = {"entity": names, "relation": relations}
        return Facts.of(sorts, one=("entity relation entity", table))


@refused_by("facts", "constant 'entity0' is named twice, in the constants at place 0")
class OneNameForTwoConstantsBehindTheBackOfFacts(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        return dataclasses.replace(facts, constants=("entity0", "entity0", *facts.constants[2:]))


@refused_by("facts", "the constants: name 1 is None, NoneType, expected a string")
class ANameThatIsNoneBehindTheBackOfFacts(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        names = (facts.constants[0], None, *facts.constants[2:])
        return dataclasses.replace(facts, constants=names)


@refused_by("facts", "do not divide 12 constants into blocks")
class SortsThatLeaveConstantsOut(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        return dataclasses.replace(facts, sorts={"entity": range(8), "relation": range(8, 11)})


@refused_by("facts", "hold a number of no constant: row 31 is [7, 11, 12]")
class ARowOfNoConstant(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        rows = facts.rows["one"].copy()
        rows[-1, -1] = len(facts.constants)
        return facts.replace(one=rows)


@refused_by("facts", "the rows of one are list, expected an array int32")
class RowsThatAreNoArray(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        return facts.replace(one=facts.rows["one"].tolist())


@refused_by("facts", "sample() gives NoneType, expected Facts")
class ASampleThatReturnsNothing(Hops):
    def sample(self, rng, **size):
        super().sample(rng, **size)


@refused_by("facts", "one(entity relation entity): rows of 4: row 0 is")
class RowsOfAnotherWidth(Hops):
    def table(self, rng, entities, relations):
        return np.repeat(super().table(rng, entities, relations), [1, 2, 1], axis=1)


@refused_by("facts", "sort 'entity': name 3 is None, NoneType")
class ANameThatIsNone(Hops):
    def sample(self, rng, *, entities, relations):
        names = [f"e{i}" if i != 3 else None for i in range(entities)]
        table = self.table(rng, entities, relations)
        sorts = {"entity": names, "relation": relations}
        return Facts.of(sorts, one=("entity relation entity", table))


@refused_by("facts", "rows of float64, expected integers")
class ContentThatIsNoInteger(Hops):
    def table(self, rng, entities, relations):
        return super().table(rng, entities, relations) + 0.5


@refused_by("facts", "the rows of one are not unique and in order")
class RowsInNoOrder(Hops):
    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        return facts.replace(one=facts.rows["one"][::-1])


@refused_by("facts", "ZeroDivisionError")
class ASampleThatFails(Hops):
    def sample(self, rng, **size):
        return super().sample(rng, entities=1 // 0, relations=4)


@refused_by("facts", "sample ends the process (SystemExit: 3), expected facts")
class ASampleThatEndsTheProcess(Hops):
    def sample(self, rng, **size):
        sys.exit(3)


@refused_by("facts", "sample has run for 1 seconds, expected an end")
class ASampleWithoutAnEnd(Hops):
    """It looks for what is not there, and lets nothing stop it."""

    def sample(self, rng, **size):
        while True:
            try:
                while rng.randint(2) < 2:
                    pass
            except Exception:
                continue


@refused_by("facts", "sample has run for 1 seconds, expected an end")
class ASampleThatWaits(Hops):
    def sample(self, rng, **size):
        time.sleep(30)


@refused_by("spread", "instance has 1 different answer, 2 are expected")
class OneAnswerToEveryQuestion(Hops):
    """Whatever is asked, the tail is one and the same."""

    rungs = ("recall", "instance")
    beyond_association = ()
    sizes = {"tiny": {"entities": 30, "relations": 6}, "small": {"entities": 40, "relations": 12}}

    def table(self, rng, entities, relations):
        table = super().table(rng, entities, relations)
        table[:, 2] = rng.randint(entities)
        return table
