"""The declared version of training: equal experiments under it have equal results.

It changes whenever something that the results of training depend on does (optimizers,
initialisation, batches, networks): what was kept under another version is not a result of this one.
"""

from __future__ import annotations

TRAINING = "training-1"
