"""What made a receipt is named, and which version would give its numbers where this would not."""

from __future__ import annotations

import json
from importlib import metadata

import pytest
from zebroid.benchmarks.receipts import origin
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.models import training_version
from zebroid.worlds.catalog.composition import Composition

from .hostile import forged as forged


@pytest.fixture
def changed(forged):
    """changed(edit) -> the receipt with its JSON edited."""

    def write(edit):
        path = forged / "receipt.json"
        content = json.loads(path.read_text())
        edit(content)
        path.write_text(json.dumps(content))
        return Receipt.read(path)

    return write


def _of(commit, dirty=False):
    """Environments and cells as if the first two cells had been trained at this commit."""

    def edit(content):
        first = content["environments"][0] | {"commit": commit, "dirty": dirty}
        content["environments"] = [
            first,
            content["environments"][0] | {"commit": "b" * 40, "dirty": False},
        ]
        for number, cell in enumerate(content["cells"]):
            cell["environment"] = int(number > 1)

    return edit


def test_an_honest_receipt_of_this_version_has_nothing_against_it(finished):
    receipt = Receipt.read(finished / "receipt.json")
    assert origin.otherwise(receipt) == "" and origin.libraries(receipt) == ""
    assert origin.commits(receipt).startswith("commit ")


def test_cells_of_several_commits_are_counted_by_commit(zebroid, changed, forged):
    receipt = changed(_of("a" * 40, dirty=True))
    expected = (
        "2 commits: aaaaaaaaaaaa (with changes that no commit holds) of 2 cells, "
        "bbbbbbbbbbbb of 2 cells"
    )
    assert origin.commits(receipt) == expected
    assert expected in zebroid("cite", forged)[1]
    assert "2 commits: aaaaaaaaaaaa" in zebroid("board", forged)[1]


def test_another_training_or_world_is_named_with_the_version_that_would(
    zebroid, changed, forged, monkeypatch
):
    receipt = changed(lambda content: None)
    version = receipt.versions["zebroid"]
    monkeypatch.setattr(training_version, "TRAINING", "training-9")
    monkeypatch.setattr(Composition, "content", 2)
    line = origin.otherwise(receipt)
    assert "training-1 there, training-9 here" in line
    assert "composition-v1 of content 1 there, 2 here" in line
    assert line.endswith(f"zebroid=={version} ({origin.commits(receipt)}) would")
    for command in ("cite", "board"):
        out = zebroid(command, forged)[1]
        assert "this version would not give the same numbers" in out, command
        assert f"zebroid=={version}" in out


def test_another_grid_of_a_built_in_suite_and_other_libraries_are_named(changed):
    def edit(content):
        content["suite"]["id"] = "smoke"
        content["environments"][0]["versions"] |= {"jax": "0.1.2"}

    receipt = changed(edit)
    assert f"suite smoke@{receipt.suite.digest[:8]} there, @" in origin.otherwise(receipt)
    assert "jax 0.1.2 there" in origin.libraries(receipt)


def test_distributions_that_a_receipt_needs_are_named_with_what_is_installed(
    zebroid, inside, changed, forged
):
    def edit(content):
        content["environments"][0]["versions"] |= {"acme-gone": "1.2, acme.x-v1 content 1"}
        content["versions"] |= {"pydantic": "0.1"}

    assert origin.needed(changed(lambda content: None)) == ""
    line = origin.needed(changed(edit))
    assert "acme-gone 1.2, acme.x-v1 content 1, and it is not installed" in line
    assert f"pydantic 0.1, and {metadata.version('pydantic')} is installed" in line
    assert line.startswith("needs ") and "jax" not in line
    assert line in zebroid("verify", forged)[1]


@pytest.mark.parametrize("field", ["schema", "definitions"])
def test_what_is_not_read_here_names_the_version_that_wrote_it(zebroid, inside, forged, field):
    path = forged / "receipt.json"
    content = json.loads(path.read_text()) | {field: 99, "commit": "a" * 40}
    path.write_text(json.dumps(content))
    # what was made with other definitions is cited, as superseded
    commands = ("verify", "board") if field == "definitions" else ("verify", "cite", "board")
    for command in commands:
        status, out, err = zebroid(command, forged)
        assert (status, out, err.count("\n")) == (2, "", 1)
        version = content["versions"]["zebroid"]
        assert f"or read it by zebroid=={version} (commit aaaaaaaaaaaa)" in err
    content["versions"]["zebroid"] = "1; rm -rf /"
    path.write_text(json.dumps(content))
    assert "rm -rf" not in "".join(map(str, zebroid("cite", forged)))


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda c: c["cells"][0].update(environment=7), "environment 7, which is not there"),
        (lambda c: c["cells"][0].update(environment=None), "has answers and no environment"),
        (lambda c: c["environments"].append(c["environments"][0]), "environment 1 made no cell"),
        (lambda c: c["files"].pop("cells.parquet"), "files names no cells.parquet"),
        (lambda c: c["files"].update({"more.parquet": "0" * 64}), "no table of a receipt"),
    ],
)
def test_a_receipt_that_contradicts_itself_about_its_making_is_refused(zebroid, changed, edit, why):
    with pytest.raises(Exception, match=why):
        changed(edit)
