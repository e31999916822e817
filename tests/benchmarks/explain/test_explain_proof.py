"""Proofs are displayed within the novelty of their rung, and say what is new in them."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.explain import explain_question
from zebroid.benchmarks.explain.explain_proof import (
    novelties,
    pattern,
    proof_lines,
)
from zebroid.worlds.encoding.verbalize import facts_in_english
from zebroid.worlds.novelty.rungs import KINDS, RUNGS

EACH = 60  # questions of a rung
LINE = r"^( *)- (.*) \*\((.*)\)\*$"
STATED = "a stated fact"


def _match(pattern, text):
    found = re.search(pattern, text)
    assert found is not None, text
    return found


class Printed:
    """What a corpus demonstrates, gathered anew in the words in which proofs are printed."""

    def __init__(self, made):
        self.made, self.c = made, made.closure
        gold, c, read = made.split.gold, made.closure, made.read.derivations
        sentences = facts_in_english(made.world, c, np.arange(len(c.predicate)))
        self.fact = {text: number for number, text in enumerate(sentences)}
        assert len(self.fact) == len(sentences)
        self.sentences = sentences
        self.name = [pattern(made, p) for p in range(len(gold.patterns))]
        labels = {f: {STATED} if c.is_base[f] else set() for f in range(len(c.predicate))}
        for d in np.flatnonzero(gold.counts):
            labels[int(c.head[d])].add(self.name[gold.pattern[d]])
        self.exemplified, self.used, self.frames, self.most = set(), set(), set(), 1
        for d in np.flatnonzero(read):
            name, open_ = self.name[gold.pattern[d]], [int(p) for p in gold.open[d] if p >= 0]
            self.exemplified.add(name)
            self.used |= {(int(c.predicate[c.head[d]]), i, p) for i, p in enumerate(open_)}
            rule = int(c.rule[d])
            values = self.values(rule, [int(p) for p in c.premises[d]])
            for chosen in itertools.product(*(labels[p] for p in open_)):
                self.frames.add((name, chosen, values))
            below = [int(c.height[p]) for p in c.premises[d] if p >= 0]
            self.most = max(self.most, 1 + max(below, default=0))

    def values(self, rule, premises):
        """The values of the schema variables of a rule."""
        places = (
            self.c.program.rules[rule].binding(v)
            for v in self.made.world.schema_of_rules.get(rule, ())
        )
        return tuple(int(self.c.arguments[premises[i], j]) for i, j in places)

    def kinds(self, lines):
        """The kinds of novelty of a printed proof, from its lines alone."""
        parsed = [_match(LINE, line) for line in lines if "- Nothing says that " not in line]
        steps = [(len(m[1]), self.fact[m[2]], m[3]) for m in parsed]
        found, heights, names = set(), {}, {}
        for at in reversed(range(len(steps))):
            indent, fact, how = steps[at]
            ends = [i for i in range(at + 1, len(steps)) if steps[i][0] <= indent]
            below = range(at + 1, min(ends, default=len(steps)))
            mine = [i for i in below if steps[i][0] == indent + 2]
            if not mine:  # a leaf, or proved further up
                by = re.search(r"by (rule .*)$", how)
                names[at], heights[at] = by[1] if by else STATED, 0
                if how.startswith("as above"):
                    heights[at] = -1
                else:
                    self.check_leaf(fact, how)
                continue
            rule = int(_match(r"^by rule (\d+), given as ", how)[1]) - 1
            places = [
                a.predicate in self.made.world.axioms for a in self.c.program.rules[rule].positive
            ]
            assert len(places) == len(mine)
            axioms = [
                self.sentences[steps[i][1]].rstrip(".") for i, is_ in zip(mine, places) if is_
            ]
            open_ = [i for i, is_ in zip(mine, places) if not is_]
            name = f"rule {rule + 1}" + (f" ({'; '.join(axioms)})" if axioms else "")
            names[at], heights[at] = name, 1 + max((heights[i] for i in mine), default=0)
            chosen = tuple(names[i] for i in open_)
            if name not in self.exemplified:
                found.add("axiom")
                assert self.made.split.stated_rules[self.name.index(name)]
                continue
            premises = [steps[i][1] for i in mine]
            if (name, chosen, self.values(rule, premises)) not in self.frames:
                found.add("schema")
            for i, at_premise in enumerate(open_):
                premise = steps[at_premise][1]
                known = (int(self.c.predicate[fact]), i, premise) in self.used
                familiar = (
                    self.c.predicates[self.c.predicate[premise]] in self.made.split.gold.familiar
                )
                if names[at_premise] == STATED and not known and not familiar:
                    found.add("constituent")
        if heights[0] > self.most and not any(h < 0 for h in heights.values()):
            found.add("depth")
        return found, heights

    def check_leaf(self, fact, how):
        if how.startswith("demonstrated"):
            assert self.made.demonstrated[fact]
        elif how.startswith("written"):
            above = self.fact[_match("“(.*)”", how)[1] + "."]
            assert self.made.written[fact] and self.made.demonstrated[above]
        else:
            assert self.c.is_base[fact]


@pytest.mark.parametrize("world", registry.worlds())
def test_a_displayed_proof_uses_exactly_the_novelty_that_its_rung_names(world, corpus):
    made = corpus(world)
    printed, checked, wanted = Printed(made), 0, 0
    for rung in ("instance", *KINDS):
        mine = made.of_rung(rung)
        mine = mine[made.certificate.headline[mine]]
        wanted += min(EACH, len(mine))
        within = explain_question.lowest_within(
            made, sum(1 << KINDS.index(k) for k in KINDS if k == rung)
        )
        for question in np.random.RandomState(0).permutation(mine)[:EACH].tolist():
            step = explain_question.displayed_proof(made, question, within)
            lines = proof_lines(made, step)
            kinds, heights = printed.kinds(lines)
            if any(h < 0 for h in heights.values()):  # proved further up: the height isn't printed
                kinds |= {"depth"} if step.height > printed.most else set()
            assert kinds == ({rung} & {*KINDS}), "\n".join(lines)
            assert len(novelties(made, step)) == len(kinds)
            checked += 1
    headline = made.certificate.headline & (made.certificate.rung > RUNGS.index("recall"))
    assert checked == wanted >= min(EACH, headline.sum())
