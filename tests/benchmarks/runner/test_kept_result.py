"""Kept results: found by training and cell, compared with what is wanted, and whole or refused."""

from __future__ import annotations

import copy
import json
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner.kept_result import write_arrays
from zebroid.benchmarks.runner.provenance import Environment
from zebroid.benchmarks.runner.result_store import Result, Store
from zebroid.errors import UserError
from zebroid.models import training_version
from zebroid.models.training.plan import Run

from ...fuzzing import fuzz


def result(cell, questions=5):
    steps = cell.recipe.checkpoints
    shape = 1, len(steps), questions
    found = Run(
        steps=steps,
        flops=steps * 1e6,
        answer=np.arange(np.prod(shape), dtype=np.int32).reshape(shape),
        bits=np.ones(shape, np.float32),
        generated=np.zeros((1, questions, 2), np.int32),
        loss=np.ones(shape[:2], np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=1000,
        seconds=0.5,
    )
    return Result(cell, found, "c" * 64, "cpu: none x 1", Environment.of(cell))


@pytest.fixture
def cells(suite):
    """Direct and chain under the seeds 0, then under 1."""
    return load_suite(suite()).cells


@pytest.fixture
def store(cells, tmp_path):
    found = Store(tmp_path / "out")
    for cell in cells:
        found.save(result(cell))
    return found


def refused(store, cell):
    """The one line by which every look at the cell is refused."""
    lines = set()
    for look in (store.load, store.has):
        with pytest.raises(UserError) as error:
            look(cell)
        lines.add(str(error.value))
    (line,) = lines
    assert line.isprintable() and str(store.path(cell)) in line and "delete " in line
    return line


def change(store, cell, edit):
    path = store.path(cell) / "cell.json"
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def test_another_cells_folder_is_refused_by_both_names(store, cells):
    direct, chain = cells[:2]
    shutil.rmtree(store.path(direct))
    shutil.copytree(store.path(chain), store.path(direct))
    line = refused(store, direct)
    assert "another cell: composition-v1/tiny chain decoder-xs short seeds 0,0,0,0" in line
    assert "expected composition-v1/tiny direct decoder-xs short seeds 0,0,0,0" in line
    assert "(mode: chain, expected direct)" in line
    assert store.load(chain) is not None


def test_another_cells_folder_is_never_published(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    found, cells = Store(tmp_path / "out"), load_suite(suite()).cells
    for name in ("answers.npz", "cell.json"):
        shutil.copy(found.path(cells[1]) / name, found.path(cells[0]) / name)
    for receipt in tmp_path.glob("out/*/receipt.json"):
        receipt.unlink()
    for words in (("run", "--dry-run"), ("run",)):
        status, _, err = zebroid(words[0], suite(), *words[1:], "--out", "out")
        assert status == 2 and err.count("\n") == 1 and "holds the result of another cell" in err
    assert not [*tmp_path.glob("out/*/receipt.json")] and len(trained) == 4


def test_a_result_is_found_under_other_names_of_plan_and_model(store, cells):
    def rename(content):
        content["cell"] |= {"plan": "brief", "model": "mine"}

    change(store, cells[0], rename)
    assert store.load(cells[0]) is not None


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda c: c["cell"]["seeds"].update(init=7), "(seeds.init: 7, expected 0)"),
        (lambda c: c["cell"]["seeds"].update(init=False), "(seeds.init: false, expected 0)"),
        (lambda c: c["cell"]["recipe"].update(steps=100.0), "(recipe.steps: 100.0, expected 100)"),
        (lambda c: c["cell"].pop("world"), "(world is missing)"),
        (lambda c: c["cell"].update(extra=1), "(extra is not known here)"),
        (lambda c: c["cell"].update(content=2), "(content is not known here)"),
        (lambda c: c["cell"].update(world="\x1b[2J" * 99), "(world: ?[2J"),
        (lambda c: c.update(cell={}), "holds the result of another cell"),
        (lambda c: c.update(cell=[]), "cell.json is damaged (cell: "),
        (lambda c: c.update(training="training-x"), "damaged (training: "),
        (lambda c: c.update(training=1), "damaged (training: "),
        (lambda c: c.update(corpus="\n"), "damaged (corpus: "),
        (lambda c: c.update(corpus="c" * 64 + "\n"), "damaged (corpus: "),
        (lambda c: c.update(device="\x1b"), "damaged (device: "),
        (lambda c: c.update(maker="me"), "damaged (maker: "),
        (lambda c: c["run"].update(seconds=float("nan")), "damaged (run.seconds: "),
        (lambda c: c["run"].update(parameters=True), "damaged (run.parameters: "),
        (lambda c: c["run"].update(failed="no\nmemory"), "damaged (run.failed: "),
        (lambda c: c.pop("predictions"), "damaged (predictions: "),
    ],
)
def test_a_record_that_is_changed_is_named(store, cells, edit, message):
    change(store, cells[0], edit)
    assert message in refused(store, cells[0])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"cell"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b'{"cell": 1e999}',
        b" " * 2**21,
    ],
)
def test_what_is_no_record_is_one_line(store, cells, text):
    (store.path(cells[0]) / "cell.json").write_bytes(text)
    refused(store, cells[0])


def test_a_folder_without_its_files_is_one_line(store, cells):
    (store.path(cells[0]) / "answers.npz").unlink()
    with pytest.raises(UserError, match=r"answers.npz is damaged \(.*delete the folder"):
        store.load(cells[0])
    (store.path(cells[0]) / "cell.json").unlink()
    assert "No such file" in refused(store, cells[0])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda a: a.pop("loss"), "KeyError"),
        (lambda a: a.update(answer=a["answer"].astype(np.int64)), "answer is int64 [1, 4, 5]"),
        (lambda a: a.update(bits=a["bits"][0]), "bits is float32 [4, 5], expected float32 [S"),
        (lambda a: a.update(bits=a["bits"][:, :, :3]), "bits has 3 along Q, expected 5"),
        (lambda a: a.update(loss=a["loss"][:, :2]), "loss has 2 along K, expected 4"),
        (lambda a: a.update(answer=np.repeat(a["answer"], 2, 0)), "answer has 2 along S"),
        (lambda a: a.update(steps=a["steps"] + 1), "not the checkpoints of the plan"),
        (lambda a: a.update(steps=a["steps"][::-1]), "steps do not ascend"),
        (lambda a: a.update(loss=np.array([[object()] * 4])), "allow_pickle=False"),
        (lambda a: a.update(bits=a["bits"] + 1), "its digest is not that of cell.json"),
    ],
)
def test_arrays_of_other_kinds_or_sizes_are_named(store, cells, edit, message):
    path = store.path(cells[0]) / "answers.npz"
    with np.load(path) as file:
        arrays = dict(file)
    edit(arrays)
    np.savez_compressed(path, **arrays)
    with pytest.raises(UserError) as error:
        store.load(cells[0])
    line = str(error.value)
    assert message in line and line.isprintable() and "delete the folder" in line


def test_a_small_file_that_unfolds_to_much_is_not_unfolded(store, cells, monkeypatch):
    path = store.path(cells[0]) / "answers.npz"
    with np.load(path) as file:
        arrays = dict(file)
    write_arrays(path, arrays | {"generated": np.zeros((1, 5, 10**7), np.int32)})
    assert path.stat().st_size < 3e6
    monkeypatch.setattr(np.lib.format, "read_array", lambda *_, **__: pytest.fail("unfolded"))
    with pytest.raises(UserError, match=r"it unfolds to 200,0.* bytes, at most .* delete the"):
        store.load(cells[0])


def test_bytes_that_are_no_arrays_are_one_line(store, cells):
    path = store.path(cells[0]) / "answers.npz"
    whole = path.read_bytes()
    huge = b"\x93NUMPY\x01\x00v\x00{'descr': '<i8', 'fortran_order': False, 'shape': (10**15,), }"
    for broken in (b"", whole[:100], whole[: len(whole) // 2], whole[100:], huge, b"\x80\x04N."):
        path.write_bytes(broken)
        with pytest.raises(
            UserError, match=r"answers.npz is damaged .*; delete the folder"
        ) as error:
            store.load(cells[0])
        assert str(error.value).isprintable()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value, path=()):
    """The paths of all values below."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from places(inner, (*path, key))


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """(store, cell, whole record) of one kept result."""
    from ..conftest import TINY

    folder = tmp_path_factory.mktemp("one")
    (folder / "tiny.toml").write_text(TINY)
    cell = load_suite(str(folder / "tiny.toml")).cells[0]
    found = Store(folder)
    found.save(result(cell))
    return found, cell, json.loads((found.path(cell) / "cell.json").read_text())


@fuzz(100)
@given(data=st.data())
def test_no_change_of_the_record_passes_for_another_result(one, data):
    """Changed anywhere, it is refused in one line, or is still this cell's own result."""
    store, cell, whole = one
    content = copy.deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 2))):
        *path, last = data.draw(st.sampled_from([p for p in places(content) if p]))
        target = content
        for key in path:
            target = target[key]
        if data.draw(st.booleans()):
            target[last] = data.draw(ANY)
        elif isinstance(target, dict):
            del target[last]
    text = json.dumps(content).encode()
    if data.draw(st.booleans()):
        text = text[: data.draw(st.integers(0, len(text)))]
    (store.path(cell) / "cell.json").write_bytes(text)
    try:
        found = store.load(cell)
    except UserError as error:
        line = str(error)
        assert line.isprintable() and str(store.path(cell)) in line and "delete " in line
        return
    if found is None:
        assert content["training"] != training_version.TRAINING == whole["training"]
        return
    names = {"plan", "model"}
    kept = {k: v for k, v in content["cell"].items() if k not in names}
    assert json.dumps(kept, sort_keys=True) == json.dumps(
        {k: v for k, v in whole["cell"].items() if k not in names}, sort_keys=True
    )
    assert found.cell == cell and found.predictions == whole["predictions"]
