"""Twin corpora: the sentences of a corpus with their contents permuted, what they say plausible.

The contents of sentences about one attribute are permuted uniformly at random. The attribute of an
axiom fact stands at the argument that the world declares, and several predicates may share it;
where none is declared it is the predicate. The content are the arguments that a rule concludes
with. A sentence may keep its own, since a derangement says of each what isn't so.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ..datalog.facts import Array, Bools
from ..datalog.syntax import Variable
from ..exposure import Exposure
from ..world import World
from .rule_presentation import Draw
from .split import CorpusSplit

SHUFFLED, EXCHANGED = "shuffled rules", "exchanged rules"
Stated = tuple[NDArray[np.int64], Array]  # facts [n], and their rows int32 [n, arity] as written
FEWEST = 3  # different contents, and bearers of them: of two, what is false tells what is true


@dataclasses.dataclass(frozen=True)
class Sentences:
    """The rules that are stated, as they are written."""

    axioms: Mapping[str, Stated]  # predicate -> the sentences of its facts
    plain: tuple[tuple[str, ...], ...]  # rules without axiom facts: head words, `if`, body words


def sentences_of(world: World, split: CorpusSplit, exposure: Exposure, draw: Draw) -> Sentences:
    """The stated rules under ``exposure``: true, or permuted in a twin.

    Raises UserError for a twin of sentences in which nothing can be permuted.
    """
    c = split.gold.closure
    stated = axiom_facts(split, split.stated_rules)
    axioms = {}
    for predicate in sorted(world.axioms & {*c.predicates}):
        block = c.blocks[predicate]
        facts = block.start + np.flatnonzero(stated[block.start : block.stop])
        axioms[predicate] = facts, c.arguments[facts, : c.arity[predicate]]
    plain = _Plain(split)
    if exposure.twin not in (SHUFFLED, EXCHANGED):
        return Sentences(axioms, plain.written(plain.bodies))
    open_ = permuted_patterns(split, exposure.twin)
    most = _permute(world, split, axioms, axiom_facts(split, open_), draw, exposure.twin)
    bodies, different = plain.permuted(open_, draw(f"twin {exposure.twin} plain"))
    if max(most, different) < FEWEST:
        given = "as 'stated' or 'both'" if exposure.twin == SHUFFLED else "as 'stated'"
        raise UserError(
            f"twin {exposure.twin!r} of {world.id}: got at most {max(most, different)} different "
            f"contents of sentences about one attribute, expected {FEWEST} or more; give more "
            f"patterns {given}, or leave the twin out"
        )
    return Sentences(axioms, plain.written(bodies))


def permuted_patterns(split: CorpusSplit, twin: str | None) -> Bools:
    """[P] the patterns whose sentences a twin permutes."""
    ways = {SHUFFLED: ("stated", "both"), EXCHANGED: ("stated",)}.get(twin or "", ())
    return np.array([w in ways for w in split.presentation], bool)


def axiom_facts(split: CorpusSplit, patterns: Bools) -> Bools:
    """[F] the axiom facts that are bound in these patterns [P]."""
    c = split.gold.closure
    bound = {a for p, yes in zip(split.gold.patterns, patterns) if yes for a in p[1]}
    out = np.zeros(len(c.predicate), bool)
    for predicate in sorted({a[0] for a in bound}):
        rows = [[c.base.number[x] for x in a[1:]] for a in bound if a[0] == predicate]
        out[c.find(predicate, np.array(rows, np.int32))] = True
    return out


def attributes_of(
    world: World, split: CorpusSplit, axioms: Mapping[str, Stated], of: Bools
) -> dict[tuple[int | str, ...], list[tuple[str, int]]]:
    """Attribute -> (predicate, place in ``axioms``) of the sentences about it, of facts ``of`` [F].

    Contents of one attribute are of the same sorts, so that each can stand for any other.
    """
    sorts = split.gold.closure.base.sorts
    starts = np.array([block.start for block in sorts.values()])
    found: dict[tuple[int | str, ...], list[tuple[str, int]]] = defaultdict(list)
    for predicate, (facts, rows) in axioms.items():
        content = content_of(world, predicate)
        place = world.attribute.get(predicate)
        for i in np.flatnonzero(of[facts]).tolist():
            kinds = np.searchsorted(starts, rows[i, list(content)], side="right").tolist()
            named = predicate if place is None else int(rows[i, place])
            found[named, *kinds].append((predicate, i))
    return dict(found)


def content_of(world: World, predicate: str) -> tuple[int, ...]:
    """The arguments of an axiom predicate that some rule concludes with, but for its attribute.

    Where there are none: the first at which it is queried.
    """
    places = set[int]()
    for rule in world.program.rules:
        concluded = rule.head.variables()
        for atom in rule.positive:
            if atom.predicate == predicate:
                places |= {
                    i
                    for i, term in enumerate(atom.terms)
                    if isinstance(term, Variable) and term.name in concluded
                }
    places -= {world.attribute.get(predicate, -1)}
    if not places:
        return world.positions(predicate, world.program.arity[predicate])[:1]
    return tuple(sorted(places))


def _permute(
    world: World,
    split: CorpusSplit,
    axioms: Mapping[str, Stated],
    of: Bools,
    draw: Draw,
    twin: str,
) -> int:
    """Permutes ``axioms`` in place; the most different contents that an attribute has."""
    most = 0
    place = {predicate: list(content_of(world, predicate)) for predicate in axioms}
    names = split.gold.closure.base.constants
    for (named, *_), members in attributes_of(world, split, axioms, of).items():
        rows = [axioms[predicate][1][i] for predicate, i in members]
        content = [tuple(row[place[p]].tolist()) for (p, _), row in zip(members, rows)]
        bearer = [(p, *np.delete(row, place[p]).tolist()) for (p, _), row in zip(members, rows)]
        different = min(len({*content}), len({*bearer}))
        most = max(most, different)
        if different < FEWEST:
            continue
        attribute = names[named] if isinstance(named, int) else named
        order = draw(f"twin {twin} {attribute}").permutation(len(members))
        for (predicate, i), other in zip(members, order):
            axioms[predicate][1][i, place[predicate]] = content[other]
    return most


class _Plain:
    """The rules without axiom facts that are stated."""

    def __init__(self, split: CorpusSplit) -> None:
        program = split.gold.closure.program
        patterns = zip(split.gold.patterns, split.stated_rules)
        self.numbers = [n for n, ((_, axioms), yes) in enumerate(patterns) if yes and not axioms]
        rules = [program.rules[split.gold.patterns[n][0]].sentence() for n in self.numbers]
        self.heads = [head for head, _ in rules]
        self.bodies = [body for _, body in rules]

    def permuted(
        self, of: Bools, rng: np.random.RandomState
    ) -> tuple[Sequence[tuple[str, ...]], int]:
        """(bodies, those of the patterns ``of`` [P] permuted; how many of these differ)."""
        mine = [i for i, n in enumerate(self.numbers) if of[n]]
        different = len({self.bodies[i] for i in mine})
        out = list(self.bodies)
        if different >= FEWEST:
            for i, other in zip(mine, rng.permutation(mine)):
                out[i] = self.bodies[other]
        return out, different

    def written(self, bodies: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
        return tuple((*head, "if", *body) for head, body in zip(self.heads, bodies))
