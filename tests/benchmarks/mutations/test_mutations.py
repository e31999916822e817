"""Whatever is changed in a receipt is refused, but for the list of what nothing can recompute."""

from __future__ import annotations

import dataclasses
import json
import random
import shutil

import pytest
from zebroid.benchmarks import mutations as package
from zebroid.benchmarks.mutations import mutation_page
from zebroid.benchmarks.mutations.forger import ACCEPTED, Forgery, tried
from zebroid.benchmarks.mutations.json_mutations import json_mutations, stated
from zebroid.benchmarks.mutations.mutation_page import DECLARED, mutations, outcomes
from zebroid.benchmarks.receipts.tables.all_tables import FILES
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.verification.verify import verify
from zebroid.eval.scoring import proof_depth

from ...fuzzing import CASES

pytestmark = pytest.mark.long

SAMPLE = 25  # mutations in the default tests
SLOPE = "panels[].verdicts{}[].slope"  # of a plateau alone, behind which five runs must stand
# the only fields whose change is accepted: declared, and taken as they stand
MAY = {
    "commit",
    "dirty",
    "scaling",
    "suite.id",
    "suite.title",
    "times.finished",
    "versions",
    "versions{}",
}


@pytest.fixture
def honest(kept, stage, zebroid, monkeypatch, tmp_path_factory):
    """The folder of a receipt that holds all that a receipt may hold; not to be changed."""
    monkeypatch.setattr(proof_depth, "DISTANCES", 0)  # its reach too, of however few distances

    def train_cell(cell, corpora, watch, draft=None, layout="", **options):
        made = stage.train(cell, corpora, watch, draft, **options)
        if cell.recipe.learning_rate < 1:
            return made
        return dataclasses.replace(made, run=dataclasses.replace(made.run, failed="not finite"))

    if not kept:
        monkeypatch.setattr(run, "train_cell", train_cell)
        stage.quick(monkeypatch)
        stage.sketch(monkeypatch)
        out = tmp_path_factory.mktemp("mutated")
        suite = next(iter(package.__path__)) + "/mutated.toml"
        status, _, _ = zebroid("scale", suite, "--out", out)
        assert status == 1  # two trainings fail
        (kept["honest"],) = out.glob("mutated-*")
    stage.sketch(monkeypatch)
    return kept["honest"]


@pytest.fixture
def every(kept, honest):
    """All changes of it."""
    if "every" not in kept:
        kept["every"] = mutations(honest)
    return kept["every"]


def test_an_honest_receipt_of_all_kinds_is_verified(honest, memo):
    found = list(verify(honest, memo=memo))
    assert [f.check for f in found if not f.passed] == [], [f.found for f in found]
    content = json.loads((honest / "receipt.json").read_text())
    assert sum(bool(cell["failed"]) for cell in content["cells"]) == 2
    assert sum(cell["environment"] is None for cell in content["cells"]) == 1
    assert content["scaling"]["along"]
    assert any(cell["cell"]["exposure"].get("twin") for cell in content["cells"])


def test_every_field_of_the_schema_is_changed(honest, every):
    known, there = stated(json.loads((honest / "receipt.json").read_text()))
    assert len(known) > 100 and known - there == {f"{SLOPE}.flat", f"{SLOPE}.largest"}
    fields = {mutation.field for mutation in every}
    assert there <= fields
    tables = [table.within(()) for table in FILES.values()]  # this receipt has all of these alone
    columns = {f"{table.file}: {c.name}" for table in tables for c in table.columns}
    assert columns <= fields and {*FILES} <= fields
    kinds = {mutation.kind for mutation in every}
    assert {"changed", "removed", "infinite", "not a number", "row duplicated", "null"} <= kinds


def test_a_sample_of_changes_is_refused_but_what_is_declared(honest, every, memo):
    some = random.Random(0).sample([m for m in every if m.field not in MAY], SAMPLE)
    some += {m.field: m for m in every if m.field in MAY and m.kind == "changed"}.values()
    found = {m: line for m, line in outcomes(honest, some, memo)}
    assert {m.field for m, line in found.items() if line == ACCEPTED} <= MAY
    assert not [m for m, line in found.items() if m.field not in MAY and line == ACCEPTED]
    assert [m for m, line in found.items() if line == ACCEPTED]
    assert all(line.isprintable() for line in found.values())
    assert not [line for line in found.values() if "not understood" in line]


@pytest.mark.fuzz
@pytest.mark.skipif(not CASES, reason="ten minutes: by `make fuzz` alone")
def test_every_change_is_refused_but_what_is_declared(honest, every, memo):
    found = [*outcomes(honest, every, memo)]
    accepted = {m.field for m, line in found if line == ACCEPTED}
    assert accepted == MAY, accepted ^ MAY
    assert not [(m.field, m.kind, line) for m, line in found if "not understood" in line]
    page = mutation_page.page(honest, found, 0.0)
    assert page.count("\n| `panels") > 200


# what passed for an honest receipt of version 1, each by itself


def _row_twice(content):
    content["panels"][0]["rows"].append(content["panels"][0]["rows"][0])


def _row_added(content):
    content["panels"][0]["rows"].append(content["panels"][0]["rows"][0] | {"label": "better"})


def _panel_added(content):
    content["panels"].append(content["panels"][0] | {"name": "another"})


def _without_the_failed_seed(content):
    content["cells"] = [cell for cell in content["cells"] if not cell["failed"]]


def _failed_that_did_not(content):
    content["cells"][0] |= {"failed": "lost"}


def _another_model(content):
    for cell in content["cells"]:
        cell["cell"]["model"] = cell["cell"]["model"].replace("-xs", "-s")


def _another_spec(content):
    for cell in content["cells"]:
        cell["cell"]["spec"]["width"] = 256


def _another_plan(content):
    for cell in content["cells"]:
        cell["cell"]["plan"] = "frugal"


def _another_recipe(content):
    for cell in content["cells"]:
        cell["cell"]["recipe"]["batch"] = 16


@pytest.mark.parametrize(
    "edit",
    [
        _row_twice,
        _row_added,
        _panel_added,
        _without_the_failed_seed,
        _failed_that_did_not,
        _another_model,
        _another_spec,
        _another_plan,
        _another_recipe,
        lambda c: c.update(files={}),
        lambda c: c["cells"][0].update(flops=1.0),
        lambda c: c["panels"][0]["missing_runs"].clear(),
        lambda c: c["scaling"]["along"][0]["verdicts"].clear(),
    ],
)
def test_what_a_forger_would_try_first_is_refused(honest, memo, tmp_path, edit):
    forgery = Forgery.of(honest, tmp_path / "forged")
    edit(forgery.content)
    forgery.write()
    found = [f for f in verify(tmp_path / "forged", memo=memo) if f.passed is False]
    assert found and not any("not understood" in f.found for f in found)


@pytest.mark.parametrize("step", ["first", "middle"])
def test_all_points_of_a_curve_are_looked_at(honest, memo, tmp_path, step):
    forgery = Forgery.of(honest, tmp_path / "forged")
    number = 0 if step == "first" else 1
    forgery.rewrite(
        FILES["curves.parquet"],
        f"SELECT * EXCLUDE n REPLACE (CASE WHEN n = {number} THEN 1 - accuracy ELSE accuracy END "
        "AS accuracy) FROM old ORDER BY n",
    )
    forgery.write()
    (found,) = [f for f in verify(tmp_path / "forged", memo=memo) if not f.passed]
    assert f"curves.parquet: accuracy[{number}]: receipt" in found.found


def test_a_mutation_leaves_the_honest_receipt_as_it_was(honest, every, memo, tmp_path):
    copy = shutil.copytree(honest, tmp_path / "copy")
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
    for mutation in (every[0], every[-1]):
        assert tried(mutation, copy, tmp_path / "forged", memo) != ACCEPTED
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()} == before


def test_the_page_names_what_is_declared_and_no_more():
    assert {*DECLARED} == MAY


def test_a_forger_makes_hashes_consistent(honest, tmp_path):
    content = json.loads((honest / "receipt.json").read_text())
    mutation = next(m for m in json_mutations(content) if m.field == "cells[].cell.questions")
    forgery = Forgery.of(honest, tmp_path / "forged")
    mutation.edit(forgery)
    forgery.write()
    found = json.loads((tmp_path / "forged" / "receipt.json").read_text())
    assert found["cells"][0]["digest"] != content["cells"][0]["digest"]
    assert found["suite"]["digest"] != content["suite"]["digest"]
    assert found["files"]["cells.parquet"] != content["files"]["cells.parquet"]
    assert found["files"]["scores.parquet"] == content["files"]["scores.parquet"]
