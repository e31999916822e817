"""A proof in Markdown, and what is new in it, from the same steps that are printed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.verbalize import fact_in_english, phrase
from ...worlds.novelty.lowest_proof import Step
from ...worlds.novelty.rungs import KINDS
from ..export.english_forms import clause
from .explain_negative import Binding, bind, in_english

COUNTED = ("", "a stated fact", "two stated facts", "three stated facts", "four stated facts")


def proof_lines(corpus: Corpus, step: Step, indent: str = "  ") -> list[str]:
    """The proof as a nested list; what was proved further up is not proved again."""
    return list(_lines(corpus, step, indent, set()))


def _lines(corpus: Corpus, step: Step, indent: str, before: set[int]) -> Iterator[str]:
    text = fact_in_english(corpus.world, corpus.closure, step.fact)
    if step.leaf:
        yield f"{indent}- {text} *({source(corpus, step)})*"
        return
    if step.state in before:
        yield f"{indent}- {text} *(as above, by {pattern(corpus, step.label - 1)})*"
        return
    before.add(step.state)
    c, gold, d = corpus.closure, corpus.split.gold, step.derivation
    rule = c.program.rules[c.rule[d]]
    presentation = corpus.split.presentation[gold.pattern[d]]
    yield f"{indent}- {text} *(by rule {c.rule[d] + 1}, given as {presentation})*"
    open_ = iter(step.premises)
    for atom, premise in zip(rule.positive, c.premises[d]):
        if atom.predicate in corpus.world.axioms:
            text = fact_in_english(corpus.world, c, int(premise))
            yield f"{indent}  - {text} *({_stated(corpus, int(premise))})*"
        else:
            yield from _lines(corpus, next(open_), indent + "  ", before)
    for sentence in negatives(corpus, d):
        yield f"{indent}  - Nothing says that {clause(sentence)}."


def source(corpus: Corpus, leaf: Step) -> str:
    """Where a leaf is known from; a conclusion counts there as what some pattern gives."""
    c = corpus.closure
    if c.is_base[leaf.fact]:
        text = _stated(corpus, leaf.fact)
        return f"{text}, and follows by {pattern(corpus, leaf.label - 1)}" if leaf.label else text
    if corpus.demonstrated[leaf.fact]:
        text = "demonstrated"
    else:
        above = fact_in_english(corpus.world, c, writes(corpus, leaf.fact))
        text = f"written in the proof of “{above.rstrip('.')}”"
    return f"{text}, by {pattern(corpus, leaf.label - 1)}"


def _stated(corpus: Corpus, fact: int) -> str:
    """Where a base fact is known from."""
    if corpus.world.episodes:
        return "stated in the prompt"
    if fact in corpus.examples.fact:
        return "stated"
    return "familiar, never stated" if corpus.unstated[fact] else "known only through examples"


def writes(corpus: Corpus, fact: int) -> int:
    """A demonstrated conclusion in whose proof, the one that is written, ``fact`` is a line.

    Raises AssertionError for a fact that stands in none.
    """
    c, best = corpus.closure, corpus.split.gold.best
    derived = np.flatnonzero((best >= 0) & ~c.is_base)
    below = c.premises[best[derived]]
    todo, seen = [fact], {fact}
    for line in todo:
        for above in derived[(below == line).any(1)].tolist():
            if corpus.demonstrated[above]:
                return above
            if above not in seen:
                seen.add(above)
                todo.append(above)
    raise AssertionError(f"fact {fact} stands in no demonstrated proof")


def novelties(corpus: Corpus, step: Step) -> list[str]:
    """What keeps the answer from a lower rung, a sentence a kind."""
    message = {
        "constituent": "no demonstrated conclusion uses in this role: {}",
        "schema": "never demonstrated together: {}",
        "depth": "{}",
        "axiom": "stated as a sentence, with no example of it: {}",
    }
    join = {"constituent": " "}
    out = []
    for kind in KINDS:
        new = dict.fromkeys(_new(corpus, step, kind))
        if new:
            out.append(message[kind].format(join.get(kind, "; ").join(new)).rstrip("."))
    return out


def _new(corpus: Corpus, proof: Step, kind: str) -> list[str]:
    """What of one kind is new in a proof, in words."""
    if kind == "depth":
        most = corpus.read.height
        steps = f"the proof takes {proof.height} steps, and H, the most demonstrated, is {most}"
        return [steps] if proof.height > most else []
    gold, read = corpus.split.gold, corpus.read
    out = []
    for step in proof.steps():
        if step.leaf:
            continue
        known = read.exemplified[gold.pattern[step.derivation]]
        if kind == "axiom":
            out += [] if known else [pattern(corpus, int(gold.pattern[step.derivation]))]
        elif kind == "schema" and known:
            out += [] if read.frames[gold.rows.frame[step.row]] else [frame(corpus, step)]
        elif kind == "constituent" and known:
            used = read.used[step.derivation]
            out += [
                fact_in_english(corpus.world, corpus.closure, premise.fact)
                for premise, before in zip(step.premises, used)
                if premise.label == 0 and not before
            ]
    return out


def frame(corpus: Corpus, step: Step) -> str:
    """A pattern, its schema values, and what each of its premises is."""
    gold, c = corpus.split.gold, corpus.closure
    number, premises = int(c.rule[step.derivation]), c.premises[step.derivation]
    values = []
    for variable in corpus.world.schema_of_rules.get(number, ()):
        premise, place = c.program.rules[number].binding(variable)
        values.append(f"{variable} = {c.base.constants[c.arguments[premises[premise], place]]}")
    wording = pattern(corpus, int(gold.pattern[step.derivation]))
    if values:
        wording += f" with {' and '.join(values)}"
    base = sum(premise.label == 0 for premise in step.premises)
    on = [COUNTED[base] if base < len(COUNTED) else f"{base} stated facts"] if base else []
    on += [f"what follows by {pattern(corpus, p.label - 1)}" for p in step.premises if p.label]
    if on:
        wording += f" on {' and on '.join(on)}"
    nothing = [f"nothing says that {clause(s)}" for s in negatives(corpus, step.derivation)]
    return ", and ".join([wording, *nothing])


def pattern(corpus: Corpus, number: int) -> str:
    """A pattern: its rule, and in words the rules as data that are bound in it."""
    rule, axioms = corpus.split.gold.patterns[number]
    wording = "; ".join(phrase(corpus.world, a[0], a[1:]).rstrip(".") for a in axioms)
    return f"rule {rule + 1}" + (f" ({wording})" if wording else "")


def negatives(corpus: Corpus, derivation: int) -> list[str]:
    """The negative premises of a derivation, as the sentences that nothing says."""
    c = corpus.closure
    rule = c.program.rules[c.rule[derivation]]
    if not rule.negative:
        return []
    facts = [int(c.head[derivation]), *(int(p) for p in c.premises[derivation] if p >= 0)]
    bound: Binding = {}
    for atom, fact in zip((rule.head, *rule.positive), facts):
        found = bind(corpus, atom.terms, c.arguments[fact, : len(atom.terms)].tolist(), bound)
        assert found is not None  # a derivation is an instance of its rule
        bound = found
    return [in_english(corpus, atom, bound) for atom in rule.negative]
