"""Answers of several words: written whole behind their prompts, and read off what is generated."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from zebroid.benchmarks.verification.kept_answers import answered
from zebroid.errors import InvalidWorld
from zebroid.models.training.decoding import Format, generate
from zebroid.worlds.catalog.commands import Commands
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.encode import MODES, encode
from zebroid.worlds.encoding.proof_checker import valid_proofs
from zebroid.worlds.encoding.spelled_answers import automaton, ended, read
from zebroid.worlds.encoding.vocabulary import Lexicon
from zebroid.worlds.exposure import Exposure

END = 0
# constants 0 .. 3 and NONE: "5", "5 6", "7 5 6", none that is an answer, "8"
WORDS = np.array([[5, -1, -1], [5, 6, -1], [7, 5, 6], [-1, -1, -1], [8, -1, -1]], np.int32)


@pytest.fixture(scope="module")
def tiny():
    return build_corpus(Commands(), "tiny")


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ([5, END, 0, 0], 0),
        ([5, 6, END, 9], 1),
        ([5, 6, 6, END], -1),  # a word too many
        ([7, 5, END, 0], -1),  # one too few
        ([7, 5, 6, END], 2),
        ([8, END, 5, 6], 4),
        ([END, 5, 6, END], -1),
        ([9, 9, 9, 9], -1),
        ([7, 5, 6], 2),  # the text ends with the answer
    ],
)
def test_an_answer_is_read_whole_or_not_at_all(row, answer):
    assert read(automaton(WORDS, 10, END), 10, END, np.array([row])).tolist() == [answer]


def test_every_answer_is_read_back_and_its_beginnings_are_none():
    rng = np.random.RandomState(0)
    words = np.full((200, 6), -1, np.int32)
    made = {tuple(rng.randint(1, 5, size=rng.randint(1, 7))) for _ in range(200)}
    for row, text in zip(words, made):
        row[: len(text)] = text
    known = words[: len(made)]
    table = automaton(known, 5, END)
    assert read(table, 5, END, np.maximum(ended(known, END), 0)).tolist() == [*range(len(made))]
    short = [text[:-1] for text in made if text[:-1] not in made and len(text) > 1]
    rows = np.zeros((len(short), 7), np.int32)
    for row, text in zip(rows, short):
        row[: len(text)] = text
    assert len(short) > 5 and (read(table, 5, END, rows) == -1).all()


@pytest.mark.parametrize("mode", MODES)
def test_rows_hold_the_answer_and_its_end_bears_loss(mode, tiny):
    questions = tiny.of_rung("instance")[:20]
    tokens = encode(tiny, mode, questions)
    lexicon, e = Lexicon(tiny), tiny.examples
    for n in range(len(e.answer)):
        words = lexicon.spelling[e.answer[n]]
        row = tokens.train[n, tokens.prompt :].tolist()
        begin = row.index(tokens.answer_mark) + 1 if tokens.answer_mark >= 0 else 0
        assert row[begin : begin + len(words)] == words and row[begin + len(words)] == tokens.end
        bears = tokens.loss[n, tokens.prompt :]
        assert bears[begin : begin + len(words) + 1].all()
        if mode != "post-hoc":
            assert not bears[begin + len(words) + 1 :].any()
    assert not tokens.loss[:, : tokens.prompt].any()
    right = [tiny.closure.base.constants[tiny.answers(q)[0]] for q in questions]
    written = [" ".join(tokens.vocabulary[t] for t in m if t > tokens.end) for m in tokens.members]
    assert written == right
    assert tokens.max_new >= 1 + max(len(r.split()) for r in right)


class Recites:
    """A model that writes rows it was given, whatever it is queried; row q for question q."""

    def __init__(self, rows, prompt, vocabulary):
        self.rows, self.prompt, self.vocabulary = jnp.asarray(rows), prompt, vocabulary

    def __call__(self, tokens_BT, at_P):
        row = self.rows[:, at_P - self.prompt + 1]
        return 20.0 * jax.nn.one_hot(row, self.vocabulary, dtype=jnp.float32)


def recited(tiny, mode, change):
    """(tokens, Answers) where right texts are generated, as ``change`` leaves them."""
    questions = tiny.of_rung("instance")[:12]
    tokens = encode(tiny, mode, questions)
    rows = np.full((len(questions), tokens.max_new), tokens.end, np.int32)
    for row, members in zip(rows, tokens.members):
        text = [t for t in members.tolist() if t >= 0]
        text = change(([tokens.answer_mark] if tokens.answer_mark >= 0 else []) + text)
        row[: len(text)] = text
    model = Recites(rows, tokens.prompt, len(tokens.vocabulary))
    form = Format(*(jnp.asarray(x, jnp.int32) for x in
                    (tokens.answer_mark, tokens.end, tokens.answer_ids)))  # fmt: skip
    query, members = jnp.asarray(tokens.query), jnp.asarray(tokens.members)
    return tokens, generate(model, query, members, form, tokens.max_new)


@pytest.mark.parametrize("mode", ["direct", "chain"])
def test_what_is_generated_is_right_as_a_whole(mode, tiny):
    tokens, found = recited(tiny, mode, lambda text: text)
    right = [tiny.answers(q)[0] for q in tokens.questions]
    assert found.answer.tolist() == right and (np.asarray(found.bits) < 0.01).all()
    if mode == "chain":
        assert answered(tokens, np.asarray(found.generated)).tolist() == right


@pytest.mark.parametrize("mode", ["direct", "chain"])
def test_one_wrong_word_is_no_answer_and_costs_what_follows_it(mode, tiny):
    place = 0 if mode == "direct" else 1
    tokens, found = recited(tiny, mode, lambda text: [*text[:place], 1, *text[place + 1 :]])
    assert (np.asarray(found.answer) == -1).all()
    many = (tokens.members >= 0).sum(1)
    least = (many - 1) * np.log2(len(tokens.vocabulary))
    assert (np.asarray(found.bits) > least).all()


def test_a_text_without_its_mark_costs_a_uniform_guess(tiny):
    tokens, found = recited(tiny, "chain", lambda text: [2] * 3)
    uniform = (tokens.members >= 0).sum(1) * np.log2(len(tokens.vocabulary))
    assert np.allclose(np.asarray(found.bits), uniform) and (np.asarray(found.answer) == -1).all()


def test_proofs_that_end_in_sequences_are_read_back(tiny):
    learned = np.flatnonzero(tiny.examples.kind == 1)[:30]
    # what the corpus demonstrates, as if it were generated for its own question
    place = {tuple(p): q for q, p in enumerate(tiny.prompt.tolist())}
    queried = np.array([place[tuple(p)] for p in tiny.examples.prompt[learned].tolist()])
    tokens = encode(tiny, "chain", queried)
    rows = tokens.train[learned, tokens.prompt :][:, : tokens.max_new]
    assert valid_proofs(tiny, tokens, rows).all()
    cut = np.concatenate([rows[:, 1:], np.full((len(rows), 1), tokens.end, np.int32)], axis=1)
    assert not valid_proofs(tiny, tokens, cut).any()


def test_a_question_with_two_spelled_answers_is_refused(make_world):
    facts = Facts.of(
        {"x": 4, "text": ["a b", "b c", "c d d"]}, has=("x text", [[0, 0], [0, 1], [1, 2], [2, 0]])
    )
    world = make_world("says(X,T) :- has(X,T).", facts, spelled=("text",))
    made = build_corpus(world, "tiny", Exposure(held=0.0))
    with pytest.raises(InvalidWorld, match="a question has 2 right answers, and answers are of a"):
        encode(made, "direct", np.arange(len(made.prompt)))
