"""The declared version of training: kept results are found by it, and nothing else of the code.

It covers everything between a corpus and its predictions: encoding into tokens, batches and their
order, architectures and how their weights start, optimizers, schedules, precision, compiled
programs, and how answers are decoded. The numbers of one training (sizes, rates, steps, seeds) are
no part of it: they stand in the cell.

Raise it whenever the same cell would be answered otherwise, if only in the last bits: kept results
are then trained again, where they would pass for results of today. Leave it alone where nothing is
answered otherwise: comments, names, speed, tables, reports. Golden trainings hold it to that:
``tests/models/training/test_golden_training.py`` fails where predictions moved, and stores
those of a raised version with ``--update-golden``.
"""

from __future__ import annotations

TRAINING = "training-1"
