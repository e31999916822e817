"""Faults that are planted among steps and answers, and what the checker says of each.

Each is a change of the tables of zebra, as ``certified.tables`` gives them.
"""

from __future__ import annotations

import json


def atom(text):
    return json.loads(text)


def first(rows, wanted):
    return next(row for row in rows if wanted(row))


def negative(step):
    """A step with a negative premise."""
    return any(text.startswith('["-"') for text in step[4])


def steps_of(found, question):
    return [step for step in found["proofs"] if step[0] == question]


def long(found):
    """The question of a step that rests on an earlier one, and its steps."""
    question = first(found["proofs"], lambda step: step[1] == 2)[0]
    return question, steps_of(found, question)


def put(texts, place, change):
    """A premise changed as a list."""
    texts[place] = json.dumps(change(atom(texts[place])), separators=(",", ":"))


def changed(text, change):
    return json.dumps(change(atom(text)), separators=(",", ":"))


def leaf(found, rule=1):
    """A step by a rule with its first premise, which is given, as a row of the facts."""
    given = {tuple(row[0]): row for row in found["facts"] if row[1] != "derived"}
    premises = [(step, tuple(atom(step[4][0])[1:])) for step in found["proofs"] if step[2] == rule]
    return first(((step, given[p]) for step, p in premises if p in given), bool)


def leaf_is_not_given(found):
    leaf(found)[1][1] = "derived"


def leaf_is_missing(found):
    found["facts"].remove(leaf(found)[1])


def fact_stands_twice(found):
    found["facts"].append([leaf(found)[1][0], "derived"])


def given_fact_is_proved(found):
    head = atom(found["proofs"][0][3])
    first(found["facts"], lambda row: row[0] == head)[1] = "statement"


def step_rests_on_itself(found):
    """A breed is as what it is a breed of, for it is as that."""
    step = first(found["proofs"], lambda step: step[2] == 4)
    step[4][1] = changed(step[3], lambda head: ["+", *head])


def circle(found):
    """Two steps, each of which rests on the other, by a rule that turns round what it reads."""
    found["rules"].append([99, '["has","?X","?R","?V"]', ['["+","has","?X","?R","?V"]'], "both"])
    _, steps = long(found)
    for step, other in zip(steps[:2], steps[1::-1]):
        step[2], step[4] = 99, [changed(other[3], lambda head: ["+", *head])]


def steps_in_reverse(found):
    _, steps = long(found)
    for number, step in zip(range(len(steps), 0, -1), steps):
        step[1] = number


def first_step_is_missing(found):
    _, steps = long(found)
    found["proofs"].remove(steps[0])
    for step in steps[1:]:
        step[1] -= 1


def number_is_left_out(found):
    _, steps = long(found)
    steps[-1][1] += 1


def step_stands_twice(found):
    step = found["proofs"][0]
    found["proofs"].append([step[0], step[1] + 1, *step[2:]])


def number_stands_twice(found):
    _, steps = long(found)
    found["proofs"].append([*steps[1][:2], *steps[0][2:]])


def proof_is_missing(found):
    question = found["proofs"][0][0]
    found["proofs"] = [step for step in found["proofs"] if step[0] != question]


def answer_is_another(found):
    row = first(found["questions"], lambda row: row[0] == found["proofs"][0][0])
    row[2] = [first(found["constants"], lambda c: c[0] not in row[2])[0]]


def answer_without_proof(found):
    row = first(found["questions"], lambda row: row[0] == found["proofs"][0][0])
    row[2] = [*row[2], first(found["constants"], lambda c: c[0] not in row[2])[0]]


def prompt_is_another(found):
    rows = [row for row in found["questions"] if steps_of(found, row[0])]
    rows[0][1] = first(rows, lambda row: row[1] != rows[0][1])[1]


def answer_is_none(found):
    first(found["questions"], lambda row: row[0] == found["proofs"][0][0])[2] = ["none"]


def answers_are_none_at_all(found):
    row = first(found["questions"], lambda row: row[0] == found["proofs"][0][0])
    row[2] = []
    found["proofs"] = [step for step in found["proofs"] if step[0] != row[0]]


def nontheorem_has_a_proof(found):
    row = first(found["questions"], lambda row: row[0] == found["proofs"][0][0])
    row[2:] = [["none"], "nontheorem"]


def nontheorem_has_an_answer(found):
    row = first(found["questions"], lambda row: row[0] == found["proofs"][0][0])
    row[3] = "nontheorem"
    found["proofs"] = [step for step in found["proofs"] if step[0] != row[0]]


def proof_of_something_beside(found):
    _, steps = long(found)
    question = steps[0][0]
    heads = {step[3] for step in steps}
    other = first(found["proofs"], lambda step: step[1] == 1 and step[3] not in heads)
    found["proofs"].append([question, len(steps) + 1, *other[2:]])


def question_is_not_put(found):
    question = found["proofs"][0][0]
    found["questions"] = [row for row in found["questions"] if row[0] != question]


PLACE, ANSWERS = "neither given nor proved", "not its right answers"
PLANTED = {
    "stands twice": (fact_stands_twice,),
    PLACE: (
        *(leaf_is_not_given, leaf_is_missing, given_fact_is_proved, step_rests_on_itself),
        *(circle, steps_in_reverse, first_step_is_missing, number_is_left_out),
        *(step_stands_twice, number_stands_twice),
    ),
    ANSWERS: (
        *(proof_is_missing, answer_is_another, answer_without_proof, prompt_is_another),
        *(answer_is_none, nontheorem_has_a_proof, nontheorem_has_an_answer),
        *(proof_of_something_beside, answers_are_none_at_all),
    ),
    "has a proof and is not there": (question_is_not_put,),
}
