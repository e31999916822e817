"""example(corpus, rung) -> Markdown: one question with its proof, and why it is on its rung."""

from __future__ import annotations

import numpy as np

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.verbalize import (
    fact_in_english,
    question_in_english,
    theory_in_english,
)
from ...worlds.novelty.lowest_proof import LowestProofs, Step, lowest
from ...worlds.novelty.rungs import KINDS, LADDER, RUNGS, WRITTEN, ingredients
from .explain_negative import near_miss
from .explain_proof import novelties, proof_lines

LEGEND = (
    "Proofs are the lowest ones that use no other novelty than the rung's. Behind each line "
    "stands where it comes from: it was *stated*; it was *demonstrated*, as an example; it was "
    "*written* in a demonstrated proof; or it follows *by rule n*, and how that rule was given: "
    "*exemplified* (at work in other conclusions), *stated* (as a sentence), or *both*. "
    "*Familiar*: it counts as known. *Distance*: the least number of steps from what is given, "
    "however new they are; H: the most that demonstrated conclusions take."
)


def example(corpus: Corpus, rung: str) -> str:
    """One question of a rung, with its proof, what is new in it, and what resembles it; one of the
    headline, where there is any. The rung must not be empty."""
    mine = corpus.of_rung(rung, pure=rung != "mixed")
    headline = mine[corpus.certificate.headline[mine]]
    drawn = stream(corpus.world.id, "show", rung).permutation(headline if len(headline) else mine)
    question = int(drawn[0])
    queries = _queries(corpus, question)
    answers = _answers(corpus, question)
    if not answers:
        return f"{queries} — none.\n\n- {_why_none(corpus, question)}"
    step = displayed_proof(corpus, question)
    lines = [f"{queries} — {answers}.", "", "- Proof:", *proof_lines(corpus, step)]
    new = novelties(corpus, step) or ["nothing"]
    if len(new) == 1:
        lines += [f"- New: {new[0]}."]
    else:
        lines += ["- New:", *(f"  - {n}." for n in new)]
    certificate = corpus.certificate
    lines += [f"- Distance {certificate.distance[question]}, H {corpus.read.height}."]
    lines += [f"- {note}" for note in notes(corpus, question)]
    lines += [f"- Demonstrated and alike: {_alike(corpus, step)}"]
    return "\n".join(lines)


def displayed_proof(corpus: Corpus, question: int, within: LowestProofs | None = None) -> Step:
    """The lowest proof of the first answer ``within`` the novelty that the rung allows."""
    found = within or lowest_within(corpus, allowed_kinds(corpus, question))
    step = found.proof(int(corpus.fact[corpus.offsets[question]]))
    assert step is not None, f"question {question} has no proof within its rung"
    return step


def allowed_kinds(corpus: Corpus, question: int) -> int:
    """The kinds of novelty that the rung of a question allows, as a bitmask over KINDS."""
    rung = LADDER[corpus.certificate.rung[question]]
    if rung == "mixed":
        return int(ingredients(corpus.certificate.provable[[question]])[0])
    return 1 << KINDS.index(rung) if rung in KINDS else 0


def lowest_within(corpus: Corpus, kinds: int) -> LowestProofs:
    """All lowest proofs of a corpus that use no novelty but of these kinds."""
    leaves = corpus.demonstrated | corpus.written
    return lowest(corpus.split.gold, corpus.read, leaves, corpus.split.stated_rules, kinds)


def notes(corpus: Corpus, question: int) -> list[str]:
    """Why a question is in no headline, a line each."""
    certificate = corpus.certificate
    out = []
    if certificate.near[question]:
        out.append("Near: were what it rests on to be proved as well, its rung would be another.")
    if not certificate.matched[question]:
        out.append("Unmatched: no question of the other rung rests on premises as frequent.")
    if LADDER[certificate.rung[question]] == WRITTEN:
        out.append("Written: a demonstrated proof has the answer as a line, so it is on no rung.")
    return out


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


def _alike(corpus: Corpus, step: Step) -> str:
    """A demonstrated conclusion by the same pattern, else by the same rule."""
    gold, read, c = corpus.split.gold, corpus.read, corpus.closure
    if step.leaf:
        return "the statement itself."
    d, fact = step.derivation, step.fact
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
