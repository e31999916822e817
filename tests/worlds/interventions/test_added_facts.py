"""Added facts are stated as facts are, once; what could not be stated is refused in one line."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid import identity
from zebroid.benchmarks.config.panel_names import names_of
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import EXTRA, FACT
from zebroid.worlds.encoding.encode import Lexicon, Lines, encode, sample_questions
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.interventions.added_facts import MOST, AddedFacts
from zebroid.worlds.interventions.reading_rows import CONCLUSION, PROVED

FALSE = ("two", "entity0", "rel1", "rel2", "entity0")


def with_facts(corpus, *facts, label="a test"):
    plain = corpus("composition-v1")
    added = {"type": "added", "label": label, "facts": [*facts]}
    exposure = dataclasses.replace(plain.exposure, interventions=[added])
    return plain, build_corpus(plain.world, plain.size, exposure)


def fact_of(closure, number):
    """A fact by name."""
    names = [closure.base.constants[a] for a in closure.arguments[number] if a >= 0]
    return (closure.predicates[closure.predicate[number]], *names)


def proved(plain, fact):
    """The corpus in which a fact is demonstrated too; in which it is stated, of None the first."""
    facts = [fact or fact_of(plain.closure, len(plain.closure.predicate) - 1)]
    added = {"type": "added", "label": "", "facts": facts, "proved": fact is not None}
    exposure = dataclasses.replace(plain.exposure, interventions=added)
    return build_corpus(plain.world, plain.size, exposure)


@pytest.mark.parametrize("mode", ["direct", "chain"])
def test_an_added_conclusion_is_written_as_a_stated_fact_is(corpus, mode):
    _, made = with_facts(corpus, FALSE)
    (row,) = np.flatnonzero(made.rows.kind == EXTRA)
    tokens = encode(made, mode, sample_questions(made, 1, 0))
    words = np.array(tokens.vocabulary, dtype=object)
    text = words[tokens.train[row][tokens.train[row] != tokens.end]].tolist()
    prompt = ["two", "entity0", "rel1", "rel2"]
    rest = ["entity0"] if mode == "direct" else ["entity0", "<answer>", "entity0"]
    assert text == [*prompt, *rest]
    assert made.rows.fact[row] == -1 and made.rows.times[row] == 1


@pytest.mark.parametrize("mode", ["direct", "chain", "post-hoc"])
def test_a_proved_conclusion_is_written_as_a_demonstrated_one_is(corpus, mode):
    plain = corpus("composition-v1")
    c = plain.closure
    fresh, known = (
        int(np.flatnonzero(~c.is_base & (plain.demonstrated == yes) & (c.height > 0))[0])
        for yes in (False, True)
    )
    made = proved(plain, fact_of(c, fresh))
    (row,) = np.flatnonzero(made.rows.kind == PROVED)
    assert made.rows.fact[row] == fresh and made.digest != proved(plain, None).digest
    tokens = encode(made, mode, sample_questions(made, 1, 0))
    lengths = (tokens.train != tokens.end).sum(1)
    other = np.flatnonzero((made.rows.kind == CONCLUSION) & (made.rows.fact == known))[0]
    assert lengths[row] == lengths[other], "as many lines"
    words = np.array(tokens.vocabulary, dtype=object)
    text = words[tokens.train[row]].tolist()
    assert text[:4] == [c.predicates[c.predicate[fresh]], *fact_of(c, fresh)[1:4]]
    # the lines of its proof are those of gold
    lines = Lines(made, Lexicon(made)).tokens(fresh)
    assert mode == "direct" or " ".join(words[lines]) in " ".join(text)


def test_a_conclusion_that_does_not_follow_has_no_proof(corpus):
    plain = corpus("composition-v1")
    with pytest.raises(UserError, match="does not follow from what the corpus states; leave it"):
        proved(plain, FALSE)
    given = {"type": "added", "label": "", "facts": [FALSE], "proved": "yes"}
    with pytest.raises(UserError, match=r"added\.proved = 'yes'; give true or false"):
        dataclasses.replace(plain.exposure, interventions=given)


def test_what_stands_there_is_not_stated_again_and_order_does_not_matter(corpus):
    plain = corpus("composition-v1")
    row = plain.examples.kind == FACT
    c, first = plain.closure, plain.examples.fact[row][0]
    known = ("one", *(c.base.constants[a] for a in c.arguments[first] if a >= 0))
    _, made = with_facts(corpus, known, FALSE, FALSE)
    assert (made.rows.kind == EXTRA).sum() == 1
    _, other = with_facts(corpus, FALSE, known)
    assert other.digest == made.digest != plain.digest


def test_a_predicate_with_several_places_is_stated_at_each(corpus):
    plain = corpus("inverse-v2")
    fact = ["rel", "Ann", "accepts", "Ben"]
    added = {"type": "added", "label": "", "facts": [fact]}
    made = build_corpus(
        plain.world, plain.size, dataclasses.replace(plain.exposure, interventions=added)
    )
    places = {made.cues[q][1] for q in made.rows.prompt[made.rows.kind == EXTRA, 0]}
    assert places == {place for predicate, place in plain.cues if predicate == "rel"}


def test_an_exposure_with_added_facts_survives_its_record_and_names_its_panel(corpus):
    plain, made = with_facts(corpus, FALSE, label="unfiltered, round 1")
    record = made.exposure.record()
    assert identity.restore(Exposure, record) == made.exposure
    (one,) = made.exposure.interventions
    assert one == AddedFacts("unfiltered, round 1", (FALSE,))
    assert "round 1" in str(one) and plain.exposure.interventions == ()
    assert names_of([]) == []


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ([["tow", "entity0", "rel1", "rel2", "entity0"]], "unknown predicate .*'two'"),
        ([["two", "entity0"]], "two has 1 arguments, expected 4"),
        ([["two", "entity0", "rel1", "rel2", "entity99"]], "unknown constant of two 'entity99'"),
        ([[]], "give each as a predicate and its arguments"),
        ([["two", 1, 2, 3, 4]], "give each as a predicate and its arguments"),
        ("two", "give a list of at most 20,000 facts"),
        ([["p"]] * (MOST + 1), "20,001; give a list"),
    ],
)
def test_what_no_row_could_state_is_one_line(corpus, facts, problem):
    with pytest.raises(UserError, match=problem) as caught:
        given = {"type": "added", "label": "", "facts": facts}
        plain = corpus("composition-v1")
        exposure = dataclasses.replace(plain.exposure, interventions=[given])
        build_corpus(plain.world, plain.size, exposure)
    assert "\n" not in str(caught.value)


def test_rules_as_data_cannot_be_added(corpus):
    plain = corpus("inverse-v2")
    given = {"type": "added", "label": "", "facts": [["inverse", "accepts", "enlists", "accepts"]]}
    exposure = dataclasses.replace(plain.exposure, interventions=[given])
    with pytest.raises(UserError, match="unknown predicate that is queried 'inverse'"):
        build_corpus(plain.world, plain.size, exposure)
