from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.training.decoding import Format, bits, generate

V, P, G, END, MARK = 7, 3, 5, 0, 1
PROMPTS = jax.random.randint(jax.random.key(3), (40, P), 1, V)
ROW = jnp.arange(40)
MEMBERS = jnp.stack([ROW % V, jnp.where(ROW % 2 == 1, -1, (ROW + 2) % V)], axis=1)
FORM = Format(jnp.int32(MARK), jnp.int32(END), jnp.array([-1, -1, 10, 11, 12, 13, 14], jnp.int32))
FIRST = FORM._replace(answer_mark=jnp.int32(-1))


@pytest.fixture(scope="module")
def parts():
    """Untrained, but with weights so large that generations differ and marks occur."""
    spec = DecoderSpec(width=16, layers=2, heads=2)
    graph, state = nnx.split(nnx.jit(lambda: spec.build(V, P, nnx.Rngs(5)))())
    return graph, jax.tree.map(lambda leaf: 6.0 * leaf, state)


@pytest.fixture(scope="module")
def model(parts):
    """A bare function, so that generating reads the whole prefix again for every token."""
    return jax.jit(lambda tokens_BT, at_P: nnx.merge(*parts)(tokens_BT, at_P))


def slow(model, prompt, members, mark):
    """One question at a time, one whole prefix at a time, in NumPy."""
    tokens, answer, bits = [int(t) for t in prompt], -1, float(np.log2(V))
    for step in range(G):
        logits = np.asarray(model(jnp.array([tokens]), jnp.array([len(tokens) - 1])))[0, 0]
        token = int(np.argmax(logits))
        due = step == 0 if mark < 0 else step > 0 and tokens[-1] == mark
        tokens.append(token)
        if due:
            p = np.exp(logits.astype(np.float64) - logits.max())
            p /= p.sum()
            answer = int(FORM.answer_ids[token])
            bits = -np.log2(sum(p[m] for m in {int(m) for m in members if m >= 0}))
        if token == END or (due and mark >= 0):
            break
    generated = tokens[P:] + [END] * (P + G - len(tokens))
    return answer, bits, generated


@pytest.mark.parametrize("remembers", [False, True], ids=["reads again", "remembers"])
@pytest.mark.parametrize("form", [FORM, FIRST], ids=["after a mark", "first token"])
def test_generation_equals_a_slow_loop(model, parts, form, remembers):
    def run(state):
        queries = nnx.merge(parts[0], state) if remembers else model
        return generate(queries, PROMPTS, MEMBERS, form, G)

    fast = jax.jit(run)(parts[1])
    rows = [slow(model, a, m, int(form.answer_mark)) for a, m in zip(PROMPTS, np.asarray(MEMBERS))]
    answers, expected_bits, generated = zip(*rows)
    np.testing.assert_array_equal(fast.generated, generated)
    np.testing.assert_array_equal(fast.answer, answers)
    np.testing.assert_allclose(fast.bits, expected_bits, rtol=1e-3, atol=1e-4)
    assert len({tuple(row) for row in generated}) > 5, "the model should say different things"


def test_no_mark_is_malformed_and_scored_as_a_uniform_guess(model):
    never = FORM._replace(answer_mark=jnp.int32(V + 1))
    answers = generate(model, PROMPTS, MEMBERS, never, G)
    assert np.all(np.asarray(answers.answer) == -1)
    np.testing.assert_allclose(answers.bits, np.log2(V), rtol=1e-6)


def test_answer_right_after_the_first_mark_and_not_after_a_second():
    """A scripted model says MARK 3 MARK 4 …: the answer is 3, and nothing follows it."""
    script = jnp.array([MARK, 3, MARK, 4, 5])

    def scripted(tokens_BT, at_P):
        text = script[at_P - (P - 1)]
        row = 9.0 * jax.nn.one_hot(text, V)[None]
        return jnp.broadcast_to(row, (tokens_BT.shape[0], *row.shape[1:]))

    answers = generate(scripted, PROMPTS, MEMBERS, FORM, G)
    assert set(np.asarray(answers.answer).tolist()) == {11}
    np.testing.assert_array_equal(answers.generated[0], [MARK, 3, END, END, END])
    post_hoc = generate(scripted, PROMPTS, MEMBERS, FIRST, G)
    assert set(np.asarray(post_hoc.answer).tolist()) == {-1}, "MARK is no answer"
    np.testing.assert_array_equal(post_hoc.generated[0], script)


def test_bits_sum_over_members():
    logits = jnp.log(jnp.array([[0.5, 0.25, 0.125, 0.125]]))
    np.testing.assert_allclose(bits(logits, jnp.array([[1, 2, 3]])), [1.0], atol=1e-6)
    np.testing.assert_allclose(bits(logits, jnp.array([[1, -1, -1]])), [2.0], atol=1e-6)


def test_sampling_follows_the_key_and_the_distribution():
    def coin(tokens_BT, at_P):
        row = jnp.log(jnp.array([1e-9, 1e-9, 0.25, 0.75, 1e-9, 1e-9, 1e-9]))
        return jnp.broadcast_to(row, (tokens_BT.shape[0], 1, V))

    query, members = jnp.ones((2000, P), jnp.int32), jnp.full((2000, 1), 2)
    one = generate(coin, query, members, FIRST, 1, jax.random.key(0))
    same = generate(coin, query, members, FIRST, 1, jax.random.key(0))
    other = generate(coin, query, members, FIRST, 1, jax.random.key(1))
    np.testing.assert_array_equal(one.answer, same.answer)
    assert np.any(np.asarray(one.answer) != np.asarray(other.answer))
    assert np.mean(np.asarray(one.answer) == 10) == pytest.approx(0.25, abs=0.04)
