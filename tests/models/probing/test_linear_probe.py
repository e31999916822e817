"""A linear probe reads what is linear, and nothing that only neighbours of a row betray."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.models.probing.linear_probe import linear_probe

B, D, C = 400, 24, 8


def made(seed=0, groups=100):
    """(groups, labels, [2, B, D]: a stream with the label in it, and one without)."""
    rng = np.random.RandomState(seed)
    group = rng.randint(0, groups, B)
    label = rng.randint(0, C, groups)[group]
    noise = rng.normal(0, 1, (2, B, D))
    noise[0] += 3 * rng.normal(0, 1, (C, D))[label]
    return group, label, noise


def test_what_is_there_is_read_and_its_control_is_not():
    group, label, stream = made()
    found = linear_probe(stream, label, group, np.random.RandomState(1))
    assert found.accuracy[0] > 0.95 and found.accuracy[1] < 0.3
    assert (found.control < 0.3).all()


def test_who_knows_the_group_alone_reads_nothing_of_other_groups():
    """The stream names the group, 1 of 100 columns each: rows of it would betray their label."""
    group, label, _ = made()
    named = np.eye(100)[group][None]
    found = linear_probe(named, label, group, np.random.RandomState(1))
    assert found.accuracy[0] < 0.3
    by_row = linear_probe(named, label, np.arange(B), np.random.RandomState(1))
    assert by_row.accuracy[0] > 0.8


def test_too_few_groups_and_groups_of_several_labels_are_refused():
    group, _, stream = made()
    with pytest.raises(UserError, match="5 folds"):
        linear_probe(stream, np.zeros(B, int), np.arange(B) % 3, np.random.RandomState(1))
    with pytest.raises(UserError, match="several labels"):
        linear_probe(stream, np.arange(B) % C, group, np.random.RandomState(1))
