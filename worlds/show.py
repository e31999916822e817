"""describe(world, size) -> Markdown: what a world is, and one question of every rung, explained."""

from __future__ import annotations

import inspect

import numpy as np
from numpy.typing import NDArray

from .audit import empty_rungs
from .corpus import Corpus
from .nontheorems import NEGATIVE
from .phrases import fact_in_english, question_in_english, theory_in_english
from .rungs import KINDS, LADDER, RUNGS, ingredients
from .state import state
from .streams import stream
from .world import World

MEANING = {
    "recall": "the answer was stated",
    "instance": "nothing new: a new instance of a pattern that was shown, in shown combinations",
    "constituent": "+ a fact that no shown conclusion used in this role",
    "schema": "+ a combination (frame) of patterns that was never shown",
    "depth": "+ a proof higher than any that was shown",
    "axiom": "+ a pattern that was stated and never exemplified",
    "mixed": "two or more kinds of novelty at once",
    "nontheorem": "no answer in the world: the right answer is NONE",
    "unknowable": "an answer in the world that does not follow from what is stated: NONE too",
}


def describe(world: World, size: str) -> str:
    """The world at one size, its default exposure and seeds 0, as Markdown.

    Raises UserError for an unknown size.
    """
    corpus = state(world, size)
    parts = [
        f"# {world.id}",
        inspect.getdoc(type(world)) or "",
        "## Sizes",
        *(f"- **{name}**: {_arguments(kw)}" for name, kw in world.sizes.items()),
        "## Rules",
        "```prolog\n" + inspect.cleandoc(world.rules) + "\n```",
        f"## What is stated at size {size}",
        _stated(corpus),
        "## One question of every rung",
    ]
    empty = empty_rungs(corpus)
    for rung in LADDER:
        parts.append(f"### {rung}: {MEANING[rung]}")
        parts.append(f"Empty: {empty[rung]}." if rung in empty else _example(corpus, rung))
    return "\n\n".join(parts) + "\n"


def _arguments(size: object) -> str:
    assert isinstance(size, dict)
    return ", ".join(f"{k} {v}" for k, v in size.items()) or "the defaults of sample"


def _stated(corpus: Corpus) -> str:
    """Counts, and a few statements of each predicate."""
    c, exposure = corpus.closure, corpus.exposure
    rng = stream(corpus.world.id, "show", 0)
    told = np.zeros(len(c.predicate), bool)
    told[corpus.examples.fact[corpus.examples.fact >= 0]] = True
    lines = [
        f"{int(corpus.stated.sum()):,} base facts, {int(corpus.shown.sum()):,} conclusions, "
        f"{len(corpus.prompt):,} questions. Exposure: "
        + ", ".join(f"{k} {v}" for k, v in exposure.record().items())
        + "."
    ]
    for block in c.blocks.values():
        facts = block.start + np.flatnonzero(told[block.start : block.stop])
        if len(facts):
            some = rng.permutation(facts)[:2]
            lines.append(f"- {' '.join(fact_in_english(corpus.world, c, f) for f in some)}")
    lines += [f"- {' '.join(s)}" for s in corpus.sentences]
    return "\n".join(lines)


def _example(corpus: Corpus, rung: str) -> str:
    """The first question of a rung, with its proof, what is new in it, and what resembles it."""
    mine = corpus.of_rung(rung, pure=rung != "mixed")
    question = int(stream(corpus.world.id, "show", rung).permutation(mine)[0])
    asked = question_in_english(corpus, question)
    theory = "".join(f"- {line}\n" for line in theory_in_english(corpus, question))
    asked = f"{theory}\n**{asked}**" if theory else f"**{asked}**"
    names = [corpus.closure.base.constants[a] for a in corpus.prompt[question, 1:] if a >= 0]
    drawings = [d for d in map(corpus.world.sketch, names) if d]
    asked = "".join(f"```\n{d}\n```\n\n" for d in drawings) + asked
    answers = [corpus.closure.base.constants[a] for a in corpus.answers(question)]
    if not answers:
        return "\n".join([f"{asked} — none.", *_why_none(corpus, question)])
    first = int(corpus.offsets[question])
    fact = int(corpus.fact[first : int(corpus.offsets[question + 1])][0])
    lines = [f"{asked} — {' or '.join(answers)}.", "", "- Proof:"]
    lines += _proof(corpus, fact, "  ")
    lines += [f"- New: {_novelty(corpus, question, fact)}."]
    lines += [f"- Shown and alike: {_alike(corpus, fact)}"]
    return "\n".join(lines)


def _why_none(corpus: Corpus, question: int) -> list[str]:
    constants = corpus.closure.base.constants
    near, leak = corpus.certificate.near_miss[question], corpus.certificate.leak[question]
    if leak >= 0:
        return ["", f"- In the world it is {constants[leak]}; nothing stated tells it."]
    if near >= NEGATIVE:
        return ["", "- A near miss: all premises of a rule hold, but so does what it forbids."]
    return ["", f"- A near miss: premise {near + 1} of a rule's body is missing."]


def _proof(corpus: Corpus, fact: int, indent: str, before: set[int] | None = None) -> list[str]:
    """The lowest proof, down to what is stated; what was proved ``before`` is not proved again."""
    c, gold = corpus.closure, corpus.exposed.gold
    text = fact_in_english(corpus.world, c, fact)
    d = int(gold.best[fact])
    before = set() if before is None else before
    if c.is_base[fact]:
        return [f"{indent}- {text} *({_source(corpus, fact)})*"]
    if fact in before:
        return [f"{indent}- {text} *(as above)*"]
    before.add(fact)
    rule = c.program.rules[c.rule[d]]
    way = corpus.exposed.way[gold.pattern[d]]
    shown = ", itself shown" if corpus.shown[fact] else ""
    lines = [f"{indent}- {text} *(by rule {c.rule[d] + 1}, given as {way}{shown})*"]
    for premise in c.premises[d][: len(rule.positive)]:
        lines += _proof(corpus, int(premise), indent + "  ", before)
    return lines


def _source(corpus: Corpus, fact: int) -> str:
    """Where a base fact is known from."""
    if corpus.world.episodes:
        return "stated in the prompt"
    if fact in corpus.examples.fact:
        return "stated"
    return "seen" if corpus.unsaid[fact] else "known only through examples"


def _novelty(corpus: Corpus, question: int, fact: int) -> str:
    """What keeps the answer from a lower rung."""
    rung = RUNGS[corpus.certificate.rung[question]]
    if rung in ("recall", "instance"):
        return "nothing"
    kinds = ingredients(corpus.certificate.provable[[question]])[0]
    told = {
        "constituent": f"no shown conclusion uses here: {_unused(corpus, fact)}",
        "schema": "these patterns never stood together in what was shown",
        "depth": f"the proof is {corpus.closure.height[fact]} high, "
        f"what was shown at most {corpus.read.height}",
        "axiom": "the pattern was told as a sentence, and no example of it was shown",
    }
    return "; ".join(told[k] for i, k in enumerate(KINDS) if kinds >> i & 1)


def _cone(corpus: Corpus, fact: int) -> NDArray[np.int64]:
    """The derivations of the lowest proof."""
    c, best = corpus.closure, corpus.exposed.gold.best
    out: list[int] = []
    todo = [fact]
    while todo:
        f = todo.pop()
        if not c.is_base[f]:
            out.append(int(best[f]))
            todo += [int(p) for p in c.premises[best[f]] if p >= 0]
    return np.array(out, np.int64)


def _unused(corpus: Corpus, fact: int) -> str:
    gold, cone = corpus.exposed.gold, _cone(corpus, fact)
    open_ = gold.open[cone]
    new = (open_ >= 0) & np.append(corpus.closure.is_base, False)[open_]
    new &= ~corpus.read.used[cone]
    facts = [fact_in_english(corpus.world, corpus.closure, int(f)) for f in open_[new]]
    return " ".join(dict.fromkeys(facts)).rstrip(".")


def _alike(corpus: Corpus, fact: int) -> str:
    """A shown conclusion by the same pattern, else by the same rule."""
    gold, read, c = corpus.exposed.gold, corpus.read, corpus.closure
    if c.is_base[fact]:
        return "the statement itself."
    d = int(gold.best[fact])
    for same, how in (
        (gold.pattern == gold.pattern[d], "the same pattern"),
        (c.rule == c.rule[d], "the same rule with other data"),
    ):
        found = np.flatnonzero(same & read.derivations & corpus.shown[c.head] & (c.head != fact))
        if len(found):
            near = found[np.argmin(np.abs(c.arguments[c.head[found]] - c.arguments[fact]).sum(1))]
            return f"{fact_in_english(corpus.world, c, int(c.head[near]))} ({how})"
    return "nothing by this rule."
