"""percept-v2: the zebra seen, not named."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Iterator
from types import MappingProxyType

import numpy as np

from ...seeding import stream
from ..datalog.facts import Facts
from ..exposure import Exposure
from ..world import World
from .names import KINDS, ZEBRAS, coined, listed

CELLS = 16  # of a shape, 4 x 4: bit 15 is the upper left one, bit 12 the upper right one
FILLED = 12  # of these, whatever the outline
SIDES = (0xF000, 0x000F, 0x8888, 0x1111)  # an outline touches each: so its place can be read
TEXTURES = (
    "striped barred spotted banded pillared patched slanted dotted checked brindled mottled "
    "dappled freckled speckled flecked pinto zigzag ringed hooped laced marbled cloudy streaked "
    "veined blotched grizzled pied rippled starred netted scaled waved"
)
INKS = [*itertools.permutations((1, 2, 3), 2)]  # of a texture, either first; 0 is blank
PARAMETERS = ("kinds", "traits", "named", "views")
SIZES = {
    "tiny": (8, 8, 8, 3),
    "small": (32, 32, 16, 8),
    "base": (40, 32, 32, 12),
    "large": (40, 32, 32, 24, 2, 8),
}


class Percept(World):
    """A picture of a striped horse: what is it called? It looks striped and shows a horse: a zebra.

    A picture is a grid of 6 x 6 integers, read as nine patches of 2 x 2. Its texture and outline
    are rendered in it, wherever it stands and whatever its inks, so the picture itself shows them:
    they count as stated and as used, and no text states them. That an eye sees them is not
    certified. To name them is therefore a conclusion of its own, demonstrated on some pictures and
    queried on others, and an instrument of its own: whoever fails there has not failed to compose.
    Of a queried picture its trait, its kind, both or neither may have been named; `distance` counts
    the steps from what is stated. The tracer, like the other symbolic references, is given perfect
    eyes.

    No patch tells a trait or a kind: textures differ in 5 cells at least, outlines in 4, all fill
    as many cells, and each compound is seen in a few places and inks only. What the horse's outline
    is, what stripes look like and what each kind with each trait is called differ by seed; of the
    kinds and traits each meets ``named`` of the others. Of a thing it is stated what it is like and
    of which kind, and beside each of these stand ``links`` others that no rule reads (it dreads the
    spotted, it follows a goat): which of them counts, only the predicate tells.

    - recall: what was stated of this picture or thing, or a definition.
    - instance: to name a trait, a kind, or a compound that other pictures of it were called.
    - constituent: the zebra seen and never called so: stated only that a striped horse is a zebra.
    - schema: a trait whose compounds were named in text alone, never of a picture.

    After cross-modal tests of systematicity (gSCAN, arXiv 2003.05161; unnamed compounds of named
    parts); a definition without examples: arXiv 2309.00667. Small enough to need no image model.
    """

    id = "percept-v2"
    generalises = "Compounds of seen and named parts, after gSCAN (arXiv 2003.05161)"
    rules = """
      % to name what is seen
      looks(G,T) :- texture(G,T).
      depicts(G,K) :- outline(G,K).
      % the compound, of a picture and of a thing that a text describes
      called(G,X) :- looks(G,T), depicts(G,K), compound(T,K,X).
      called(O,X) :- bears(O,T), genus(O,K), compound(T,K,X).
    """
    schema = MappingProxyType({3: ("T",)})
    familiar = frozenset({"texture", "outline", "bears", "genus"})
    queries = MappingProxyType({"texture": (), "outline": ()})
    spelled = ("picture",)
    entities = ("picture", "thing")
    rungs = ("recall", "instance", "constituent", "schema", "mixed")
    instruments = (
        ("instance", "looks"),
        ("instance", "depicts"),
        ("instance", "called"),
        ("constituent", "called"),
        ("schema", "called"),
    )
    beyond_association = instruments[2:]
    sizes = MappingProxyType(
        {
            size: dict(zip((*PARAMETERS, "things", "side"), arguments))
            for size, arguments in SIZES.items()
        }
    )
    phrases = MappingProxyType(
        {
            "texture": "{0} has the texture of what is {1}.",
            "outline": "{0} has the outline of {1:a}.",
            "looks": "{0} looks {1}.",
            "depicts": "{0} shows {1:a}.",
            "called": "{0} is called {1:a}.",
            "compound": "A {0} {1} is called {2:a}.",
            "bears": "{0} is {1}.",
            "genus": "{0} is {1:a}.",
            "dreads": "{0} dreads whatever is {1}.",
            "follows": "{0} follows {1:a}.",
        }
    )
    exposure = Exposure(held=0.3, held_frames=0.2, demonstrated=0.6, demonstrated_height=2)
    exposures = MappingProxyType({"tiny": dataclasses.replace(exposure, held=0.4)})

    def sketch(self, constant: str) -> str:
        return "\n".join(" ".join(map(str, row)).replace("0", ".") for row in grid_of(constant))

    def sample(
        self,
        rng: np.random.RandomState,
        *,
        kinds: int,
        traits: int,
        named: int,
        views: int,
        things: int = 2,
        side: int = 6,
        links: int = 2,
    ) -> Facts:
        """``views`` pictures and ``things`` described in text of each kind with ``named`` traits.

        All seeds have the same pictures; which trait and kind each shows, and what a kind with a
        trait is called, is drawn.
        """
        pairs = np.array(met(kinds, traits, named))
        texture, outline = textures(traits), outlines(kinds)
        made = [(p, t, k) for t, k in pairs for p in drawn(texture[t], outline[k], views, side)]
        made.sort()  # so that no id tells what a picture shows
        pictures, seen = [p for p, _, _ in made], np.array([row[1:] for row in made])
        described = np.repeat(pairs, things, axis=0)[rng.permutation(len(pairs) * things)]
        words = coined(len(pairs) + len(described), 2)
        # what a texture and an outline are called, and what both together are
        trait, kind = rng.permutation(traits), rng.permutation(kinds)
        name = rng.permutation(len(pairs))
        meant = np.column_stack([trait[pairs[:, 0]], kind[pairs[:, 1]]])
        like, genus = trait[described[:, 0]], kind[described[:, 1]]
        return Facts.of(
            {
                "picture": pictures,
                "thing": [w.capitalize() for w in words[len(pairs) :]],
                "trait": listed(TEXTURES, "trait", traits),
                "kind": listed(KINDS, "kind", kinds),
                "compound": [*ZEBRAS, *words[2 : len(pairs)]],
            },
            texture=("picture trait", np.column_stack([np.arange(len(seen)), trait[seen[:, 0]]])),
            outline=("picture kind", np.column_stack([np.arange(len(seen)), kind[seen[:, 1]]])),
            bears=("thing trait", np.column_stack([np.arange(len(described)), like])),
            genus=("thing kind", np.column_stack([np.arange(len(described)), genus])),
            dreads=("thing trait", others(rng, like, traits, links)),
            follows=("thing kind", others(rng, genus, kinds, links)),
            compound=("trait kind compound", np.column_stack([meant, name])),
        )


def others(rng: np.random.RandomState, own: np.ndarray, pool: int, number: int) -> np.ndarray:
    """[n x number, 2] (i, another than own[i] of ``pool``), all different of each."""
    number = min(number, pool - 1)
    further = np.argsort(rng.random_sample((len(own), pool - 1)), axis=1)[:, :number] + 1
    return np.column_stack(
        [np.repeat(np.arange(len(own)), number), ((own[:, None] + further) % pool).ravel()]
    )


def met(kinds: int, traits: int, named: int) -> list[tuple[int, int]]:
    """(texture, outline) of every compound: an outline has ``named`` of the textures."""
    return [((k + d) % traits, k) for k in range(kinds) for d in range(named)]


@functools.cache
def textures(number: int) -> list[int]:
    """Which of two inks colours each cell, 16 bits each; up to which ink is which, any two differ
    in at least 5 cells, so also within any outline."""
    return _apart("textures", number, lambda new, old: 5 <= (new ^ old).bit_count() <= 11)


@functools.cache
def outlines(number: int) -> list[int]:
    """The cells that a silhouette fills, 16 bits each; any two differ in at least 4."""
    return _apart(
        "outlines",
        number,
        lambda new, old: (new ^ old).bit_count() >= 4,
        lambda new: new.bit_count() == FILLED and all(new & side for side in SIDES),
    )


def _apart(
    purpose: str,
    number: int,
    differ: Callable[[int, int], bool],
    fit: Callable[[int], bool] = lambda new: 6 <= new.bit_count() <= 10,
) -> list[int]:
    """The first that fit and differ from all before them, always the same ones."""
    out: list[int] = []
    for new in stream("percept-v2", purpose).permutation(1 << CELLS).tolist():
        if fit(new) and all(differ(new, old) for old in out):
            out.append(new)
            if len(out) == number:
                return out
    raise ValueError(f"{len(out)} {purpose}, expected {number}")


def grid_of(picture: str) -> np.ndarray:
    """The integers [side, side] of a picture from its patches; no grid where there are none."""
    patches = picture.split()
    n = math.isqrt(len(patches))
    if n < 2 or n * n != len(patches):
        return np.zeros((0, 0), np.int64)
    cells = np.array([[int(digit) for digit in patch] for patch in patches])
    return cells.reshape(n, n, 2, 2).swapaxes(1, 2).reshape(2 * n, 2 * n)


def drawn(texture: int, outline: int, views: int, side: int) -> Iterator[str]:
    """``views`` pictures of such a thing, always the same ones, each as patches of 2 x 2 digits."""
    corners = range(side - 3)  # of the upper left cell
    every = [*itertools.product(corners, corners, INKS)]
    for view in stream("percept-v2", texture, outline, side).permutation(len(every))[:views]:
        top, left, inks = every[view]
        grid = np.zeros((side, side), np.int64)
        for cell in range(CELLS):
            bit = CELLS - 1 - cell
            if outline >> bit & 1:
                grid[top + cell // 4, left + cell % 4] = inks[texture >> bit & 1]
        patches = grid.reshape(side // 2, 2, side // 2, 2).swapaxes(1, 2).reshape(-1, 4)
        yield " ".join("".join(map(str, patch)) for patch in patches)
