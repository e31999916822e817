"""Is emergence a mirage of the metric? Exact match of many tokens jumps where each token improves
smoothly.

Simulated, as in the source: each of L tokens is right with p(N) = exp(-(c / N)^a), all of them with
p^L. *Sharpness* is the share of a curve's whole rise that falls within its steepest decade. Null:
with one token there is nothing to multiply, and the two metrics must agree.
"""

from __future__ import annotations

import numpy as np

from ....eval.stats.curve import Floats
from ....eval.verdicts.replication import Claim, Null
from ....seeding import stream
from ..finding import Computed, Finding

SIZES = np.geomspace(1e5, 1e11, 25)  # parameters, six decades
CENTRE, POWER = 1e7, 0.3
LONG = 10  # tokens of an answer
QUESTIONS = 2_000
DECADE = 4  # gaps between sizes


def measure(draw: int, questions: int = QUESTIONS) -> dict[str, float]:
    """Sharpness of exact match and of the share of right tokens, with many tokens and with one."""
    chance = np.exp(-((CENTRE / SIZES) ** POWER))
    found = {}
    for length, name in ((LONG, ""), (1, ", one token")):
        rng = stream("mirage", length, draw)
        right = rng.random_sample((len(SIZES), questions, length)) < chance[:, None, None]
        other = rng.random_sample((len(SIZES), questions, length)) < chance[:, None, None]
        found[f"exact match{name}"] = sharpness(right.all(2).mean(1))
        found[f"tokens{name}"] = sharpness(other.mean((1, 2)))
    return found


def sharpness(curve: Floats) -> float:
    """The share of the rise of a curve [K] over SIZES that falls within the steepest decade."""
    within = curve[DECADE:] - curve[:-DECADE]
    return float(within.max() / np.ptp(curve))


FINDING = Finding(
    id="emergence-mirage",
    title="Exact match of long answers jumps where the share of right tokens rises smoothly",
    source="arXiv 2304.15004",
    published="sharp under exact match, smooth under token edit distance",
    falsified="exact match no sharper than tokens by a tenth of the rise",
    minutes=0.2,
    claims=(Claim("exact match", "tokens", margin=0.1, published=0.2),),
    nulls=(Null("exact match, one token", "tokens, one token", bound=0.05),),
    measured=Computed(measure, draws=8, unit="share of the rise within its steepest decade"),
    core=True,
)
