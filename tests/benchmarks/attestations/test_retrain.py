"""zebroid verify --retrain: honest receipts are confirmed, others are found out."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from zebroid.benchmarks.attestations.attestation import parsed
from zebroid.benchmarks.attestations.salted_choice import chosen
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.untrusted import NotLoaded
from zebroid.benchmarks.runner import provenance, run
from zebroid.benchmarks.verification import confined

pytestmark = pytest.mark.long

HERE = "cpu: none x 1"  # what made-up trainings name as their device


@pytest.fixture
def training(monkeypatch, stage, quiet):
    """The cells that are trained, in order; training.change(cell, Result) -> another result."""

    class Trained(list):
        change = staticmethod(lambda cell, result: result)

    found = Trained()

    def train_cell(cell, corpora, watch, draft=None, layout="", **options):
        found.append(cell)
        return found.change(cell, stage.train(cell, corpora, watch, draft, **options))

    monkeypatch.setattr(run, "train_cell", train_cell)
    monkeypatch.setattr(confined, "run", lambda *_: 0)  # tested elsewhere
    monkeypatch.setattr(provenance, "device", lambda layout="": HERE)
    return found


@pytest.fixture
def again(zebroid, done):
    """again(words) -> (status, output, the attestation that was written, if any)."""

    def command(*words, number=2):
        before = {*done.glob("attestations/*.json")}
        words = ("--retrain", number, "--attester", "Ada", "--entrant", "Bob", *words)
        status, out, err = zebroid("verify", done, *words)
        made = {*done.glob("attestations/*.json")} - before
        found = [parsed(path.read_bytes(), path) for path in made]
        return status, out + err, found[0] if found else None

    return command


def elsewhere(monkeypatch):
    monkeypatch.setattr(provenance, "device", lambda layout="": "cpu: another x 1")


def changed(share, by=1000):
    """A share of the answers to other questions each time becomes another."""

    def change(cell, result):
        rng = np.random.RandomState(cell.seeds.init + by)
        answer = result.run.answer.copy()
        answer[:, -1][rng.random_sample(answer[:, -1].shape) < share] = -1
        return dataclasses.replace(result, run=dataclasses.replace(result.run, answer=answer))

    return change


def test_on_the_same_platform_equal_answers_confirm(again, training, receipt, tmp_path):
    status, out, found = again("--salt", "pepper")
    assert status == 0 and "It confirms the receipt" in out
    cells = [c.digest for c in receipt.cells]
    assert [c.cell for c in found.cells] == chosen(digest(receipt), "pepper", cells, 2)
    assert [c.digest for c in training] == [c.cell for c in found.cells]
    assert {(c.outcome, c.same_platform, c.equal) for c in found.cells} == {("equal", True, 1.0)}
    assert (found.salt, found.of, found.attester, found.entrant) == ("pepper", 4, "Ada", "Bob")
    assert found.platform.device == HERE and found.platform.versions["jax"]
    assert not (tmp_path / "runs" / "cells").exists()  # where the entrant's results might lie


def test_one_other_answer_on_the_same_platform_is_found(again, training):
    training.change = changed(0.02)
    status, out, found = again("--salt", "pepper")
    assert status == 1 and "does not confirm" in out
    assert {c.outcome for c in found.cells} == {"differs"}
    assert all(0.97 < c.equal < 1 and c.step == 100 for c in found.cells)
    assert {len(c.seeds) for c in found.cells} == {1}  # no more runs are needed


def test_an_answer_at_an_early_checkpoint_counts_too(again, training):
    def change(cell, result):
        answer = result.run.answer.copy()
        answer[0, 0, 0] = -1
        return dataclasses.replace(result, run=dataclasses.replace(result.run, answer=answer))

    training.change = change
    _, _, found = again()
    assert {(c.outcome, c.step) for c in found.cells} == {("differs", 1)}


def test_elsewhere_three_initialisations_are_trained_where_answers_differ(
    again, training, monkeypatch
):
    elsewhere(monkeypatch)
    training.change = changed(0.02)
    status, out, found = again(number=4)
    assert status == 0, out
    assert not any(c.same_platform for c in found.cells)
    # of few small trainings an interval may be too wide to decide
    assert {"within"} <= {c.outcome for c in found.cells} <= {"within", "undecided"}, out
    assert len(training) == 3 * 4
    trained = {dataclasses.astuple(c.seeds) for c in training}
    assert trained == {(0, 0, init + k, init, 0) for init in (0, 1) for k in range(3)}
    for cell in found.cells:
        first = cell.seeds[0]
        assert cell.seeds == [first, first + 1, first + 2]
        assert all(len(i.here) == 3 and i.low <= i.claimed <= i.high for i in cell.instruments)


def test_elsewhere_equal_answers_need_no_more_runs(again, training, monkeypatch):
    elsewhere(monkeypatch)
    _, _, found = again()
    assert {c.outcome for c in found.cells} == {"equal"} and len(training) == 2


def test_elsewhere_a_receipt_that_claims_too_much_is_found(again, training, monkeypatch):
    elsewhere(monkeypatch)
    training.change = changed(0.9)
    status, out, found = again(number=4)
    assert status == 1 and "OUTSIDE" in out
    assert "outside" in {c.outcome for c in found.cells}
    assert any(not i.inside for c in found.cells for i in c.instruments)


def _declare_failed(done, number=4):
    path = done / "receipt.json"
    content = json.loads(path.read_text())
    for record in content["cells"][:number]:
        record["failed"] = "no memory left"
    path.write_text(json.dumps(content))


def test_a_cell_that_is_declared_failed_and_trains_is_a_finding(again, training, done):
    _declare_failed(done)
    status, out, found = again(number=9)
    assert status == 1 and len(found.cells) == 4
    assert {c.outcome for c in found.cells} == {"trains"}
    assert "declared as failed, and trains here (no memory left)" in out


def test_a_cell_that_fails_as_declared_and_one_that_fails_only_here(again, training, done):
    def change(cell, result):
        raise MemoryError("Out of memory")

    _declare_failed(done, 2)
    training.change = change
    status, _, found = again(number=4)
    assert status == 1
    assert sorted(c.outcome for c in found.cells) == ["fails", "fails", "fails too", "fails too"]
    assert all("memory" in c.cause for c in found.cells)


def test_what_is_interrupted_goes_on_by_the_same_command(again, training):
    def change(cell, result):
        if len(training) == 2:
            raise KeyboardInterrupt
        return result

    training.change = change
    status, out, found = again(number=3)
    assert status == 130 and found is None and "the same command goes on" in out
    training.change = lambda cell, result: result
    status, out, found = again(number=3)
    assert status == 0 and "going on with 3 of 4 cells" in out
    assert len({c.digest for c in training}) == 3 and len(training) == 4  # one was kept
    assert [c.cell for c in found.cells][:1] == [training[0].digest]
    _, out, other = again(number=3)  # it is attested: another salt, nothing kept
    assert "training again" in out and other.salt != found.salt


def test_a_session_does_not_go_on_with_other_packages(again, training, monkeypatch):
    def change(cell, result):
        raise KeyboardInterrupt

    training.change = change
    assert again("--salt", "s")[0] == 130
    versions = provenance.versions() | {"jax": "0.0.1"}
    monkeypatch.setattr(provenance, "versions", lambda: versions)
    status, out, _ = again("--salt", "s")
    assert status == 2 and "jax is 0.0.1 now; give another --salt" in out and out.count("\n") == 1


def test_other_packages_are_another_platform(again, training, monkeypatch):
    versions = provenance.versions() | {"optax": "0.0.1"}
    monkeypatch.setattr(provenance, "versions", lambda: versions)
    _, _, found = again()
    assert not any(c.same_platform for c in found.cells)


def test_nothing_is_trained_of_a_receipt_that_is_not_verified(again, training, monkeypatch):
    monkeypatch.setattr(confined, "run", lambda *_: 1)
    status, _, found = again()
    assert status == 1 and found is None and not training


def test_names_and_salts_that_cannot_be_printed_are_one_line(again, training):
    for words in (("--salt", "a\x1b[2J"), ("--attester", "a\nb"), ("--entrant", "x" * 101)):
        status, out, found = again(*words)
        assert status == 2 and out.count("\n") == 1 and found is None, out
    assert again(number=1001)[0] == 2 and not training


def test_nothing_that_only_the_receipt_names_is_imported(again, training, monkeypatch):
    for part, found in (("spec_of", "model"), ("untrusted.world", "world")):
        with monkeypatch.context() as patch:

            def refuse(*given, found=found):
                assert given[-1] is None  # plugins are not allowed
                raise NotLoaded(f"the {found} was not loaded")

            patch.setattr(f"zebroid.benchmarks.attestations.retrain.{part}", refuse)
            status, out, _ = again()
            assert (status, out.count("\n")) == (2, 1) and f"the {found} was not loaded" in out
    assert not training


def test_what_goes_with_retrain_alone_is_refused_without_it(zebroid, done, training):
    for words in (("--salt", "s"), ("--attester", "Ada"), ("--entrant", "Bob")):
        status, _, err = zebroid("verify", done, *words)
        assert status == 2 and "go with --retrain N" in err
