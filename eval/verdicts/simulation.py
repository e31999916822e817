"""Recovery: laws and verdicts on simulated curves whose truth is known, as noisy as real ones.

The noise is that of trained models on composition-v1 and zebra-v1, suite headline-v1, and a little
more: runs differ throughout by LEVEL, at each checkpoint by JITTER beside the luck of the
questions, and in when they begin to rise by SHIFT.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy import stats

from ...seeding import stream
from ..scaling.fit import VOTES, fit_all
from ..scaling.joint_fit import JOINT
from ..scaling.joint_laws import Bounded, DataConstrained
from ..scaling.laws import CURVES, BrokenPowerLaw, Constant, Law, Logistic, PowerLaw
from ..stats.curve import Curve, Floats
from ..stats.trend import SIZE
from .positive_control import control
from .standing import Against, over_floor
from .verdict import judged

LEVEL, JITTER, SHIFT = 0.045, 0.02, 0.05  # deviations: accuracy, accuracy, decades
WORLD_SHARE = 0.5  # of the variance between runs that is between worlds; suites move both at once
GUESSED = 6.7  # bits of an answer that is not known: one of about a hundred
UNDECIDED = "undecided"

Truth = Callable[[Floats], Floats]  # decades before the end, at most 0 -> accuracy


@dataclasses.dataclass(frozen=True)
class Design:
    """How much is measured."""

    worlds: int = 5
    seeds: int = 1  # in each world
    questions: int = 300
    per_decade: int = 5
    decades: float = 3.0
    level: float = LEVEL
    jitter: float = JITTER

    @property
    def x(self) -> Floats:
        """FLOPs of the checkpoints."""
        points = round(self.per_decade * self.decades) + 1
        return np.geomspace(10.0 ** (12 - self.decades), 1e12, points)

    def __str__(self) -> str:
        text = f"{self.worlds} worlds x {self.seeds} seeds x {self.questions} questions"
        if (self.level, self.jitter) == (LEVEL, JITTER):
            return text
        return f"{text}, deviations {self.level:g} and {self.jitter:g}"


def simulated(truth: Truth, design: Design, rng: np.random.RandomState) -> tuple[Curve, Curve]:
    """(accuracy, bits) of runs around ``truth``."""
    world = np.repeat(np.arange(design.worlds), design.seeds)
    runs = len(world)
    apart = rng.normal(0, design.level * np.sqrt(WORLD_SHARE), design.worlds)[world]
    apart = apart + rng.normal(0, design.level * np.sqrt(1 - WORLD_SHARE), runs)
    when = np.log10(design.x / design.x[-1]) + rng.normal(0, SHIFT, (runs, 1))
    able = truth(when)
    # what is never or always right does not vary
    scale = 2 * np.sqrt(np.clip(able * (1 - able), 0, 1))
    noise = apart[:, None] + rng.normal(0, design.jitter, able.shape)
    share = np.clip(able + scale * noise, 0, 1)
    right = rng.binomial(design.questions, share) / design.questions
    bits = GUESSED * (1 - share) * np.exp(rng.normal(0, 0.05, able.shape))
    names = world.tolist()
    return (
        Curve.of(design.x, right, questions=design.questions, world=names),
        Curve.of(design.x, bits, "bits", world=names),
    )


def line(size: float, end: float) -> Truth:
    """A change by ``size`` over the last decade, straight in log compute, that ends at ``end``."""
    return lambda t: np.clip(end + size * t, 0, 1)


def knee(before: float, after: float, at: float, sharp: float = 6.0) -> Truth:
    """A sigmoid from ``before`` to ``after``, ``at`` decades from the end."""
    return lambda t: before + (after - before) / (1 + np.exp(-sharp * np.log(10) * (t - at)))


def peak(before: float, top: float, after: float) -> Truth:
    """From ``before`` to ``top`` and back to ``after``, all within the last half decade."""
    up, down = knee(before, top, -0.45, 10), knee(0.0, top - after, -0.1, 15)
    return lambda t: up(t) - down(t)


FLOOR = 0.02  # of all simulated rungs
FLAT_WORD, LEVEL_WORD = "flat", f"no change of {SIZE}"  # what a plateau is called
WORDS = (FLAT_WORD, LEVEL_WORD, "rising", "fell", UNDECIDED)
PLATEAU = (FLAT_WORD, LEVEL_WORD)
LATE = knee(FLOOR, 0.6, -0.15, 20)  # a control that rises at the last two checkpoints
EARLY = knee(FLOOR, 0.6, -1.2)


@dataclasses.dataclass(frozen=True)
class Case:
    """Curves of one kind, and which of WORDS is true of them; undecided is never false."""

    true: tuple[str, ...]
    truths: tuple[Truth, ...]
    control: Truth | None = None  # another model of the same corpora


def _rises(size: float, *true: str) -> Case:
    """A rise without end, by ``size`` in every decade."""
    return Case((*true, "rising"), (line(size, 0.6), line(size, 0.85)))


_NOTHING = line(0, FLOOR)
# a level reached two decades ago is a plateau now; a rise that is slow enough is both
VERDICTS: Mapping[str, Case] = {
    "plateau at 0.9": Case(PLATEAU, (knee(0.02, 0.9, -2, 2),)),
    "plateau at 0.5": Case(PLATEAU, (knee(0.02, 0.5, -2, 2),)),
    "floor, a control rises a decade before": Case(PLATEAU, (_NOTHING,), EARLY),
    "floor, a control rises at the end": Case((UNDECIDED,), (_NOTHING,), LATE),
    "floor, no control": Case((UNDECIDED,), (_NOTHING,)),
    "rises by 0.1": _rises(0.1),
    "rises by 0.05": _rises(0.05, LEVEL_WORD),
    "rises by 0.04": _rises(0.04, LEVEL_WORD),
    "rises by 0.03": _rises(0.03, LEVEL_WORD),
    "rises by 0.02": _rises(0.02, *PLATEAU),
    "falls by 0.1": Case(("fell",), (line(-0.1, 0.5), line(-0.1, 0.8))),
    "rose by 0.3, has stopped": Case((UNDECIDED,), (knee(0.3, 0.6, -0.8),)),
    "rose by 0.8, came back by 0.2": Case((UNDECIDED,), (peak(0.1, 0.9, 0.7),)),
}


def judgements(name: str, design: Design, repeats: int) -> list[str]:
    """Which of WORDS each of ``repeats`` curves of the case ``name`` is; more repeats only add."""
    case = VERDICTS[name]
    rng, others = (stream("recovery", what, name, str(design)) for what in ("verdicts", "controls"))
    against = Against(name, design.worlds * design.questions, FLOOR, {})
    out = []
    for i in range(repeats):
        accuracy, bits = simulated(case.truths[i % len(case.truths)], design, rng)
        controls = []
        if case.control is not None:
            curve = simulated(case.control, design, others)[0]
            above = over_floor(against, curve, curve.runs)[1]
            controls = [c for c in [control("control", curve.x[0], above)] if c]
        found = judged(against, accuracy, bits, controls, weigh=False)
        word = FLAT_WORD if found.slope is not None and found.slope.flat else LEVEL_WORD
        out.append(word if found.kind == "plateau" else found.kind)
    return out


def of_law(law: Law, rng: np.random.RandomState) -> Truth:
    """A truth of one law, whose features lie within what is measured."""
    u = rng.uniform
    level, floor, exponent = u(0.2, 0.8), u(0.2, 0.5), u(0.2, 0.4)
    if isinstance(law, BrokenPowerLaw):
        return _broken(law, rng)
    if isinstance(law, Logistic):
        return knee(u(0.05, 0.1), u(0.5, 0.95), u(-1.8, -1.2), u(1.5, 3))
    if isinstance(law, Constant):
        return lambda t: np.full_like(t, level)
    if isinstance(law, PowerLaw) and law.floor:
        return lambda t: 1 - floor - 0.45 * 10.0 ** (-3 * exponent * (t + 3))
    return lambda t: 1 - 0.95 * 10.0 ** (-exponent * (t + 3))


def _broken(law: BrokenPowerLaw, rng: np.random.RandomState) -> Truth:
    u = rng.uniform
    first, c0, c1, f1 = u(-2.0, -1.5), u(0.0, 0.03), u(0.3, 0.5), u(0.02, 0.1)
    if law.breaks == 2:  # a rise, a stand, and a second rise: one bend has no such shape
        first, c0, c1 = u(-2.1, -1.9), u(0.3, 0.4), u(-0.35, -0.3)
    second, c2 = u(-1.2, -0.8), u(0.4, 0.6)

    def truth(t: Floats) -> Floats:
        y = 0.95 * 10.0 ** (-c0 * (t + 3)) * (1 + 10.0 ** ((t - first) / f1)) ** (-c1 * f1)
        if law.breaks == 2:
            y = y * (1 + 10.0 ** ((t - second) / f1)) ** (-c2 * f1)
        return 1 - np.clip(y, 0, 1)

    return truth


def laws(design: Design, repeats: int, true: Sequence[Law] = CURVES) -> dict[str, Counter[str]]:
    """True law -> how often each law was named, or "undecided", out of ``repeats`` curves."""
    out = {}
    for law in true:
        rng = stream("recovery", "laws", law.name, str(design))
        curves = [simulated(of_law(law, rng), design, rng)[0] for _ in range(repeats)]
        out[law.name] = Counter(f.attributed for f in fit_all(curves, draws=VOTES))
    return out


SPREAD, SCATTER = 0.05, 0.03  # relative deviations of a loss: of a run throughout, at each point


def surfaces(repeats: int, runs: int = 5, true: Sequence[Law] = JOINT) -> dict[str, Counter[str]]:
    """The same for the joint laws: losses of 3 sizes x 4 corpora x 5 budgets, from one to a
    thousand readings of the smallest corpus."""
    axes = np.meshgrid([1e4, 1e5, 1e6], np.geomspace(1e4, 1e7, 5), [1e4, 3e4, 1e5, 3e5])
    x = np.stack([a.ravel() for a in axes])
    x = x[:, x[1] >= x[2]]
    out = {}
    for law in true:
        rng = stream("recovery", "surfaces", law.name)
        curves = []
        for _ in range(repeats):
            p = _joint(law, x, rng)
            losses = law.evaluate(law.centred(x, law.centre(x)), p[:, None])[:, 0]
            noise = rng.normal(0, SPREAD, (runs, 1)) + rng.normal(0, SCATTER, (runs, len(losses)))
            curves.append(
                Curve.of(x, losses * np.exp(noise), "loss", ("N", "D", "U"), world=range(runs))
            )
        out[law.name] = Counter(f.attributed for f in fit_all(curves, JOINT, draws=VOTES))
    return out


def _joint(law: Law, x: Floats, rng: np.random.RandomState) -> Floats:
    """Parameters of a joint law under which every axis matters."""
    u = rng.uniform
    if isinstance(law, Bounded):
        powers = u(0.3, 0.5), u(0.6, 0.9), u(0.6, 0.9), u(0.0, 0.2)
        a, beta, delta, gamma = powers
        return np.array([u(0.1, 0.3), GUESSED, -1.5, a, -0.5, beta, -1.0, delta, gamma])
    part = [u(0.8, 1.2), u(0.8, 1.2), u(0.3, 0.5), u(0.25, 0.35), u(0.25, 0.35)]
    if isinstance(law, DataConstrained):
        part += [np.log(u(5, 20)), np.log(u(3, 10))]
    return np.array(part)


def worlds_needed(
    seeds: int, questions: int, difference: float = 0.05, power: float = 0.8, share: float = 0.5
) -> int:
    """Worlds by which a ``difference`` between two models is seen with this power at 95%.

    Both are trained on the same worlds with ``seeds`` each, answer the same ``questions``, and are
    compared by Student's t over worlds, as ``intervals`` does. Variance of a world's mean: half of
    LEVEL^2 between worlds, the other half and JITTER^2 between seeds, and the luck of its
    questions, of which seeds of one world share the drawing.
    """
    between = LEVEL**2 * WORLD_SHARE
    within = LEVEL**2 * (1 - WORLD_SHARE) + JITTER**2
    variance = 2 * (between + within / seeds + share * (1 - share) / questions)
    for worlds in range(2, 10_000):
        df, ncp = 2 * (worlds - 1), difference / np.sqrt(variance / worlds)
        # a term of 1e-12 in the other tail does not matter
        if stats.nct.sf(stats.t.ppf(0.975, df), df, ncp) >= power:
            return worlds
    raise ValueError(f"no number of worlds below 10,000 shows a difference of {difference}")
