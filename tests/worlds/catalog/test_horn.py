"""horn-v2: the theory drawn is the one that was declared, and says what its rules mean."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid import registry
from zebroid.eval.floors.measured import floors
from zebroid.seeding import stream
from zebroid.worlds.catalog.horn import LOWER as LOWER_WORDS
from zebroid.worlds.catalog.horn import UPPER as UPPER_WORDS
from zebroid.worlds.catalog.horn import Horn, words
from zebroid.worlds.catalog.horn_theory import SIGNATURES, Theory
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts

WORLD = "horn-v2"
UPPER_RULES = [r for r in SIGNATURES if r != "lower"]
PEOPLE, UPPER, LOWER = ["ada", "bob", "cyd", "dan"], ["likes", "sees", "fears"], ["owes", "lends"]


def _holds(facts, rules, link=""):
    """All of `holds` for `ada likes bob` facts and `chain likes sees fears` rules, as written."""
    sorts = {"entity": PEOPLE, "upper": UPPER, "lower": LOWER}

    def rows(text, signature):
        names = [sorts[s] for s in signature.split()]
        return signature, [
            [n.index(w) for n, w in zip(names, line.split()[-len(names) :])]
            for line in text.split(",")
            if line
        ]

    rules = [r.strip() for r in rules.split(",")]
    given = {
        p: rows(",".join(r for r in rules if r.startswith(p + " ")), s)
        for p, s in SIGNATURES.items()
    }
    given["holds"] = rows(facts, "entity upper entity")
    given["link"] = rows(link, "entity lower entity")
    closure = close(Horn().program, Facts.of(sorts, **given))
    return {" ".join(closure.base.constants[a] for a in row) for row in closure.rows("holds")}


@pytest.mark.parametrize(
    "rules, follows",
    [
        ("inverse likes fears", {"bob fears ada"}),
        ("chain likes sees fears", {"ada fears cyd"}),
        ("triple likes sees sees fears", {"ada fears dan"}),
        ("chain sees likes likes", set()),
    ],
)
def test_rules_as_data_mean_what_their_sentences_say(rules, follows):
    facts = {"ada likes bob", "bob sees cyd", "cyd sees dan"}
    assert _holds(",".join(facts), rules) == facts | follows


def test_a_recursive_rule_reaches_every_height():
    facts = "ada sees bob,bob sees cyd,cyd sees dan,dan fears dan"
    fears = {f for f in _holds(facts, "chain sees fears fears") if "fears" in f}
    assert fears == {f"{x} fears dan" for x in PEOPLE}


def test_conditions_hold_of_the_one_between_who_bears_a_lower_relation_derived_ones_too():
    facts, link = (
        "ada likes bob,bob sees cyd,cyd likes dan,dan sees ada",
        "bob owes dan,dan owes ada",
    )
    lower = "lower owes owes lends"  # bob lends to ada
    only = _holds(facts, f"{lower},only likes sees lends fears", link)
    unless = _holds(facts, f"{lower},unless likes sees lends fears", link)
    assert {f for f in only if "fears" in f} == {"ada fears cyd"}
    assert {f for f in unless if "fears" in f} == {"cyd fears ada"}


def _sample(**changes):
    size = {"entities": 30, "relations": 10, "rules": 40, **changes}
    return Horn().sample(stream("test", "horn", 0), **size)


def test_the_theory_is_drawn_to_the_parameters():
    facts = _sample(lengths=(0, 0, 1), recursion=0, conditions=0, distractors=0.5)
    number = {rule: len(facts.rows[rule]) for rule in SIGNATURES}
    assert number == {r: 0 for r in SIGNATURES} | {"lower": 3, "triple": 40}
    ruled = {*facts.rows["triple"].ravel().tolist()}
    stated = {*facts.rows["holds"][:, 1].tolist()}
    # the rules derive forty of fifty relations, and five of the others stand in no rule
    assert len({*facts.rows["triple"][:, 3].tolist()}) == 40
    assert len(stated - ruled) >= 5 and len(facts.sorts["upper"]) == 50


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_share_of_the_rules_recurs(share):
    facts = _sample(recursion=share, conditions=0, rules=100)
    recursive = sum(
        (facts.rows[r][:, :-1] == facts.rows[r][:, -1:]).any(1).sum() for r in SIGNATURES
    )
    assert recursive == 100 * share


def test_a_share_of_the_rules_has_a_condition_of_which_half_are_negative():
    rows = _sample(recursion=0, conditions=0.6, rules=200).rows
    only, unless = len(rows["only"]), len(rows["unless"])
    assert only == unless == 60


@pytest.mark.parametrize("derived", [0, 1, 2])
def test_bodies_have_at_most_as_many_derived_relations_as_declared(derived):
    facts = _sample(derived=derived, recursion=0, conditions=0, lengths=(0, 0, 1), distractors=0)
    *body, heads = facts.rows["triple"].T
    assert np.isin(np.stack(body), heads).sum(0).max() == derived


def test_the_sampled_tails_are_what_follows_and_each_question_has_one_answer():
    theory = Theory(stream("test", "theory", 0), 30, 6, 14, 2, 0.9)
    for _ in range(3):
        theory.add_acyclic()
    for _ in range(3):
        theory.add(None, 0.8)
    theory.conditions(6)
    for length in (0, 1, 2, 3) * 5:
        theory.derive(length)
        theory.recursive()
    sorts = {"entity": 30, "upper": len(theory.upper), "lower": 6}
    facts = {p: (SIGNATURES[p], rows) for p, rows in theory.rules.items()}
    facts["holds"] = ("entity upper entity", theory.facts["holds"])
    facts["link"] = ("entity lower entity", theory.facts["link"])
    closure = close(Horn().program, Facts.of(sorts, **facts))
    for predicate, relations in (("holds", theory.upper), ("link", theory.lower)):
        first = closure.base.sorts["upper" if predicate == "holds" else "lower"].start
        expected = [(x, first + r, y) for r, t in enumerate(relations) for x, y in enumerate(t)]
        expected = sorted(row for row in expected if row[2] >= 0)
        assert expected == [tuple(row) for row in closure.rows(predicate).tolist()]


@pytest.mark.parametrize("size", ["tiny", "small", "recursive"])
def test_nothing_that_is_stated_follows_and_no_derivation_is_circular(size, corpus):
    made = corpus(WORLD, size)
    gold, closure = made.split.gold, made.closure
    assert gold.counts.all() and (gold.best[closure.is_base] < 0).all()
    assert (np.diff(made.offsets) <= 1).all()


def test_no_id_tells_what_is_derived_and_what_stands_below_what():
    facts = registry.make(WORLD).facts("small", 0)
    start = facts.sorts["upper"].start
    heads = np.concatenate([facts.rows[r][:, -1] for r in UPPER_RULES]) - start
    bodies = np.concatenate([facts.rows[r][:, 0] for r in UPPER_RULES]) - start
    number = len(facts.sorts["upper"])
    other = np.setdiff1d(np.arange(number), heads)
    assert len(heads) == 180 and len(other) == 14
    assert abs(heads.mean() - other.mean()) < number / 4  # else all the others stand first or last
    assert abs((bodies < heads).mean() - 0.5) < 0.15  # a body below its head, else by number too
    again = registry.make(WORLD).facts("small", 1)
    assert not np.array_equal(facts.rows["chain"][:20], again.rows["chain"][:20])


@pytest.mark.parametrize("seed", [0, 1])
def test_no_relation_is_a_copy_of_another(seed):
    """No two rules have one body, none reverses what is reversed, and few pairs agree anywhere."""
    facts = registry.make(WORLD).facts("small", seed)
    for rule in UPPER_RULES:
        bodies = [tuple(row[:-1]) for row in facts.rows[rule].tolist()]
        assert len({*bodies}) == len(bodies)
    inverse = facts.rows["inverse"]
    assert len(inverse) and not {*inverse[:, 0].tolist()} & {*inverse[:, 1].tolist()}


def test_relations_that_are_alike_give_nothing_away(corpus):
    made = corpus(WORLD)
    (found,) = floors(made, made.of_rung("axiom"))
    assert found.cue == "holds" and found.n > 30
    assert (found.scores("association") or 0.0) < 0.15


def test_there_are_words_for_the_largest_theory():
    size = Horn.sizes["large"]
    found = words(UPPER_WORDS, size["rules"] + size["relations"])
    assert len({*found}) == len(found) == 1_560 and not {*found} & {*LOWER_WORDS.split()}
