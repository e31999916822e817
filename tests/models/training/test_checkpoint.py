"""States on disk: written in the background, whole, and read back bit for bit."""

from __future__ import annotations

import functools
import logging

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from zebroid.models.training.checkpoint import LATE, Saver

pytestmark = pytest.mark.smoke


@functools.partial(jax.jit, donate_argnums=0)
def step(state):
    return jax.tree.map(lambda leaf: leaf + jnp.ones((), leaf.dtype), state)


def test_training_goes_on_while_a_state_is_written(tmp_path):
    state = {"a": jnp.zeros(10_000_000), "b": jnp.arange(3, dtype=jnp.uint32), "c": jnp.int32(-1)}
    with Saver(tmp_path / "states") as saver:
        assert saver.restore(state) is None
        saver.save(1, state)
        assert saver._manager.is_saving_in_progress()
        for _ in range(3):
            state = step(state)  # in the very memory that was to be written
        saver.save(4, state)
        state = step(state)
    assert [path.name for path in (tmp_path / "states").glob("[0-9]*")] == ["4"]
    with Saver(tmp_path / "states") as saver:
        found = saver.restore(state)
    assert found is not None and found[0] == 4
    np.testing.assert_array_equal(found[1]["a"], 3.0)
    np.testing.assert_array_equal(found[1]["b"], [3, 4, 5])
    assert found[1]["c"] == 2 and found[1]["c"].dtype == jnp.int32


def test_what_was_not_written_whole_is_no_state(tmp_path):
    (tmp_path / "7.orbax-checkpoint-tmp").mkdir()
    with Saver(tmp_path) as saver:
        assert saver.restore({"a": jnp.zeros(2)}) is None


def test_only_what_a_user_can_act_on_is_logged_of_states(tmp_path, caplog):
    with Saver(tmp_path / "states") as saver:
        saver.save(1, {"a": jnp.zeros(2)})
    logging.getLogger("absl").warning("Unable to find the step 1 for deletion or renaming")
    logging.getLogger("absl").warning("the disk is full")
    assert [record.getMessage() for record in caplog.records] == ["the disk is full"]


def test_a_state_that_is_damaged_is_none_and_the_training_begins_anew(tmp_path, caplog):
    for spoil in (
        lambda path: [f.write_bytes(b"\0{[") for f in path.rglob("*") if f.is_file()],
        lambda path: [f.unlink() for f in path.rglob("*") if f.is_file()],
    ):
        with Saver(tmp_path / "states") as saver:
            saver.save(1, {"a": jnp.zeros(2)})
        spoil(tmp_path / "states")
        caplog.clear()
        with Saver(tmp_path / "states") as saver:
            assert saver.restore({"a": jnp.zeros(2)}) is None
            assert "states is damaged" in caplog.text and "begins anew" in caplog.text
            saver.save(2, {"a": jnp.ones(2)})
        with Saver(tmp_path / "states") as saver:
            found = saver.restore({"a": jnp.zeros(2)})
        assert found is not None and found[0] == 2


def test_where_waiting_runs_out_of_time_the_training_goes_on_without_states(tmp_path, caplog):
    # as orbax does, which waits by the clock of the wall, where that jumps
    def late(*_, **__):
        raise TimeoutError("completed 1/3 futures but timed out after -3600.00 seconds")

    with Saver(tmp_path / "states") as saver:
        saver.save(1, {"a": jnp.zeros(2)})
        saver._manager.wait_until_finished()
        saver._manager.save = late
        for step in (2, 3):
            saver.save(step, {"a": jnp.ones(2)})
        saver._manager.close, close = late, saver._manager.close
    close()
    assert [record.getMessage() for record in caplog.records] == [LATE]
    with Saver(tmp_path / "states") as saver:
        found = saver.restore({"a": jnp.ones(2)})
        assert found is not None and found[0] == 1
        saver._manager.restore = late
        assert saver.restore({"a": jnp.ones(2)}) is None
