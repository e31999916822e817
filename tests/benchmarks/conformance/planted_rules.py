"""Worlds whose rules or facts make their questions evidence of nothing."""

# ruff: noqa: RUF012 (as in planted.py)

import numpy as np
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.world import World

from .planted import Hops, refused_by


@refused_by("names", "rule 2, line 2 of the rules: unknown predicate 'oen'; did you mean 'one'?")
class ARuleOfAMisspeltPredicate(Hops):
    rules = Hops.rules + "\nback(T,R,H) :- oen(H,R,T)."


@refused_by("names", "schema names rule 0 of 1")
class ASchemaCountedFromZero(Hops):
    schema = {0: ("R1", "R2")}


@refused_by("names", "schema, rule 1: no positive premise binds variable 'R' in 'two(")
class ASchemaOfNoVariable(Hops):
    schema = {1: ("R",)}


@refused_by("sorts", "B stands for a entity at place 3 of one and for a relation at place 2 of one")
class AVariableThatJoinsTwoSorts(Hops):
    rules = Hops.rules + "back(H,T) :- one(H,R,B), one(T,B,H)."


@refused_by("sorts", "B stands for a relation at place 3 of two and for a entity at place 1 of one")
class AVariableThatJoinsTwoSortsThroughARule(Hops):
    """The sort of a derived argument is that of what is put there."""

    rules = Hops.rules + "back(H,T) :- two(H,R,B,T), one(B,R,T)."


@refused_by("sorts", "< compares a entity with a relation")
class AComparisonOfTwoSorts(Hops):
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T), H < R1."


@refused_by("sorts", "!= compares a entity with a relation")
class AnInequalityThatAlwaysHolds(Hops):
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T), T != R2."


@refused_by("sorts", "entity3 is a entity, and at place 2 of one stands a relation")
class AConstantWhereNoneOfItsSortStands(Hops):
    rules = Hops.rules + "third(H,T) :- one(H,entity3,T)."


@refused_by("sorts", "R stands for a relation at place 2 of one and for a entity at place 1 of odd")
class ANegationOfAnotherSort(Hops):
    """What stands under `not` is never true, so that the rule reads as if it had no exception."""

    rules = "two(H,R,S,T) :- one(H,R,B), one(B,S,T), not odd(R)."
    schema = {}

    def sample(self, rng, **size):
        return super().sample(rng, **size).replace(odd=np.array([[0], [1]], np.int32))


@refused_by("firing", "same(H,T) :- one(H,R,T), H < T, T < H. never fires on 3 world seeds")
class ARuleThatNeverFires(Hops):
    rules = Hops.rules + "same(H,T) :- one(H,R,T), H < T, T < H."


@refused_by("firing", "never fires on 3 world seeds (and 1 others)")
class TwoRulesWithoutTheirFacts(Hops):
    """A predicate of which no world has a fact, and what rests on it."""

    rules = Hops.rules + "far(H,T) :- leap(H,T).\nfarther(H,T) :- far(H,B), far(B,T)."

    def sample(self, rng, **size):
        return super().sample(rng, **size).replace(leap=np.zeros((0, 2), np.int32))


def answers(facts):
    """[n, 4] what `two` derives."""
    table = {(h, r): t for h, r, t in facts.rows["one"].tolist()}
    return [(h, r, s, table[b, s]) for (h, r), b in table.items() for b2, s in table if b2 == b]


@refused_by("hints", "whispered states 55 of 55 answers of two verbatim")
class AFactThatStatesEveryAnswer(Hops):
    phrases = {}

    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        rows = np.unique(np.array(answers(facts), np.int32), axis=0)
        return facts.replace(whispered=rows)


@refused_by("hints", "its places 3, 1, 2, 0")
class AnswersStatedInAnotherOrder(Hops):
    phrases = {}

    def sample(self, rng, **size):
        facts = super().sample(rng, **size)
        rows = [(t, r, s, h) for h, r, s, t in answers(facts)]
        return facts.replace(whispered=np.unique(np.array(rows, np.int32), axis=0))


@refused_by("hints", "noted states 56 of 56 answers of two verbatim")
class AnswersStatedUnderOneMoreArgument(Hops):
    """A note beside each of them: no predicate has the same arguments."""

    phrases = {}

    def sample(self, rng, *, entities, relations):
        table = self.table(rng, entities, relations)
        tail = {(h, r): t for h, r, t in table.tolist()}
        rows = [
            (n % 3, h, r, s, tail[b, s])
            for n, ((h, r), b) in enumerate(tail.items())
            for s in range(relations)
        ]
        return Facts.of(
            {"entity": entities, "relation": relations, "note": 3},
            one=("entity relation entity", table),
            noted=("note entity relation relation entity", rows),
        )


class Guild(World):
    """What guilds keep, and their members with them, unless they have a custom of their own."""

    id = "guild-v1"
    rules = """
      keeps(M,C,V) :- member(M,G), custom(G,C,V), not own(M,C,_).
      keeps(M,C,V) :- own(M,C,V).
    """
    exposure = Exposure(held=0.2)
    values = 12

    def sample(self, rng, members=80, guilds=8, customs=6, exceptions=20):
        guild, custom = np.divmod(np.arange(guilds * customs), customs)
        member, unlike = np.divmod(rng.permutation(members * customs)[:exceptions], customs)
        draw = lambda c: rng.randint(self.values, size=len(c))  # noqa: E731
        of = np.stack([np.arange(members), rng.randint(guilds, size=members)], 1)
        return Facts.of(
            {"person": members, "guild": guilds, "custom": customs, "value": self.values},
            member=("person guild", of),
            custom=("guild custom value", np.stack([guild, custom, draw(custom)], 1)),
            own=("person custom value", np.stack([member, unlike, draw(unlike)], 1)),
        )
