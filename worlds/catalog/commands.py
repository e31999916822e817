"""commands-v2: a command language, SCAN as rules; answers are whole sequences of actions."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ...seeding import stream
from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .command_splits import SPLITS
from .names import coined

VERBS = (
    "walk look run jump hop skip crawl swim climb dance wave bow nod clap sing kneel knock point "
    "stretch roll slide push pull kick throw catch dig sweep rest wait blink cough laugh shout "
    "whistle smile yawn sneeze hide seek draw write"
)
TIMES = {"twice": 2, "thrice": 3, "around": 4}
SIGNATURES = {
    "means": "command sequence",
    "turns": "direction sequence",
    "is_turn": "command direction",
    "is_toward": "command command direction",
    "is_opposite": "command command direction",
    "is_around": "command command direction",
    "is_repeated": "command command word",
    "is_and": "command command command",
    "is_after": "command command command",
    "join": "sequence sequence sequence",
    "repeat": "word sequence sequence",
}
PARSE = [p for p in SIGNATURES if p.startswith("is_")]
Rows = dict[str, list[tuple[str, ...]]]


class Commands(World):
    """What to do when hearing "jump around left twice and walk": SCAN as rules.

    A command is read word by word, and so is the sequence of actions that is its answer: it is
    right if all its actions are, as SCAN is scored. How a command is parsed, how sequences are
    joined and repeated, and the meanings of left and right count as used; only verbs are held out,
    whose meanings are stated as the shortest commands: "jump" is JUMP.

    - recall: the meaning of a word, and what was demonstrated.
    - instance: a command that is new as a whole. SCAN's length split is `instance` here: a command
      of more actions has no pattern, verb or combination that was not demonstrated.
    - constituent: a verb of which only the meaning was stated, such as "jump": the primitive held
      out. With one verb held out, as published, the one action that stands in no command gives the
      answer away; hence many verbs, three in ten of them held.
    - schema: a combination of constructions, or of a construction and its direction (as the
      template splits hold out "around right") or its word of times, never demonstrated.

    Depth is not promised: no construction stands within itself, so that nothing carries on.

    `scan` is the language of Lake & Baroni 2018 (arXiv 1711.00350) in full: 20,910 commands. Their
    splits, and the templates of arXiv 1807.07545, are named: `exposure.split` is `simple` (a draw
    of ours), `length`, `add-jump`, `add-turn-left`, `right`, `opposite-right`, `around-right` or
    `jump-around-right`, and train and test are of as many commands as published.
    """

    id = "commands-v2"
    generalises = "SCAN (Lake & Baroni 2018, arXiv 1711.00350)"
    rules = """
      does(C,S) :- means(C,S).                                           % "jump"
      does(C,S) :- is_turn(C,D), turns(D,S).                             % "turn left"
      % "jump left" turns left first, "jump opposite left" turns once more before "jump left"
      does(C,S) :- is_toward(C,B,D), turns(D,T), does(B,X), join(T,X,S).
      does(C,S) :- is_opposite(C,B,D), turns(D,T), does(B,X), join(T,X,S).
      % "jump around left" is "jump left" four times
      does(C,S) :- is_around(C,B,D), does(B,X), repeat(around,X,S).
      does(C,S) :- is_repeated(C,B,W), does(B,X), repeat(W,X,S).         % twice, thrice
      % "B and E" does B, then E; "B after E" does E, then B
      does(C,S) :- is_and(C,B,E), does(B,X), does(E,Y), join(X,Y,S).
      does(C,S) :- is_after(C,B,E), does(B,X), does(E,Y), join(Y,X,S).
    """
    schema = MappingProxyType({3: ("D",), 4: ("D",), 5: ("D",), 6: ("W",)})
    familiar = frozenset({*PARSE, "turns", "join", "repeat"})
    queries = MappingProxyType(dict.fromkeys((*PARSE, "join", "repeat"), ()))
    spelled = ("command", "sequence")
    entities = ("command",)
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    beyond_association = (("constituent", "does"), ("schema", "does"))
    sizes = MappingProxyType(
        {
            "tiny": {"verbs": 14, "pairs": 60},
            "small": {"verbs": 200, "pairs": 4_000},
            "base": {"verbs": 300, "pairs": 12_000},
            "large": {"verbs": 400, "pairs": 40_000},
            "scan": {"verbs": 4, "pairs": None},
        }
    )
    phrases = MappingProxyType(
        {
            "means": 'To "{0}" is to {1}.',
            "turns": "To turn {0} is to {1}.",
            "does": 'To "{0}" one does: {1}.',
            "join": "{0}, then {1}, is {2}.",
            "repeat": "{1}, {0}, is {2}.",
            "is_turn": '"{0}" is a turn to the {1}.',
            "is_toward": '"{0}" is "{1}" after a turn to the {2}.',
            "is_opposite": '"{0}" is "{1}" opposite, to the {2}.',
            "is_around": '"{0}" is "{1}" around, to the {2}.',
            "is_repeated": '"{0}" is "{1}" {2}.',
            "is_and": '"{0}" joins "{1}" and "{2}".',
            "is_after": '"{0}" puts "{1}" after "{2}".',
        }
    )
    splits = SPLITS
    exposure = Exposure(held=0.35, held_frames=0.3, demonstrated=0.4, demonstrated_height=5)

    def sample(self, rng: np.random.RandomState, *, verbs: int, pairs: int | None) -> Facts:
        """All commands of one clause, and ``pairs`` joined by "and" or "after" (None: all).

        The language, one for all seeds, has twice as many pairs as a world speaks of.
        """
        known = VERBS.split()[:verbs]
        names = [*known, *coined(verbs - len(known))]
        rows = clauses(names)
        single = [row[0] for p in ("means", *PARSE) for row in rows.get(p, ())]
        double = [*itertools.product(single, ("and", "after"), single)] if pairs is None else []
        if pairs is not None:
            draw = stream(self.id, "language", verbs)
            both = draw.randint(len(single), size=(3 * pairs, 2)).tolist()
            words = draw.randint(2, size=3 * pairs).tolist()
            made = [(single[b], ("and", "after")[w], single[e]) for (b, e), w in zip(both, words)]
            double = [*dict.fromkeys(made)][: 2 * pairs]
        spoken = rng.permutation(len(double))[:pairs]
        for b, word, e in (double[i] for i in spoken):
            rows.setdefault(f"is_{word}", []).append((f"{b} {word} {e}", b, e))
        rows |= tables(rows)
        sorts = {
            "command": [*single, *map(" ".join, double)],
            "sequence": sequences(rows),
            "direction": ["left", "right"],
            "word": [*TIMES],
        }
        place = {name: i for names in sorts.values() for i, name in enumerate(names)}
        return Facts.of(
            sorts,
            **{p: (SIGNATURES[p], [[place[n] for n in row] for row in rows[p]]) for p in rows},
        )


def clauses(verbs: list[str]) -> Rows:
    """Predicate -> the commands without "and" and "after", each with what it is made of."""
    rows: Rows = {"means": [(v, v.upper()) for v in verbs]}
    phrases = [*verbs]
    for d in ("left", "right"):
        rows.setdefault("is_turn", []).append((f"turn {d}", d))
        rows.setdefault("is_toward", []).extend((f"{v} {d}", v, d) for v in verbs)
        phrases += [f"{v} {d}" for v in ("turn", *verbs)]
        for manner in ("opposite", "around"):
            made = [(f"{v} {manner} {d}", f"{v} {d}", d) for v in ("turn", *verbs)]
            rows.setdefault(f"is_{manner}", []).extend(made)
            phrases += [row[0] for row in made]
    rows["is_repeated"] = [(f"{b} {w}", b, w) for b in phrases for w in ("twice", "thrice")]
    return rows


def tables(rows: Rows) -> Rows:
    """The meanings of left and right, and the sequences that these commands join and repeat."""
    turns = {"left": "LTURN", "right": "RTURN"}
    does = {c: action for c, action in rows["means"]}  # command -> its sequence
    does |= {c: turns[d] for c, d in rows["is_turn"]}
    join: dict[tuple[str, ...], None] = {}
    repeat: dict[tuple[str, ...], None] = {}

    def joined(one: str, other: str) -> str:
        row = (one, other, f"{one} {other}")
        join[row] = None
        return row[-1]

    def repeated(word: str, one: str) -> str:
        row = (word, one, " ".join([one] * TIMES[word]))
        repeat[row] = None
        return row[-1]

    for p in ("is_toward", "is_opposite"):
        does |= {c: joined(turns[d], does[b]) for c, b, d in rows[p]}
    does |= {c: repeated("around", does[b]) for c, b, _ in rows["is_around"]}
    does |= {c: repeated(w, does[b]) for c, b, w in rows["is_repeated"]}
    for c, b, e in rows.get("is_and", ()):
        does[c] = joined(does[b], does[e])
    for c, b, e in rows.get("is_after", ()):
        does[c] = joined(does[e], does[b])
    return {"turns": [*turns.items()], "join": [*join], "repeat": [*repeat]}


def sequences(rows: Rows) -> list[str]:
    """Every sequence that stands in these facts, once."""
    every = [s for p in ("turns", "means", "join", "repeat") for row in rows[p] for s in row[1:]]
    return [*dict.fromkeys([*every, *(row[0] for row in rows["join"])])]
