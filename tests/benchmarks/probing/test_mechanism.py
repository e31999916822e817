"""Planted models: one composes, one looks its answers up, one knows nothing; all are told apart."""

from __future__ import annotations

import types
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid import registry
from zebroid.benchmarks.probing.bridges import bridges
from zebroid.benchmarks.probing.mechanism import MEASURES, mechanism
from zebroid.benchmarks.probing.probe_figure import probe_figure
from zebroid.benchmarks.probing.probe_result import ProbeResult, rows
from zebroid.errors import UserError
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.layers.residual import sent
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import encode, sample_questions

HEAD, FIRST, SECOND = 1, 2, 3  # positions of a two-hop's prompt


@pytest.fixture(scope="module")
def corpus():
    return build_corpus(registry.make("composition-v1"), "tiny")


@pytest.fixture(scope="module")
def tokens(corpus):
    return encode(corpus, "direct", sample_questions(corpus, 300, 0))


@pytest.fixture(scope="module")
def table(corpus, tokens):
    """[V, V] token of the tail of each head and relation."""
    word = {name: i for i, name in enumerate(tokens.vocabulary)}
    named = corpus.closure.base.constants
    out = np.zeros((len(word), len(word)), np.int32)
    for head, relation, tail in corpus.closure.rows("one").tolist():
        out[word[named[head]], word[named[relation]]] = word[named[tail]]
    return out


class Planted(nnx.Module):
    """Layer 1 writes the bridge beside the first relation; layer 2 the answer, by way of it or not.

    Of 3 V features the first V are the word, the next the bridge, the last the answer.
    """

    def __init__(self, table, composes):
        self.table, self.composes = nnx.Variable(jnp.asarray(table)), composes

    def head(self, x):
        return x[..., 2 * self.table[...].shape[0] :]

    def residual(self, tokens, at):
        table = self.table[...]
        V = len(table)
        x = jnp.pad(jax.nn.one_hot(tokens, V), ((0, 0), (0, 0), (0, 2 * V)))
        x = sent((yield x), x)
        read = x[..., :V].argmax(-1)
        bridge = table[read[:, HEAD], read[:, FIRST]]
        x = x.at[:, FIRST, V : 2 * V].set(jax.nn.one_hot(bridge, V))
        x = sent((yield x), x)
        read = x[..., :V].argmax(-1)
        looked_up = table[read[:, HEAD], read[:, FIRST]]
        bridge = x[:, FIRST, V : 2 * V].argmax(-1) if self.composes else looked_up
        answer = table[bridge, read[:, SECOND]]
        yield x.at[:, SECOND, 2 * V :].set(jax.nn.one_hot(answer, V))


def found(corpus, tokens, model, answers=None):
    cell = types.SimpleNamespace(mode="direct")
    right = corpus.values[corpus.offsets[tokens.questions]]
    run = types.SimpleNamespace(answer=right[None, None])
    trained = types.SimpleNamespace(
        cell=cell, corpus=corpus, tokens=tokens, questions=tokens.questions, run=run, model=model
    )
    return mechanism(trained, answers)


@pytest.fixture(scope="module")
def composer(corpus, tokens, table):
    return found(corpus, tokens, Planted(table, True))


def test_who_composes_is_mediated_at_the_bridge_and_nowhere_else(composer):
    measures, place = composer.measures, np.s_[1, FIRST]
    assert measures["mediated"][place] == 1 and measures["kept"][place] == 1
    assert measures["read"][place] > 0.9 and measures["control"][place] < 0.4
    assert measures["copied"][place] == 0 and composer.accuracy == 1
    elsewhere = measures["mediated"].copy()
    elsewhere[place] = 0
    assert elsewhere.max() < 0.2


def test_an_irrelevant_position_and_a_copied_answer_mediate_nothing(composer):
    assert (composer.measures["mediated"][:, 0] == 0).all(), "the cue is the same everywhere"
    assert (composer.measures["kept"][:, 0] == 1).all()
    assert composer.measures["copied"][2, SECOND] == 1 and composer.measures["mediated"][2, 3] == 0


def test_who_looks_answers_up_is_mediated_nowhere_though_the_bridge_can_be_read(
    corpus, tokens, table
):
    one = found(corpus, tokens, Planted(table, False))
    assert one.measures["read"][1, FIRST] > 0.9
    assert one.measures["mediated"][1:].max() < 0.2


def test_of_an_untrained_model_nothing_is_read_mediated_or_named(corpus, tokens):
    model = DecoderSpec(width=16, heads=2, layers=2).build(
        len(tokens.vocabulary), tokens.prompt, nnx.Rngs(0)
    )
    one = found(corpus, tokens, model)
    for name in ("read", "mediated", "lens"):
        assert one.measures[name].max() < 0.4, name


def test_without_right_answers_no_patch_is_measured(corpus, tokens, table):
    wrong = np.full(len(tokens.questions), -1)
    one = found(corpus, tokens, Planted(table, True), wrong)
    assert np.isnan(one.measures["mediated"]).all() and one.accuracy == 0
    assert not np.isnan(one.measures["read"]).any()


def test_the_bridge_is_what_both_facts_share_and_the_question_does_not_name(corpus, tokens):
    one = bridges(corpus, tokens.questions)
    facts = {(h, r): t for h, r, t in corpus.closure.rows("one").tolist()}
    assert len(one.row) > 50
    for row, bridge, answer in zip(one.row, one.bridge, one.answer):
        head, first, second = corpus.prompt[tokens.questions[row], 1:4].tolist()
        assert facts[head, first] == bridge and facts[bridge, second] == answer
        assert bridge not in (head, answer)
    seconds = corpus.prompt[tokens.questions[one.row], 3]
    other = np.roll(one.bridge, 1)
    entailed = one.entailed(corpus.closure, other)
    assert entailed.tolist() == [facts[b, r] for b, r in zip(other.tolist(), seconds.tolist())]


def test_worlds_are_averaged_with_intervals_and_read_back(composer, tmp_path):
    cell: Any = types.SimpleNamespace(
        named_world="composition-v1",
        size="tiny",
        mode="direct",
        model="planted",
        plan="none",
        digest="0" * 64,
    )
    result = ProbeResult.of([(cell, composer)] * 3)
    again = ProbeResult.read(result.write(tmp_path / "found.json"))
    assert again == result
    mean, low, high = again.band("mediated")
    assert (low <= mean).all() and (mean <= high).all() and mean[1, FIRST] == 1
    table = [*rows(again)]
    assert len(table) == 3 * 4 and {*MEASURES} < {*table[0]}
    assert np.isnan(ProbeResult.of([(cell, composer)]).band("read")[1]).all(), "no interval of one"
    assert len(probe_figure(again).get_axes()) == 4
    (tmp_path / "odd.json").write_text("[]")
    with pytest.raises(UserError, match="is not a result of `zebroid probe`"):
        ProbeResult.read(tmp_path / "odd.json")


def test_a_mode_that_writes_first_is_refused(corpus, tokens):
    with pytest.raises(UserError, match="give cells of mode direct"):
        mechanism(types.SimpleNamespace(cell=types.SimpleNamespace(mode="chain")))


def test_one_way_leads_to_one_bridge_where_the_same_premise_is_read_from_either_end():
    """In zebra-v2 it is: of an animal its kind is the bridge, of the kind another animal."""
    corpus = build_corpus(registry.make("zebra-v2"), "tiny")
    found = bridges(corpus, np.arange(len(corpus.prompt)))
    pairs = {*zip(found.way.tolist(), found.bridge.tolist())}
    assert len(pairs) == len({*found.way.tolist()}) > 10
