"""Branches: what becomes of an ability if compute, data, both or neither go on growing.

Five ways on, from what was measured to a horizon, each with its 95% interval, and when any two of
them can be separated. Uncertain at once are the law (drawn by its weight), its parameters (drawn
from the resampled worlds and runs) and every number of the scenario. M dates, n draws.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Mapping

import numpy as np

from ...errors import UserError
from ...seeding import stream
from ..scaling.fit import Fit, Fits, fit
from ..scaling.joint_laws import Bounded
from ..scaling.laws import CURVES, PowerLaw
from ..stats.curve import Curve, Floats
from ..stats.trend import decide
from ..verdicts.hypotheses import H1, H2
from ..verdicts.verdict import too_few
from .scenario import YEAR, Compute, Conclusions, Data, Quantity, Queries, Scenario

DRAWS = 400
DATES = 61
FOREVER = 1e30  # multiple of today's compute at which a law counts as at its end
BRANCHES = {
    "data exhausted": "compute goes on, the corpus does not",
    "compute-bound": "data go on, compute up to what power and Landauer's limit allow",
    "joint growth": "compute and data go on without limit",
    "self-produced": "data up to their stock, and right conclusions besides",
    "active learning": "data up to their stock, and answers to questions besides",
}
TABLES = {"compute": Compute, "data": Data, "conclusions": Conclusions, "queries": Queries}
NAMES = tuple(  # of every uncertain number of a scenario
    f"{table}.{field.name}"
    for table, kind in TABLES.items()
    for field in dataclasses.fields(kind)
    if field.type == "Quantity"
)
# (multiples of today's compute [M, n], of today's data [M, n]) -> accuracy [M, n]
Ability = Callable[[Floats, Floats], Floats]


@dataclasses.dataclass(frozen=True)
class Branch:
    """One way on."""

    name: str
    ability: Floats  # [3, M] median, low, high of the 95% interval
    compute: Floats  # [3, M] multiples of today's compute
    data: Floats  # [3, M] multiples of today's data


@dataclasses.dataclass(frozen=True)
class Forecast:
    """The branches of one rung."""

    rung: str
    years: Floats  # [M] dates
    branches: tuple[Branch, ...]
    verdict: str  # what the measured curve shows by itself
    notes: tuple[str, ...]  # what it rests on

    def parting(self, one: str, other: str) -> int | None:
        """The first date from which the two branches' intervals lie apart; None: at none."""
        a, b = (next(x.ability for x in self.branches if x.name == n) for n in (one, other))
        apart = (a[1] > b[2]) | (b[1] > a[2])
        overlapping = np.flatnonzero(~apart)
        first = int(overlapping[-1]) + 1 if len(overlapping) else 0
        return first if first < len(self.years) else None

    def partings(self) -> dict[tuple[str, str], tuple[float, float] | None]:
        """Pair of branches -> (date, multiple of today's compute by then) of their parting."""
        found: dict[tuple[str, str], tuple[float, float] | None] = {}
        for one, other in itertools.combinations(self.branches, 2):
            at = self.parting(one.name, other.name)
            spent = 0.0 if at is None else max(one.compute[0, at], other.compute[0, at])
            found[one.name, other.name] = None if at is None else (float(self.years[at]), spent)
        return found


def forecast(
    rung: str,
    curve: Curve,
    scenario: Scenario,
    bits: Curve | None = None,
    surface: Curve | None = None,
    undecided: str = "",
) -> Forecast:
    """The branches of a rung from its accuracy over compute.

    ``surface``: the same over compute and data (axes FLOPs, U), where several corpora were tried;
    without it the effect of data is the scenario's. ``undecided``: why a judge who saw more than
    the curve gave no verdict; where there is none, the two hypotheses weigh half of all. Raises
    UserError where no law can be fitted.
    """
    try:
        fits = fit(curve, (*CURVES, H2), draws=DRAWS)
        joint = None if surface is None else fit(surface, (Bounded(size=False),), draws=DRAWS).best
    except UserError as error:
        raise UserError(f"{rung}: nothing to forecast from: {error}") from None
    decision, few = decide(curve, bits), too_few(curve)
    why = undecided or few or (decision.why if decision.kind == "undecided" else "")
    rng = stream("forecast", rung, scenario.title)
    score = {name: rng.normal(size=DRAWS) for name in NAMES}
    draw = {name: _quantity(scenario, name).draws(score[name]) for name in NAMES}
    notes = [f"both hypotheses weigh half of all, for the verdict is open ({why})"] if why else []
    if fits.astray:
        law, off = fits.best.law.name, fits.best.misfit**0.5
        notes.append(f"the best law, {law}, misses the points by {off:.1f} standard errors")
    if joint is None:
        notes.append("the effect of data is the scenario's, not measured")
        ability = _from_curve(fits, bool(why), draw["data.exponent"], rng)
    else:
        ability = _from_surface(joint, rng)
    t = np.linspace(0, scenario.years, DATES)
    branches = tuple(
        Branch(name, _band(ability(c, d)), _band(c), _band(d))
        for name, (c, d) in _grown(scenario, draw, t[:, None], ability).items()
    )
    kind = "undecided" if why else decision.kind
    return Forecast(rung, scenario.start + t, branches, kind, tuple(notes))


def _grown(
    scenario: Scenario, draw: Mapping[str, Floats], t: Floats, ability: Ability
) -> dict[str, tuple[Floats, Floats]]:
    """Branch -> (compute, data) [M, n] in multiples of today's, at t [M, 1] years from now."""
    free, more = draw["compute.growth"] ** t, draw["data.growth"] ** t
    bound = np.minimum(free, np.maximum(affordable(scenario, draw, t), 1.0))
    human = np.minimum(more, np.maximum(draw["data.stock"] / draw["data.today"], 1.0))
    yearly = YEAR / draw["queries.seconds"] * draw["queries.parallel"] * draw["queries.worth"]
    # one after the other: what is added depends on what can be concluded by then
    own = np.zeros_like(human)
    for i in range(1, len(t)):
        held = human[i - 1] + own[i - 1]
        right = ability(free[i - 1 : i], held[None])[0]
        written = draw["conclusions.yearly"] * right * held * (t[i] - t[i - 1])
        own[i] = np.minimum(own[i - 1] + written, free[i])  # what is written must be computed
    return {
        "data exhausted": (free, np.ones_like(free)),
        "compute-bound": (bound, more),
        "joint growth": (free, more),
        "self-produced": (free, human + own),
        "active learning": (free, human + yearly * t / draw["data.today"]),
    }


def affordable(scenario: Scenario, draw: Mapping[str, Floats], t: Floats) -> Floats:
    """Multiples of today's compute that a year of the greatest power pays for, at t years from now.

    Energy per FLOP falls until engineering or the erasure of bits (Landauer) ends it.
    """
    falling = draw["compute.energy"] / draw["compute.efficiency"] ** t
    erased = scenario.compute.landauer * draw["compute.bits_erased"]
    energy = np.maximum(falling, np.maximum(draw["compute.least_energy"], erased))
    return draw["compute.power"] * YEAR / energy / draw["compute.today"]


def _from_curve(
    fits: Fits, undecided: bool, exponent: Floats, rng: np.random.RandomState
) -> Ability:
    """By the laws through one curve. What is left at endless compute shrinks as data^-exponent."""
    weights = np.array([f.weight for f in fits.fits])
    rivals = np.array([f.law.name in _rivals(fits) for f in fits.fits])
    if undecided and rivals.any():
        rest = weights * ~rivals
        share = 0.5 if rest.sum() else 1.0
        weights = share * rivals / rivals.sum() + (1 - share) * rest / max(rest.sum(), 1e-300)
    law = rng.choice(len(weights), DRAWS, p=weights / weights.sum())
    draws = [f.draws[:, rng.randint(0, f.draws.shape[1], DRAWS)] for f in fits.fits]
    last = fits.curve.x[:, -1:]

    def errors(compute: Floats) -> Floats:
        out = np.zeros(np.broadcast_shapes(compute.shape, (1, DRAWS)))
        for i, found in enumerate(fits.fits):
            mine = np.flatnonzero(law == i)
            if len(mine):
                spent = np.log(last / found.law.centre(fits.curve.x)[:, None])
                u = spent + np.log(compute[:, mine])
                out[:, mine] = found.law.evaluate(u[None], draws[i][:, mine])
        return np.clip(out, 0, 1)

    end = errors(np.full((1, DRAWS), FOREVER))

    def ability(compute: Floats, data: Floats) -> Floats:
        now = errors(compute)
        left = np.minimum(end, now)
        return 1 - np.clip(now - left + left * data**-exponent, 0, 1)

    return ability


def _rivals(fits: Fits) -> list[str]:
    """The law of each hypothesis, or a simpler one of its kind where points are few for it."""
    kinds = ((H1, PowerLaw(floor=True)), (H2, PowerLaw()))
    fitted = [f.law.name for f in fits.fits]
    return [next((law.name for law in kind if law.name in fitted), "") for kind in kinds]


def _from_surface(found: Fit, rng: np.random.RandomState) -> Ability:
    """By the bounded form through points over compute and data."""
    draws = found.draws[:, rng.randint(0, found.draws.shape[1], DRAWS)]
    most = np.log(found.curve.x.max(1) / found.law.centre(found.curve.x))

    def ability(compute: Floats, data: Floats) -> Floats:
        u = np.stack([most[0] + np.log(compute), most[1] + np.log(data)])
        return 1 - np.clip(found.law.evaluate(u, draws), 0, 1)

    return ability


def _quantity(scenario: Scenario, name: str) -> Quantity:
    table, _, key = name.partition(".")
    return getattr(getattr(scenario, table), key)


def _band(values: Floats) -> Floats:
    """[3, M] median and 95% interval over the draws [M, n]."""
    return np.quantile(values, (0.5, 0.025, 0.975), axis=1)
