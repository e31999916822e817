"""Check every proof beside receipts, without zebroid: ``python certcheck.py FOLDER...``.

Each step is an instance of a rule: "+" was given or proved before, "-" does not follow from what is
given (null: nor for any other value), and comparisons hold in the order of the constants.
"""

import collections
import json
import operator as op
import re
import sys

import duckdb

COMPARE = {"=": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
TABLES = {
    "constants": "constant, place",
    "rules": "rule, head, body",
    "facts": "list_prepend(predicate, arguments), given",
    "proofs": "question, step, rule, head, premises",
    "questions": "question, prompt, right_answers, rung",
}


def put(pattern, bound):  # variables are ?X; None stands for any value
    return tuple(bound.get(t) if t.startswith("?") else t for t in pattern)


def index(atoms):
    known = collections.defaultdict(list)
    for atom in atoms:
        known[atom[0]].append(atom)
        known[atom[:2]].append(atom)
    return known


def alike(atom, known):  # the known atoms that an atom with None in it stands for
    found = known.get(atom[0] if atom[1] is None else atom[:2], ())
    return [
        a for a in found if len(a) == len(atom) and all(x in (None, y) for x, y in zip(atom, a))
    ]


def solve(patterns, known, bound):  # every binding under which the patterns are known
    for atom in alike(put(patterns[0], bound), known) if patterns else ():
        more = dict(zip(patterns[0], atom)) | bound
        if put(patterns[0], more) == atom:
            yield from solve(patterns[1:], known, more)
    yield from () if patterns else [bound]


def holds(body, bound, model, place):
    compared = [put(p, bound) for p in body if p[0] in COMPARE]
    true = all(COMPARE[o](place[a], place[b]) for o, a, b in compared)
    return true and not any(alike(put(p[1:], bound), model) for p in body if p[0] == "-")


def follows(rules, given, place):  # the perfect model: each round settles one stratum more
    model = set(given)
    for _ in rules:
        before, model, size = index(model), set(given), -1
        while size < len(model):
            size, known = len(model), index(model)
            for head, body in rules:
                found = solve([p[1:] for p in body if p[0] == "+"], known, {})
                model |= {put(head, b) for b in found if holds(body, b, before, place)}
    return model


def faults(constants, rules, facts, proofs, questions):
    place, source = dict(constants), {tuple(atom): how for atom, how in facts}
    given, steps = {a for a in source if source[a] != "derived"}, collections.defaultdict(list)
    rules = {n: (json.loads(head), [*map(json.loads, body)]) for n, head, body in rules}
    under = {p[1] for _, body in rules.values() for p in body if p[0] == "-"}
    for _ in rules:
        under |= {p[1] for h, body in rules.values() if h[0] in under for p in body if p[0] in "+-"}
    below = [rule for rule in rules.values() if rule[0][0] in under]
    model = follows(below, {atom for atom in given if atom[0] in under}, place)
    if len(source) < len(facts) or model != {atom for atom in source if atom[0] in under}:
        yield "a fact stands twice, or those under negation are not all that follow"
    model, text = index(model), lambda atoms: {f"{p}({', '.join(args)})" for p, *args in atoms}
    stated = text(given)
    for question, *step in sorted(proofs):
        steps[question].append(step)
    for question, prompt, right, rung in questions:
        proved, used = set(), set()
        for n, (step, rule, head, premises) in enumerate(steps.pop(question, []), 1):
            head, *atoms = [tuple(json.loads(atom)) for atom in (head, *premises)]
            (pattern, body), bound = rules.get(rule, ([], [])), {}
            for p, atom in zip(body, atoms):
                bound = dict(zip(p, atom)) | bound if atom[0] == "+" else bound
            instance = [put(p, bound) for p in body if p[0] in "+-"] == atoms
            if not (instance and put(pattern, bound) == head and holds(body, bound, model, place)):
                yield f"question {question}, step {step}: no instance of rule {rule}"
            positive = {atom[1:] for atom in atoms if atom[0] == "+"}
            new = step == n and source.get(head) == "derived" and head not in proved
            if not new or not positive <= given | proved:
                yield f"question {question}, step {step}: a premise is neither given nor proved"
            proved, used = proved | {head}, used | positive
        wanted = {re.sub(r"(?<=[( ])\?(?=[,)])", lambda _: a, prompt) for a in right}
        wanted = set() if rung in ("nontheorem", "unknowable") else wanted
        if wanted - stated - text(proved) or text(proved - used) - wanted:
            yield f"question {question}: what is proved is not its right answers"
    yield from (f"question {question} has a proof and is not there" for question in steps)


def main(folder):
    with duckdb.connect() as db:
        select = [f"SELECT corpus, {c} FROM '{folder}/{t}.parquet'" for t, c in TABLES.items()]
        tables = [db.execute(query).fetchall() for query in select]
    bad = 0
    for corpus in sorted({row[0] for rows in tables for row in rows}):
        for fault in faults(*([row[1:] for row in rows if row[0] == corpus] for rows in tables)):
            print(f"{folder}: corpus {corpus}: {fault}")
            bad += 1
    print(f"{folder}: {len(tables[4])} questions, {len(tables[3])} steps, {bad} faults")
    return bad


if __name__ == "__main__":
    sys.exit(any([main(folder) for folder in sys.argv[1:]]))
