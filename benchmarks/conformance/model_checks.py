"""run(checks, Subject(spec)) -> Outcomes: does a model keep what every model promises?

The promises are those of the contract (docs/guides/your-model.md); each is one function of
``model_promises.py``. Small shapes and a fresh model: seconds, not minutes.
"""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Callable, Iterator, Sequence, Set

from ...errors import UserError
from .models import model_promises as checks
from .models.model_fixture import Moot, Refused, Subject


@dataclasses.dataclass(frozen=True)
class Check:
    """One promise, and the function that returns what was found, or raises Refused."""

    name: str
    promise: str
    find: Callable[[Subject], str]
    needs: tuple[str, ...] = ()  # checks without which this one would only repeat their complaint


FORM = (
    Check("identity", "a type, a version, fields with a record", checks.identity),
    Check("built", "a hashable spec, float32 parameters", checks.built),
    Check("shape", "finite float32 logits [B, P, V]", checks.shape, ("built",)),
    Check("flops", "the formula is true", checks.flops, ("built",)),
)
FUNCTION = (
    Check("causal", "nothing sees a later token", checks.causal, ("shape",)),
    Check("asked", "any positions get the logits of all", checks.queries, ("shape",)),
    Check("step", "token by token gives the same", checks.step, ("shape",)),
    Check("batch", "each row is by itself", checks.batch, ("shape",)),
)
PLACES = (
    Check("jit", "compiled or not, the same", checks.jitted, ("batch",)),
    Check("vmap", "seeds side by side, the same", checks.vmapped, ("batch",)),
    Check("sharding", "over several devices, the same", checks.sharded, ("batch",)),
    Check("bf16", "bfloat16 weights, nearly the same", checks.bf16, ("batch",)),
)
TRAINING = (
    Check("gradients", "finite; every parameter moves", checks.gradients, ("shape",)),
    Check("overfits", "one batch is learned by heart", checks.overfits, ("gradients",)),
)
ALL = FORM + FUNCTION + PLACES + TRAINING


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one check."""

    name: str
    promise: str
    passed: bool | None  # None: not looked at, for something that it rests on failed
    found: str
    cure: str  # empty where there is nothing to mend
    seconds: float
    size: str = ""


def run(
    checks: Sequence[Check], subject: Subject, watch: Callable[[str], None] = lambda what: None
) -> Iterator[Outcome]:
    """The outcome of every check; ``watch`` is told what is next."""
    broken: set[str] = set()
    for check in checks:
        watch(check.name)
        outcome = _outcome(check, subject, broken)
        if not outcome.passed:
            broken.add(check.name)
        yield outcome


def _outcome(check: Check, subject: Subject, broken: Set[str]) -> Outcome:
    began = time.perf_counter()
    passed, found, cure = None, "", ""
    lacks = [need for need in check.needs if need in broken]
    try:
        if lacks:
            found = f"not looked at, since {lacks[0]} failed"
        else:
            found, passed = check.find(subject), True
    except Moot as why:
        found, passed = str(why), True
    except Refused as why:
        found, passed, cure = str(why), False, why.cure
    except UserError as error:
        found, _, cure = str(error).rpartition("; ")
        found, passed = found or str(error), False
    except Exception as error:  # whatever a stranger's model raises
        frame = traceback.extract_tb(error.__traceback__)[-1]
        line = " ".join(str(error).split())
        found, passed = f"{type(error).__name__}: {line[:300]}", False
        cure = f"mend {frame.filename}:{frame.lineno}, {frame.line}"
    seconds = time.perf_counter() - began
    return Outcome(check.name, check.promise, passed, found, cure, seconds)
