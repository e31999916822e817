"""example(corpus, rung) -> Markdown: one question with its proof, and why it is on its rung."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.verbalize import (
    fact_in_english,
    phrase,
    question_in_english,
    theory_in_english,
)
from ...worlds.novelty.rungs import KINDS, RUNGS, ingredients
from .explain_negative import near_miss

LEGEND = (
    "Behind each line of a proof stands where it comes from: it was *stated*, or it follows *by "
    "rule n*, and how that rule was given: *exemplified* (at work in other conclusions), "
    "*stated* (as a sentence), or *both*. *Itself demonstrated*: this conclusion was stated too. "
    "*Familiar*: it counts as known."
)


def example(corpus: Corpus, rung: str) -> str:
    """One question of a rung, with its proof, what is new in it, and what resembles it."""
    mine = corpus.of_rung(rung, pure=rung != "mixed")
    question = int(stream(corpus.world.id, "show", rung).permutation(mine)[0])
    queries = _queries(corpus, question)
    answers = _answers(corpus, question)
    if not answers:
        return f"{queries} — none.\n\n- {_why_none(corpus, question)}"
    first = int(corpus.offsets[question])
    fact = int(corpus.fact[first])
    lines = [f"{queries} — {answers}.", "", "- Proof:", *_proof(corpus, fact, "  ", set())]
    new = _novelties(corpus, question, fact)
    if len(new) == 1:
        lines += [f"- New: {new[0]}."]
    else:
        lines += ["- New:", *(f"  - {n}." for n in new)]
    lines += [f"- Demonstrated and alike: {_alike(corpus, fact)}"]
    return "\n".join(lines)


def exception_items(corpus: Corpus) -> str:
    """An exception item and its twin; empty where the world has none."""
    certificate = corpus.certificate
    found = np.flatnonzero(
        (certificate.distractor >= 0) & (certificate.twin >= 0) & certificate.pure
    )
    if not len(found):
        return ""
    question = int(found[0])
    twin = int(certificate.twin[question])
    distractor = corpus.closure.base.constants[certificate.distractor[question]]
    return (
        f"{_queries(corpus, question)} — {_answers(corpus, question)}. "
        f"(On rung {RUNGS[certificate.rung[question]]}.)\n\n"
        f"- Distractor: {distractor}, as most of its kind have it.\n"
        f"- Twin: {_queries(corpus, twin)} — {_answers(corpus, twin)}."
    )


def _answers(corpus: Corpus, question: int) -> str:
    return " or ".join(corpus.closure.base.constants[a] for a in corpus.answers(question))


def _queries(corpus: Corpus, question: int) -> str:
    """The question, with the pictures in it and the theory before it."""
    names = [corpus.closure.base.constants[a] for a in corpus.prompt[question, 1:] if a >= 0]
    drawings = [f"```\n{d}\n```\n\n" for d in map(corpus.world.sketch, names) if d]
    theory = "".join(f"- {line}\n" for line in theory_in_english(corpus, question))
    queries = f"**{question_in_english(corpus, question)}**"
    return "".join(drawings) + (f"{theory}\n{queries}" if theory else queries)


def _why_none(corpus: Corpus, question: int) -> str:
    leak = corpus.certificate.leak[question]
    if leak >= 0:
        name = corpus.closure.base.constants[leak]
        return f"In the world it is {name}; nothing that is stated implies it."
    return near_miss(corpus, question)


def _proof(corpus: Corpus, fact: int, indent: str, before: set[int]) -> list[str]:
    """The lowest proof, down to what is stated; what was proved ``before`` is not proved again."""
    c, gold = corpus.closure, corpus.split.gold
    text = fact_in_english(corpus.world, c, fact)
    d = int(gold.best[fact])
    if c.is_base[fact]:
        return [f"{indent}- {text} *({_source(corpus, fact)})*"]
    if fact in before:
        return [f"{indent}- {text} *(as above)*"]
    before.add(fact)
    rule = c.program.rules[c.rule[d]]
    presentation = corpus.split.presentation[gold.pattern[d]]
    displayed = ", itself demonstrated" if corpus.demonstrated[fact] else ""
    lines = [f"{indent}- {text} *(by rule {c.rule[d] + 1}, given as {presentation}{displayed})*"]
    for premise in c.premises[d][: len(rule.positive)]:
        lines += _proof(corpus, int(premise), indent + "  ", before)
    return lines


def _source(corpus: Corpus, fact: int) -> str:
    """Where a base fact is known from."""
    if corpus.world.episodes:
        return "stated in the prompt"
    if fact in corpus.examples.fact:
        return "stated"
    return "familiar, never stated" if corpus.unstated[fact] else "known only through examples"


def _novelties(corpus: Corpus, question: int, fact: int) -> list[str]:
    """What keeps the answer from a lower rung, a sentence each."""
    rung = RUNGS[corpus.certificate.rung[question]]
    if rung in ("recall", "instance"):
        return ["nothing"]
    kinds = ingredients(corpus.certificate.provable[[question]])[0]
    message = {
        "constituent": f"no demonstrated conclusion uses here: {_unused(corpus, fact)}",
        "schema": f"never demonstrated together: {_unseen(corpus, fact)}",
        "depth": f"the proof is {corpus.closure.height[fact]} high, "
        f"what was demonstrated at most {corpus.read.height}",
        "axiom": "the pattern was stated as a sentence, and no example of it was given",
    }
    return [message[k] for i, k in enumerate(KINDS) if kinds >> i & 1]


def _cone(corpus: Corpus, fact: int) -> NDArray[np.int64]:
    """The derivations of the lowest proof."""
    c, best = corpus.closure, corpus.split.gold.best
    out: list[int] = []
    todo = [fact]
    while todo:
        f = todo.pop()
        if not c.is_base[f]:
            out.append(int(best[f]))
            todo += [int(p) for p in c.premises[best[f]] if p >= 0]
    return np.array(out, np.int64)


def _unused(corpus: Corpus, fact: int) -> str:
    gold, cone = corpus.split.gold, _cone(corpus, fact)
    open_ = gold.open[cone]
    new = (open_ >= 0) & np.append(corpus.closure.is_base, False)[open_]
    new &= ~corpus.read.used[cone]
    facts = [fact_in_english(corpus.world, corpus.closure, int(f)) for f in open_[new]]
    return " ".join(dict.fromkeys(facts)).rstrip(".")


def _unseen(corpus: Corpus, fact: int) -> str:
    """The frames of the lowest proof that were never demonstrated."""
    gold, c = corpus.split.gold, corpus.closure
    displayed = np.zeros(len(c.head), bool)
    displayed[gold.rows.derivation[corpus.read.frames[gold.rows.frame]]] = True
    new = (d for d in _cone(corpus, fact).tolist() if not displayed[d])
    return "; ".join(dict.fromkeys(_frame(corpus, d) for d in new))


def _frame(corpus: Corpus, derivation: int) -> str:
    """The pattern of a derivation, its schema values, and the patterns of its premises."""
    gold, c = corpus.split.gold, corpus.closure
    number, premises = int(c.rule[derivation]), c.premises[derivation]
    values = []
    for variable in corpus.world.schema.get(number, ()):
        premise, place = c.program.rules[number].binding(variable)
        value = c.base.constants[c.arguments[premises[premise], place]]
        values.append(f"{variable} = {value}")
    below = [int(gold.best[p]) for p in gold.open[derivation] if p >= 0 and not c.is_base[p]]
    wording = _pattern(corpus, derivation)
    if values:
        wording += f" with {' and '.join(values)}"
    if below:
        wording += f" on what follows by {' and by '.join(_pattern(corpus, d) for d in below)}"
    return wording


def _pattern(corpus: Corpus, derivation: int) -> str:
    gold = corpus.split.gold
    number, axioms = gold.patterns[gold.pattern[derivation]]
    wording = "; ".join(phrase(corpus.world, a[0], a[1:]).rstrip(".") for a in axioms)
    return f"rule {number + 1}" + (f" ({wording})" if wording else "")


def _alike(corpus: Corpus, fact: int) -> str:
    """A demonstrated conclusion by the same pattern, else by the same rule."""
    gold, read, c = corpus.split.gold, corpus.read, corpus.closure
    if c.is_base[fact]:
        return "the statement itself."
    d = int(gold.best[fact])
    for same, how in (
        (gold.pattern == gold.pattern[d], "the same pattern"),
        (c.rule == c.rule[d], "the same rule with other data"),
    ):
        found = np.flatnonzero(
            same & read.derivations & corpus.demonstrated[c.head] & (c.head != fact)
        )
        if len(found):
            near = found[np.argmin(np.abs(c.arguments[c.head[found]] - c.arguments[fact]).sum(1))]
            return f"{fact_in_english(corpus.world, c, int(c.head[near]))} ({how})"
    return "nothing by this rule."
