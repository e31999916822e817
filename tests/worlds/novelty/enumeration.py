"""A slow twin of worlds/novelty/rungs.py: proofs enumerated, written from the definitions alone."""

import collections
import itertools

import numpy as np
from zebroid.worlds.datalog.syntax import Variable
from zebroid.worlds.novelty.rungs import KINDS

Derivation = collections.namedtuple("Derivation", "rule head premises")
SETS = [frozenset(k for i, k in enumerate(KINDS) if s >> i & 1) for s in range(16)]


class Enumeration:
    """Facts are tuples of words, labels are "base" or a pattern, a proof is (novelties, height)."""

    def __init__(self, closure, axioms, schema):
        self.rules, self.axioms, self.schema = closure.program.rules, axioms, schema
        names = closure.base.constants
        self.facts = [
            (closure.predicates[p], *(names[a] for a in row if a >= 0))
            for p, row in zip(closure.predicate, closure.arguments)
        ]
        self.base = {f for f, b in zip(self.facts, closure.is_base) if b}
        self.derivations = [
            Derivation(int(r), self.facts[h], tuple(self.facts[p] for p in row if p >= 0))
            for r, h, row in zip(closure.rule, closure.head, closure.premises)
        ]
        self.height = self._heights()
        self.counting = [d for d in self.derivations if not self._circular(d)]
        self.of = {f: [d for d in self.counting if d.head == f] for f in self.facts}

    def split_corpus(self, demonstrated, stated_rules):
        """The conclusions that are demonstrated, [F], and the patterns stated as sentences."""
        self.demonstrated = {self.facts[i] for i in np.flatnonzero(demonstrated)}
        self.stated_rules = stated_rules
        self.written = self._written()
        self.leaves = self.base | self.demonstrated | self.written
        self._read_off()
        self.proofs = self._proofs(dict.fromkeys(self.leaves, 0))
        self.tall_proofs = self._proofs({f: self.height[f] for f in self.leaves})
        self.distance = self._distances()

    def _heights(self):
        height = dict.fromkeys(self.base, 0)
        for turn in range(1, len(self.facts) + 1):
            known = set(height)
            for d in self.derivations:
                if d.head not in known and known.issuperset(d.premises):
                    height[d.head] = turn
        return height

    def _written(self):
        """The lines of the one proof of each demonstrated conclusion: the first of the lowest."""
        lines, todo = set(), [*self.demonstrated - self.base]
        while todo:
            choice = self.of[todo.pop()]
            if choice:
                best = min(choice, key=self.top)  # the first of them
                new = set(best.premises) - self.base - lines
                lines |= new
                todo += new
        return lines - self.demonstrated

    def _distances(self):
        """Fewest steps from what is stated, demonstrated or written."""
        distance = dict.fromkeys(self.leaves, 0)
        for turn in range(1, len(self.facts) + 1):
            known = set(distance)
            for d in self.counting:
                if d.head not in known and known.issuperset(d.premises):
                    distance[d.head] = turn
        return distance

    def _circular(self, derivation):
        """Some premise cannot be derived without the head."""
        known = self.base - {derivation.head}
        while (
            new := {
                d.head
                for d in self.derivations
                if d.head != derivation.head and known.issuperset(d.premises)
            }
            - known
        ):
            known |= new
        return not known.issuperset(derivation.premises)

    def pattern(self, d):
        return d.rule, tuple(p for p in d.premises if p[0] in self.axioms)

    def open(self, d):
        return [p for p in d.premises if p[0] not in self.axioms]

    def top(self, d):
        return 1 + max(self.height[p] for p in d.premises)

    def labels(self, fact):
        """ "base", and every pattern with a counting derivation of it."""
        return {"base" for _ in self.base & {fact}} | {self.pattern(d) for d in self.of[fact]}

    def frame(self, d, labels):
        values = []
        for variable in self.schema.get(d.rule, ()):
            for atom, premise in zip(self.rules[d.rule].positive, d.premises):
                if Variable(variable) in atom.terms:
                    values.append(premise[1 + atom.terms.index(Variable(variable))])
                    break
        return self.pattern(d), tuple(labels), tuple(values)

    def _read_off(self):
        self.read, todo = set(), [*self.demonstrated, *(f for f in self.base if self.of[f])]
        while todo:
            for d in self.of[todo.pop()]:
                if d not in self.read:
                    self.read.add(d)
                    todo += d.premises
        self.exemplified = {self.pattern(d) for d in self.read}
        self.used = {(d.head[0], i, p) for d in self.read for i, p in enumerate(self.open(d))}
        self.frames = {
            self.frame(d, labels)
            for d in self.read
            for labels in itertools.product(*map(self.labels, self.open(d)))
        }
        self.high = max([1, *map(self.top, self.read)])

    def new(self, d, labels):
        """The kinds of novelty in one step; None where it may not be taken at all."""
        if self.pattern(d) not in self.exemplified:
            return {"axiom"} if self.pattern(d) in self.stated_rules else None
        kinds = set()
        for i, (premise, label) in enumerate(zip(self.open(d), labels)):
            if label == "base" and (d.head[0], i, premise) not in self.used:
                kinds.add("constituent")
        if self.frame(d, labels) not in self.frames:
            kinds.add("schema")
        return kinds

    def _proofs(self, leaves):
        """(fact, label) -> {(novelties, height)} of all its proofs; heights above H are one.

        ``leaves``: fact -> the height at which a proof may end there.
        """
        proofs = {(f, label): set() for f in self.facts for label in self.labels(f)}
        for fact, label in proofs:
            if fact in leaves:
                proofs[fact, label].add((frozenset(), min(leaves[fact], self.high + 1)))
        steps = [
            (d, labels, kinds)
            for d in self.counting
            for labels in itertools.product(*map(self.labels, self.open(d)))
            if (kinds := self.new(d, labels)) is not None
        ]
        grew = True
        while grew:
            grew = False
            for d, labels, kinds in steps:
                mine = proofs[d.head, self.pattern(d)]
                before = len(mine)
                for below in itertools.product(*(proofs[s] for s in zip(self.open(d), labels))):
                    novelties = frozenset(kinds).union(*(n for n, _ in below))
                    height = 1 + max([0, *(h for _, h in below)])
                    mine.add((novelties, min(height, self.high + 1)))
                grew |= len(mine) > before
        return proofs

    def trees(self, fact, label, path=()):
        """(novelties, height) of every proof tree that meets no (fact, label) twice on a path."""
        if fact in self.leaves:
            yield frozenset(), 0
        path = (*path, (fact, label))
        for d in self.of[fact]:
            for labels in itertools.product(*map(self.labels, self.open(d))):
                kinds, states = self.new(d, labels), list(zip(self.open(d), labels))
                if self.pattern(d) == label and kinds is not None and not {*path} & {*states}:
                    for below in itertools.product(*(self.trees(*s, path) for s in states)):
                        height = 1 + max([0, *(h for _, h in below)])
                        yield frozenset(kinds).union(*(n for n, _ in below)), height

    def provable(self, fact, allowed, proofs=None, whole=False):
        if proofs is None:
            every = self.tall_proofs if whole else self.proofs
            proofs = set().union(*(every[fact, label] for label in self.labels(fact)))
        return any(
            novelties <= allowed and ("depth" in allowed or height <= self.high)
            for novelties, height in proofs
        )

    def rung(self, fact, whole=False):
        """(rung, pure), in the table's order; ``whole``: were every leaf as high as in gold."""
        if fact in self.base or fact in self.demonstrated:
            return "recall", True
        if fact in self.written:
            return "written", True
        if self.provable(fact, frozenset(), whole=whole):
            return "instance", True
        for kind in KINDS:
            others = {*KINDS} - {kind}
            old = kind == "axiom" and self.provable(fact, {*KINDS} - {"axiom"}, whole=whole)
            if self.provable(fact, {kind}, whole=whole) and not old:
                return kind, not self.provable(fact, others, whole=whole)
        return "mixed", False

    def shortcut(self, fact, given, answer):
        """Something of the prompt stands with the answer in a statement that is in no proof."""
        stated = self.base | self.demonstrated
        inside, todo = {fact}, [fact]
        while todo:
            new = {p for d in self.of[todo.pop()] for p in d.premises} - inside
            inside |= new
            todo += new
        return fact not in stated and any(
            one in given and other == answer
            for f in stated - inside
            for one, other in itertools.permutations(f[1:], 2)
        )
