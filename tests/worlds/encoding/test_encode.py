"""Tokens: what a model reads in each mode, what it must predict, and what it never reads."""

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION, FACT, NONTHEOREM, SENTENCE
from zebroid.worlds.encoding.encode import MODES, Lines, encode, sample_questions
from zebroid.worlds.encoding.vocabulary import ANSWER, END, FILL, Lexicon
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import LADDER, SPLIT


@pytest.fixture(scope="module")
def encoded(corpus):
    """world, mode -> (corpus, tokens), each encoded once."""
    known = {}

    def of(world, mode):
        if (world, mode) not in known:
            made = corpus(world)
            known[world, mode] = made, encode(made, mode, sample_questions(made, 40, 0))
        return known[world, mode]

    return of


both = pytest.mark.parametrize("world", ["composition-v1", "zebra-v2"])
every = pytest.mark.parametrize("mode", MODES)


def _words(tokens, row):
    return [tokens.vocabulary[t] for t in row if t != tokens.end]


def _statement(corpus, fact):
    """A fact as it is stated: cue, given arguments, answer, by the first cue of its predicate."""
    c = corpus.closure
    predicate = c.predicates[c.predicate[fact]]
    cues = [i for p, i in corpus.cues if p == predicate]
    names = [c.base.constants[a] for a in c.arguments[fact] if a >= 0]
    if not cues:
        return [predicate, *names]
    answer = names.pop(cues[0])
    return [f"{predicate}/{cues[0]}" if len(cues) > 1 else predicate, *names, answer]


def _is_proof(corpus, fact, lines):
    """Whether these facts are a proof of ``fact``: each base, or by a rule from those before it."""
    gold, c = corpus.split.gold, corpus.closure
    silent = Lines(corpus, Lexicon(corpus)).silent
    before = set(np.flatnonzero(silent).tolist())
    for f in [*lines, fact]:
        derivations = [d for d in range(c.first[f], c.first[f + 1]) if gold.counts[d]]
        rests = any({int(p) for p in c.premises[d] if p >= 0} <= before for d in derivations)
        if not (rests or c.is_base[f]):
            return False
        before.add(int(f))
    return True


@both
@every
def test_train_rows_read_as_the_statements(encoded, world, mode):
    corpus, tokens = encoded(world, mode)
    lines, e = Lines(corpus, Lexicon(corpus)), corpus.examples
    words = [*corpus.closure.base.constants, "none"]
    assert len(tokens.train) == len(e.kind) + len(corpus.sentences)
    for n in range(0, len(e.kind), 3):
        predicate, position = corpus.cues[e.prompt[n, 0]]
        many = sum(p == predicate for p, _ in corpus.cues) > 1
        prompt = [f"{predicate}/{position}" if many else predicate]
        prompt += [words[a] for a in e.prompt[n, 1:] if a >= 0]
        proof = lines.facts(int(e.fact[n])) if e.kind[n] == CONCLUSION else []
        steps = [w for f in proof for w in _statement(corpus, f)]
        answer = words[e.answer[n]]
        known = not steps and e.kind[n] != NONTHEOREM
        expected = {
            "direct": [answer],
            "chain": [*([answer] if known else steps), ANSWER, answer],
            "post-hoc": [answer, *steps],
            "filler": [*[FILL] * (tokens.prompt - corpus.prompt.shape[1]), answer],
        }[mode]
        assert _words(tokens, tokens.train[n]) == prompt + expected
        assert e.kind[n] != CONCLUSION or _is_proof(corpus, int(e.fact[n]), proof)


@both
@every
def test_loss_covers_all_that_follows_a_prompt_and_nothing_else(encoded, world, mode):
    corpus, tokens = encoded(world, mode)
    n = len(corpus.examples.kind)
    follows = np.arange(tokens.train.shape[1]) >= tokens.prompt
    assert np.array_equal(tokens.loss[:n], (tokens.train[:n] != tokens.end) & follows)
    if mode in ("direct", "filler"):
        assert (tokens.loss[:n].sum(1) == 1).all()
    assert tokens.loss.any(1).all() and not (tokens.loss & (tokens.train == tokens.end)).any()
    assert tokens.train.dtype == tokens.query.dtype == tokens.members.dtype == np.int32


@both
@every
def test_no_prompt_carries_its_answer(encoded, world, mode):
    corpus, tokens = encoded(world, mode)
    assert tokens.query.shape == (len(tokens.questions), tokens.prompt)
    for q, row in zip(tokens.questions, tokens.query):
        words = [w for w in _words(tokens, row) if w != FILL]
        given = [corpus.closure.base.constants[a] for a in corpus.prompt[q, 1:] if a >= 0]
        assert words[1:] == given and words[0].split("/")[0] == corpus.cues[corpus.prompt[q, 0]][0]
        assert ANSWER not in words


@both
@every
def test_no_question_that_is_not_recall_stands_among_the_training_rows(encoded, world, mode):
    corpus, tokens = encoded(world, mode)
    rows = {tuple(row[: tokens.prompt]) for row in tokens.train[: len(corpus.examples.kind)]}
    known = np.array([tuple(row) in rows for row in tokens.query])
    rung = corpus.certificate.rung[tokens.questions]
    recall, split = rung == LADDER.index("recall"), rung == SPLIT
    assert known[recall].all() and not known[~recall & ~split].any()


@both
@every
def test_members_are_the_answer_sets(encoded, world, mode):
    corpus, tokens = encoded(world, mode)
    for q, row in zip(tokens.questions, tokens.members):
        ids = tokens.answer_ids[row[row >= 0]].tolist()
        assert ids == (corpus.answers(q).tolist() or [corpus.none]) and min(ids) >= 0
    answers = tokens.answer_ids[tokens.answer_ids >= 0]
    assert sorted(answers) == [*range(corpus.none + 1)]
    assert tokens.answer_ids[tokens.end] == -1 and tokens.vocabulary[tokens.end] == END


@both
def test_a_chain_line_is_the_statement_of_its_fact(encoded, world):
    """So a stated fact, as a line, is a prompt that the model has learned to complete."""
    corpus, tokens = encoded(world, "chain")
    e = corpus.examples
    stated = {}
    for n in np.flatnonzero(np.isin(e.kind, [FACT, SENTENCE, CONCLUSION])):
        prompt = _words(tokens, tokens.train[n, : tokens.prompt])
        words = [*corpus.closure.base.constants]
        stated.setdefault(int(e.fact[n]), []).append([*prompt, words[e.answer[n]]])
    lexicon = Lexicon(corpus)
    lines = Lines(corpus, lexicon)
    used = 0
    for q in tokens.questions:
        for at in range(corpus.offsets[q], corpus.offsets[q + 1]):
            fact = int(corpus.fact[at])
            text, proof = lines.tokens(fact), lines.facts(fact)
            for f in proof:
                words = _statement(corpus, f)
                line, text = text[: len(words)], text[len(words) :]
                assert [tokens.vocabulary[t] for t in line] == words
                if f in stated:
                    assert words in stated[f]
                    used += 1
            assert not text
    assert used > 50


def test_rules_as_data_have_a_line_only_where_they_are_stated(encoded):
    corpus, tokens = encoded("zebra-v2", "chain")
    e, c = corpus.examples, corpus.closure
    stated_axioms = {int(f) for f in e.fact[e.kind == SENTENCE]}
    lines = Lines(corpus, Lexicon(corpus))
    axiom = [p in corpus.world.axioms for p in c.predicates]
    met = {True: 0, False: 0}
    for n in np.flatnonzero(e.kind == CONCLUSION):
        (first,) = [corpus.split.gold.best[e.fact[n]]]
        for premise in (int(p) for p in c.premises[first] if p >= 0):
            if axiom[c.predicate[premise]]:
                written = " ".join(_statement(corpus, premise)) in " ".join(
                    _words(tokens, tokens.train[n])
                )
                assert (
                    written
                    == (premise in stated_axioms)
                    == (premise in lines.facts(int(e.fact[n])))
                )
                met[written] += 1
    assert min(met.values()) > 20


@both
def test_every_proof_fits(encoded, world):
    corpus, tokens = encoded(world, "chain")
    lines = Lines(corpus, Lexicon(corpus))
    queried_facts = [
        int(f)
        for q in tokens.questions
        for f in corpus.fact[corpus.offsets[q] : corpus.offsets[q + 1]]
    ]
    longest = max(len(lines.tokens(f)) for f in queried_facts)
    assert tokens.max_new >= longest + 2
    assert tokens.max_new >= tokens.train.shape[1] - tokens.prompt or corpus.sentences
    assert tokens.vocabulary[tokens.answer_mark] == ANSWER
    marks = (tokens.train[: len(corpus.examples.kind)] == tokens.answer_mark).sum(1)
    assert (marks == 1).all()
    for mode in ("direct", "post-hoc", "filler"):
        assert (encoded(world, mode)[1].max_new, encoded(world, mode)[1].answer_mark) == (1, -1)


@both
def test_filler_has_as_many_empty_tokens_as_the_longest_proof(encoded, world):
    _, filler = encoded(world, "filler")
    _, hoc = encoded(world, "post-hoc")
    fills = np.char.equal(np.array(filler.vocabulary), FILL)[filler.query].sum(1)
    assert (fills == hoc.train.shape[1] - hoc.prompt - 1).all()
    assert filler.prompt == hoc.prompt + fills[0]


@both
def test_digests_tell_modes_and_questions_apart(encoded, world):
    corpus, _ = encoded(world, "direct")
    chosen = sample_questions(corpus, 40, 0)
    digests = {mode: encode(corpus, mode, chosen).digest for mode in MODES}
    assert digests == {mode: encoded(world, mode)[1].digest for mode in MODES}
    other = encode(corpus, "direct", sample_questions(corpus, 40, 1)).digest
    assert len({*digests.values(), other}) == len(MODES) + 1


@both
def test_digests_tell_weights_apart(encoded, world):
    corpus, tokens = encoded(world, "chain")
    assert tokens.weight.dtype == np.int32 and len(tokens.weight) == len(tokens.train)
    weights = tokens.weight[: len(corpus.examples.kind)]
    assert np.array_equal(weights, corpus.writing.weight) and weights.max() > 1
    even = dataclasses.replace(tokens, weight=np.ones_like(tokens.weight))
    assert even.digest != tokens.digest


def test_a_stated_rule_is_a_row_of_its_own(make_world):
    facts = " ".join(f"{p}(a{i},b{i})" for p in "ef" for i in range(5))
    rules = "p(X,Y) :- e(X,Y), X != Y.\nq(X,Y) :- f(X,Y), not f(Y,X)."
    made = build_corpus(make_world(rules, facts), "tiny", Exposure(given={"both": 1.0}))
    tokens = encode(made, "direct", sample_questions(made, 10, 0))
    rows = tokens.train[-2:]
    assert " ".join(_words(tokens, rows[0])) == "p ?X ?Y if e ?X ?Y ?X != ?Y"
    assert " ".join(_words(tokens, rows[1])) == "q ?X ?Y if f ?X ?Y not f ?Y ?X"
    assert not tokens.loss[-2:, 0].any()
    assert np.array_equal(tokens.loss[-2:, 1:], (rows != tokens.end)[:, 1:])


def test_constants_named_like_words_are_distinguished(make_world):
    facts = "e(none,p) e(p,if) e(if,none)"
    made = build_corpus(make_world("p(X,Y) :- e(X,Y).", facts), "tiny", Exposure(held=0.0))
    tokens = encode(made, "chain", sample_questions(made, 10, 0))
    assert len({*tokens.vocabulary}) == len(tokens.vocabulary)
    assert {"none", "none'", "p", "p'"} <= {*tokens.vocabulary}
    none = tokens.vocabulary.index("none")
    assert tokens.answer_ids[none] == made.none != tokens.answer_ids[none + 1]


def test_an_unknown_mode_is_refused(corpus):
    with pytest.raises(UserError, match="unknown mode 'chian'; did you mean 'chain'"):
        encode(corpus("composition-v1"), "chian", np.arange(2))


@pytest.mark.parametrize("world", ["composition-v1", "commands-v2", "prover-v2"])
def test_lines_written_at_once_are_those_written_one_by_one(world, corpus):
    made = corpus(world)
    lexicon, facts = Lexicon(made), np.arange(0, len(made.closure.predicate), 7)
    written = {int(f): lexicon.written(int(f)) for f in facts}
    for fact, line in zip(facts.tolist(), lexicon.lines(facts)):
        if written[fact][0] >= 0:  # else its predicate has no word, and no line of it is written
            assert line[line >= 0].tolist() == written[fact]


@pytest.mark.parametrize("world", ["zebra-v2", "order-v2", "horn-v2", "prover-v2", "kinship-v1"])
def test_lines_of_proofs_are_stated_demonstrated_or_written(corpus, world):
    made = corpus(world)
    lines = Lines(made, Lexicon(made))
    mine = {f for d in np.flatnonzero(made.demonstrated) for f in lines.facts(int(d))}
    given = made.closure.is_base | made.demonstrated | made.written
    assert mine <= {*np.flatnonzero(given).tolist()}
    assert {*np.flatnonzero(made.written).tolist()} <= mine
    assert made.written.any() == bool(len(made.of_rung("written")))
