"""linear_probe(...): how well a linear map reads labels off a stream, on other questions.

A ridge regression on one column a label, at every place of the stream at once; the label is the
greatest. Each row is read by a probe that was fitted without its *group*: rows of one group share
what decides the label, so a probe that knows a row's neighbours by heart gains nothing. The control
has labels that are shuffled among the groups (a control task, arXiv 1909.03368): what a probe reads
there it has learned itself.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RIDGE = 1e-2  # times the mean square of a feature


@dataclasses.dataclass(frozen=True)
class ProbeScore:
    """The share of rows whose label is read, at each of M places."""

    accuracy: Floats  # [M]
    control: Floats  # [M] of shuffled labels


def linear_probe(
    stream_MBD: NDArray[np.floating],
    labels_B: NDArray[np.integer],
    groups_B: NDArray[np.integer],
    rng: np.random.RandomState,
    folds: int = 5,
) -> ProbeScore:
    """At M places of a stream of B rows. Raises UserError for fewer groups than folds.

    Rows of one group have to share their label.
    """
    _, group = np.unique(groups_B, return_inverse=True)
    names, label = np.unique(labels_B, return_inverse=True)
    count = int(group.max(initial=-1)) + 1
    if count < folds:
        raise UserError(f"{count} groups of rows; a probe of {folds} folds needs as many")
    of_group = np.zeros(count, np.int64)
    of_group[group] = label
    if not np.array_equal(of_group[group], label):
        raise UserError("rows of one group have several labels; group them by what decides these")
    fold = rng.permutation(np.arange(count) % folds)[group]
    shuffled = rng.permutation(of_group)[group]
    x = np.asarray(stream_MBD, np.float64)
    wanted = np.stack([label, shuffled])  # [2, B]
    right = np.zeros((2, len(x)))
    for one in range(folds):
        test = fold == one
        for k, found in enumerate(_read(x[:, ~test], wanted[:, ~test], x[:, test], len(names))):
            right[k] += (found == wanted[k, test]).sum(1)
    return ProbeScore(*(right / len(label)))


def _read(train: Floats, labels: Ints, test: Floats, classes: int) -> NDArray[np.int64]:
    """[2, M, n] labels of ``test`` [M, n, D] by probes fitted on ``train`` [M, N, D]."""
    mean = train.mean(1, keepdims=True)
    scale = np.sqrt(train.var(1, keepdims=True).mean(2, keepdims=True)) + 1e-12
    train, test = (train - mean) / scale, (test - mean) / scale
    M, N, D = train.shape
    gram = train.transpose(0, 2, 1) @ train + RIDGE * N * np.eye(D)
    columns = np.eye(classes)[labels]  # [2, N, C]
    both = columns.transpose(1, 0, 2).reshape(N, -1)
    share = both.mean(0)
    weights = np.linalg.solve(gram, train.transpose(0, 2, 1) @ (both - share))
    scores = (test @ weights + share).reshape(M, test.shape[1], 2, classes)
    return scores.argmax(3).transpose(2, 0, 1)
