"""Training never changes without a version: predictions of tiny trainings, as they were stored.

After TRAINING in models/training_version.py was raised, and nothing else:
`python -m pytest tests/models/training/test_golden_training.py --update-golden`.
"""

from __future__ import annotations

import dataclasses
import fcntl
import json
import re

import jax
import numpy as np
import optax
import pytest
from zebroid.benchmarks.runner import atomic_write
from zebroid.models.layers import initializers
from zebroid.models.training import optimizers, prng
from zebroid.models.training_version import TRAINING

from .golden_training import (
    CURE,
    SLOW,
    STORED,
    TOLERANCE,
    TRAININGS,
    Found,
    cpu_path,
    distance,
    moved,
    read,
    trained,
    updated,
)

MARKED = [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in TRAININGS]


def store(name, found):
    """Several may store theirs at once: each reads, adds and replaces alone."""
    with STORED.with_name(f"{__name__.rpartition('.')[2]}.py").open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        content = updated(read(), name, found, cpu_path(), TRAINING)
        text = json.dumps(content, indent=1, sort_keys=True)
        text = re.sub(r"(?<=[\[\d,])\n +(?=[\d\[])|(?<=\d)\n +(?=\])", " ", text)  # a row a line
        with atomic_write.file(STORED) as draft:
            draft.write_text(text + "\n", "utf-8")


@pytest.mark.smoke
@pytest.mark.parametrize("name", MARKED)
def test_training_has_not_moved_without_a_version(name, request):
    found = trained(name)
    if request.config.getoption("--update-golden", False):
        store(name, found)
        return
    why = moved(read(), name, found, cpu_path(), TRAINING)
    assert not why, f"{why}. {CURE}"


def test_every_architecture_mode_and_optimizer_has_a_golden_training():
    from zebroid.models.architectures.presets import ARCHITECTURES
    from zebroid.models.training.plan import OPTIMIZERS
    from zebroid.worlds.encoding.encode import MODES

    specs, modes, plans = zip(*TRAININGS.values())
    assert {type(spec) for spec in specs} == {*ARCHITECTURES}
    assert {*modes} == {*MODES} and {plan.optimizer for plan in plans} == {*OPTIMIZERS}
    assert {*read()["trainings"]} == {*TRAININGS}
    assert read()["training"] == TRAINING


def iterations(patch):
    patch.setattr(optimizers, "NEWTON_SCHULZ", 5)


def initial_scale(patch):
    """A tenth larger."""
    drawn = initializers.Small.output
    patch.setattr(initializers.Small, "output", lambda *how: drawn(*how) * 1.1)


def second_moment(patch):
    rule = optax.adamw
    patch.setattr(optax, "adamw", lambda rate, b2, **how: rule(rate, b2=0.99, **how))


def order_of_batches(patch):
    patch.setattr(prng, "key", lambda axis, n, of=prng.key: of(axis, n + (axis == "order")))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("mlp", iterations),
        pytest.param("mlp", initial_scale, marks=pytest.mark.slow),
        pytest.param("mlp-adamw", second_moment, marks=pytest.mark.slow),
        pytest.param("mlp", order_of_batches, marks=pytest.mark.slow),
    ],
)
def test_a_change_of_the_method_is_noticed_on_any_cpu(name, change, monkeypatch):
    change(monkeypatch)
    jax.clear_caches()  # compiled programs hold the method of before
    try:
        found = trained(name)
    finally:
        jax.clear_caches()
    assert distance(read()["trainings"][name], found) > 3 * TOLERANCE
    assert "more than any CPU path does" in moved(read(), name, found, "another", TRAINING)
    with pytest.raises(ValueError, match="raise TRAINING"):
        updated(read(), name, found, "another", TRAINING)


FOUND = Found("tokens", "digest", np.array([[1.0, 2.0]]))
FIRST = updated({}, "net", FOUND, "here", "training-1")


def changed(**values):
    return dataclasses.replace(FOUND, **values)


def test_what_is_as_stored_has_not_moved():
    assert not moved(FIRST, "net", FOUND, "here", "training-1")
    near = changed(predictions="other", bits=FOUND.bits + TOLERANCE / 2)
    assert not moved(FIRST, "net", near, "elsewhere", "training-1")
    assert "last bits" in moved(FIRST, "net", near, "here", "training-1")
    far = changed(predictions="other", bits=FOUND.bits + 2 * TOLERANCE)
    assert "answers differ by 0.01" in moved(FIRST, "net", far, "elsewhere", "training-1")
    shorter = changed(bits=FOUND.bits[:, :1])
    assert "differ by inf" in moved(FIRST, "net", shorter, "elsewhere", "training-1")
    assert "other tokens" in moved(FIRST, "net", changed(tokens="c"), "here", "training-1")
    assert "declares training-2" in moved(FIRST, "net", FOUND, "here", "training-2")
    assert "no training 'more'" in moved(FIRST, "more", FOUND, "here", "training-1")


def test_an_update_without_a_raised_version_is_refused():
    other = changed(predictions="other")
    with pytest.raises(ValueError, match=r"last bits .* TRAINING is training-1 as before.*raise"):
        updated(FIRST, "net", other, "here", "training-1")
    far = changed(predictions="other", bits=FOUND.bits + 1)
    with pytest.raises(ValueError, match="raise TRAINING"):
        updated(FIRST, "net", far, "elsewhere", "training-1")
    with pytest.raises(ValueError, match="versions only rise"):
        updated(updated(FIRST, "net", far, "here", "training-10"), "net", far, "here", "training-9")


def test_an_update_may_add_a_path_a_training_or_a_raised_version():
    assert updated(FIRST, "net", FOUND, "here", "training-1") == FIRST
    other = changed(predictions="other", bits=FOUND.bits + TOLERANCE / 2)
    both = updated(FIRST, "net", other, "elsewhere", "training-1")
    assert both["trainings"] == FIRST["trainings"]
    assert both["paths"] == {"here": {"net": "digest"}, "elsewhere": {"net": "other"}}
    more = updated(both, "more", FOUND, "here", "training-1")
    assert more["paths"]["here"] == {"net": "digest", "more": "digest"}
    far = changed(predictions="other", bits=FOUND.bits + 1)
    raised = updated(more, "net", far, "here", "training-2")
    assert raised["training"] == "training-2" and [*raised["trainings"]] == ["net"]
    assert raised["paths"] == {"here": {"net": "other"}}
    another = updated(both, "net", changed(tokens="c", predictions="p"), "here", "training-1")
    assert another["paths"] == {"here": {"net": "p"}}
