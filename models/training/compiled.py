"""One compiled program that trains and answers.

It advances any number of steps and answers all questions at the checkpoints on the way, so nothing
recompiles between progress reports; and what differs between trainings of equal shape, corpora
and rates, is passed in, so they share it. Everything is a pure function of pytrees: NNX modules
are split before and merged inside. M members of a batch of replicas, K checkpoints, N examples,
B batch, T tokens, P queried positions, Q questions (C chunks of them), A models of the same weights
that answer.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from ..layers import flops
from ..spec import Spec, draws
from .batches import Data, Part, Questions, chosen, drawn, parts
from .decoding import Answers, generate
from .optimizers import Rates, matrices, muon_flops, optimizer
from .plan import Plan, Tokens
from .sharding import SINGLE, Layout
from .xla_options import compiled


@dataclasses.dataclass(frozen=True)
class Program:
    """All that is static: what the compiled program depends on beside shapes."""

    spec: Spec
    plan: Plan  # with none of the numbers that are ``Rates``
    vocabulary: int
    prompt: int
    max_new: int
    parts: tuple[Part, ...]  # of every batch, by length
    bf16: bool = False  # products in bfloat16; parameters, softmax and logits are float32
    layout: Layout = SINGLE
    query_specs: tuple[Spec, ...] = ()  # whose way of answering is queried; empty: ``spec``'s

    @classmethod
    def of(
        cls,
        spec: Spec,
        plan: Plan,
        tokens: Tokens,
        bf16: bool = False,
        layout: Layout = SINGLE,
        query_specs: tuple[Spec, ...] = (),
    ) -> Program:
        """The program by which ``plan`` trains ``spec`` on ``tokens``; ``query_specs`` answer."""
        bare = dataclasses.replace(
            plan,
            **{"learning_rate": 0.0, "weight_decay": 0.0, "warmup": 0},
            **{"steps": 1, "flops": None, "evaluations": 1, "samples": 0, "temperature": 1.0},
        )
        size, split = len(tokens.vocabulary), parts(tokens, plan)
        places = tokens.prompt, tokens.max_new
        return cls(spec, bare, size, *places, split, bf16, layout, query_specs)

    def build(self, rngs: nnx.Rngs) -> nnx.Module:
        return self.spec.build(self.vocabulary, self.prompt, rngs)

    @functools.cached_property
    def model(self) -> tuple[Any, Any, Any]:
        """Graph definition, shapes of the parameters, and which of them are hidden matrices."""
        graph, state = nnx.split(nnx.eval_shape(lambda: self.build(nnx.Rngs(0))))
        return graph, nnx.to_pure_dict(state), nnx.to_pure_dict(matrices(state))

    @functools.cached_property
    def answering(self) -> tuple[Any, ...]:
        """[A] graph definitions of what answers: of the same parameters, but a spec may say that
        it is run otherwise than in training."""
        specs = [getattr(s, "answering", s) for s in self.query_specs or (self.spec,)]
        return tuple(other.model[0] for other in self._of(specs))

    @functools.cached_property
    def ways(self) -> tuple[Program, ...]:
        """Of the same parameters; each step draws the one by which it trains, all as likely."""
        return self._of(draws(self.spec))

    def _of(self, specs: Sequence[Spec]) -> tuple[Program, ...]:
        return tuple(self if s == self.spec else dataclasses.replace(self, spec=s) for s in specs)

    @functools.cached_property
    def step_flops(self) -> float:
        """One update of one seed: the batch forward and backward, and Muon's products.

        Of each part of a batch by length the tokens that it is read up to, padding included; of
        what a step may draw the mean.
        """
        size, specs = (self.vocabulary, self.prompt), draws(self.spec)
        read = ((n, spec.flops(*size, at)) for spec in specs for n, at in self.parts)
        total = sum(n * flops.example(forward) for n, forward in read) / len(specs)
        if self.plan.optimizer == "muon":
            _, shapes, hidden = self.model
            marked = zip(jax.tree.leaves(shapes), jax.tree.leaves(hidden))
            total += muon_flops(leaf.shape for leaf, yes in marked if yes)
        return total

    def ready(self, params: Any) -> Any:
        """The parameters as the model computes with them."""
        if not self.bf16:
            return params
        return jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params)

    @functools.cached_property
    def parameters(self) -> int:
        return sum(leaf.size for leaf in jax.tree.leaves(self.model[1]))


class State(NamedTuple):
    """One member in training: all that a checkpoint must hold."""

    params: Any
    optimizer: Any
    rates: Rates
    order: jax.Array  # uint32 [2]: key data
    loss_now: jax.Array  # float32 []: of the last batch
    loss_sum: jax.Array  # float32 []: since the last checkpoint
    bad_step: jax.Array  # int32 []: the first step whose loss wasn't finite, else -1
    answer: jax.Array  # int32 [A, K, C * chunk]
    bits: jax.Array  # float32 [A, K, C * chunk]
    loss: jax.Array  # float32 [K]
    generated: jax.Array  # int32 [A, C * chunk, max_new]


@compiled(static_argnums=0)
def start(program: Program, init: Any, order: Any, rates: Rates, data: Data) -> State:
    """The states before the first step, of key data uint32 [M, 2]."""

    def first(init: jax.Array, order: jax.Array, rates: Rates, data: Data) -> State:
        params = program.layout.weights(nnx.to_pure_dict(nnx.state(program.build(nnx.Rngs(init)))))
        rule = optimizer(program.plan, program.model[2], rates)
        A, K = len(program.answering), data.checkpoints.shape[0]
        Q = data.query.shape[0] * data.query.shape[1]
        return State(
            params=params,
            optimizer=program.layout.weights(rule.init(params)),
            rates=rates,
            order=order,
            loss_now=jnp.float32(jnp.nan),
            loss_sum=jnp.float32(0),
            bad_step=jnp.int32(-1),
            answer=jnp.full((A, K, Q), -1, jnp.int32),
            bits=jnp.full((A, K, Q), jnp.log2(program.vocabulary), jnp.float32),
            loss=jnp.full(K, jnp.nan, jnp.float32),
            generated=jnp.full((A, Q, program.max_new), data.form.end, jnp.int32),
        )

    members = init, order, rates, data
    return _whole(first(*map(_lone, members))) if _alone(members) else jax.vmap(first)(*members)


def _alone(members: Any) -> bool:
    """Whether arrays hold one member, which is then computed as it stands: in the last bits it
    would differ as one of several under vmap."""
    return jax.tree.leaves(members)[0].shape[0] == 1


def _lone(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: leaf[0], tree)


def _whole(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: leaf[None], tree)


def mean_loss(
    model: Any, at: tuple[int, ...], train_BT: jax.Array, loss_BP: jax.Array, of: Any = None
) -> jax.Array:
    """Mean cross-entropy of the tokens that bear loss; ``of``: how many those of the batch are,
    where these rows are a part of it."""
    at_P = np.asarray(at)
    logits_BPV = model(train_BT[:, : at[-1] + 1], at_P)
    each_BP = optax.softmax_cross_entropy_with_integer_labels(logits_BPV, train_BT[:, at_P + 1])
    bearing = jnp.maximum(1, jnp.sum(loss_BP)) if of is None else of
    return jnp.sum(each_BP * loss_BP) / bearing


def loss_and_grad(program: Program, params: Any, train_BT: jax.Array, loss_BP: jax.Array) -> Any:
    """(loss, gradient) of a batch; of one microbatch after the other, if the plan has them."""
    of, rows = jnp.maximum(1, jnp.sum(loss_BP)), list[tuple[jax.Array, jax.Array]]()
    ends = itertools.accumulate(part.rows for part in program.parts)
    for part, end in zip(program.parts, ends):
        some = slice(end - part.rows, end)
        rows.append((train_BT[some, : part.width], loss_BP[some, : len(part.at)]))

    def cost(params: Any, rows: Any, parts: Sequence[Part] = program.parts) -> jax.Array:
        model = nnx.merge(program.model[0], program.ready(params))
        each = zip(parts, rows)
        losses = (mean_loss(model, p.at, *program.layout.rows(r), of=of) for p, r in each)
        return functools.reduce(jnp.add, losses)

    size = program.plan.microbatch
    if size is None:
        return jax.value_and_grad(cost)(params, rows)
    found: Any = jnp.float32(0), jax.tree.map(jnp.zeros_like, params)
    for part, own in zip(program.parts, rows):
        gradient = jax.value_and_grad(functools.partial(cost, parts=[part]))
        micro = jax.tree.map(lambda leaf: leaf.reshape(-1, size, *leaf.shape[1:]), own)

        def add(so_far: Any, one: Any, gradient: Any = gradient) -> tuple[Any, None]:
            return jax.tree.map(jnp.add, so_far, gradient(params, [one])), None

        found, _ = jax.lax.scan(add, found, micro)
    return found


def update(program: Program, state: State, step: jax.Array, data: Data) -> State:
    """One step: a batch drawn by weight, its gradient, the optimizer."""
    row_B = data.row[drawn(program.plan, data, state.order, step)]
    train_BT, loss_BP = data.train[row_B], data.loss[row_B].astype(jnp.float32)
    ways = [functools.partial(loss_and_grad, way) for way in program.ways]
    own = chosen(state.order, step, len(ways))
    loss, gradient = jax.lax.switch(own, ways, state.params, train_BT, loss_BP)
    rule = optimizer(program.plan, program.model[2], state.rates)
    change, moments = rule.update(gradient, state.optimizer, state.params)
    fine = jnp.isfinite(loss) | (state.bad_step >= 0)
    return state._replace(
        params=program.layout.weights(optax.apply_updates(state.params, change)),
        optimizer=program.layout.weights(moments),
        loss_now=loss,
        loss_sum=state.loss_sum + loss,
        bad_step=jnp.where(fine, state.bad_step, step + 1),
    )


def answers(program: Program, params: Any, questions: Questions) -> Answers:
    """What every model that is queried answers with these parameters: [A, C * chunk] and so on."""

    def answered(graph: Any) -> tuple[jax.Array, ...]:
        model = nnx.merge(graph, program.ready(params))

        def chunk(part: tuple[jax.Array, jax.Array]) -> Answers:
            query, members = program.layout.rows(part)
            return generate(model, query, members, questions.form, program.max_new)

        found = jax.lax.map(chunk, (questions.query, questions.members))
        return tuple(a.reshape(-1, *a.shape[2:]) for a in program.layout.gathered(found))

    return Answers(*map(jnp.stack, zip(*map(answered, program.answering))))


def record(program: Program, state: State, k: jax.Array, data: Data) -> State:
    """Answers all questions and writes checkpoint ``k``, unless the seed has failed."""
    answer, bits, generated = answers(program, state.params, Questions.of(data))
    since = jnp.where(k > 0, data.checkpoints[jnp.maximum(k, 1) - 1], 0)
    loss = state.loss_sum / (data.checkpoints[k] - since).astype(jnp.float32)
    fine = state.bad_step < 0
    return state._replace(
        loss_sum=jnp.float32(0),
        answer=state.answer.at[:, k].set(jnp.where(fine, answer, state.answer[:, k])),
        bits=state.bits.at[:, k].set(jnp.where(fine, bits, state.bits[:, k])),
        loss=state.loss.at[k].set(jnp.where(fine, loss, state.loss[k])),
        generated=jnp.where(fine, generated, state.generated),
    )


@compiled(static_argnums=0, donate_argnums=1)
def advance(program: Program, state: State, step: Any, until: Any, data: Data) -> State:
    """M members from ``step`` to ``until``; both traced, so every segment is the same program."""
    alone = _alone(state.order)
    side_by_side = functools.partial(jax.vmap, in_axes=(0, None, 0))
    over = (lambda function: function) if alone else side_by_side
    state, data = (_lone(state), _lone(data)) if alone else (state, data)
    checkpoints = data.checkpoints if alone else data.checkpoints[0]

    def body(step: jax.Array, state: State) -> State:
        state = over(lambda s, i, d: update(program, s, i, d))(state, step, data)
        k = jnp.searchsorted(checkpoints, step + 1).astype(jnp.int32)
        return jax.lax.cond(
            checkpoints[k] == step + 1,
            lambda s: over(lambda s, k, d: record(program, s, k, d))(s, k, data),
            lambda s: s,
            state,
        )

    state = jax.lax.fori_loop(step, until, body, state)
    return _whole(state) if alone else state


@compiled(static_argnums=0)
def query(program: Program, params: Any, questions: Questions) -> Answers:
    """What ``advance`` writes at a checkpoint where M members have these parameters: [M, A, …]."""

    def each(params: Any, questions: Questions) -> Answers:
        return answers(program, program.layout.weights(params), questions)

    if _alone(questions):
        return _whole(each(_lone(params), _lone(questions)))
    return jax.vmap(each)(params, questions)
