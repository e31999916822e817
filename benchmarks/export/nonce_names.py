"""nonce_names(corpus) -> a made-up word for every name of a corpus: nothing known of it helps.

The words can be pronounced and are none of English: consonant-vowel patterns whose middle and end
are rare, without the nine of them that stand in Webster's Second or the GNU dictionary (the longer
pattern has none that does).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.vocabulary import members

FIRST, MIDDLE, LAST, VOWELS = "bdfgklmnprstvz", "vzkj", "xvkz", "aeiou"
INNER = "bdgklmnprt"
SHORT = (FIRST, VOWELS, MIDDLE, VOWELS, LAST)
LONG = (FIRST, VOWELS, MIDDLE, VOWELS, INNER, VOWELS, LAST)
REAL = frozenset(["devex", "kazak", "makuk", "mujik", "rajiv", "tajik", "vejoz", "vivax", "vivek"])


def nonce_names(corpus: Corpus, others: Collection[str] = ()) -> Mapping[str, str]:
    """Constant -> its nonce name; of a spelled sort one word for each of its words.

    Equal for equal worlds, sizes and seeds; no name is that of another constant, and none has a
    word of the names of ``others``. Raises AssertionError for a corpus of more than 280,000 words.
    """
    constants = corpus.closure.base.constants
    spelled = members(corpus, corpus.world.spelled)
    parts = {c: c.split() if s else [c] for c, s in zip(constants, spelled)}
    words = dict.fromkeys(word for found in parts.values() for word in found)
    taken = REAL | {word.lower() for word in words} | {w for name in others for w in name.split()}
    pool = [*_words(SHORT)] if len(words) < 5_000 else [*_words(LONG)]
    pool = [word for word in pool if word not in taken]
    assert len(words) <= len(pool), f"{len(words)} words, and {len(pool)} nonce names"
    order = stream(corpus.world.id, corpus.size, "nonce names", corpus.seeds[0]).permutation(
        len(pool)
    )
    nonce = {word: pool[i] for word, i in zip(words, order)}
    return {c: " ".join(nonce[word] for word in found) for c, found in parts.items()}


def _words(pattern: tuple[str, ...]) -> list[str]:
    return ["".join(letters) for letters in itertools.product(*pattern)]
