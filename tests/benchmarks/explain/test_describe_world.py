"""Facts, questions and whole worlds in English."""

import dataclasses
import re

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.explain.describe_world import MEANING, describe
from zebroid.benchmarks.explain.explain_negative import near_miss
from zebroid.errors import UserError
from zebroid.worlds.encoding.verbalize import (
    BLANK,
    fact_in_english,
    facts_in_english,
    phrase,
    question_in_english,
)
from zebroid.worlds.novelty.rungs import LADDER

both = pytest.mark.parametrize("world", ["composition-v1", "zebra-v2"])


@pytest.fixture(scope="module")
def displayed():
    """world -> what `zebroid show` prints, written once."""
    known = {}

    def of(world):
        known.setdefault(world, describe(registry.make(world), "tiny"))
        return known[world]

    return of


def _section(text, rung):
    return text.split(f"### {rung}: ")[1].split("\n### ")[0]


@both
def test_every_predicate_has_a_sentence_with_all_its_arguments(corpus, world):
    made = corpus(world)
    for predicate, arity in made.closure.arity.items():
        names = [f"<{i}>" for i in range(arity)]
        sentence = phrase(made.world, predicate, names)
        assert all(n in sentence for n in names) and sentence.endswith(".") and "(" not in sentence


def test_without_a_template_a_fact_is_written_as_in_a_rule(make_world):
    world = make_world("p(X) :- e(X,_).", "e(a,b)")
    assert phrase(world, "e", ["a", "b"]) == "e(a, b)"


@both
def test_many_facts_read_as_each_of_them_does(corpus, world):
    made = corpus(world)
    facts = np.arange(0, len(made.closure.predicate), 7)[::-1]
    singly = [fact_in_english(made.world, made.closure, int(f)) for f in facts]
    assert facts_in_english(made.world, made.closure, facts) == singly


@both
def test_a_question_is_its_fact_with_a_blank_for_the_answer(corpus, world):
    made = corpus(world)
    for q in range(0, len(made.prompt), 50):
        queries = question_in_english(made, q)
        assert queries.count(BLANK) == 1
        for at in range(made.offsets[q], made.offsets[q + 1]):
            answer = made.closure.base.constants[made.values[at]]
            fact = fact_in_english(made.world, made.closure, int(made.fact[at]))
            assert queries.replace(BLANK, answer) == fact


@both
def test_a_world_is_described_with_sizes_rules_statements_and_every_rung(displayed, world):
    text, made = displayed(world), registry.make(world)
    assert text.startswith(f"# {world}\n") and set(MEANING) == set(LADDER)
    for size in made.sizes:
        assert f"- **{size}**: " in text
    for number, rule in enumerate(made.program.rules, start=1):
        assert f"\n{number}  {rule.text}" in text
    for rung in LADDER:
        assert f"### {rung}: {MEANING[rung]}" in text


@both
def test_every_promised_rung_shows_a_question_its_proof_what_is_new_and_what_is_alike(
    displayed, world
):
    for rung in registry.make(world).rungs:
        part = _section(displayed(world), rung)
        for expected in (BLANK, "- Proof:", "- New:", "- Demonstrated and alike: "):
            assert expected in part, rung
        assert re.search(r"\n- Distance \d+, H \d+\.\n", part)
        assert re.search(r"\*\((stated|demonstrated, by rule \d+|by rule \d+, given as )", part), (
            rung
        )
        (new,) = re.findall("- New: ?(.*\n(?:  - .*\n)*)", part)
        new = new.strip().splitlines()
        assert (new == ["nothing."]) == (rung in ("recall", "instance"))
        assert (len(new) > 1) == (rung == "mixed"), new


def test_what_is_new_is_named_in_the_terms_of_the_rung(displayed):
    zebra, words = displayed("zebra-v2"), {
        "constituent": "no demonstrated conclusion uses in this role: ",
        "schema": r"together: rule 7 on a stated fact and on what follows by rule \d \(The ",
        "depth": "the proof takes 4 steps, and H, the most demonstrated, is 3",
        "axiom": "stated as a sentence, with no example of it: rule 1 (The ",
    }  # fmt: skip
    for rung, wording in words.items():
        assert re.search(wording if rung == "schema" else re.escape(wording), _section(zebra, rung))


def test_how_often_the_rarest_facts_are_written_stands_in_a_line(displayed):
    (line,) = re.findall(
        "^The rarest fact of a proof is written so often.*$", displayed("composition-v1"), re.M
    )
    one, other = map(float, re.findall(r"chain ([\d.]+) and ([\d.]+)\.", line)[0])
    assert "direct 1 and 1, chain" in line and one > 5 and 0.8 < one / other < 1.25


def test_a_frame_names_its_negative_premises_too(displayed):
    new = _section(displayed("zebra-v2"), "schema").split("- New: ")[1].splitlines()[0]
    assert re.search(r"\), and nothing says that the \w+, if \w+, goes by the name of the", new)


def test_a_written_answer_names_the_proof_in_which_it_stands(displayed):
    part = _section(displayed("zebra-v2"), "written")
    assert re.search(r"\*\(written in the proof of “The .*”, by rule \d", part)
    assert "- Written: " in part and "in no headline" in part


@pytest.mark.long
def test_what_is_left_out_of_a_headline_is_counted(corpus, displayed):
    made = corpus("zebra-v2")
    certificate, near = made.certificate, 0
    for rung in registry.make("zebra-v2").rungs:
        mine = made.of_rung(rung, pure=False)
        part = _section(displayed("zebra-v2"), rung)
        none = not len(mine) or (rung == "mixed" and ", in no headline" in part)
        assert f"{certificate.headline[mine].sum():,} question" in part or none, rung
        out = certificate.near[mine].sum()
        near += out
        assert (f"{out:,} near" in part) == (out > 0), rung
    assert near  # else nothing was tested


def test_an_empty_rung_says_why(displayed):
    assert "Empty: no pattern is given as 'stated'" in _section(
        displayed("composition-v1"), "axiom"
    )


def test_controls_say_why_the_answer_is_none(displayed):
    near = _section(displayed("zebra-v2"), "nontheorem")
    assert re.search(r"A near miss of rule \d: The .* But this does not hold: ", near)
    assert "In the world it is" in _section(displayed("zebra-v2"), "unknowable")


@pytest.mark.parametrize("world", ["zebra-v2", "order-v2", "prover-v2"])
def test_a_near_miss_names_premises_that_hold_and_one_that_does_not(corpus, world):
    made = corpus(world)
    true = {fact_in_english(made.world, made.split.truth, f): f for f in _all(made)}
    for question in made.of_rung("nontheorem")[::20]:
        message = near_miss(made, int(question)).split(": ", 1)[1]
        holds, _, gone = message.partition("But this does not hold: ")
        if not gone:
            holds, _, gone = message.partition("But it forbids: ")
            assert gone in true, message
        else:
            assert gone not in true, message
        assert all(_read(holds, true)), message


def _all(made):
    return range(len(made.split.truth.predicate))


def _read(text, true):
    """Which of the sentences of ``text`` are facts."""
    return [s in true for s in re.findall(r"\S.*?\.(?= |$)", text)]


def test_the_exception_is_described_with_its_distractor_and_its_twin(displayed):
    part = displayed("zebra-v2").split("### exception")[1]
    message = r"\*\* — (\w+)\..*\n- Distractor: (\w+),.*\n- Twin: .*\*\* — (\w+)\."
    ((answer, distractor, twin),) = re.findall(message, part, re.S)
    assert distractor == twin != answer
    assert "### exception" not in displayed("composition-v1")


def test_a_size_tells_how_its_exposure_differs():
    text = describe(registry.make("network-v2"), "tiny")
    assert re.search(r"\*\*p-10\*\*: .*; exposure: coverage 0.1\n", text)
    assert "35% of the base facts are stated" in text


def test_what_is_left_undescribed_stands_beside_what_is_stated():
    world = registry.make("percept-v2")
    own = world.default_exposure("tiny")
    left_out = dataclasses.replace(own, undescribed={"genus": 0.25, "bears": 0.3})
    text = describe(world, "tiny", left_out)
    message = "all base facts are stated; but not bears of 30% of its entities, nor genus of 25%"
    assert message in text and "but not" not in describe(world, "tiny")


def test_an_unknown_size_is_refused():
    with pytest.raises(UserError, match="unknown size of zebra-v2 'bas'; did you mean 'base'"):
        describe(registry.make("zebra-v2"), "bas")
