"""axioms-v1: what is stated, what is exemplified; definitions only stated have no example."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION, SENTENCE
from zebroid.worlds.encoding.encode import encode, sample_questions
from zebroid.worlds.exposure import Exposure

WORLD = "axioms-v1"
PUBLISHED = {"exemplified": 0, "stated": 7, "both": 3, "neither": 0}


def _presentations(corpus):
    """How many definitions are given in each way."""
    return {w: corpus.split.presentation.count(w) for w in PUBLISHED}


def test_out_of_context_has_the_numbers_of_arxiv_2309_00667(corpus):
    """3 stated and exemplified (50 each), 7 stated in 300 ways; 3,150 texts, 350 questions."""
    made = corpus(WORLD, "out-of-context")
    kind, sentences = made.examples.kind, made.examples.kind == SENTENCE
    assert _presentations(made) == PUBLISHED and len(made.of_rung("axiom")) == 350
    assert (kind == CONCLUSION).sum() == 150 and sentences.sum() == 3_000
    assert (np.unique(made.examples.fact[sentences], return_counts=True)[1] == 300).all()
    assert len(np.unique(made.examples.prompt[sentences, 0])) == 300  # cue words


@pytest.mark.parametrize("both", [0, 4, 16, 64, 256])
def test_the_sweep_is_one_world_with_more_or_fewer_definitions_stated(both, corpus):
    made = corpus(WORLD, f"both-{both}")
    base, truth = corpus(WORLD, "base").split.truth, made.split.truth
    assert all(np.array_equal(base.rows(p), truth.rows(p)) for p in base.predicates)
    assert _presentations(made) == {
        "exemplified": 480 - both,
        "stated": 64,
        "both": both,
        "neither": 0,
    }
    assert made.demonstrated.sum() > 15 * made.split.usable


def test_a_word_that_is_only_stated_stands_in_no_example(corpus):
    made = corpus(WORLD, "small")
    words = {row[2] for row in made.prompt[made.of_rung("axiom")].tolist()}
    demonstrated = made.examples.prompt[made.examples.kind == CONCLUSION, 2]
    stated = made.examples.fact[made.examples.kind == SENTENCE]
    assert len(words) == 20 and not words & {*demonstrated.tolist()}
    assert words <= {*made.closure.arguments[stated, 2].tolist()}


def test_every_answer_is_found_by_walking_the_two_relations(corpus):
    made = corpus(WORLD)
    truth = made.split.truth
    tail = {(h, r): t for h, r, t in truth.rows("rel").tolist()}
    parts = {w: (r1, r2) for r1, r2, w in truth.rows("comp").tolist()}
    cue = made.cues.index(("is_called", 2))
    questions = np.flatnonzero((made.prompt[:, 0] == cue) & (np.diff(made.offsets) > 0))
    for question in questions:
        person, word = made.prompt[question, 1:].tolist()
        first, second = parts[word]
        assert made.answers(question).tolist() == [tail[tail[person, first], second]]


def test_a_shuffled_definition_is_the_same_under_every_cue(corpus):
    made = corpus(WORLD, twin="shuffled rules", wordings=2)
    sentences = np.flatnonzero(made.examples.kind == SENTENCE)
    spelled = {}  # a stated definition -> the definitions that its sentences spell
    for row in sentences:
        prompt = made.examples.prompt[row].tolist()
        words = prompt[1:]
        words.insert(made.cues[prompt[0]][1], int(made.examples.answer[row]))
        spelled.setdefault(int(made.examples.fact[row]), []).append(tuple(words))
    own = {fact: made.closure.arguments[fact, :3].tolist() for fact in spelled}
    for fact, sentences in spelled.items():
        assert len(sentences) == 6 and len({*sentences}) == 1
        assert list(sentences[0][:2]) == own[fact][:2]
    other = [spelled[fact][0][2] != own[fact][2] for fact in spelled]
    assert sum(other) > len(other) / 2
    words = sorted(own[fact][2] for fact in spelled)
    assert sorted(spelled[fact][0][2] for fact in spelled) == words


def test_wordings_add_words_and_sentences_and_no_fact(corpus):
    one, three = corpus(WORLD), corpus(WORLD, wordings=3)
    assert "wordings" not in one.exposure.record() and three.exposure.record()["wordings"] == 3
    assert np.array_equal(one.demonstrated, three.demonstrated) and np.array_equal(
        one.prompt, three.prompt
    )
    sentences = [np.sum(c.examples.kind == SENTENCE) for c in (one, three)]
    assert sentences[1] == 3 * sentences[0] and one.digest != three.digest
    questions = sample_questions(three, 5, 0)
    words = [{*encode(c, "chain", questions).vocabulary} for c in (one, three)]
    assert words[1] - words[0] == {f"comp/{i}#{n}" for i in (0, 1, 2) for n in (2, 3)}


def test_no_wording_at_all_is_refused():
    with pytest.raises(UserError, match="wordings 1"):
        Exposure(wordings=0)


def test_where_nothing_is_stated_nothing_is_queried_out_of_context():
    made = build_corpus(
        registry.make(WORLD), "tiny", Exposure(given={"exemplified": 0.8, "neither": 0.2})
    )
    assert not len(made.of_rung("axiom")) and len(made.of_rung("unknowable")) == 5 * 12
