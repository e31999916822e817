"""A receipt of a suite's name holds its cells and its rounds, and nothing else under that name."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid.benchmarks.config.suite import distinct, load_suite
from zebroid.benchmarks.interaction import rounds

FACTS = frozenset({("one", "e1", "rel1", "e2")})


@pytest.fixture(scope="module")
def suite():
    return load_suite("production-v1")


@pytest.fixture(scope="module")
def whole(suite):
    """The cells of a run to the end, of two rounds of every branch."""
    made = [
        dataclasses.replace(cell, exposure=rounds.with_facts(cell.exposure, f"{branch}, {turn}", f))
        for cell in suite.cells
        for branch in suite.beyond.branches
        for turn, f in ((1, FACTS), (2, FACTS | {("one", "e2", "rel1", branch)}))
    ]
    return distinct([*suite.cells, *made, *(step.cell for step in rounds.control(suite))])


def test_cells_rounds_and_controls_are_those_of_the_suite(suite, whole):
    assert suite.grown(suite.cells) and suite.grown(whole)
    assert suite.grown(whole[:-1])  # a branch may have ended early


def test_a_suite_without_its_own_cells_is_not_it(suite, whole):
    assert not suite.grown(whole[1:])


@pytest.mark.parametrize(
    "forged",
    [
        lambda cell: dataclasses.replace(cell, size="small"),
        lambda cell: dataclasses.replace(cell, questions=cell.questions + 1),
        lambda cell: dataclasses.replace(
            cell, exposure=dataclasses.replace(cell.exposure, coverage=0.5)
        ),
        lambda cell: dataclasses.replace(
            cell, recipe=dataclasses.replace(cell.recipe, steps=1_000_000)
        ),
        lambda cell: dataclasses.replace(cell, seeds=dataclasses.replace(cell.seeds, world=99)),
    ],
    ids=["size", "questions", "coverage", "steps", "seed"],
)
def test_a_forged_cell_beside_the_rounds_is_refused(suite, whole, forged):
    made = forged(whole[-1])
    assert not suite.grown([*whole, made])
    facts = rounds.with_facts(made.exposure, "forged", FACTS)
    assert not suite.grown([*suite.cells, dataclasses.replace(made, exposure=facts)])


def test_more_rounds_than_the_protocol_makes_are_refused(suite):
    cell, how = suite.cells[0], suite.beyond
    many = [
        dataclasses.replace(
            cell, exposure=rounds.with_facts(cell.exposure, "forged", FACTS | {("one", str(n))})
        )
        for n in range(len(suite.cells) * how.rounds * len(how.branches) + 1)
    ]
    assert suite.grown([*suite.cells, *many[:-1]])
    assert not suite.grown([*suite.cells, *many])


def test_a_suite_without_rounds_grows_nothing(whole):
    plain = load_suite("smoke")
    assert not plain.grown(plain.cells)
    votes = load_suite("voting-v1")
    assert votes.grown(votes.cells) and not votes.grown([*votes.cells, whole[-1]])
