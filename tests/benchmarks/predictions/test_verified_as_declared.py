"""A receipt of a model from outside: all but what its maker declares is recomputed, and refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from zebroid.benchmarks.attestations.trust import trust_class
from zebroid.benchmarks.config.outside_model import Outside
from zebroid.benchmarks.mutations.forger import ACCEPTED, Mutation, tried
from zebroid.benchmarks.mutations.json_mutations import json_mutations
from zebroid.benchmarks.mutations.table_mutations import table_mutations
from zebroid.benchmarks.predictions.score_file import score_file
from zebroid.benchmarks.receipts.receipt import Receipt

# what a forger would change first: a few fields and columns of every part
CHANGED = {
    "cells[].parameters",
    "cells[].flops",
    "cells[].corpus",
    "cells[].predictions",
    "cells[].cell.mode",
    "cells[].cell.model",
    "cells[].cell.questions",
    "cells[].cell.recipe.steps",
    "cells[].cell.seeds.world",
    "cells[].cell.spec.name",
    "cells[].cell.spec.parameters",
    "panels[].rows[].label",
    "panels[].rows[].untrained",
    "panels[].rows[].rungs{}.accuracy.mean",
    "panels[].rows[].rungs{}.floor.value",
    "panels[].sentence",
    "answers.parquet: answer",
    "answers.parquet: bits",
    "answers.parquet: right",
    "answers.parquet: text",
    "cells.parquet: parameters",
    "curves.parquet: accuracy",
    "facts.parquet: arguments",
    "questions.parquet: right_answers",
    "scores.parquet: mean",
}


@pytest.fixture(scope="session")
def honest(cells, portion, right, tmp_path_factory):
    """The folder of a receipt of two runs in chain mode, each at two steps."""
    folder = tmp_path_factory.mktemp("declared")
    rng = np.random.RandomState(0)
    with (folder / "p.jsonl").open("w") as file:
        for run in (0, 1):
            for step in (10, 20):
                for id, name in right.items():
                    answer = name if rng.rand() < step / 22 else "lol"
                    row = {"id": id, "answer": answer, "run": run, "step": step}
                    print(json.dumps(row), file=file)
    declared = Outside("mine", "A. Nother", 1_000, 1e9)
    return score_file(folder / "p.jsonl", cells, declared, folder, mode="chain").folder


@pytest.mark.usefixtures("inside")
def test_it_is_verified_as_declared(honest, zebroid):
    status, out, _ = zebroid("verify", honest)
    assert status == 0 and "✗" not in out and "–" not in out
    last = out.splitlines()[-1]
    assert last.startswith("verified as declared: corpora, floors, scores, tables and report")
    assert "parameters, FLOPs, steps and author of outside.mine" in last
    trust = trust_class(honest, Receipt.read(honest / "receipt.json"), verified=True)
    assert trust.kind == "declared" and "all else recomputed" in trust.why


def test_the_plan_and_the_spec_hold_what_is_declared_and_no_more(honest):
    cell = json.loads((honest / "receipt.json").read_text())["cells"][0]["cell"]
    assert cell["recipe"] == {"steps": 20, "evaluations": [10]} and cell["mode"] == "chain"
    assert cell["spec"] == {
        "type": "outside",
        "version": 1,
        "name": "mine",
        "author": "A. Nother",
        "parameters": 1_000,
        "flops": 1e9,
    }


def test_it_is_cited_by_its_author(honest, zebroid, write, rows_of, cells, tmp_path):
    out = zebroid("cite", honest)[1]
    assert out.startswith("A. Nother, zebroid ") and "author = {{A. Nother}}" in out
    assert "title = {Answers of mine, scored by zebroid}" in out and "add yourself" not in out
    nobody = score_file(write(rows_of()), cells, Outside("mine"), tmp_path / "runs").folder
    out = zebroid("cite", nobody)[1]
    assert "author = {{The zebroid contributors}}" in out
    assert (
        "\nauthor: this cites the receipt, and no maker" in out
        and "add yourself, or score --author" in out
    )


def test_rows_from_outside_are_compared_by_name(honest, zebroid, write, rows_of, cells, tmp_path):
    both = zebroid("compare", f"{honest}#mine", f"{honest}#chain")
    assert both[0] == 0 and "the same receipt: every difference is 0" in both[1]
    one = score_file(write(rows_of()), cells, Outside("one"), tmp_path / "runs").folder
    wrong = write([{**row, "answer": "none"} for row in rows_of()])
    two = score_file(wrong, cells, Outside("two"), tmp_path / "runs").folder
    status, out, _ = zebroid("compare", f"{one}#one direct", two)
    assert status == 0 and "model: outside.one in A, outside.two in B" in out
    assert "variance of A - B" not in out  # of single runs
    assert zebroid("compare", f"{one}#two", two)[0] == 2


def test_what_can_be_recomputed_cannot_be_changed(honest, memo, tmp_path):
    content = json.loads((honest / "receipt.json").read_text())
    every = [*json_mutations(content), *table_mutations(honest)]
    kinds = ("changed", "null", "filled")
    some = {m.field: m for k in kinds for m in every if m.kind == k and m.field in CHANGED}
    assert {*some} == CHANGED
    found = {f: tried(m, honest, tmp_path / "forged", memo) for f, m in some.items()}
    assert [field for field, line in found.items() if line == ACCEPTED] == []
    assert not [line for line in found.values() if "not understood" in line]


def _plan(content):
    for cell in content["cells"]:
        cell["cell"]["recipe"]["batch"] = 512


def _own(content):
    for cell in content["cells"]:
        cell["cell"]["model"] = "decoder-xs"


def _more(content):
    for cell in content["cells"]:
        cell["cell"]["spec"]["trained_by"] = "us"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (_plan, "has other fields than steps and evaluations"),
        (_own, "model: receipt 'decoder-xs', recomputed 'outside.mine'"),
        (_more, "unknown field 'trained_by'"),
    ],
)
def test_nothing_else_passes_for_a_model_from_outside(edit, expected, honest, memo, tmp_path):
    mutation = Mutation("cells", "changed", lambda forgery: edit(forgery.content))
    assert expected in tried(mutation, honest, tmp_path / "forged", memo)
