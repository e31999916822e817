"""The branches of one configuration's forecast, from its curve and those of other corpora."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...errors import UserError, suggest
from ...eval.forecasting.forecast import Forecast, forecast
from ...eval.forecasting.scenario import Scenario
from ...eval.stats.curve import Curve
from ..receipts.curves import Configuration

LEVELS = 3  # sizes of corpus from which the effect of data is measured


def chosen(configurations: Sequence[Configuration], row: str) -> Configuration:
    """The configuration of this name; the first for an empty one."""
    if not row:
        return configurations[0]
    named = {configuration.name: configuration for configuration in reversed(configurations)}
    short = {configuration.label: configuration for configuration in reversed(configurations)}
    if row not in named and row not in short:
        raise suggest("row", row, [*named, *short])
    return named.get(row) or short[row]


def foretold(
    configuration: Configuration,
    configurations: Sequence[Configuration],
    scenario: Scenario,
    rungs: Sequence[str],
) -> Iterator[Forecast]:
    """The forecasts of a configuration, of these rungs or of all. Raises UserError where there is
    none."""
    for rung in rungs:
        if rung not in configuration.rungs:
            raise suggest(f"rung of {configuration.label}", rung, configuration.rungs)
    problems = []
    several = _corpora(configuration, configurations)
    # where several corpora were tried, today's is the largest of them
    last = several[-1] if several else configuration
    done = 0
    for rung in rungs or configuration.rungs:
        try:
            yield forecast(
                rung,
                last.accuracy[rung],
                scenario,
                last.bits.get(rung),
                _surface(several, rung),
                last.undecided.get(rung, ""),
            )
            done += 1
        except UserError as error:
            problems.append(str(error))
    if not done:
        raise UserError(f"{configuration.name}: {problems[0] if problems else 'no rung'}")


def _corpora(
    configuration: Configuration, configurations: Sequence[Configuration]
) -> list[Configuration]:
    """The configurations that differ from this one in the share demonstrated alone, by that share;
    or none."""

    def apart(one: Configuration) -> dict[str, object]:
        exposure = {k: v for k, v in one.cell.exposure.record().items() if k != "demonstrated"}
        return one.cell.record() | {"exposure": exposure, "seeds": None}

    alike = [
        a
        for a in configurations
        if apart(a) == apart(configuration) and a.seeds == configuration.seeds
    ]
    alike.sort(key=lambda a: a.cell.exposure.demonstrated)
    return alike if len(alike) >= LEVELS else []


def _surface(several: Sequence[Configuration], rung: str) -> Curve | None:
    """Accuracy over FLOPs and the share demonstrated; None where fewer corpora have the rung."""
    having = [a for a in several if rung in a.accuracy]
    if len(having) < LEVELS:
        return None
    curves = [a.accuracy[rung] for a in having]
    displayed = [np.full(c.points, a.cell.exposure.demonstrated) for a, c in zip(having, curves)]
    spent = np.concatenate([c.x[0] for c in curves])
    first = curves[0]
    return Curve.of(
        np.stack([spent, np.concatenate(displayed)]),
        np.concatenate([c.runs for c in curves], axis=1),
        axes=("FLOPs", "demonstrated"),
        world=first.world.tolist(),
        questions=first.questions,
    )
