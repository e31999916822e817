"""Draws every picture of the documentation: ``python docs/pictures/draw.py``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from canvas import Canvas  # noqa: E402


def pipeline() -> Canvas:
    c = Canvas(
        "From a world to a number",
        "A world of facts and rules gives a corpus; a model reads it and answers queries; every "
        "answer is scored on the rung of novelty that its proof needs.",
        572,
    )
    y = c.card(
        16,
        14,
        448,
        "box",
        "zebras are striped, horses neigh;",
        "a striped horse is called a zebra",
        head="World: facts and rules, all known",
    )
    c.arrow(240, y, 240, y + 22)
    y = c.card(
        16,
        y + 22,
        448,
        "stated",
        "“The zebra is a kind of horse.”",
        "“The zebra is striped.”",
        "“A spotted cat is called a leopard.”",
        head="Corpus: what the model reads",
    )
    c.arrow(240, y, 240, y + 22)
    y = c.card(
        16,
        y + 22,
        448,
        "box",
        "“A striped horse is called a ___.”",
        head="Query: stated nowhere in the corpus",
    )
    c.arrow(240, y, 240, y + 22)
    y = c.card(
        16,
        y + 22,
        448,
        "right",
        "“zebra”: right, as its proof shows",
        head="Answer of a trained model",
    )
    c.arrow(240, y, 240, y + 22)
    y += 22
    c.box(16, y, 448, 176, "box")
    c.text(26, y + 22, "Score: by what is new in the proof", "title")
    rungs = [
        ("recall", "nothing: it was stated"),
        ("instance", "a new case of a familiar pattern"),
        ("constituent", "a fact never used before"),
        ("schema", "a new combination of patterns"),
        ("depth", "a longer proof than any demonstrated"),
        ("axiom", "a rule only stated, never exemplified"),
    ]
    for number, (name, new) in enumerate(rungs):
        at = y + 46 + 23 * number
        if name == "constituent":
            c.box(22, at - 16, 436, 22, "new")
        c.text(30, at, name, "mono")
        c.text(140, at, new, "text")
    return c


def world() -> Canvas:
    c = Canvas(
        "A world: facts, a rule, a derivation",
        "Two base facts and a rule derive that a striped horse is called a zebra.",
        318,
    )
    c.text(16, 28, "Base facts (height 0)", "title")
    c.card(16, 40, 215, "stated", "genus(zebra, horse)")
    c.card(249, 40, 215, "stated", "bears(zebra, striped)")
    c.arrow(123, 72, 200, 112)
    c.arrow(356, 72, 280, 112)
    c.text(16, 106, "Rule", "title")
    c.box(16, 114, 448, 62, "box")
    c.text(28, 139, "called(T, Y, X) :- bears(X, T),", "mono")
    c.text(28, 161, "                   genus(X, Y).".replace(" ", "\u00a0"), "mono")
    c.arrow(240, 176, 240, 212)
    c.text(254, 200, "one derivation", "small")
    c.text(16, 206, "Conclusion (height 1)", "title")
    c.card(16, 214, 448, "right", "called(striped, horse, zebra)")
    c.text(16, 272, "Closure = all facts with all their derivations,", "text")
    c.text(16, 294, "found by the engine and again by clingo.", "text")
    return c


def corpus() -> Canvas:
    c = Canvas(
        "What a corpus states and demonstrates",
        "Of each pattern the exposure decides: exemplified, stated, both, or neither; some facts "
        "are held out of every demonstrated conclusion.",
        360,
    )
    y = c.card(16, 14, 448, "box", "all that is true, with all proofs", head="Closure")
    c.arrow(130, y, 130, y + 26)
    c.arrow(350, y, 350, y + 26)
    c.text(240, y + 18, "exposure", "small", "middle")
    y += 26
    y2 = c.card(
        16,
        y,
        218,
        "stated",
        "The zebra is striped.",
        "The zebra is a horse.",
        "The leopard is a cat.",
        head="Facts stated",
    )
    c.card(
        246,
        y,
        218,
        "stated",
        "A spotted cat is",
        "called a leopard.",
        "(shows the rule at work)",
        head="Demonstrated",
    )
    c.text(16, y2 + 28, "Held out: facts that no demonstration uses", "title")
    y3 = c.card(16, y2 + 38, 448, "new", "The zebra is striped.", "The zebra is a horse.")
    c.text(16, y3 + 26, "So “a striped horse is called a ___” needs a", "text")
    c.text(16, y3 + 47, "familiar rule on facts never used: constituent.", "text")
    return c


def ladder() -> Canvas:
    c = Canvas(
        "The ladder of novelty",
        "Six rungs, each with a zebra query and the one thing that is new in its proof.",
        580,
    )
    rungs = [
        ("recall", "A spotted cat is called a ___", "nothing: this sentence was stated"),
        ("instance", "The call of the pony is ___", "nothing but the case itself"),
        (
            "constituent",
            "A striped horse is called a ___",
            "the zebra's facts, used in no demonstration",
        ),
        ("schema", "The diet of the zebra foal is ___", "these two rules, never combined"),
        ("depth", "The diet of the foal's foal is ___", "three steps, where two were the most"),
        (
            "axiom",
            "The sleep of the zebra is ___",
            "“as a rule horses sleep standing”: only stated",
        ),
    ]
    y = 14.0
    for name, query, new in rungs:
        c.box(16, y, 448, 78, "mute" if name == "recall" else "box")
        c.text(28, y + 22, name, "title")
        c.text(28, y + 44, f"“{query}”", "text")
        c.text(28, y + 66, f"New: {new}", "small")
        y += 88
    c.text(16, y + 14, "Two kinds at once: mixed. Reported apart.", "text")
    return c


def floors() -> Canvas:
    c = Canvas(
        "Floor, score, ceilings",
        "A score counts above what blind strategies get and below what symbolic references get.",
        330,
    )
    left, right = 60, 440

    def at(share: float) -> float:
        return left + (right - left) * share

    c.text(16, 28, "“A striped horse is called a ___.” (example)", "title")
    c.path([(left, 150), (right, 150)], "line")
    for share in (0, 0.5, 1):
        c.path([(at(share), 146), (at(share), 154)], "line")
        c.text(at(share), 174, f"{share:g}", "small", "middle")
    c.box(at(0), 138, at(0.35) - at(0), 24, "mute")
    c.path([(at(0.35), 60), (at(0.35), 176)], "dash")
    c.text(at(0.35) - 8, 66, "floor .35, likeness:", "small", "end")
    c.text(at(0.35) - 8, 84, "as lookalikes are called", "small", "end")
    c.text(at(0.35) - 8, 102, "(chance .20, blinded .30)", "small", "end")
    c.dot(at(0.6), 150)
    c.path([(at(0.55), 150), (at(0.65), 150)], "curve")
    c.text(at(0.6), 128, "model .60 ± .05", "text", "middle")
    c.path([(at(1), 60), (at(1), 176)], "dash")
    c.text(at(1) - 6, 112, "deducer 1", "small", "end")
    c.text(16, 206, "Three ceilings answer by symbols alone", "title")
    c.lines(
        16,
        232,
        "reuser: nothing new allowed",
        "inductor: every exemplified pattern, any depth",
        "deducer: every rule that was given",
    )
    c.text(16, 304, "Evidence of a rule starts above the floor.", "text")
    return c


def intervals() -> Canvas:
    c = Canvas(
        "What an interval covers",
        "Five worlds give five scores; the interval is over worlds, not over questions.",
        300,
    )
    left, right = 40, 440
    c.text(16, 28, "Accuracy on constituent, one dot a world", "title")
    values = [0.46, 0.52, 0.55, 0.58, 0.66]
    for number, value in enumerate(values):
        c.text(16, 62 + 24 * number, f"world {number}", "small")
        x = left + 70 + (right - left - 70) * value
        c.path([(left + 70, 57 + 24 * number), (right, 57 + 24 * number)], "dash")
        c.dot(x, 57 + 24 * number)
    low, high = (left + 70 + (right - left - 70) * v for v in (0.46, 0.65))
    c.box(low, 176, high - low, 26, "right")
    c.text(16, 194, "95%", "text")
    c.text(high + 10, 194, ".55 ± .09", "text")
    c.text(16, 230, "The mean over all such worlds is likely in there.", "text")
    c.text(16, 254, "A single run has an interval over questions alone:", "text")
    c.text(16, 276, "it covers no other seed, and is drawn open.", "text")
    return c


def verdicts() -> Canvas:
    c = Canvas(
        "Four verdicts",
        "Rising, plateau, fell and undecided, read off the last decade of compute.",
        366,
    )
    shapes = {
        "▲ rising": [(0, 0.1), (0.3, 0.15), (0.6, 0.5), (1, 0.9)],
        "■ plateau": [(0, 0.1), (0.3, 0.6), (0.5, 0.8), (1, 0.81)],
        "▼ fell": [(0, 0.1), (0.3, 0.8), (0.6, 0.75), (1, 0.4)],
        "? undecided": [(0, 0.1), (0.4, 0.3), (0.7, 0.7), (1, 0.72)],
    }
    notes = {
        "▲ rising": "zebra instance",
        "■ plateau": "level for a decade",
        "▼ fell": "lost what it had",
        "? undecided": "just stopped?",
    }
    for number, (name, points) in enumerate(shapes.items()):
        x, y = 16 + 228 * (number % 2), 14 + 150 * (number // 2)
        c.box(x, y, 220, 138, "box")
        c.text(x + 10, y + 24, name, "title")
        c.text(x + 210, y + 24, notes[name], "small", "end")
        c.area([(x + 110, y + 34), (x + 210, y + 34), (x + 210, y + 130), (x + 110, y + 130)])
        c.path([(x + 10 + 200 * a, y + 128 - 90 * b) for a, b in points])
    c.text(16, 330, "Shaded: the last decade of compute. Undecided says")
    c.text(16, 352, "what would decide: a budget, or more runs.")
    return c


def modes() -> Canvas:
    c = Canvas(
        "Four modes of answering",
        "Direct answers at once; chain writes the proof first; post-hoc after; filler writes empty "
        "tokens first.",
        392,
    )
    c.text(16, 28, "“A striped horse is called a ___.”", "title")
    rows = [
        ("direct", [("right", "zebra")]),
        (
            "chain",
            [("stated", "zebra is striped"), ("stated", "zebra is a horse"), ("right", "zebra")],
        ),
        (
            "post-hoc",
            [("right", "zebra"), ("stated", "zebra is striped"), ("stated", "zebra is a horse")],
        ),
        ("filler", [("mute", "(empty)"), ("mute", "(empty)"), ("right", "zebra")]),
    ]
    y = 42.0
    for name, parts in rows:
        c.text(16, y + 24, name, "title")
        x = 106.0
        for kind, words in parts:
            wide = 20 + len(words) * 13 * 0.53
            c.box(x, y + 6, wide, 30, kind)
            c.text(x + 9, y + 26, words, "small")
            x += wide + 6
        y += 56
    c.lines(
        16,
        y + 26,
        "All modes: same width, optimiser, examples, queries.",
        "Chain scores also count without what the tracer solves:",
        "the nearest demonstrated proof, its facts looked up.",
        kind="small",
        step=22,
    )
    c.text(16, y + 104, "Valid proofs are scored apart from answers.", "text")
    return c


def identities() -> Canvas:
    c = Canvas(
        "What identifies a result",
        "World id, corpus digest, model record, plan, four seeds and training version make a cell; "
        "a receipt holds cells, answers and scores, and can be verified without training.",
        414,
    )
    parts = [
        ("world", "zebra-v2: never changes under its id"),
        ("corpus", "SHA-256 of facts, rules and exposure"),
        ("model", "type, version and all field values"),
        ("plan", "optimiser, steps, batch, checkpoints"),
        ("seeds", "world, exposure, initialisation, order"),
    ]
    y = 14.0
    for name, what in parts:
        c.box(16, y, 448, 38, "stated")
        c.text(28, y + 25, name, "title")
        c.text(120, y + 25, what, "text")
        y += 44
    c.arrow(240, y - 6, 240, y + 20)
    y = c.card(16, y + 20, 448, "box", "every answer, score and interval", head="Receipt")
    c.arrow(240, y, 240, y + 24)
    c.card(
        16,
        y + 24,
        448,
        "right",
        "corpora drawn anew, scores recomputed,",
        "nothing trained",
        head="zebroid verify",
    )
    return c


PICTURES: dict[str, Callable[[], Canvas]] = {
    "pipeline": pipeline,
    "world": world,
    "corpus": corpus,
    "ladder": ladder,
    "floors": floors,
    "intervals": intervals,
    "verdicts": verdicts,
    "modes": modes,
    "identities": identities,
}


def main() -> None:
    for name, picture in PICTURES.items():
        (HERE / f"{name}.svg").write_text(picture().svg(), "utf-8")


if __name__ == "__main__":
    main()
