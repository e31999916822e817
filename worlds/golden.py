"""Golden digests: what every built-in world's corpora and tokens were when they were released."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from .corpus import Corpus
from .tokens import MODES, encode, select

GOLDEN = Path(__file__).with_name("golden.json")
ASKED = 30  # questions of each rung whose tokens are digested


def digests(corpus: Corpus) -> dict[str, str]:
    """SHA-256 of the corpus; at size tiny of its tokens too, by mode."""
    asked = select(corpus, ASKED, 0)
    modes = MODES if corpus.size == "tiny" else ()
    return {"corpus": corpus.digest} | {m: encode(corpus, m, asked).digest for m in modes}


def stored() -> Mapping[str, Mapping[str, str]]:
    """``id/size`` -> its digests, of default exposure and seeds 0; empty for other worlds."""
    return json.loads(GOLDEN.read_text("utf-8"))
