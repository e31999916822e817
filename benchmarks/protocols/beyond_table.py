"""The table ``[beyond]`` of a suite: which protocol goes on from its cells, and how.

Each protocol is a class here and a file beside this one; the cells of the suite are round 0.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pydantic

MOST_ROUNDS, MOST_QUERIES = 100, 100_000


Filter = Literal["unfiltered", "consistent", "verified", "proved"]  # of a model's conclusions


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)


class Production(_Strict):
    """The model's own conclusions join its corpus: ``production.py``."""

    protocol: Literal["production"]
    rounds: int = pydantic.Field(ge=1, le=MOST_ROUNDS)
    filters: list[Filter] = pydantic.Field(min_length=1)
    # share of the questions that are scored, of which no answer ever joins the corpus
    scored: float = pydantic.Field(default=0.5, gt=0, lt=1)
    # share of the samples that must be the greedy answer, for "consistent"
    agreement: float = pydantic.Field(default=0.9, gt=0, le=1)
    # whether cells of as many steps as all rounds together are trained on the first corpus
    control: bool = True

    @property
    def branches(self) -> tuple[str, ...]:
        return (*self.filters,)


class Acquisition(_Strict):
    """The learner queries the world for base facts, at a cost: ``acquisition.py``."""

    protocol: Literal["acquisition"]
    rounds: int = pydantic.Field(ge=1, le=MOST_ROUNDS)
    queries: int = pydantic.Field(ge=0, le=MOST_QUERIES)  # in all rounds together; 0: none
    policies: list[str] = pydantic.Field(min_length=1)  # entry points zebroid.policies
    draws: int = pydantic.Field(default=10, ge=1, le=1_000)  # of symbolic learners, by seed
    # seconds that a policy may take for one choice
    seconds: float = pydantic.Field(default=60.0, gt=0)

    @property
    def branches(self) -> tuple[str, ...]:
        return (*self.policies,)


class _Once(_Strict):
    """Nothing joins a corpus: cells are trained once."""

    rounds: ClassVar[int] = 0
    branches: ClassVar[tuple[str, ...]] = ("greedy",)


class Voting(_Once):
    """More compute while it answers: votes over samples, loops, chains: ``voting.py``."""

    protocol: Literal["voting"]


class Tools(_Once):
    """Tools that a model calls while it answers: ``tools/``."""

    protocol: Literal["tools"]
    tools: list[str] = pydantic.Field(min_length=1)  # entry points zebroid.tools
    # rates at which a result is another constant: of the first tool, beside 0 of every tool
    lies: list[Annotated[float, pydantic.Field(gt=0, le=1)]] = []
    # how many looks at what no text describes an answer may make, by the first tool; others: none
    looks: list[Annotated[int, pydantic.Field(ge=0, le=MOST_QUERIES)]] = []
    # seconds that a tool may take for one batch of calls
    seconds: float = pydantic.Field(default=60.0, gt=0)

    @property
    def configurations(self) -> tuple[tuple[str, float, int], ...]:
        """(tool, rate of lies, looks) of each evaluation, once; lies with the most looks."""
        first, *others = self.tools
        every = [
            *((first, 0.0, looks) for looks in self.looks or [0]),
            *((tool, 0.0, 0) for tool in others),
            *((first, lies, max(self.looks, default=0)) for lies in self.lies),
        ]
        return (*dict.fromkeys(every),)


Beyond = Annotated[
    Production | Acquisition | Voting | Tools, pydantic.Field(discriminator="protocol")
]
