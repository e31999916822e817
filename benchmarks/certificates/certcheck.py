"""Check every proof beside receipts, without zebroid: ``python certcheck.py FOLDER...``.

Each step is an instance of a rule: "+" was given or proved before, "-" does not follow from what is
given (null: nor for any other value), and comparisons hold in the order of the constants.
"""

import itertools
import json
import operator as op
import re
import sys

import duckdb

COMPARE = {"=": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
TABLES = {
    "constants": "constant, place",
    "rules": "rule, head, body, given",
    "facts": "list_prepend(predicate, arguments), given",
    "proofs": "question, step, rule, head, premises",
    "questions": "question, prompt, right_answers, rung",
}


def grouped(rows):
    return {key: [*group] for key, group in itertools.groupby(sorted(rows), lambda row: row[0])}


def put(pattern, bound):  # variables are ?X; None stands for any value
    return tuple(bound.get(t) if t.startswith("?") else t for t in pattern)


def known(atom, model):  # the facts that an atom stands for
    facts = model.get(atom[0], ())
    return [f for f in facts if all(a in (None, b) for a, b in zip(atom, f, strict=True))]


def solve(patterns, model, bound):  # every binding under which the patterns are known
    for fact in known(put(patterns[0], bound), model) if patterns else ():
        more = dict(zip(patterns[0], fact)) | bound
        yield from solve(patterns[1:], model, more) if put(patterns[0], more) == fact else ()
    yield from () if patterns else [bound]


def holds(body, bound, model, place):  # its comparisons and negations
    atoms = [(sign, put(terms, bound)) for sign, *terms in body if sign != "+"]
    true = all(COMPARE[sign](*map(place.get, atom)) for sign, atom in atoms if sign != "-")
    return true and not any(known(atom, model) for sign, atom in atoms if sign == "-")


def follows(rules, given, place):  # the perfect model: each round settles one stratum more
    facts = given
    for _ in rules:
        before, facts, new = grouped(facts), given, given
        while new:
            facts, model, new = facts | new, grouped(facts | new), set()
            for head, body in rules:
                found = solve([p[1:] for p in body if p[0] == "+"], model, {})
                new |= {put(head, b) for b in found if holds(body, b, before, place)} - facts
    return facts


def faults(constants, rules, facts, proofs, questions):
    place, source = dict(constants), {tuple(atom): how for atom, how in facts}
    given = {atom for atom in source if source[atom] != "derived"}
    rules = {n: (json.loads(h), [*map(json.loads, b)]) for n, h, b, w in rules if w != "neither"}
    under = {p[1] for _, body in rules.values() for p in body if p[0] == "-"}
    for _ in rules:
        under |= {p[1] for h, body in rules.values() if h[0] in under for p in body if p[0] in "+-"}
    below = [rule for rule in rules.values() if rule[0][0] in under]
    full = follows(below, {atom for atom in given if atom[0] in under}, place)
    if len(source) < len(facts) or full != {atom for atom in source if atom[0] in under}:
        yield "a fact stands twice, or those under negation are not all that follow"
    model, text = grouped(full), lambda atoms: {f"{p}({', '.join(args)})" for p, *args in atoms}
    stated, steps = text(given), grouped(proofs)
    for question, prompt, right, rung in questions:
        proved, used = set(), set()
        for n, (_, step, rule, head, premises) in enumerate(steps.pop(question, []), 1):
            head, *atoms = [tuple(json.loads(atom)) for atom in (head, *premises)]
            (pattern, body), bound = rules.get(rule, ([], [])), {}
            for p, atom in zip(body, atoms):
                bound = dict(zip(p, atom)) | bound if atom[0] == "+" else bound
            same = [put(p, bound) for p in (["+", *pattern], *body) if p[0] in "+-"]
            if same != [("+", *head), *atoms] or not holds(body, bound, model, place):
                yield f"question {question}, step {step}: no instance of rule {rule}"
            positive = {atom[1:] for atom in atoms if atom[0] == "+"}
            new = step == n and source.get(head) == "derived" and head not in proved
            if not new or not positive <= given | proved:
                yield f"question {question}, step {step}: a premise is neither given nor proved"
            proved, used = proved | {head}, used | positive
        none = rung in ("nontheorem", "unknowable") and right == ["none"]
        right = [] if none else right or ["?"]
        wanted = {re.sub(r"(?<=[( ])\?(?=[,)])", lambda _, a=a: a, prompt) for a in right}
        if wanted - stated - text(proved) or text(proved - used) - wanted:
            yield f"question {question}: what is proved is not its right answers"
    yield from (f"question {question} has a proof and is not there" for question in steps)


def main(folder):
    query = "SELECT corpus, {} FROM read_parquet(?)"
    files = {f"{folder}/{name}.parquet": columns for name, columns in TABLES.items()}
    tables = [grouped(duckdb.execute(query.format(c), [f]).fetchall()) for f, c in files.items()]
    found = []
    for corpus in sorted({key for table in tables for key in table}):
        rows = [[row[1:] for row in table.get(corpus, ())] for table in tables]
        try:
            found += [f"corpus {corpus}: {fault}" for fault in faults(*rows)]
        except Exception as error:  # whatever a stranger wrote
            found += [f"corpus {corpus} is not understood: {error!r}"]
    _, _, _, steps, questions = (sum(map(len, table.values())) for table in tables)
    print(*found, f"{folder}: {questions} questions, {steps} steps, {len(found)} faults", sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(any([main(folder) for folder in sys.argv[1:]]))
