"""percept-v1: the zebra seen, not named."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from types import MappingProxyType

import numpy as np

from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import coined, listed

OUTLINES = {  # kind -> which cells of 4 x 4 its silhouette fills, a hexadecimal digit per row
    "horse": "af99", "cow": "9fac", "goat": "cf3f", "dog": "fc9f", "cat": "6fe8", "bear": "1f7f",
    "deer": "eeeb", "sheep": "2fd6", "camel": "5f9c", "wolf": "39f5", "fox": "6f5c", "hare": "d7f1",
    "seal": "fdce", "otter": "fb7c", "lynx": "355f", "boar": "3ae7", "mole": "f56c", "newt": "f762",
    "toad": "be76", "crow": "dfba",
}  # fmt: skip
TEXTURES = {  # trait -> which of two inks colours the cell of row r, column c
    "striped": lambda r, c: r % 2,
    "barred": lambda r, c: c % 2,
    "spotted": lambda r, c: (r + c) % 2,
    "banded": lambda r, c: r // 2 % 2,
    "pillared": lambda r, c: c // 2 % 2,
    "patched": lambda r, c: (r // 2 + c // 2) % 2,
    "slanted": lambda r, c: (r + c) // 2 % 2,
    "dotted": lambda r, c: r % 2 * (c % 2),
}
INKS = [*itertools.permutations((1, 2, 3), 2)]  # of a texture, either first; 0 is blank


class Percept(World):
    """A picture of a striped horse: what is it called? It looks striped and shows a horse: a zebra.

    A picture is a grid of 6 x 6 integers, read as nine patches of 2 x 2. Its texture and outline
    are rendered in it, wherever it stands and whatever its inks, so the picture itself shows them:
    they count as stated and as used, and no text states them. That an eye sees them is not
    certified. To name them is therefore a conclusion of its own, demonstrated on some pictures and
    queried on others: whoever fails there has not failed to compose. Of a queried picture its
    trait, its kind, both or neither may have been named; `distance` counts the steps from what is
    stated.
    The tracer, like the other symbolic references, is given perfect eyes.

    - recall: what was stated of this picture or thing, or a definition.
    - instance: to name a trait, a kind, or a compound that other pictures of it were called.
    - constituent: the zebra seen and never called so: stated only that a striped horse is a zebra.
    - schema: a trait whose compounds were named in text alone, never of a picture.

    After cross-modal tests of systematicity (gSCAN, arXiv 2003.05161; unnamed compounds of named
    parts); a definition without examples: arXiv 2309.00667. Small enough to need no image model.
    """

    id = "percept-v1"
    generalises = "Compounds of seen and named parts, after gSCAN (arXiv 2003.05161)"
    rules = """
      % to name what is seen
      looks(G,T) :- texture(G,T).
      depicts(G,K) :- outline(G,K).
      % the compound, of a picture and of a thing that is told of
      called(G,X) :- looks(G,T), depicts(G,K), compound(T,K,X).
      called(O,X) :- bears(O,T), genus(O,K), compound(T,K,X).
    """
    schema = MappingProxyType({2: ("T",)})
    familiar = frozenset({"texture", "outline", "bears", "genus"})
    queries = MappingProxyType({"texture": (), "outline": ()})
    spelled = ("picture",)
    entities = ("picture", "thing")
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    beyond_association = (("schema", "called"),)
    sizes = MappingProxyType(
        {
            "tiny": {"kinds": 4, "traits": 4, "views": 12},
            "small": {"kinds": 8, "traits": 8, "views": 54},
            "base": {"kinds": 20, "traits": 8, "views": 54},
            "large": {"kinds": 20, "traits": 8, "views": 150, "side": 8},
        }
    )
    phrases = MappingProxyType(
        {
            "texture": "{0} has the texture of what is {1}.",
            "outline": "{0} has the outline of a {1}.",
            "looks": "{0} looks {1}.",
            "depicts": "{0} shows a {1}.",
            "called": "{0} is called a {1}.",
            "compound": "A {0} {1} is called a {2}.",
            "bears": "{0} is {1}.",
            "genus": "{0} is a {1}.",
        }
    )
    exposure = Exposure(held=0.2, held_frames=0.15, demonstrated=0.6, demonstrated_height=2)

    def sketch(self, constant: str) -> str:
        return "\n".join(" ".join(map(str, row)).replace("0", ".") for row in grid_of(constant))

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        kinds: int,
        traits: int,
        views: int,
        things: int = 4,
        side: int = 6,
    ) -> Facts:
        """``views`` pictures and ``things`` described in text of each kind with each trait.

        All seeds have the same pictures; what each kind with each trait is called is drawn.
        """
        shapes, textures = [*OUTLINES][:kinds], [*TEXTURES][:traits]
        pairs = np.array([*itertools.product(range(traits), range(kinds))])
        pictures = [p for t, k in pairs for p in drawn(textures[t], shapes[k], views, side)]
        seen, described = np.repeat(pairs, views, axis=0), np.repeat(pairs, things, axis=0)
        words = coined(len(pairs) + len(described), 2)
        sorts = {
            "picture": pictures,
            "thing": [w.capitalize() for w in words[len(pairs) :]],
            "trait": textures,
            "kind": shapes,
            "compound": [*listed("zebra okapi", "", 2), *words[2 : len(pairs)]],
        }
        return Facts.of(
            sorts,
            texture=("picture trait", np.column_stack([np.arange(len(seen)), seen[:, 0]])),
            outline=("picture kind", np.column_stack([np.arange(len(seen)), seen[:, 1]])),
            bears=("thing trait", np.column_stack([np.arange(len(described)), described[:, 0]])),
            genus=("thing kind", np.column_stack([np.arange(len(described)), described[:, 1]])),
            compound=("trait kind compound", np.column_stack([pairs, rng.permutation(len(pairs))])),
        )


def grid_of(picture: str) -> np.ndarray:
    """The integers [side, side] of a picture from its patches; no grid where there are none."""
    patches = picture.split()
    n = math.isqrt(len(patches))
    if n < 2 or n * n != len(patches):
        return np.zeros((0, 0), np.int64)
    cells = np.array([[int(digit) for digit in patch] for patch in patches])
    return cells.reshape(n, n, 2, 2).swapaxes(1, 2).reshape(2 * n, 2 * n)


def drawn(trait: str, kind: str, views: int, side: int) -> Iterator[str]:
    """The first ``views`` pictures of such a thing, each as patches of 2 x 2 digits."""
    rows = [f"{int(digit, 16):04b}" for digit in OUTLINES[kind]]
    places = [*itertools.product(range(side - 3), repeat=2)]  # of the upper left corner
    for view in range(views):
        turn, at = divmod(view, len(places))
        top, left = places[at]
        inks = INKS[(turn + at) % len(INKS)]
        grid = np.zeros((side, side), np.int64)
        for r, c in itertools.product(range(top, top + 4), range(left, left + 4)):
            if rows[r - top][c - left] == "1":
                grid[r, c] = inks[TEXTURES[trait](r, c)]
        patches = grid.reshape(side // 2, 2, side // 2, 2).swapaxes(1, 2).reshape(-1, 4)
        yield " ".join("".join(map(str, patch)) for patch in patches)
