"""Reply: what a language model gave, and what it cost; and what every language model can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ..export.prompts import Prompt

LONGEST = 20_000  # characters of a text that are kept
Watch = Callable[[str], None]


class Reply(NamedTuple):
    """A text, or None where the model gives none, and how many tokens were read and written."""

    text: str | None
    tokens_in: int | None = None  # None: not stated
    tokens_out: int | None = None


class LanguageModel(Protocol):
    """Something that answers prompts."""

    def identity(self) -> Mapping[str, Any]:
        """JSON-ready: all that answers depend on. Answers of one file have one identity."""
        ...

    def replies(self, prompts: Sequence[Prompt], watch: Watch) -> Iterator[tuple[int, Reply]]:
        """(place of the prompt, reply) in any order, each as soon as it is there.

        Raises UserError where no more can be had; what came before is kept.
        """
        ...


def shortened(text: str) -> str:
    """The last of a long text, where its answer stands; what is cut off never leaves an answer.

    >>> shortened("Answer: zebra"), shortened("Answer: zebra. " * 9_999)[:16]
    ('Answer: zebra', '…bra. Answer: ze')
    """
    return text if len(text) <= LONGEST else f"…{text[-LONGEST:]}"
