"""Findings in TOML: those that come with zebroid are whole, and what is wrong is one line."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid import registry
from zebroid.benchmarks.replications import catalogue
from zebroid.benchmarks.replications.finding import Computed, Finding, Trained
from zebroid.benchmarks.replications.finding_file import read_finding
from zebroid.benchmarks.replications.trained_quantities import CUTOFF
from zebroid.errors import UserError
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import sample_questions

FOUND = catalogue.built_in().items()
TRAINED = {n: (f, f.measured) for n, f in FOUND if isinstance(f.measured, Trained)}
WORLDS = sorted({cell.world for _, trained in TRAINED.values() for cell in trained.suite.cells})


def test_every_finding_has_a_null_a_source_and_a_cost_and_the_core_fits_its_time():
    found = [*catalogue.built_in().values()]
    assert len(found) >= 20
    for one in found:
        assert one.nulls and one.source and one.published and one.falsified, one.id
    assert sum(f.core for f in found) >= 12
    assert cost([f for f in found if f.core]) <= 90
    assert cost(found) <= 300


def cost(findings):
    """Minutes of all: cells that several share are trained once."""
    cells, computed = {}, 0.0
    for one in findings:
        if isinstance(one.measured, Computed):
            computed += one.minutes
            continue
        own = one.measured.suite.cells
        each = {cell.digest: one.minutes / len(own) for cell in own}
        cells |= {d: max(minutes, cells.get(d, 0)) for d, minutes in each.items()}
    return computed + sum(cells.values())


def test_trainings_below_a_minute_have_eight_worlds_and_none_has_fewer_than_four():
    for name, (one, trained) in TRAINED.items():
        for cells in trained.tables.values():
            worlds = {cell.seeds.world for cell in cells}
            cost = 60 * one.minutes / len(trained.suite.cells) * 2
            assert len(worlds) >= (4 if cost > 60 or len(cells) > len(worlds) else 8), name


@pytest.mark.parametrize("world", WORLDS)
def test_findings_read_questions_that_their_worlds_have(world):
    corpus = build_corpus(registry.make(world), "tiny")
    posed = QuestionSet(corpus, sample_questions(corpus, 50, 0))
    known = {*posed.headline, *posed._cells}
    for name, (_, trained) in TRAINED.items():
        for reading in trained.quantities.values():
            if trained.tables[reading.cells][0].world == world:
                part = CUTOFF.fullmatch(reading.of)
                assert (part[1] if part else reading.of) in known, (name, reading)


def test_the_criterion_is_what_is_judged_and_not_how_it_is_described(planted):
    first = read_finding(planted())
    assert isinstance(first.measured, Trained)
    assert first.criterion == read_finding(planted()).criterion
    same = read_finding(planted(('title = "Chain', 'title = "As foreseen, chain')))
    assert same.criterion == first.criterion
    for old, new in (
        ("published = 0.5", "published = 0.4"),
        ("bound = 0.2", "bound = 0.3"),
        ("steps = 100", "steps = 200"),
        ('of = "constituent" }', 'of = "instance" }'),
        ("recall = 0.8", "recall = 0.7"),
    ):
        assert read_finding(planted((old, new))).criterion != first.criterion, new


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("[finding]", "[fnding]", "did you mean 'finding'"),
        ("minutes = 0.1", "minuets = 0.1", "did you mean 'minutes'"),
        ("minutes = 0.1", 'minutes = "few"', "finding.minutes = 'few'"),
        ("bound = 0.2", "bond = 0.2", "did you mean 'bound'"),
        ('name = "direct"\n', "", "give each table a name of its own"),
        ('name = "direct"', 'name = "chain"', "give each table a name of its own"),
        ("recall = 0.8", "recall = 8", "expected a share from 0 to 1"),
        ('cells = "direct"', 'cells = "drect"', "did you mean 'direct'"),
        ('of = "recall"', 'of = "recall", reading = "acuracy"', "did you mean 'accuracy'"),
        ('of = "recall"', 'of = "recall", reading = "vote"', "give seeds.init at least 2"),
        ('more = "high"', 'more = "hgh"', "did you mean 'high'"),
        ('more = "high"', "more = 1.0", None),
        ("composition-v1/tiny", "compsition-v1/tiny", "composition-v1"),
        ('id = "planted"', 'id = "Planted!"', "expected at most 60 of a-z"),
    ],
)
def test_what_is_wrong_in_a_finding_is_one_line_which_names_its_own(planted, old, new, line):
    path = planted((old, new))
    if line is None:
        assert read_finding(path).claims[0].more == 1.0
        return
    with pytest.raises(UserError, match=line) as error:
        read_finding(path)
    where, message = str(error.value).removeprefix(f"{path}:").split(": ", 1)
    assert "\n" not in message
    named = path.read_text().splitlines()[int(where) - 1]
    assert new.strip() in named and (new or named == "[[cells]]")


def test_a_claim_about_two_numbers_is_refused(planted):
    with pytest.raises(UserError, match="both sides are numbers"):
        read_finding(planted(('more = "high"', "more = 1.0"), ('less = "low"', "less = 0.5")))


def test_a_finding_without_a_claim_is_refused():
    measured = Computed(lambda draw: {}, draws=8)
    texts = dict.fromkeys(("id", "title", "source", "published", "falsified"), "x")
    with pytest.raises(UserError, match="has no claim"):
        Finding(**texts, minutes=1, claims=(), measured=measured)


@dataclasses.dataclass
class Offered:
    """An entry point of another package."""

    name: str
    thing: object
    kind: str = "finding"
    flaw: str = ""

    def load(self):
        if isinstance(self.thing, Exception):
            raise self.thing
        return self.thing


def test_other_packages_add_findings_and_a_broken_one_harms_no_other(planted, monkeypatch):
    path = planted(('id = "planted"', 'id = "acme.planted"'))
    offers = [
        Offered("acme.planted", path),
        Offered("acme.made", dataclasses.replace(read_finding(path), id="acme.made")),
        Offered("acme.broken", RuntimeError("no such table")),
        Offered("acme.other", path),
        Offered("acme.nothing", 7),
        Offered("acme.net", object(), kind="model"),
    ]
    monkeypatch.setattr(registry, "plugins", lambda: iter(offers))
    found = catalogue.findings()
    assert isinstance(found["acme.planted"], Finding) and isinstance(found["acme.made"], Finding)
    assert "no such table" in str(found["acme.broken"])
    assert "acme.planted" in str(found["acme.other"])
    assert "int" in str(found["acme.nothing"]) and "acme.net" not in found
    assert [f.id for f in catalogue.chosen(["acme.made"])] == ["acme.made"]
    with pytest.raises(UserError, match=r"finding acme\.broken: broken"):
        catalogue.chosen(["acme.broken"])
    assert {f.id for f in catalogue.chosen((), core=True)} < {*catalogue.built_in()}
