"""pass@k is unbiased, and grows from the share of right samples to whether any is right."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from zebroid.eval.stats.pass_at_k import depths, pass_at


@pytest.mark.parametrize("hits", range(6))
@pytest.mark.parametrize("k", range(1, 6))
def test_it_is_the_share_of_subsets_with_a_right_sample(hits, k):
    right = [True] * hits + [False] * (5 - hits)
    wanted = np.mean([any(part) for part in itertools.combinations(right, k)])
    assert pass_at(np.array([hits]), 5, k)[0] == pytest.approx(wanted)


def test_depths_double_up_to_all():
    assert [depths(n) for n in (1, 2, 5, 8)] == [[1], [1, 2], [1, 2, 4, 5], [1, 2, 4, 8]]
