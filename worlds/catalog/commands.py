"""commands-v1: a command language, queried action by action."""

from __future__ import annotations

import itertools
from types import MappingProxyType

import numpy as np

from ...seeding import stream
from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import listed

VERBS = (
    "walk look run jump hop skip crawl swim climb dance wave bow nod clap sing kneel knock point "
    "stretch roll slide push pull kick throw catch dig sweep rest wait blink cough laugh shout "
    "whistle smile yawn sneeze hide seek draw write"
)
TIMES = {"twice": 2, "thrice": 3, "around": 4}
LONGEST = 48  # actions of the longest command: around, thrice, and the same again
SIGNATURES = {
    "means": "command action",
    "turns": "direction action",
    "is_verb": "command",
    "is_turn": "command direction",
    "is_toward": "command command direction",
    "is_opposite": "command command direction",
    "is_around": "command command direction",
    "is_repeated": "command command word",
    "is_and": "command command command",
    "is_after": "command command command",
    "plus": "number number number",
    "times": "word number number",
}
PARSE = [p for p in SIGNATURES if p.startswith("is_")]


class Commands(World):
    """What to do at each step of "jump around left twice and walk": SCAN as rules.

    A command is read word by word, so its parse is seen, not stated, and counts as used.
    So do the meanings of left and right, sums and products, which are stated; only verbs are held
    out, whose meanings are stated as the shortest commands: "jump" is JUMP. Questions are about the
    action at each step and the number of steps. Further into a repetition a proof is higher, for
    what is repeated goes on as it began.

    - recall: the meaning of a word, a sum, and what was demonstrated.
    - instance: another step, or a command that is new as a whole.
    - constituent: a verb of which only the meaning was stated, such as "jump": the primitive held
      out. With one verb held out, as published, the action that stands in no command gives the
      answer away: chance is 1. Hence more verbs than four, and three in ten of them held.
    - schema: a combination of constructions, or of around and a direction, never demonstrated.
    - depth: proofs higher than any demonstrated: length held out, by height, not count of actions.

    `scan` is the language of Lake & Baroni 2018 (arXiv 1711.00350) in full: 20,910 commands, of
    which 3,920 are longer than 22 actions (their length split) and 7,706 more than "jump" itself
    contain "jump" (their split of a new primitive). Around and a direction: arXiv 1807.07545.
    """

    id = "commands-v1"
    generalises = "SCAN (Lake & Baroni 2018, arXiv 1711.00350)"
    rules = """
      at(C,1,A) :- means(C,A).                                  % "jump"
      at(C,1,A) :- is_turn(C,D), turns(D,A).                    % "turn left"
      at(C,1,A) :- is_toward(C,B,D), turns(D,A).                % "jump left": first turn
      at(C,2,A) :- is_toward(C,B,D), means(B,A).                %              then jump
      % "jump opposite left" has one more turn before "jump left"
      at(C,1,A) :- is_opposite(C,B,D), turns(D,A).
      at(C,M,A) :- is_opposite(C,B,D), at(B,N,A), plus(1,N,M).
      % "jump around left" is "jump left" four times
      at(C,N,A) :- is_around(C,B,D), at(B,N,A).
      at(C,M,A) :- is_around(C,B,D), length(B,K), at(C,N,A), plus(K,N,M), length(C,L), M <= L.
      % twice, thrice
      at(C,N,A) :- is_repeated(C,B,W), at(B,N,A).
      at(C,M,A) :- is_repeated(C,B,W), length(B,K), at(C,N,A), plus(K,N,M), length(C,L), M <= L.
      % "B and E" does B, then E; "B after E" does E, then B
      at(C,N,A) :- is_and(C,B,E), at(B,N,A).
      at(C,M,A) :- is_and(C,B,E), length(B,K), at(E,N,A), plus(K,N,M).
      at(C,N,A) :- is_after(C,B,E), at(E,N,A).
      at(C,M,A) :- is_after(C,B,E), length(E,K), at(B,N,A), plus(K,N,M).
      % how many actions a command has
      length(C,1) :- is_verb(C).
      length(C,1) :- is_turn(C,D).
      length(C,2) :- is_toward(C,B,D).
      length(C,L) :- is_opposite(C,B,D), length(B,K), plus(1,K,L).
      length(C,L) :- is_around(C,B,D), length(B,K), times(around,K,L).
      length(C,L) :- is_repeated(C,B,W), length(B,K), times(W,K,L).
      length(C,L) :- is_and(C,B,E), length(B,K), length(E,N), plus(K,N,L).
      length(C,L) :- is_after(C,B,E), length(B,K), length(E,N), plus(K,N,L).
    """
    schema = MappingProxyType({6: ("D",), 7: ("D",), 8: ("W",), 9: ("W",)})
    familiar = frozenset({*PARSE, "turns", "plus", "times"})
    queries = MappingProxyType(dict.fromkeys(PARSE, ()))
    spelled = ("command",)
    entities = ("command",)
    rungs = ("recall", "instance", "constituent", "schema", "depth", "mixed")
    beyond_association = (("schema", "length"),)
    sizes = MappingProxyType(
        {
            "tiny": {"verbs": 10, "pairs": 40},
            "small": {"verbs": 20, "pairs": 500},
            "base": {"verbs": 24, "pairs": 2_200},
            "large": {"verbs": 40, "pairs": 20_000},
            "scan": {"verbs": 4, "pairs": None},
        }
    )
    phrases = MappingProxyType(
        {
            "means": 'To "{0}" is to {1}.',
            "turns": "To turn {0} is to {1}.",
            "at": 'Step {1} of "{0}" is {2}.',
            "length": '"{0}" has {1} steps.',
            "plus": "{0} and {1} is {2}.",
            "times": "{1} steps {0} is {2} steps.",
            "is_verb": '"{0}" is a verb.',
            "is_turn": '"{0}" is a turn to the {1}.',
            "is_toward": '"{0}" is "{1}" after a turn to the {2}.',
            "is_opposite": '"{0}" is "{1}" opposite, to the {2}.',
            "is_around": '"{0}" is "{1}" around, to the {2}.',
            "is_repeated": '"{0}" is "{1}" {2}.',
            "is_and": '"{0}" joins "{1}" and "{2}".',
            "is_after": '"{0}" puts "{1}" after "{2}".',
        }
    )
    exposure = Exposure(
        held=0.3, held_frames=0.1, demonstrated=0.12, demonstrated_height=4, nontheorems=0.05
    )

    def sample(self, rng: np.random.RandomState, *, verbs: int, pairs: int | None) -> Facts:
        """All commands of one clause, and ``pairs`` joined by "and" or "after" (None: all).

        The language, one for all seeds, has twice as many pairs as a world speaks of.
        """
        names = listed(VERBS, "verb", verbs)
        rows = clauses(names)
        single = [row[0] for p in PARSE for row in rows.get(p, ())]
        double = [*itertools.product(single, ("and", "after"), single)]
        if pairs is not None:
            order = stream("commands-v1", "language", verbs).permutation(len(double))
            double = [double[i] for i in order[: 2 * pairs]]
        spoken = rng.permutation(len(double))[:pairs]
        for b, word, e in (double[i] for i in spoken):
            rows.setdefault(f"is_{word}", []).append((f"{b} {word} {e}", b, e))
        numbers = range(1, LONGEST + 1)
        half = range(1, LONGEST // 2 + 1)
        multiples = [(w, t, k) for w, t in TIMES.items() for k in half if t * k <= len(half)]
        rows |= {
            "turns": [("left", "LTURN"), ("right", "RTURN")],
            "plus": [(str(k), str(n), str(k + n)) for k in half for n in half],
            "times": [(w, str(k), str(t * k)) for w, t, k in multiples],
        }
        sorts = {
            "command": [*single, *map(" ".join, double)],
            "action": ["LTURN", "RTURN", *(v.upper() for v in names)],
            "direction": ["left", "right"],
            "word": [*TIMES],
            "number": [*map(str, numbers)],
        }
        place = {name: i for names in sorts.values() for i, name in enumerate(names)}
        return Facts.of(
            sorts,
            **{p: (SIGNATURES[p], [[place[n] for n in row] for row in rows[p]]) for p in rows},
        )


def clauses(verbs: list[str]) -> dict[str, list[tuple[str, ...]]]:
    """Predicate -> the commands without "and" and "after", each with what it is made of."""
    rows: dict[str, list[tuple[str, ...]]] = {"means": [(v, v.upper()) for v in verbs]}
    rows["is_verb"] = [(v,) for v in verbs]
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
