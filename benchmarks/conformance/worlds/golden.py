"""Golden digests: what corpora and tokens were when a version of a world's content was declared.

Those of built-in worlds are stored in ``golden.json``. Any other world holds its own, in the
attribute ``pins`` of its class: size -> ``CONTENT:DIGEST``, the version of the content and the
digest of the corpus that it gave, drawn with seeds 0 in the size's own exposure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from ....errors import InvalidWorld, suggest
from ....worlds.corpus.corpus import Corpus
from ....worlds.definitions import DEFINITIONS
from ....worlds.encoding.encode import MODES, encode, sample_questions
from ....worlds.world import World, content_of

GOLDEN = Path(__file__).with_name("golden.json")
ENCODED = 30  # questions of each rung whose tokens are digested
PIN = re.compile(r"([1-9][0-9]{0,8}):([0-9a-f]{64})")


def digests(corpus: Corpus) -> dict[str, str]:
    """SHA-256 of the corpus, and of its arrays alone; at size tiny of its tokens too, by mode.

    With the version of the definitions, and the declared one of the content, except the first.
    """
    queries = sample_questions(corpus, ENCODED, 0)
    modes = MODES if corpus.size == "tiny" else ()
    content = content_of(corpus.world)
    found = {"corpus": corpus.digest, "arrays": corpus.arrays_digest}
    found |= {"definitions": str(DEFINITIONS)}
    found |= {m: encode(corpus, m, queries).digest for m in modes}
    return found if content == 1 else found | {"content": str(content)}


def stored() -> Mapping[str, Mapping[str, str]]:
    """``id/size`` -> its digests, of default exposure and seeds 0; empty for other worlds."""
    return json.loads(GOLDEN.read_text("utf-8"))


def built_in(world: World) -> bool:
    """Whether the digests of a world are those of ``golden.json``."""
    return type(world).__module__.startswith("zebroid.worlds.catalog.")


def pins_of(world: World) -> dict[str, tuple[int, str]]:
    """Size -> (version of the content, digest of the corpus), as the world's class holds them.

    What it inherits is of another world. Raises UserError for a size that the world does not have,
    and for what is no pin.
    """
    own = vars(type(world)).get("pins", {})
    if not isinstance(own, Mapping):
        raise InvalidWorld(f"{world.id}: pins = {own!r}; write pins = {{}} and run `zebroid pin`")
    found = {}
    for size, pin in own.items():
        if size not in world.sizes:
            raise suggest(f"size of {world.id} in pins", str(size), world.sizes)
        match = PIN.fullmatch(pin) if isinstance(pin, str) else None
        if match is None:
            raise InvalidWorld(
                f"{world.id}: pins[{size!r}] = {pin!r}, expected CONTENT:DIGEST; delete it and "
                "run `zebroid pin`"
            )
        found[size] = int(match[1]), match[2]
    return found


def pin_of(content: int, digest: str) -> str:
    """What ``pins`` holds of a size."""
    return f"{content}:{digest}"
