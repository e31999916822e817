"""Models with one fault each are refused by the check that is there for it."""

from __future__ import annotations

import dataclasses
import re
from typing import ClassVar

import jax
import jax.numpy as jnp
import pytest
from flax import nnx
from zebroid.benchmarks.conformance.framework import Outcome, run
from zebroid.benchmarks.conformance.models.jaxpr_flops import count
from zebroid.benchmarks.conformance.models.model_checks import (
    ALL,
    FORM,
    FUNCTION,
    PLACES,
    TRAINING,
)
from zebroid.benchmarks.conformance.models.model_fixture import Subject
from zebroid.errors import UserError

pytestmark = pytest.mark.smoke

D = 16


class Sum(nnx.Module):
    """Logits of the sum of the tokens so far: about the least model that keeps all promises."""

    def __init__(self, vocabulary, rngs):
        self.embed_VD = nnx.Param(rngs.params.normal((vocabulary, D)))
        self.head_DV = nnx.Param(rngs.params.normal((D, vocabulary)) * D**-0.5)

    def __call__(self, tokens_BT, at_P):
        return self.answer(self.sums(tokens_BT)[:, at_P])

    def sums(self, tokens_BT):
        place_T = 1.0 + jnp.arange(tokens_BT.shape[1], dtype=self.embed_VD.dtype)
        x_BTD = self.embed_VD[...][tokens_BT]
        return jnp.cumsum(x_BTD * place_T[None, :, None] ** -0.5, axis=1)

    def answer(self, x_BPD):
        return (x_BPD @ self.head_DV[...]).astype(jnp.float32)


class Peeks(Sum):
    def sums(self, tokens_BT):
        return super().sums(tokens_BT) + 0.1 * super().sums(tokens_BT)[:, -1:]


class Mixes(Sum):
    def sums(self, tokens_BT):
        x_BTD = super().sums(tokens_BT)
        return x_BTD - 0.5 * jnp.mean(x_BTD, axis=0, keepdims=True)


class Sorts(Sum):
    def __call__(self, tokens_BT, at_P):
        return super().__call__(tokens_BT, jnp.sort(jnp.asarray(at_P)))


class Late(Sum):
    """Reads at once what its step has not seen yet."""

    def memory(self, rows, tokens):
        return jnp.zeros((rows, D))

    def step(self, memory, token_B, now):
        scale = (1.0 + now.astype(jnp.float32)) ** -0.5
        return self.answer(memory[:, None])[:, 0], memory + self.embed_VD[...][token_B] * scale


class Counts(Sum):
    """Gives what depends on how often it was called: once when traced, again without jit."""

    calls = 0

    def answer(self, x_BPD):
        Counts.calls += 1
        return super().answer(x_BPD) * (1 + 0.1 * Counts.calls)


class Same(Sum):
    def __init__(self, vocabulary, rngs):
        super().__init__(vocabulary, rngs)
        self.embed_VD = nnx.Param(
            jnp.cos(jnp.arange(vocabulary * D, dtype=jnp.float32) ** 2).reshape(vocabulary, D)
        )
        self.head_DV = nnx.Param(self.embed_VD[...].T)


class Halved(Sum):
    def answer(self, x_BPD):
        return x_BPD @ self.head_DV[...]


class Buffered(Sum):
    def __init__(self, vocabulary, rngs):
        super().__init__(vocabulary, rngs)
        self.seen = nnx.BatchStat(jnp.zeros(D))


class Idle(Sum):
    def __init__(self, vocabulary, rngs):
        super().__init__(vocabulary, rngs)
        self.spare_DD = nnx.Param(jnp.zeros((D, D)))


class Rooted(Sum):
    """The derivative of a root at 0 is infinite, and times 0 it is not a number."""

    def sums(self, tokens_BT):
        x_BTD = super().sums(tokens_BT)
        return x_BTD + jnp.sqrt(jnp.square(x_BTD - x_BTD))


class Blurred(Sum):
    """Sees of each token only whether it is even, so rows are alike."""

    def sums(self, tokens_BT):
        return super().sums(tokens_BT % 2)


class Wrong(Sum):
    def answer(self, x_BPD):
        return super().answer(x_BPD)[:, :, :-1]


class Broken(Sum):
    def answer(self, x_BPD):
        raise UserError("no answer today; ask tomorrow")


class Raises(Sum):
    def answer(self, x_BPD):
        return x_BPD @ self.embed_VD[...]


@dataclasses.dataclass(frozen=True)
class Spec:
    type: ClassVar[str] = "acme.sum"
    version: ClassVar[int] = 1
    kind: str = "Sum"
    times: float = 1.0

    def build(self, vocabulary, prompt, rngs):
        return globals()[self.kind](vocabulary, rngs)

    def flops(self, vocabulary, prompt, at):
        return self.times * 2 * D * vocabulary * len(at)


def refused(spec: Spec, checks=FORM + FUNCTION) -> dict[str, Outcome]:
    return {
        outcome.name: outcome
        for outcome in run(checks, Subject(spec), spec)
        if outcome.passed is False
    }


def test_a_model_without_fault_passes_every_check():
    message = []
    outcomes = list(run(ALL, Subject(Spec()), Spec(), watch=message.append))
    assert [o.name for o in outcomes if not o.passed] == []
    assert message == [check.id for check in ALL]
    assert {o.name: o.found for o in outcomes}["step"].startswith("it has no `step`")


@pytest.mark.parametrize(
    "kind, name, text",
    [
        (Peeks, "causal", "when tokens from 1 on change"),
        (Mixes, "batch", "when other rows change"),
        (Sorts, "positions", r"queried after \[7, 0, 3\]"),
        (Late, "step", "token by token"),
        (Buffered, "built", "seen is a BatchStat"),
        (Wrong, "shape", r"float32\[8, 9, 12\], expected float32\[8, 9, 13\]"),
    ],
)
def test_a_fault_of_form_or_function_is_refused_by_the_right_check(kind, name, text):
    found = refused(Spec(kind.__name__))
    assert [*found] == [name]
    assert re.search(text, found[name].found) and found[name].cure


@pytest.mark.parametrize("times", [0.5, 2.0])
def test_a_wrong_count_of_flops_is_refused(times):
    found = refused(Spec(times=times), FORM)
    assert [*found] == ["flops"] and "counted are 416 of matrix products" in found["flops"].found


@pytest.mark.parametrize(
    "kind, name, text",
    [
        (Counts, "jit", "without jit"),
        (Same, "vmap", "two seeds give the same logits"),
        (Halved, "bf16", "logits are bfloat16"),
    ],
)
def test_a_fault_of_places_is_refused_by_the_right_check(kind, name, text):
    found = refused(Spec(kind.__name__), tuple(c for c in PLACES if c.id == name))
    assert [*found] == [name] and text in found[name].found


@pytest.mark.parametrize(
    "kind, name, text",
    [
        (Rooted, "gradients", "a gradient isn't finite at step 0"),
        (Idle, "gradients", "training never moves spare_DD"),
        (Blurred, "overfits", "expected less than a tenth"),
    ],
)
def test_a_fault_of_training_is_refused_by_the_right_check(kind, name, text):
    found = refused(Spec(kind.__name__), TRAINING)
    assert [*found] == [name] and text in found[name].found


def test_what_rests_on_a_failed_check_is_not_looked_at():
    outcomes = {o.name: o for o in run(FORM + FUNCTION, Subject(Spec("Wrong")), Spec())}
    assert outcomes["causal"].passed is None
    assert outcomes["causal"].found == "not looked at, since shape failed"


@pytest.mark.parametrize(
    "kind, found, cure",
    [(Broken, "no answer today", "ask tomorrow"), (Raises, "TypeError: dot_general", "mend ")],
)
def test_errors_of_a_model_are_findings(kind, found, cure):
    outcome = refused(Spec(kind.__name__), FORM)["shape"]
    assert outcome.found.startswith(found) and outcome.cure.startswith(cure)


def test_flops_are_counted_through_loops_branches_and_calls():
    w, x = jnp.ones((4, 4)), jnp.ones((2, 4))

    def program(w, x):
        x, _ = jax.lax.scan(lambda c, _: (jax.jit(lambda a: a @ w)(c), None), x, None, length=5)
        return jax.lax.cond(x[0, 0] > 0, lambda: x @ w, lambda: x), x + 1.0

    found = count(program, w, x)
    assert found.products == 6 * 2 * 2 * 4 * 4
    assert found.others >= 8
    kernel, image = jnp.ones((3, 5, 7)), jnp.ones((1, 10, 5))

    def convolve(kernel, image):
        numbers = ("NWC", "WIO", "NWC")
        return jax.lax.conv_general_dilated(image, kernel, (1,), "VALID", dimension_numbers=numbers)

    assert count(convolve, kernel, image).products == 2 * 8 * 7 * 3 * 5
