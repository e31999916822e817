"""The exposure, what of a world a corpus contains: the second half of a plugin's contract."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .. import identity
from ..errors import UserError, suggest
from ..printable import brief
from .interventions.intervention import Intervention
from .interventions.interventions_given import interventions
from .undescribed import shares as shares_left_out

PRESENTATIONS = ("exemplified", "stated", "both", "neither")  # how a pattern may be given
MOST = 1_000  # nontheorems of a conclusion, conclusions of a fact, wordings of an axiom, height
TWINS = ("shuffled rules", "exchanged rules", "random labels")


@dataclasses.dataclass(frozen=True)
class Exposure:
    """What of a world a corpus contains. Every field is recorded and digested.

    Shares have nine significant digits, as many as a receipt keeps: the corpus that is drawn from
    a receipt is the very one that was drawn from 1/3.
    """

    coverage: float = 1.0  # share of the non-axiom base facts that are stated
    held: float = 0.1  # share of stated base facts (or episodes) that no demonstration uses
    held_frames: float = 0.0  # share of the frames that no demonstrated conclusion instantiates
    demonstrated: float = 0.8  # share of the eligible conclusions that stand in the corpus
    phi: float = 0.0  # if > 0, instead: demonstrated conclusions per usable fact (2405.15071)
    demonstrated_height: int = 1  # greatest height of any derivation of a demonstrated conclusion
    # PRESENTATIONS -> share of the patterns, or of those that are rules as data
    given: Mapping[str, float] = dataclasses.field(
        default_factory=lambda: MappingProxyType({"exemplified": 1.0})
    )
    nontheorems: float = 0.0  # demonstrated nontheorems per demonstrated conclusion
    twin: str | None = None  # one of TWINS: the same corpus with one thing broken
    # cue words with each of which an axiom fact is stated (2309.00667)
    wordings: int = dataclasses.field(default=1, metadata={"neutral": 1})
    # share of the conclusions above demonstrated_height near which nothing is demonstrated
    far: float = dataclasses.field(default=0.0, metadata={"neutral": 0.0})
    # one of the world's `splits`, that decides instead what is demonstrated and what is queried
    split: str | None = dataclasses.field(default=None, metadata={"neutral": None})
    # base predicate -> share of what its facts are about, of which none of these is stated
    undescribed: Mapping[str, float] = dataclasses.field(
        default_factory=lambda: MappingProxyType({}), metadata={"neutral": {}}
    )
    # what else is changed of how a corpus is written, each at most once; tables of them do, too
    interventions: tuple[Intervention, ...] = dataclasses.field(
        default=(), metadata={"neutral": ()}
    )

    def __post_init__(self) -> None:
        shares = ("coverage", "held", "held_frames", "demonstrated", "far")
        for name in (*shares, "phi", "nontheorems"):
            _require(name, getattr(self, name), (int, float), "a number")
        for name in ("demonstrated_height", "wordings"):
            _require(name, getattr(self, name), (int,), "a whole number")
        if self.split is not None:
            _require("split", self.split, (str,), "the name of a split of the world")
        _require("given", self.given, (Mapping,), "a table of shares by presentation")
        _require("undescribed", self.undescribed, (Mapping,), "a table of shares by predicate")
        for name in (*shares, "phi", "nontheorems"):
            object.__setattr__(self, name, _kept(getattr(self, name)))
        for name in shares:
            if not 0 <= getattr(self, name) <= 1:
                value = brief(getattr(self, name))
                raise UserError(f"exposure.{name} = {value}; give a share, 0 to 1")
        if (
            self.phi < 0
            or self.nontheorems < 0
            or self.demonstrated_height < 1
            or self.wordings < 1
        ):
            raise UserError(
                "exposure: phi and nontheorems are at least 0, demonstrated_height 1 and wordings 1"
            )
        for name in ("phi", "nontheorems", "demonstrated_height", "wordings"):
            if not getattr(self, name) <= MOST:
                value = brief(getattr(self, name))
                raise UserError(f"exposure.{name} is {value}; expected at most {MOST:,}: give less")
        for presentation in self.given:
            if presentation not in PRESENTATIONS:
                raise suggest("presentation of a pattern", str(presentation), PRESENTATIONS)
            _require(f"given.{presentation}", self.given[presentation], (int, float), "a number")
        if not abs(sum(self.given.values()) - 1) <= 1e-8:  # what nine digits of each leave
            total = brief(sum(self.given.values()))
            raise UserError(f"exposure.given sums to {total}; shares sum to 1")
        if self.twin is not None and self.twin not in TWINS:
            raise suggest("twin", str(self.twin), TWINS)
        given = {presentation: _kept(share) for presentation, share in self.given.items()}
        object.__setattr__(self, "given", MappingProxyType(given))
        object.__setattr__(self, "undescribed", MappingProxyType(shares_left_out(self.undescribed)))
        object.__setattr__(self, "interventions", interventions(self.interventions))

    def record(self) -> dict[str, Any]:
        """JSON-ready fields, in a canonical order.

        A field that is added later has a neutral value (``identity.py``), so that the digests of
        corpora drawn before stay what they are.
        """
        fields = identity.record(self)
        return {**fields, "given": {w: self.given[w] for w in PRESENTATIONS if w in self.given}}


def _require(name: str, value: Any, kinds: tuple[type, ...], expected: str) -> None:
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise UserError(
            f"exposure.{name} = {brief(value)}: a value has the wrong type; give {expected}"
        )


def _kept(share: float) -> float:
    """As a receipt keeps it; whole numbers as they are, for digests tell 1 from 1.0."""
    return float(f"{share:.9g}") if isinstance(share, float) else share
