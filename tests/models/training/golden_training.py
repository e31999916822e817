"""Golden trainings: a few dozen steps of all that training is made of, and what came of them.

Each goes the whole way from a world to predictions. On the CPU path on which they were stored,
predictions are compared by digest. On any other the last bits differ, and what answers cost in bits
is compared within TOLERANCE instead, which is far below what a change of the method does.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import platform
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from zebroid import canonical
from zebroid.benchmarks.runner import provenance
from zebroid.models.training.plan import Plan, Run
from zebroid.models.training.train import train
from zebroid.registry import make, model
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import Tokens, encode

STORED = Path(__file__).with_name("golden_training.json")
# By number, and all rows weigh 1: whatever a corpus asks and weighs, these trainings read the same
QUERIES = (
    *(23, 93, 132, 179, 351, 406, 440, 480, 490, 499, 507, 539, 651, 662, 720, 722, 749, 773),
    *(823, 931, 955, 974, 1059, 1083, 1101),
)
# Bits that any answer may differ by. Measured: 0.0003 at most between SSE4.2 and AVX-512, one core
# and two, optimised and not; by more than 0.05 where the method changed as in the tests
TOLERANCE = 0.005
LIBRARIES = ("jax", "jaxlib", "flax", "optax")
SIMD = re.compile(r"sse4_[12]|avx\w*|fma|f16c|amx\w*|asimd\w*|sve\w*|bf16|i8mm")
CURE = (
    "Undo the change, or, if trainings are to be answered otherwise from now on, raise TRAINING in "
    "models/training_version.py and store them: pytest "
    "tests/models/training/test_golden_training.py "
    "--update-golden"
)


def spec(preset: str, **sizes: int) -> Any:
    return dataclasses.replace(model(preset), **sizes)


DECODER = spec("decoder-xs", width=16, layers=1, heads=2, ratio=2)
MLP = spec("mlp-xs", width=16, layers=1, hidden=32)
MUON = Plan(
    "muon", learning_rate=1e-2, weight_decay=0.1, warmup=5, batch=64, steps=60, evaluations=2
)
ADAMW = dataclasses.replace(
    MUON, optimizer="adamw", learning_rate=2e-2, schedule="cosine", microbatch=32
)
SGD = dataclasses.replace(MUON, optimizer="sgd", learning_rate=0.2)

# name -> spec, mode, plan
TRAININGS: dict[str, tuple[Any, str, Plan]] = {
    "decoder": (DECODER, "direct", MUON),
    "decoder-chain": (DECODER, "chain", MUON),
    "decoder-chain-lengths": (DECODER, "chain", MUON),  # batches in parts by length
    "decoder-post-hoc": (DECODER, "post-hoc", MUON),
    "decoder-filler": (DECODER, "filler", MUON),
    "encoder-decoder": (
        spec("encoder-decoder-xs", width=16, encoders=1, decoders=1, heads=2, ratio=2),
        "direct",
        MUON,
    ),
    "looped": (
        spec("loops-8[query_loops=2]", width=16, layers=1, loops=3, heads=2, ratio=2),
        "direct",
        MUON,
    ),
    "looped-draws": (  # each step draws its loops
        spec("loops-4[spread=1]", width=16, layers=1, loops=2, heads=2, ratio=2),
        "direct",
        MUON,
    ),
    "lstm": (spec("lstm-xs", width=16, layers=1), "direct", MUON),
    "gru": (spec("gru-xs", width=16, layers=1), "direct", MUON),
    "convolution": (spec("convolution-xs", width=16, layers=2, taps=2, period=5), "direct", MUON),
    "ssm": (spec("ssm-xs", width=16, layers=1, state=4, expand=2, taps=4), "direct", MUON),
    "mlp": (MLP, "direct", MUON),
    "mlp-adamw": (MLP, "direct", ADAMW),
    "mlp-sgd": (MLP, "direct", SGD),
}
# compiling takes seconds each: the pieces of most of these stand in others too
SLOW = (
    "looped-draws",
    "decoder-chain-lengths",
    "decoder-post-hoc",
    "decoder-filler",
    "encoder-decoder",
    "lstm",
    "ssm",
)


@functools.cache
def corpus():
    return build_corpus(make("composition-v1"), "tiny")


@dataclasses.dataclass(frozen=True)
class Found:
    """What came of a golden training."""

    tokens: str  # digest of the arrays that it read
    predictions: str  # digest of all that it answered
    bits: np.ndarray  # [K, Q]

    @classmethod
    def of(cls, run: Run, tokens: Tokens) -> Found:
        read = digest_of(tokens, "train", "loss", "query", "members")
        answered = digest_of(run, "answer", "bits", "generated", "loss")
        return cls(read, answered, np.asarray(run.bits[0]))


def digest_of(of: Any, *names: str) -> str:
    return canonical.digest_arrays(**{name: getattr(of, name) for name in names})


def trained(name: str) -> Found:
    """From its world to its predictions."""
    spec, mode, plan = TRAININGS[name]
    tokens = encode(corpus(), mode, np.array(QUERIES))
    weight = np.ones_like(tokens.weight)
    if name.endswith("-lengths"):
        weight[~tokens.loss[:, -1]] = 20  # short rows: else too few for parts
    tokens = dataclasses.replace(tokens, weight=weight)
    return Found.of(train(spec, tokens, plan, [(0, 0)]), tokens)


def cpu_path() -> str:
    """All that the last bits depend on beside this project's code."""
    info = Path("/proc/cpuinfo")
    text = info.read_text("utf-8") if info.exists() else ""
    message = dict(
        re.findall(r"^(model name|cpu family|model|flags|Features)\s*:\s*(.*)$", text, re.M)
    )
    features = message.pop("flags", message.pop("Features", "")).split()
    parts = [
        platform.machine(),
        *(f"{name} {value}" for name, value in sorted(message.items())),
        " ".join(sorted(filter(SIMD.fullmatch, features))),
        f"{len(provenance.cores())} cores",
        *(f"{name} {metadata.version(name)}" for name in LIBRARIES),
        " ".join(sorted(os.environ.get("XLA_FLAGS", "").split())),
    ]
    return "; ".join(filter(None, parts))


def read() -> dict[str, Any]:
    """{training, paths: path -> name -> digest, trainings: name -> {tokens, bits}}."""
    return json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}


def distance(stored: Mapping[str, Any], found: Found) -> float:
    """The greatest difference in bits of any answer; infinite where there are others."""
    bits = np.array(stored["bits"])
    return float(np.abs(bits - found.bits).max()) if bits.shape == found.bits.shape else np.inf


def moved(stored: Mapping[str, Any], name: str, found: Found, path: str, training: str) -> str:
    """Why a training is not the one stored under the version ``training``; empty if it is."""
    if stored.get("training") != training:
        return f"trainings are stored of {stored.get('training')}, and the code declares {training}"
    known = stored["trainings"].get(name)
    if known is None:
        return f"no training {name!r} is stored"
    if known["tokens"] != found.tokens:
        return f"{name}: other tokens were read; see benchmarks/conformance/worlds/golden.json"
    far = distance(known, found)
    if far > TOLERANCE:
        return f"{name}: answers differ by {far:.3g} bits, more than any CPU path does"
    digest = stored["paths"].get(path, {}).get(name)
    if digest not in (None, found.predictions):
        return f"{name}: the last bits of its predictions moved, by at most {far:.3g}"
    return ""


def updated(
    stored: Mapping[str, Any], name: str, found: Found, path: str, training: str
) -> dict[str, Any]:
    """What to store from now on. Raises ValueError where predictions moved under an equal version.

    Under an equal version a training, a CPU path or other tokens may be added, no more.
    """
    before = stored.get("training", training)
    if _number(training) < _number(before):
        raise ValueError(f"{training} is older than {before}, which is stored; versions only rise")
    if training != before:
        stored = {}
    trainings, paths = dict(stored.get("trainings", {})), dict(stored.get("paths", {}))
    known = trainings.get(name)
    if known is not None and known["tokens"] == found.tokens:
        why = moved(stored, name, found, path, training)
        if why:
            raise ValueError(f"{why}, and TRAINING is {training} as before. {CURE}")
    else:
        bits = [[round(float(b), 4) for b in row] for row in found.bits]
        trainings[name] = {"tokens": found.tokens, "bits": bits}
        paths = {at: {n: d for n, d in of.items() if n != name} for at, of in paths.items()}
    paths[path] = {**paths.get(path, {}), name: found.predictions}
    return {
        "training": training,
        "paths": {p: d for p, d in paths.items() if d},
        "trainings": trainings,
    }


def _number(training: str) -> int:
    return int(training.removeprefix("training-"))
