"""Every promise, broken on purpose: the audit says which, and how to mend it."""

import dataclasses

import numpy as np
import pytest
from zebroid.worlds.corpus.audit import AuditError, audit
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import FACT, SENTENCE
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import LADDER


def _split(corpus, **changes):
    return dataclasses.replace(corpus, split=dataclasses.replace(corpus.split, **changes))


def _certificate(corpus, **changes):
    changed = dataclasses.replace(corpus.certificate, **changes)
    return dataclasses.replace(corpus, certificate=changed)


def _with(array, at, value):
    out = array.copy()
    out[at] = value
    return out


def _examples(corpus, rows):
    """The corpus with these examples only, in this order."""
    e = corpus.examples
    fields = {f.name: getattr(e, f.name)[rows] for f in dataclasses.fields(e)}
    return dataclasses.replace(corpus, examples=dataclasses.replace(e, **fields))


def _presentation(corpus, old, new):
    at = corpus.split.presentation.index(old)
    return _split(
        corpus,
        presentation=(*corpus.split.presentation[:at], new, *corpus.split.presentation[at + 1 :]),
    )


def _hold_a_used_fact(corpus):
    used = corpus.closure.premises[np.flatnonzero(corpus.read.derivations)[0], 0]
    return _split(corpus, held=_with(corpus.split.held, used, True))


def _hold_a_demonstrated_frame(corpus):
    frames = corpus.split.held_frames
    return _split(corpus, held_frames=_with(frames, np.argmax(corpus.read.frames), True))


def _demonstrate_a_base_fact(corpus):
    demonstrated = _with(corpus.demonstrated, np.argmax(corpus.closure.is_base), True)
    return dataclasses.replace(corpus, demonstrated=demonstrated)


def _demonstrate_what_is_not_eligible(corpus):
    c = corpus.closure
    low = ~c.is_base & ~corpus.split.eligible & (c.height == 1)
    return dataclasses.replace(
        corpus, demonstrated=_with(corpus.demonstrated, np.argmax(low), True)
    )


def _demonstrate_what_is_too_high(corpus):
    exposure = dataclasses.replace(corpus.exposure, demonstrated_height=1)
    return dataclasses.replace(corpus, exposure=exposure)


def _leave_a_fact_out(corpus):
    first = np.argmax(corpus.examples.kind == FACT)
    return _examples(corpus, np.delete(np.arange(len(corpus.examples.kind)), first))


def _state_a_fact_twice(kind):
    def corrupt(corpus):
        every = np.arange(len(corpus.examples.kind))
        return _examples(corpus, np.append(every, np.argmax(corpus.examples.kind == kind)))

    return corrupt


def _leave_a_sentence_out(corpus):
    """The sentence of one rule, whatever is asked of it."""
    kind, fact = corpus.examples.kind, corpus.examples.fact
    first = fact[np.argmax(kind == SENTENCE)]
    return _examples(corpus, np.flatnonzero((kind != SENTENCE) | (fact != first)))


def _state_a_rule_that_is_not_given(corpus):
    """An axiom fact of a pattern that is given by examples alone, in place of a stated one."""
    c, gold = corpus.closure, corpus.split.gold
    presentation = dict(zip(gold.patterns, corpus.split.presentation))
    stated = {a for p, w in presentation.items() if w in ("stated", "both") for a in p[1]}
    (atom, *_) = sorted({a for p, w in presentation.items() for a in p[1]} - stated)
    row = np.array([[c.base.constants.index(x) for x in atom[1:]]], np.int32)
    first = np.argmax(corpus.examples.kind == SENTENCE)
    fact = _with(corpus.examples.fact, first, c.find(atom[0], row)[0])
    return dataclasses.replace(corpus, examples=dataclasses.replace(corpus.examples, fact=fact))


def _give_an_answer_away(corpus):
    """The answer to a question of schema, in place of a stated fact."""
    q, first = corpus.of_rung("schema")[0], np.argmax(corpus.examples.kind == FACT)
    prompt = _with(corpus.examples.prompt, first, corpus.prompt[q])
    answer = _with(corpus.examples.answer, first, corpus.answers(q)[0])
    examples = dataclasses.replace(corpus.examples, prompt=prompt, answer=answer)
    return dataclasses.replace(corpus, examples=examples)


def _leave_an_answer_unproved(corpus):
    at = corpus.of_rung("instance")[0]
    return _certificate(corpus, provable=_with(corpus.certificate.provable, at, 0x7FFF))


def _rename(old, new):
    def corrupt(corpus):
        rung = _with(corpus.certificate.rung, corpus.of_rung(old)[0], LADDER.index(new))
        return _certificate(corpus, rung=rung)

    return corrupt


@pytest.mark.parametrize(
    ("corrupt", "message"),
    [
        (
            lambda c: _presentation(c, "both", "stated"),
            "given as 'stated' but is exemplified; no demonstrated con",
        ),
        (
            lambda c: _presentation(c, "stated", "both"),
            "given as 'both' but is not exemplified: what it derives has derivations of up to",
        ),
        (_hold_a_used_fact, "a held fact stands in a derivation of a demonstrated conclusion"),
        (_hold_a_demonstrated_frame, "a held frame is demonstrated"),
        (_demonstrate_a_base_fact, "a demonstrated conclusion is a base fact"),
        (_demonstrate_what_is_not_eligible, "a demonstrated conclusion is not eligible"),
        (
            _demonstrate_what_is_too_high,
            "a demonstrated conclusion is higher than exposure.demonstrated_height",
        ),
        (_leave_a_fact_out, "a stated fact stands in no example"),
        (_leave_a_sentence_out, "is not stated, against its exposure"),
        (_state_a_rule_that_is_not_given, "is stated, against its exposure"),
        (_give_an_answer_away, "answers a question that is not recall"),
        (_state_a_fact_twice(FACT), "is stated 2 times and others once; state each once"),
        (_state_a_fact_twice(SENTENCE), "is stated 2 times and others once; state each once"),
        (_leave_an_answer_unproved, "follows in gold and has no proof from what is stated"),
        (_rename("axiom", "nontheorem"), "a control has an answer, or a theorem has none"),
        (_rename("nontheorem", "mixed"), "a control has an answer, or a theorem has none"),
        (_rename("unknowable", "nontheorem"), "tagged nontheorem has an answer in the world"),
        (_rename("nontheorem", "unknowable"), "tagged unknowable has no answer in the world"),
    ],
)
def test_a_broken_promise_is_found(corpus, corrupt, message):
    with pytest.raises(AuditError, match=message):
        audit(corrupt(corpus("zebra-v2")))


def test_a_sound_corpus_passes(corpus):
    audit(corpus("zebra-v2"))


def test_an_entailed_falsehood_is_found(corpus):
    whole, less = corpus("composition-v1"), corpus("composition-v1", coverage=0.7)
    with pytest.raises(AuditError, match=r"entails one\(entity\d+, .*\), which is false"):
        audit(_split(whole, truth=less.closure))


def test_an_unstated_premise_under_negation_is_found(make_world):
    """m(z) is true and unstated: nothing false follows yet, and still it is refused."""
    world = make_world("t(X) :- k(X), not m(X).", "k(a) k(b) k(c) k(d) m(d) m(z)")
    corpus = build_corpus(world, "tiny", Exposure(held=0.0))
    facts = corpus.closure.base
    less = close(world.program, facts.replace(m=facts.rows["m"][:1]), threads=1)
    gold = dataclasses.replace(corpus.split.gold, closure=less)
    with pytest.raises(AuditError, match="1 facts of m, which stands under negation, do not fol"):
        audit(_split(corpus, gold=gold))
