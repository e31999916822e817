"""empty_rungs(corpus): why a rung has no pure question, counted in the corpus.

What might stand on a rung and does not is counted by the kinds of novelty that stand in the way,
each with the field of the exposure that would change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...printable import many
from ..datalog.facts import Bools
from ..novelty.rungs import KINDS, RUNGS, SPLIT, WITH, WRITTEN, ingredients
from .corpus import Corpus

NEEDS = {  # kind of novelty -> what an answer of it needs
    "constituent": "a base fact that nothing demonstrated uses in that role",
    "schema": "a frame that nothing demonstrated has",
    "depth": "more steps than H",
    "axiom": "a pattern that is only stated",
}


def empty_rungs(corpus: Corpus) -> dict[str, str]:
    """Rung or control without a pure question -> why it is empty."""
    exposure = corpus.exposure
    handed = corpus.split.handed is not None
    reasons: dict[str, Callable[[], str]] = {
        "recall": lambda: "nothing that is queried is stated or demonstrated (queries, phrases)",
        "instance": lambda: _handed(corpus) if handed else _instance(corpus),
        **{
            kind: lambda kind=kind: _handed(corpus) if handed else _kind(corpus, kind)
            for kind in KINDS
        },
        "mixed": lambda: "no question needs two kinds of novelty",
        WRITTEN: lambda: (
            "no proof of a demonstrated conclusion has a line that is another conclusion"
        ),
        "nontheorem": lambda: (
            "every prompt has an answer in the world"
            if exposure.nontheorems
            else "exposure.nontheorems is 0"
        ),
        "unknowable": lambda: (
            f"all that is true follows: exposure.coverage is {exposure.coverage:g}, and of "
            f"exposure.given {exposure.given.get('neither', 0):.0%} are given neither way"
        ),
    }
    return {
        rung: why()
        for rung, why in reasons.items()
        if not len(corpus.of_rung(rung, pure=rung != "mixed"))
    }


def _handed(corpus: Corpus) -> str:
    """Of a split that the world hands in: on which rungs its questions are instead."""
    rungs = [r for r in (*RUNGS, WRITTEN) if r != "recall"]
    count = {r: len(corpus.of_rung(r, pure=False)) for r in rungs}
    found = ", ".join(f"{n:,} {r}" for r, n in count.items() if n) or "it queries nothing"
    name = corpus.exposure.split
    split = f"the split {name!r}" if name else "the split that the world hands in"
    return "; ".join([f"{split} has no such question: {found}", *_split(corpus)])


def _instance(corpus: Corpus) -> str:
    split, exposure = corpus.split, corpus.exposure
    eligible, left = int(split.eligible.sum()), split.eligible & ~corpus.demonstrated
    share = f"exposure.phi = {exposure.phi:g}"
    if not exposure.phi:
        share = f"exposure.demonstrated = {exposure.demonstrated:g}"
    if split.query_episodes is not None and not len(split.query_episodes):
        return f"no {corpus.world.episodes} is queried (exposure.held = {exposure.held:g})"
    if not corpus.read.derivations.any():
        if not eligible:
            return f"no conclusion is demonstrated, for none may be: {_withheld(corpus)}"
        return f"no conclusion is demonstrated, of {eligible:,} that may be ({share})"
    if not left.any():
        return f"all {many(eligible, 'eligible conclusion')} are demonstrated ({share})"
    written = int((left & corpus.written).sum())
    text = (
        f"of {many(eligible, 'eligible conclusion')} {int(corpus.demonstrated.sum()):,} are "
        f"demonstrated ({share}), and {written:,} of the others stand in their proofs"
    )
    return "; ".join([text, *_split(corpus), *_way(corpus, _unstated(corpus), 0, "the others")])


def _withheld(corpus: Corpus) -> str:
    """What keeps every conclusion from being demonstrated, each cause with its count."""
    split, gold = corpus.split, corpus.split.gold
    c = corpus.closure
    conclusion = (gold.best >= 0) & ~c.is_base
    if not conclusion.any():
        return "nothing follows from what is stated and given"
    own = gold.best[conclusion]
    tall = int((gold.top[own] > corpus.exposure.demonstrated_height).sum())
    silent = int(split.silent[gold.pattern[own]].sum())
    causes = {
        f"{tall:,} are higher than exposure.demonstrated_height = "
        f"{corpus.exposure.demonstrated_height}": tall,
        f"{silent:,} follow by a pattern that is not to be exemplified (exposure.given)": silent,
    }
    found = [text for text, number in causes.items() if number]
    among = many(int(conclusion.sum()), "conclusion")
    return f"of {among} {', '.join(found) or 'all rest on held facts or frames (exposure.held)'}"


def _kind(corpus: Corpus, kind: str) -> str:
    """Why no pure question is new in this one way."""
    sets = corpus.certificate.provable
    mine = _unstated(corpus)
    needs = mine & ((sets & ~WITH[kind]) == 0)
    impure = mine & (corpus.certificate.rung == RUNGS.index(kind))
    if not (needs | impure).any():
        return "; ".join([_none(corpus, kind), *_split(corpus)])
    parts = [*_way(corpus, needs & ~impure, 1 << KINDS.index(kind), "all of them")]
    count = int((needs | impure).sum())
    if impure.any():
        parts.insert(0, f"{int(impure.sum()):,} of them also follow by other kinds of novelty")
    return f"{many(count, 'question')} {_verb(count)} {NEEDS[kind]}; {'; '.join(parts)}"


def _none(corpus: Corpus, kind: str) -> str:
    """Why no question needs what is new in this way."""
    exposure, split, read = corpus.exposure, corpus.split, corpus.read
    if kind == "constituent":
        if split.query_episodes is not None:
            return "base facts stand in the prompt, and so count as used"
        held = int(split.held.sum())
        if not held:
            return f"no base fact is held (exposure.held = {exposure.held:g})"
        return f"no answer rests on one of the {held:,} held facts (exposure.held)"
    if kind == "schema":
        held = int(split.held_frames.sum())
        if not held:
            return (
                f"no frame is held (exposure.held_frames = {exposure.held_frames:g}), and all "
                f"{len(read.frames):,} that occur in an answer are demonstrated"
            )
        return f"no answer rests on one of the {held:,} held frames (exposure.held_frames)"
    if kind == "axiom":
        stated = split.presentation.count("stated")
        if not stated:
            share = exposure.given.get("stated", 0)
            return f"no pattern is given as 'stated' ({share:.0%} in exposure.given)"
        return f"no answer needs one of the {stated:,} patterns that are only stated"
    farthest = int(corpus.certificate.distance.max(initial=0))
    high = int((corpus.closure.height > read.height).sum())
    text = (
        f"nothing is more than H = {read.height} from what is stated, demonstrated or written: "
        f"the farthest answer is {farthest}"
    )
    if high:
        return (
            f"{text}, for the {many(high, 'fact')} of more steps rest on demonstrated conclusions "
            f"(exposure.far = {exposure.far:g}, exposure.demonstrated)"
        )
    return (
        f"{text}, and nothing that is true takes more steps "
        f"(exposure.demonstrated_height = {exposure.demonstrated_height}, or a larger size)"
    )


def _unstated(corpus: Corpus) -> Bools:
    """[Q] questions on one rung, which have an answer that has to be derived."""
    rung = corpus.certificate.rung
    return (rung > RUNGS.index("recall")) & (rung <= RUNGS.index("mixed"))


def _way(corpus: Corpus, mine: Bools, but: int, who: str) -> Iterator[str]:
    """How many of these questions need which kinds, those of the set ``but`` apart."""
    needs: NDArray[np.int64] = ingredients(corpus.certificate.provable[mine]).astype(np.int64)
    needs &= ~but
    parts, cures = [], dict[str, None]()
    for s in sorted({*needs.tolist()} - {0}, key=lambda s: -int((needs == s).sum())):
        kinds = [kind for i, kind in enumerate(KINDS) if s >> i & 1]
        parts.append(f"{int((needs == s).sum()):,} {' + '.join(kinds)}")
        cures |= dict.fromkeys(_cure(corpus, k) for k in kinds)
    if parts:
        too = " too" if but else ""
        yield f"{who} need more{too}: {', '.join(parts)} ({'; '.join(cures)})"


def _cure(corpus: Corpus, kind: str) -> str:
    """What would take a kind of novelty out of the way."""
    if kind == "depth":
        return "more exposure.demonstrated_height"
    if kind == "axiom":
        return "less 'stated' in exposure.given"
    field = "held" if kind == "constituent" else "held_frames"
    share = getattr(corpus.exposure, field)
    return "more exposure.demonstrated" + (f" or less exposure.{field}" if share else "")


def _split(corpus: Corpus) -> list[str]:
    """That some questions stand on no rung, for their answers are on several."""
    split = int((corpus.certificate.rung == SPLIT).sum())
    return [f"{many(split, 'question')} with answers on several rungs"] * bool(split)


def _verb(number: int) -> str:
    return "needs" if number == 1 else "need"
