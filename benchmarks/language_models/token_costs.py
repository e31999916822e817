"""Tokens and what they cost: an estimate before a run, and the count of what came."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from ...errors import UserError
from ..export.prompts import Prompt
from .model_reply import Reply

CHARACTERS = 3.0  # of a token: names that are made up are split finely
TURN = 4  # tokens around each turn of a chat


@dataclasses.dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens, read and written; None: not known."""

    tokens_in: float | None = None
    tokens_out: float | None = None

    def __post_init__(self) -> None:
        for name, price in (("--price-in", self.tokens_in), ("--price-out", self.tokens_out)):
            if price is not None and not 0 <= price < 1e9:
                raise UserError(f"{name} {price}: expected dollars per million tokens, 0 or more")
        if (self.tokens_in is None) != (self.tokens_out is None):
            raise UserError("got one of --price-in and --price-out; give both or none")

    def of(self, tokens_in: float, tokens_out: float) -> str:
        """``, $0.12``; nothing where prices are not known."""
        if self.tokens_in is None or self.tokens_out is None:
            return ""
        cost = (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1e6
        return f", ${cost:,.2f}" if cost >= 1 or cost == 0 else f", ${cost:.4f}"


def estimated(prompts: Sequence[Prompt]) -> int:
    """Tokens that these prompts will have, about."""
    turns = [turn["content"] for prompt in prompts for turn in prompt.messages()]
    return round(sum(map(len, turns)) / CHARACTERS) + TURN * len(turns)


def estimate(prompts: Sequence[Prompt], max_tokens: int, prices: Prices) -> str:
    """A line on what is to come: about how much is read, and how much is written at most."""
    read, written = estimated(prompts), max_tokens * len(prompts)
    return (
        f"{len(prompts):,} questions to be answered: about {read:,} tokens to read, at most "
        f"{written:,} to write{prices.of(read, written)}"
    )


def spent(replies: Iterable[Reply], prices: Prices) -> str:
    """The same of what came; of how many answers no count is known, if there are any."""
    found = list(replies)
    read = sum(reply.tokens_in or 0 for reply in found)
    written = sum(reply.tokens_out or 0 for reply in found)
    unknown = sum(reply.tokens_in is None or reply.tokens_out is None for reply in found)
    more = f", without {unknown:,} whose tokens were not counted" if unknown else ""
    return f"{read:,} tokens read, {written:,} written{prices.of(read, written)}{more}"
