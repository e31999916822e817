"""Kept trainings, loaded again: of real models, which answer as they did, bit for bit."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import zebroid as package
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Store
from zebroid.benchmarks.runner.run import InProcess
from zebroid.errors import UserError
from zebroid.worlds.encoding.encode import MODES

SUITE = """
[suite]
id = "kept"
title = "Kept"
cost_minutes = 1
expected = "answers as before"
keep_weights = true

[[cells]]
world = "WORLD/tiny"
mode = ["direct", "chain", "post-hoc", "filler"]
model = "decoder-xs"
plan = "short"
questions = 20

[[cells]]
world = "WORLD/tiny"
mode = "direct"
model = { preset = "looped-s", query_loops = [4, 2] }
plan = "short"
questions = 20

[plans.short]
steps = 12
batch = 32
evaluations = [4]
"""


def trained_for_good(folder, *admitted):
    """(cells, the folder of their results)."""
    (folder / "kept.toml").write_text(SUITE.replace("WORLD", "composition-v1"))
    suite = load_suite(str(folder / "kept.toml"))
    cells = suite.select(admitted)
    outcome = execute(InProcess(), cells, Store(folder / "out", suite.keep_weights))
    assert len(outcome.results) == len(cells) and not outcome.failures
    return cells, folder / "out"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The cell that answers at once, in a list."""
    folder = tmp_path_factory.mktemp("kept")
    return trained_for_good(folder, "mode=direct", "model=decoder-xs")


@pytest.fixture(scope="module")
def kept_looped(tmp_path_factory):
    """Beside it one training that is queried in two ways."""
    return trained_for_good(tmp_path_factory.mktemp("looped"), "mode=direct")


@pytest.fixture(scope="module")
def kept_in_every_mode(tmp_path_factory):
    return trained_for_good(tmp_path_factory.mktemp("modes"), "model=decoder-xs")


def by(cells, **wanted):
    (cell,) = [c for c in cells if all(getattr(c, name) == v for name, v in wanted.items())]
    return cell


def assert_answers(trained):
    found = trained.answers()
    np.testing.assert_array_equal(found.answer, trained.run.answer[0, -1])
    np.testing.assert_array_equal(found.bits, trained.run.bits[0, -1])
    np.testing.assert_array_equal(found.generated, trained.run.generated[0])


def test_a_decoder_answers_as_it_did(kept):
    cells, out = kept
    assert_answers(package.load(by(cells, model="decoder-xs"), out))


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_a_decoder_answers_as_it_did_in_every_mode(kept_in_every_mode, mode):
    cells, out = kept_in_every_mode
    assert_answers(package.load(by(cells, model="decoder-xs", mode=mode), out))


@pytest.mark.long
def test_a_model_that_is_queried_otherwise_has_the_weights_and_its_own_answers(kept_looped):
    cells, out = kept_looped
    trained = [
        package.load(by(cells, model=m), out) for m in ("looped-s", "looped-s[query_loops=2]")
    ]
    for each in trained:
        assert_answers(each)
    for name, array in trained[0].weights.items():
        np.testing.assert_array_equal(array, trained[1].weights[name])
    streams = [package.residual_stream(each.model, each.tokens.query) for each in trained]
    assert [len(stream) for stream in streams] == [5, 3]  # loops when it is queried
    np.testing.assert_allclose(streams[0][:3], streams[1], rtol=1e-4, atol=1e-5)


def test_a_result_is_found_by_cell_digest_or_folder_wherever_that_lies(kept, tmp_path, monkeypatch):
    cells, out = kept
    cell = by(cells, model="decoder-xs", mode="direct")
    elsewhere = tmp_path / "of a colleague"
    shutil.copytree(Store(out).path(cell), elsewhere)
    monkeypatch.chdir(out.parent)
    given = cell, cell.digest, cell.digest[:16], cell.digest[:8]
    found = [package.load(each, "out") for each in given]
    found += [
        package.load(each) for each in (elsewhere, str(elsewhere), "out/cells/" + cell.digest[:16])
    ]
    for trained in found:
        assert trained.cell == cell
        np.testing.assert_array_equal(trained.run.bits, found[0].run.bits)


def test_what_is_loaded_is_what_was_read_and_queried(kept):
    cells, out = kept
    cell = by(cells, model="decoder-xs")
    trained = package.load(cell, out)
    assert trained.spec == package.model("decoder-xs") and len(trained.questions) > 20
    assert trained.tokens.query.shape == (len(trained.questions), trained.tokens.prompt)
    assert trained.corpus.digest == trained.digest and trained.cell == cell
    some = trained.answers(trained.questions[:5])
    np.testing.assert_array_equal(some.answer, trained.run.answer[0, -1, :5])
    np.testing.assert_allclose(some.bits, trained.run.bits[0, -1, :5], rtol=1e-4)
    for wrong in ([], [-1], [len(trained.corpus.prompt)], [0.5], [[1]]):
        with pytest.raises(UserError, match="expected a list of whole numbers from 0 to"):
            trained.answers(wrong)


def test_the_head_on_the_stream_predicts_what_was_answered(kept):
    cells, out = kept
    trained = package.load(by(cells, model="decoder-xs", mode="direct"), out)
    stream = package.residual_stream(trained.model, trained.tokens.query, layers=-1, positions=-1)
    logits = np.asarray(trained.model.head(stream[0]))[:, 0]
    answer = trained.tokens.answer_ids[logits.argmax(axis=1)]
    np.testing.assert_array_equal(answer, trained.run.answer[0, -1])


WORLD = """
from zebroid.worlds.catalog.composition import Composition
class Mine(Composition):
    id = "acme.mine-v1"
    sizes = {"tiny": {"entities": 12, "relations": 6}}
"""


@pytest.mark.long
def test_cold_samples_are_the_answers_and_warm_ones_as_likely_as_their_bits(kept):
    cells, out = kept
    trained = package.load(by(cells, model="decoder-xs"), out)
    greedy = trained.answers()
    assert np.array_equal(trained.samples(1, temperature=1e-3)[0], greedy.answer)
    warm = trained.samples(60, seed=1)
    assert np.array_equal(warm, trained.samples(60, seed=1))
    assert not np.array_equal(warm, trained.samples(60, seed=2))
    right = package.QuestionSet(trained.corpus, trained.questions).right(warm)
    assert right.mean() == pytest.approx(np.exp2(-greedy.bits).mean(), abs=0.03)
    some = trained.samples(1, trained.questions[:5], temperature=1e-3)
    assert np.array_equal(some[0], greedy.answer[:5])


@pytest.mark.parametrize(
    ("samples", "temperature", "message"),
    [
        (0, 1.0, "samples = 0"),
        (1.5, 1.0, "samples is 1.5"),
        (1, 0.0, "temperature is 0.0"),
    ],
)
def test_samples_are_at_least_one_at_a_temperature_above_0(kept, samples, temperature, message):
    trained = package.load(by(kept[0], model="decoder-xs"), kept[1])
    with pytest.raises(UserError, match=message):
        trained.samples(samples, temperature=temperature)


@pytest.mark.long
def test_a_world_that_was_a_file_is_given_again_with_a_folder(tmp_path):
    (tmp_path / "mine.py").write_text(WORLD)
    text = SUITE.replace("WORLD", str(tmp_path / "mine.py")).replace(', "chain", "post-hoc"', "")
    text = text.replace('{ preset = "looped-s", query_loops = [4, 2] }', '"mlp-xs"').replace(
        ', "filler"', ""
    )
    (tmp_path / "mine.toml").write_text(text.replace('model = "decoder-xs"', 'model = "mlp-xs"'))
    suite = load_suite(str(tmp_path / "mine.toml"))
    (cell,) = suite.cells
    execute(InProcess(), suite.cells, Store(tmp_path / "out", suite.keep_weights))
    assert_answers(package.load(cell, tmp_path / "out"))
    folder = Store(tmp_path / "out").path(cell)
    with pytest.raises(UserError) as error:
        package.load(folder).answers()
    assert "\n" not in str(error.value) and "acme.mine-v1" in str(error.value)
    assert_answers(package.load(folder, world=str(tmp_path / "mine.py")))
    (tmp_path / "mine.py").write_text(WORLD.replace("12", "13"))
    with pytest.raises(UserError) as error:
        package.load(folder, world=str(tmp_path / "mine.py")).answers()
    assert "\n" not in str(error.value)
