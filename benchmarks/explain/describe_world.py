"""describe(world, size) -> Markdown: what a world is, and one question of every rung, explained."""

from __future__ import annotations

import inspect
import textwrap

import numpy as np

from ...printable import many
from ...seeding import stream
from ...worlds.corpus.build import build_corpus
from ...worlds.corpus.corpus import Corpus
from ...worlds.corpus.empty_rungs import empty_rungs
from ...worlds.corpus.frequency_audit import mean_frequencies
from ...worlds.corpus.height_note import height_note
from ...worlds.encoding.verbalize import fact_in_english
from ...worlds.exposure import PRESENTATIONS, Exposure
from ...worlds.interventions.interventions_given import broken_in_words
from ...worlds.novelty.rungs import CONTROLS, LADDER, SPLIT, WRITTEN
from ...worlds.world import World
from .explain_question import LEGEND, example, exception_items

MEANING = {
    "recall": "the answer was stated",
    "instance": "nothing new: a new instance of a demonstrated pattern and combination",
    "constituent": "+ a fact that no demonstrated conclusion used in this role",
    "schema": "+ a combination (frame) of patterns that was never demonstrated",
    "depth": "+ more steps than any demonstrated proof takes",
    "axiom": "+ a pattern that was stated and never exemplified",
    "mixed": "two or more kinds of novelty at once",
    "written": "no rung: the answer stands in the proof of a demonstrated conclusion",
    "nontheorem": "no answer in the world: the right answer is NONE",
    "unknowable": "an answer in the world that does not follow from what is stated: NONE too",
}


def describe(world: World, size: str, exposure: Exposure | None = None) -> str:
    """The world at one size, this exposure (or its default one) and seeds 0, as Markdown.

    Raises UserError for an unknown size.
    """
    corpus = build_corpus(world, size, exposure)
    parts = [
        f"# {world.id}",
        inspect.getdoc(type(world)) or "",
        "## Sizes",
        "\n".join(f"- **{name}**: {_arguments(world, name)}" for name in _sizes(world, size)),
        *_splits(world),
        "## Rules",
        f"```prolog\n{_numbered(world)}\n```",
        f"## What is stated at size {size}",
        _stated(corpus),
        "## One question of every rung",
        LEGEND,
        *_several(corpus),
    ]
    empty = empty_rungs(corpus)
    for rung in LADDER:
        parts.append(f"### {rung}: {MEANING[rung]}")
        if rung in empty:
            parts.append(f"Empty: {empty[rung]}.")
        else:
            parts += [counts(corpus, rung), example(corpus, rung)]
    if world.like and (text := exception_items(corpus)):
        parts += ["### exception, on any rung: where likeness misleads", text]
    return "\n\n".join(parts) + "\n"


def counts(corpus: Corpus, rung: str) -> str:
    """How many questions of a rung stand in its headline, and why the others do not."""
    certificate = corpus.certificate
    mine = certificate.rung == LADDER.index(rung)
    if rung in ("mixed", WRITTEN, *CONTROLS):
        return f"{_questions(int(mine.sum()))}, in no headline."
    near = mine & certificate.near
    unmatched = mine & ~near & ~certificate.matched
    impure = mine & ~near & ~unmatched & ~certificate.pure
    out = {"near": near, "unmatched": unmatched, "impure": impure}
    left = [f"{found.sum():,} {why}" for why, found in out.items() if found.any()]
    text = f"{_questions(int((mine & certificate.headline).sum()))} in the headline"
    return f"{text}; left out: {', '.join(left)}." if left else f"{text}."


def _splits(world: World) -> list[str]:
    """The published splits of a world that has some, each as its rule says it."""
    if not world.splits:
        return []
    rules = {
        name: (inspect.getdoc(rule) or "").split("\n\n")[0] for name, rule in world.splits.items()
    }
    lines = [f"- **{name}**: {' '.join(text.split())}" for name, text in rules.items()]
    return ["## Splits, one of which `exposure.split` may name", "\n".join(lines)]


def _several(corpus: Corpus) -> list[str]:
    """That some questions stand on no rung, for their answers are on several."""
    split = int((corpus.certificate.rung == SPLIT).sum())
    return [f"On no rung, for their answers are on several: {_questions(split)}."] if split else []


def _questions(number: int) -> str:
    return many(number, "question")


def _sizes(world: World, size: str) -> list[str]:
    """Those of the world, and the one that is described where it has parameters of its own."""
    return [*dict.fromkeys([*world.sizes, world.named_size(size)])]


def _numbered(world: World) -> str:
    """The rules as written, each with its number in front."""
    lines = textwrap.dedent(world.rules).split("\n")
    numbers: dict[int, list[str]] = {}
    for n, rule in enumerate(world.program.rules, start=1):
        numbers.setdefault(rule.line, []).append(str(n))
    margin = len(str(len(world.program.rules))) + 2
    message = [f"{','.join(numbers.get(i, [])):<{margin}}{t}" for i, t in enumerate(lines, start=1)]
    return "\n".join(line.rstrip() for line in message).strip("\n")


def _arguments(world: World, size: str) -> str:
    """What a size draws, and how its exposure differs from the world's own."""
    drawn = [f"{k} {v}" for k, v in world.arguments(size).items()] or ["the defaults of sample"]
    usual = world.exposure.record()
    own = world.default_exposure(size).record()
    other = [f"{k} {_plain(v)}" for k, v in own.items() if usual.get(k) != v]
    return ", ".join(drawn) + (f"; exposure: {', '.join(other)}" if other else "")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return " + ".join(f"{_percent(v)} {k}" for k, v in value.items())
    return f"{value}"


def _in_words(corpus: Corpus) -> str:
    """An exposure in words."""
    world, e = corpus.world, corpus.exposure
    message = [
        "all base facts are stated"
        if e.coverage == 1
        else f"{_percent(e.coverage)} of the base facts are stated"
    ]
    if e.undescribed:
        silent = (f"{p} of {_percent(share)} of its entities" for p, share in e.undescribed.items())
        message.append(f"but not {', nor '.join(silent)}")
    if corpus.split.handed is None:
        message += _drawn(world, e)
    else:
        name = f"the split {e.split!r}" if e.split else "a split that the world hands in"
        message.append(f"{name} says which conclusions are demonstrated and which are queried")
    if set(e.given) != {"exemplified"}:
        presentations = ", ".join(
            f"{_percent(e.given[w])} {w}" for w in PRESENTATIONS if e.given.get(w)
        )
        message.append(f"of the rules{' as data' * bool(world.axioms)} are given {presentations}")
    if e.nontheorems:
        message.append(
            f"for 100 demonstrated conclusions {100 * e.nontheorems:g} nontheorems are stated"
        )
    if e.wordings > 1:
        message.append(f"each stated rule is worded in {e.wordings} ways for each place")
    if e.interventions:
        message.append(f"interventions: {', '.join(map(str, e.interventions))}")
    return "; ".join(message)


def _drawn(world: World, e: Exposure) -> list[str]:
    """What an exposure draws, where the world hands in no split."""
    message = [
        f"{_percent(e.held)} of the {world.episodes}s are queried, the others demonstrated"
        if world.episodes
        else f"{_percent(e.held)} of those that serve as premises are held: "
        "no demonstrated conclusion uses them",
    ]
    if e.held_frames:
        message.append(f"{_percent(e.held_frames)} of the combinations (frames) are held too")
    message.append(
        f"{e.phi:g} conclusions are demonstrated for each base fact that they may use"
        if e.phi
        else f"of the conclusions that may be demonstrated, {_percent(e.demonstrated)} are"
    )
    message.append(f"no demonstrated proof is higher than {e.demonstrated_height}")
    return message


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def _frequencies(corpus: Corpus) -> list[str]:
    """How rare what questions rest on is, in a line; none where there is nothing to compare."""
    found = mean_frequencies(corpus)
    means = [f"{mode} {one:.3g} and {other:.3g}" for mode, (one, other) in found.items()]
    return [
        "The rarest fact of a proof is written so often, in headline questions of instance and of "
        f"constituent: {', '.join(means)}."
    ] * bool(means)


def _stated(corpus: Corpus) -> str:
    """Counts, and a few statements of each predicate."""
    c = corpus.closure
    rng = stream(corpus.world.id, "show", 0)
    text = np.zeros(len(c.predicate), bool)
    text[corpus.examples.fact[corpus.examples.fact >= 0]] = True
    lines = [
        f"{many(int(corpus.stated.sum()), 'base fact')}, "
        f"{many(int(corpus.demonstrated.sum()), 'conclusion')}, "
        f"{_questions(len(corpus.prompt))}. Exposure: {_in_words(corpus)}.",
        *_frequencies(corpus),
        *([f"{height_note(corpus)}."] if height_note(corpus) else []),
        *broken_in_words(corpus.exposure.interventions),
        "",
    ]
    for block in c.blocks.values():
        facts = block.start + np.flatnonzero(text[block.start : block.stop])
        if len(facts):
            some = rng.permutation(facts)[:2]
            lines.append(f"- {' '.join(fact_in_english(corpus.world, c, f) for f in some)}")
    lines += [f"- {' '.join(s)}" for s in corpus.sentences]
    return "\n".join(lines)
