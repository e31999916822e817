"""Small worlds made on the spot, corpora built once, and rungs by name."""

import json

import numpy as np
import pytest
from zebroid import registry
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.derivations import Proofs
from zebroid.worlds.novelty.rungs import (
    KINDS,
    LADDER,
    provable,
    read_off,
    rung_of,
)
from zebroid.worlds.novelty.written_proofs import written_facts
from zebroid.worlds.world import World


def base(text):
    """Facts of `e(a,b) e(b,c) kind(a)`: all constants in one sort, in order of appearance."""
    rows = {}
    names = {}
    for atom in text.split():
        predicate, _, rest = atom.rstrip(").").partition("(")
        row = [names.setdefault(n, len(names)) for n in rest.split(",")]
        rows.setdefault(predicate, []).append(row)
    sorts = {"thing": list(names)}
    return Facts.of(sorts, **{p: (" ".join(["thing"] * len(r[0])), r) for p, r in rows.items()})


def named(closure, fact):
    """A fact as text."""
    names = [closure.base.constants[c] for c in closure.arguments[fact] if c >= 0]
    return f"{closure.predicates[closure.predicate[fact]]}({','.join(names)})"


class Certified:
    """A theory with some conclusions demonstrated, some patterns stated: what each fact's rung is.

    ``stated_rules``: rules (numbers) and rules as data (`("comp", "father", "sister", "aunt")`).
    """

    def __init__(self, rules, facts, demonstrated, stated_rules=(), axioms=(), schema=None):
        facts = base(facts) if isinstance(facts, str) else facts
        self.closure = c = close(parse(rules), facts, threads=1)
        self.proofs = Proofs(c, frozenset(axioms), schema or {})
        self.names = [named(c, f) for f in range(len(c.predicate))]
        unknown = set(demonstrated) - set(self.names)
        assert not unknown, unknown
        self.demonstrated = np.array([n in demonstrated for n in self.names])
        self.read = read_off(self.proofs, self.demonstrated | (c.is_base & (self.proofs.best >= 0)))
        patterns = self.proofs.patterns
        self.stated_rules = np.array(
            [r in stated_rules or bool({*stated_rules} & {*a}) for r, a in patterns], bool
        )
        self.written = written_facts(self.proofs, self.demonstrated)
        leaves = self.demonstrated | self.written
        self.sets = provable(self.proofs, self.read, leaves, self.stated_rules)
        self.rung, self.pure = rung_of(self.sets, c.is_base | self.demonstrated, self.written)

    def __getitem__(self, fact):
        """(rung, pure)."""
        at = self.names.index(fact)
        return LADDER[self.rung[at]], bool(self.pure[at])

    def by(self, fact, *kinds):
        """Whether a fact is provable with these kinds of novelty."""
        at = self.names.index(fact)
        return bool(self.sets[at] >> sum(1 << KINDS.index(k) for k in kinds) & 1)

    def tall(self, fact):
        """Its rung if what is demonstrated and written kept its whole height."""
        leaves = self.demonstrated | self.written
        sets = provable(self.proofs, self.read, leaves, self.stated_rules, whole=True)
        recalled = self.closure.is_base | self.demonstrated
        return LADDER[rung_of(sets, recalled, self.written)[0][self.names.index(fact)]]

    @property
    def exemplified(self):
        """The rules with an exemplified pattern."""
        return {p[0] for p, e in zip(self.proofs.patterns, self.read.exemplified) if e}


@pytest.fixture(scope="session")
def certified():
    return Certified


@pytest.fixture(scope="session")
def make_world():
    """make_world(rules, facts, **attributes) -> a World whose sample is these facts."""

    def make(rules, facts, **attributes):
        given = base(facts) if isinstance(facts, str) else facts
        body = {
            "id": "test.small-v1",  # names the streams: one for all, so that test order is no input
            "rules": rules,
            "sizes": {"tiny": {}},
            "sample": lambda self, rng: given,
        }
        return type("Small", (World,), body | attributes)()

    return make


@pytest.fixture(scope="session")
def corpus():
    """corpus(id, size, seeds, **changes of the default exposure): each is built once."""
    known = {}

    def build(world, size="tiny", seeds=(0, 0), **changes):
        made = registry.make(world)
        fields = {**made.default_exposure(size).record(), **changes}
        key = json.dumps([world, size, seeds, fields], sort_keys=True)
        if key not in known:
            known[key] = build_corpus(made, size, Exposure(**fields), seeds)
        return known[key]

    return build


@pytest.fixture(scope="session")
def words():
    """words(corpus or closure, fact) -> `two(a,r,s,b)`."""
    return lambda of, fact: named(getattr(of, "closure", of), fact)
