"""Faults that are planted within a step, of rule, premises, negation and comparison, by world, and
what the checker says of each.
"""

from __future__ import annotations

from zebroid.benchmarks.certificates import certcheck

from .planted_steps import atom, changed, first, leaf, negative, put


def head_with_swapped_arguments(found):
    step = found["proofs"][0]
    step[3] = changed(step[3], lambda head: [head[0], head[2], head[1], *head[3:]])


def head_of_another_predicate(found):
    step = found["proofs"][0]
    step[3] = changed(step[3], lambda head: ["has", *head[1:]])


def premise_with_swapped_arguments(found):
    put(found["proofs"][0][4], 0, lambda p: [*p[:2], p[3], p[2], *p[4:]])


def premise_with_one_argument_more(found):
    put(found["proofs"][0][4], 0, lambda p: [*p, p[-1]])


def premise_of_another_binding(found):
    """A given fact of the same predicate about something else."""
    step, fact = leaf(found)
    other = first(found["facts"], lambda row: row[0][0] == fact[0][0] and row[0][1] != fact[0][1])
    assert other[1] != "derived"
    put(step[4], 0, lambda _: ["+", *other[0]])


def another_rule(found):
    step = found["proofs"][0]
    step[2] = step[2] % 2 + 1


def rule_is_unknown(found):
    found["proofs"][0][2] = 77


def rule_is_missing(found):
    found["rules"] = [rule for rule in found["rules"] if rule[0] != found["proofs"][0][2]]


def rule_is_not_given(found):
    first(found["rules"], lambda rule: rule[0] == found["proofs"][0][2])[3] = "neither"


def rule_has_another_head(found):
    rule = first(found["rules"], lambda rule: rule[0] == found["proofs"][0][2])
    rule[1] = changed(rule[1], lambda head: [*head[:-1], head[1]])


def premise_is_missing(found):
    del found["proofs"][0][4][0]


def premise_stands_twice(found):
    found["proofs"][0][4].insert(0, found["proofs"][0][4][0])


def negative_premise_is_missing(found):
    first(found["proofs"], negative)[4].pop()


def negative_premise_is_positive(found):
    put(first(found["proofs"], negative)[4], -1, lambda p: ["+", *p[1:]])


def positive_premise_is_negative(found):
    put(first(found["proofs"], negative)[4], 0, lambda p: ["-", *p[1:]])


def negative_premise_of_one_value(found):
    """Not any value, but one that does not follow."""
    name = found["constants"][0][0]
    put(first(found["proofs"], negative)[4], -1, lambda p: [*p[:-1], name])


def negative_premise_about_another(found):
    step = first(found["proofs"], lambda step: negative(step) and "isa" in step[4][0])
    other = first(found["constants"], lambda c: c[0] not in step[3])[0]
    put(step[4], -1, lambda p: [p[0], p[1], other, *p[3:]])


def what_is_negated_is_given(found):
    """Then a proof rests on it; wildcards stand for any value."""
    negated = atom(first(found["proofs"], negative)[4][-1])[1:]
    name = found["constants"][0][0]
    found["facts"].append([[name if value is None else value for value in negated], "statement"])


def what_is_negated_is_derived(found):
    """A fact of a predicate without a rule, listed as if it followed."""
    negated = atom(first(found["proofs"], negative)[4][-1])[1:]
    name = found["constants"][0][0]
    found["facts"].append([[name if value is None else value for value in negated], "derived"])


def what_is_negated_follows(found):
    """Premises are given, by which a rule derives what a proof negates, and all that follows from
    them is listed."""
    person, rule = atom(first(found["proofs"], negative)[4][-1])[2:4]
    known = [row[0] for row in found["facts"] if row[0][0] in ("lower", "link")]
    low = first(known, lambda fact: fact[0] == "lower")[1]
    links = ["lower", low, low, rule], ["link", person, low, person]
    found["facts"] += [[fact, "statement"] for fact in links if fact not in known]
    rules = [(atom(rule[1]), [*map(atom, rule[2])]) for rule in found["rules"][:1]]
    assert rules[0][0][0] == "link"
    given = {tuple(f) for f, how in found["facts"] if f[0] in ("lower", "link") if how != "derived"}
    new = certcheck.follows(rules, given, {}, {}) - {tuple(fact) for fact, _ in found["facts"]}
    assert ("link", person, rule, person) in new
    found["facts"] += [[[*fact], "derived"] for fact in new]


def derived_fact_under_negation_is_missing(found):
    found["facts"].remove(first(found["facts"], lambda r: r[0][0] == "link" and r[1] == "derived"))


def derived_fact_under_negation_is_invented(found):
    known = [row[0] for row in found["facts"]]
    fact = first(known, lambda fact: fact[0] == "link")
    people = [fact[1] for fact in known if fact[0] == "link"]
    new = first(
        ([*fact[:3], person] for person in people), lambda fact: fact not in known
    )  # of nobody does it follow
    found["facts"].append([new, "derived"])


def comparison_is_false(found):
    """`less` is proved by two values of which the first is greater."""
    step = first(found["proofs"], lambda step: step[3].endswith('"less"]'))
    low, high = step[4]
    step[4] = [high, low]
    step[3] = changed(step[3], lambda head: [*head[:2], head[3], head[2], head[4]])
    for fact, how in found["facts"]:
        if fact == atom(step[3]):
            assert how == "derived"
    found["facts"].append([atom(step[3]), "derived"])
    row = first(found["questions"], lambda row: row[0] == step[0])
    row[1], row[2] = "compare({}, {}, {}, ?)".format(*atom(step[3])[1:4]), ["less"]


def constants_in_another_order(found):
    for row in found["constants"]:
        row[1] = -row[1]


def constant_without_place(found):
    step = first(found["proofs"], lambda step: step[3].endswith('"less"]'))
    value = atom(step[4][0])[-1]
    found["constants"] = [row for row in found["constants"] if row[0] != value]


def equal_to_itself(found):
    """X != X is false, whatever is equal."""
    step = first(found["proofs"], lambda step: step[3].endswith('"equal"]'))
    step[4][1] = step[4][0]
    step[3] = changed(step[3], lambda head: [*head[:3], head[2], head[4]])
    found["facts"].append([atom(step[3]), "derived"])


TWICE, RULE = "stands twice, or those under negation are not all", "no instance of rule"
# world -> what the checker says -> what is planted
PLANTED = {
    "zebra-v2": {
        RULE: (
            *(head_with_swapped_arguments, head_of_another_predicate, another_rule),
            *(premise_with_swapped_arguments, premise_with_one_argument_more),
            *(premise_of_another_binding, rule_is_unknown, rule_is_missing, rule_is_not_given),
            rule_has_another_head,
            *(premise_is_missing, premise_stands_twice, negative_premise_is_missing),
            *(negative_premise_is_positive, positive_premise_is_negative),
            *(negative_premise_of_one_value, what_is_negated_is_given),
        ),
        TWICE: (what_is_negated_is_derived,),
    },
    "taxonomy-v2": {RULE: (negative_premise_about_another, what_is_negated_is_given)},
    "horn-v2": {
        RULE: (what_is_negated_follows,),
        TWICE: (derived_fact_under_negation_is_missing, derived_fact_under_negation_is_invented),
    },
    "ranking-v1": {
        RULE: (comparison_is_false, constants_in_another_order, equal_to_itself),
        "TypeError": (constant_without_place,),
    },
}
