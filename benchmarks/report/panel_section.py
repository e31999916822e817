"""What a report says of one panel: scores, verdicts and their evidence, reach, proofs, controls."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ...eval.scoring.columns import MARKS, columns
from ...eval.scoring.controls import Controls, ExceptionScore
from ...eval.scoring.rung_score import RungScore
from ...eval.scoring.score import Row
from ...eval.stats.intervals import Band
from ...eval.stats.labels import counted
from ..panels.panel import Panel
from .html_templates import Grid
from .plot import Drawing
from .table import ABSENT, LIFTED, Table, around, labelled, normalised, score, short, table

# share of the controls -> its name, where that of the field does not say it
SHARES = {
    "false_nones": "false NONEs",
    "discrimination": "discrimination (d′)",
    "misled": "answered with the distractor",
}


PROOFS = "Proofs written before the answer"
PASSES = "Sampled answers: the chance that one of k is right"
RIVALS = "Answers where a wrong value, an exact rival, is ranked alike by every count of the texts"
BESIDE = "What each score stands beside: its floor, swap lift, and agreement with likeness"
BESIDE_HEADS = (
    "",
    "score",
    "floor",
    "above it\n0 to 1",
    "swap lift",
    "right where\nlikeness is right",
    "right where\nlikeness is wrong",
    "wrong answers\nthat are likeness's",
)
RIVAL_HEADS = ("", "questions", "right", "one given rival", "right less it")


@dataclasses.dataclass(frozen=True)
class Section:
    """All that ``templates/panel.html`` shows; None: the panel has nothing of that kind."""

    name: str
    sentence: str
    scores: Grid | None
    notes: Sequence[str]
    drawings: Sequence[Drawing] = ()
    beside: Sequence[Grid] = ()  # score, floor, lift and agreement of each model; exact rivals
    verdicts: Grid | None = None
    laws: str = ""  # lines of text: the laws and hypotheses behind the verdicts
    reach: Grid | None = None
    written: Mapping[str, Grid] = dataclasses.field(default_factory=dict)  # passes, proofs
    apart: Grid | None = None
    controls: Grid | None = None


def section(panel: Panel, drawn: Iterable[Drawing], message: str, interval: str) -> Section:
    """``drawn``: the figures, those of the panel among them; ``message``: the caption of its table;
    ``interval``: what its intervals are over."""
    displayed = table(panel)
    if not displayed.columns:
        return Section(panel.name, panel.sentence, None, displayed.notes)
    found = Section(
        panel.name,
        panel.sentence,
        _scores(displayed),
        [f"{message}. {interval}; {MARKS}.", *displayed.notes],
        [drawing for drawing in drawn if drawing.panel == panel.name],
    )
    return _with_evidence(found, panel, displayed.columns) if panel.models else found


def _scores(displayed: Table) -> Grid:
    heads = zip(displayed.columns, displayed.questions, displayed.strategies)
    return Grid(
        "Share of exact answers at the last checkpoint; below each column its floor's strategy",
        ["", *(_head(name, n, strategy) for name, n, strategy in heads)],
        [[line.name, *line.scores] for line in displayed.lines],
        kinds=[line.kind for line in displayed.lines],
    )


def _head(name: str, questions: int, strategy: str) -> str:
    floor = f"floor: {strategy}" if strategy else "raw"
    return f"{name}\n{questions:,} questions; {floor}"


def _beside(rows: Iterable[Row]) -> Iterator[list[str]]:
    """Of each model on each rung that asks for a rule: what its score stands beside."""
    for row in rows:
        for name in columns(row.rungs):
            found = row.rungs[name]
            if found.rung in LIFTED:
                label = f"{name}\n{labelled(row, counted(row))}"
                own = score(found), short(found.floor.value), normalised(found)
                yield [label, *own, *_lift(found), *_agreement(found)]


def _lift(found: RungScore) -> list[str]:
    lift = found.lift
    return [ABSENT if lift is None else around(lift.value, lift.low, lift.high)]


def _agreement(found: RungScore) -> list[str]:
    a = found.agreement
    shares = (a.where_right, a.where_wrong, a.shared_errors) if a else (None,) * 3
    return [ABSENT if s is None else short(s) for s in shares]


def _rivals(rows: Iterable[Row]) -> Iterator[list[str]]:
    """Of each score that has exact rivals: how often it is right, and how often one of them."""
    for row in rows:
        for name in columns(row.rungs):
            if (r := row.rungs[name].rivals) is not None:
                label = f"{name}\n{labelled(row, counted(row))}"
                apart = around(r.right - r.rival, r.low, r.high)
                yield [label, f"{r.n:,}", short(r.right), short(r.rival), apart]


def _with_evidence(section: Section, panel: Panel, rungs: Sequence[str]) -> Section:
    header = ["", "greatest distance", "its change", "conclusions", "change of their log10"]
    title = "Reach: unstated conclusions answered in at least half"
    answered = [*panel.models, *panel.untraced.values()]
    written = {
        "passes": _filled(PASSES, ["", *rungs], list(_passes(answered, rungs))),
        "proofs": _filled(PROOFS, ["", *rungs], list(_proofs(answered, rungs))),
    }
    controls = list(_controls(panel.models))
    beside = (
        _filled(BESIDE, BESIDE_HEADS, list(_beside(panel.models))),
        _filled(RIVALS, RIVAL_HEADS, list(_rivals(panel.models))),
    )
    return dataclasses.replace(
        section,
        beside=[grid for grid in beside if grid],
        verdicts=_verdicts(panel),
        laws=_laws(panel),
        reach=_filled(title, header, list(_reach(panel.models))),
        written={name: grid for name, grid in written.items() if grid},
        apart=_apart(panel),
        controls=_filled("Controls", ["", "share or d′", "questions"], controls),
    )


def _filled(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid | None:
    """The table, if there is a row for it."""
    return Grid(caption, header, rows) if rows else None


def _verdicts(panel: Panel) -> Grid:
    """A verdict per model and rung."""
    names = {row.label: counted(row) for row in panel.models}
    return Grid(
        "Verdict on each rung: does it still rise at the end of this budget?",
        ["", "verdict", "level explained by", "evidence"],
        [
            [f"{names[label]}: {v.rung}", str(v), v.ceiling, v.evidence]
            for label, found in panel.verdicts.items()
            for v in found
        ],
        text=(1, 2, 3),
    )


def _laws(panel: Panel) -> str:
    """What laws and hypotheses say of each verdict that has any."""
    names = {row.label: counted(row) for row in panel.models}
    weighed = [
        "\n".join([names[label], *v.lines()])
        for label, found in panel.verdicts.items()
        for v in found
        if v.laws
    ]
    return "\n\n".join(weighed)


def _reach(rows: Iterable[Row]) -> Iterator[list[str]]:
    """How far, and how many, the unstated conclusions are that each row answers."""
    for row in rows:
        if row.reach is None:
            continue
        far = _interval("{:.1f}", row.reach.distance.at())
        many = _interval("{:,.0f}", [10.0**v - 1 for v in row.reach.conclusions.at()])
        grew = [str(c) if c else ABSENT for c in row.reach.growth(row.flops).values()]
        yield [counted(row), far, grew[0], many, grew[1]]


def _interval(text: str, values: Sequence[float]) -> str:
    """Mean, low and high; a single run has no interval."""
    mean, *ends = map(text.format, values)
    return f"{mean}\n[{', '.join(ends)}]" if math.isfinite(values[-1]) else f"{mean}\none run"


def _proofs(rows: Iterable[Row], rungs: Sequence[str]) -> Iterator[list[str]]:
    """Of each row with proofs: how many hold, and how many of the right answers rest on one."""
    for row in rows:
        if row.proofs:
            found = [row.proofs.get(rung) for rung in rungs]
            valid = [_band(p.valid, "\n") if p else ABSENT for p in found]
            yield [f"{counted(row)}\nquestions with a valid proof", *valid]
            if any(p and p.leaning.mean[0] for p in found):
                lean = [_band(p.leaning, "\n") if p else ABSENT for p in found]
                yield [f"{counted(row)}\nof these, on a demonstrated conclusion", *lean]
            earned = [_band(p.earned, "\n") if p and p.earned else ABSENT for p in found]
            yield [f"{counted(row)}\nright answers with a valid proof", *earned]


def _passes(rows: Iterable[Row], rungs: Sequence[str]) -> Iterator[list[str]]:
    """Of each row that sampled: the greedy score, pass@1, 2, 4, .. and of all samples."""
    for row in rows:
        found = [row.passes.get(rung) for rung in rungs]
        if row.passes:
            greedy = [
                _band(row.rungs[n].accuracy, "\n") if p else ABSENT for n, p in zip(rungs, found)
            ]
            yield [f"{counted(row)}\ngreedy", *greedy]
        for k in dict.fromkeys(k for p in found if p for k in p.at):
            shares = [_band(p.at[k], "\n") if p else ABSENT for p in found]
            yield [f"{counted(row)}\npass@{k}", *shares]


def _apart(panel: Panel) -> Grid | None:
    names = dict.fromkeys(name for row in panel.models for name in row.apart)
    caption = "Share of exact answers; out: a premise never used there, in: used"
    rows = [
        [name, *(score(r.apart[name]) if name in r.apart else ABSENT for r in panel.models)]
        for name in names
    ]
    return _filled(caption, ["", *(counted(row) for row in panel.models)], rows)


def _controls(rows: Iterable[Row]) -> Iterator[list[str]]:
    """False conclusions, false NONEs and d′ together: each alone is misleading."""
    for row in rows:
        yield [f"{counted(row)}: malformed answers", _band(row.malformed), "all"]
        for name, found in row.controls.items():
            for field in dataclasses.fields(found):
                band = getattr(found, field.name)
                if isinstance(band, Band):
                    share = SHARES.get(field.name, field.name.replace("_", " "))
                    questions = _questions(found, field.name)
                    yield [f"{counted(row)}: {name}, {share}", _band(band), questions]


def _questions(found: Controls | ExceptionScore, share: str) -> str:
    """How many questions a share of the controls is of."""
    if isinstance(found, ExceptionScore):
        return f"{found.twins if share.startswith('twin') else found.n:,}"
    parts = {"false_nones": [found.theorems], "discrimination": [found.theorems, found.n]}
    return " + ".join(f"{n:,}" for n in parts.get(share, [found.n]))


def _band(band: Band, between: str = " ") -> str:
    mean, low, high = band.at()
    return f"{mean:.2f}{between}[{low:.2f}, {high:.2f}]"
