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


def put(pattern, bound):  # variables are ?X; one that is not bound stands for any value
    return tuple(bound.get(term) if term.startswith("?") else term for term in pattern)


def solve(patterns, model, bound):  # every binding under which the patterns are facts of the model
    for fact in model.get(patterns[0][0], ()) if patterns else ():
        more = dict(zip(patterns[0], fact)) | bound
        yield from solve(patterns[1:], model, more) if put(patterns[0], more) == fact else ()
    yield from () if patterns else [bound]


def holds(body, bound, model, place):  # its comparisons and negations
    true = all(COMPARE[s](*map(place.get, put(t, bound))) for s, *t in body if s not in ("+", "-"))
    return true and not any(True for s, *t in body if s == "-" for _ in solve([t], model, bound))


def follows(rules, given, model, place):  # all that does, if just the model's facts are not false
    facts, new = given, given
    while new:
        facts, known = facts | new, grouped(facts | new)
        found = [(h, b, solve([p[1:] for p in b if p[0] == "+"], known, {})) for h, b in rules]
        new = {put(h, x) for h, b, xs in found for x in xs if holds(b, x, model, place)} - facts
    return facts


def faults(constants, rules, facts, proofs, questions):
    place, source, under = dict(constants), {tuple(atom): how for atom, how in facts}, set()
    given = {atom for atom in source if source[atom] != "derived"}
    rules = {n: (json.loads(h), [*map(json.loads, b)]) for n, h, b, w in rules if w != "neither"}
    needs = [(head[0], sign, of) for head, body in rules.values() for sign, of, *_ in body]
    for _ in rules:  # predicates under negation, and what these depend on
        under |= {of for head, sign, of in needs if sign == "-" or (sign == "+" and head in under)}
    full = {atom for atom in source if atom[0] in under}
    model, below = grouped(full), [rule for rule in rules.values() if rule[0][0] in under]
    if len(source) < len(facts) or follows(below, given & full, model, place) != full:
        yield "a fact stands twice, or those under negation are not all that follow"
    text = lambda atoms: {f"{p}({', '.join(args)})" for p, *args in atoms}  # noqa: E731
    stated, steps = text(given), grouped(proofs)
    for question, prompt, right, rung in questions:
        proved, used = set(), set()
        for n, (_, step, rule, head, premises) in enumerate(steps.pop(question, []), 1):
            head, *atoms = [tuple(json.loads(atom)) for atom in (head, *premises)]
            (pattern, body), positive = rules.get(rule, ([], [])), [a for a in atoms if a[0] == "+"]
            bound = dict(pair for p, a in zip(body, positive) for pair in zip(p, a))
            same = [put(p, bound) for p in (["+", *pattern], *body) if p[0] in "+-"]
            if same != [("+", *head), *atoms] or not holds(body, bound, model, place):
                yield f"question {question}, step {step}: no instance of rule {rule}"
            used |= (rests := {atom[1:] for atom in positive})
            new = step == n and source.get(head) == "derived" and head not in proved
            if not new or not rests <= given | proved:
                yield f"question {question}, step {step}: a premise is neither given nor proved"
            proved.add(head)
        none = rung in ("nontheorem", "unknowable") and right == ["none"]
        answers = [] if none else right or ["?"]
        wanted = {re.sub(r"(?<=[( ])\?(?=[,)])", lambda _, a=a: a, prompt) for a in answers}
        if wanted - stated - text(proved) or text(proved - used) - wanted:
            yield f"question {question}: what is proved is not its right answers"
    yield from (f"question {question} has a proof and is not there" for question in steps)


def main(folder):
    found, steps, query = [], 0, "SELECT corpus, {} FROM read_parquet(?)"
    files = [(query.format(c), [f"{folder}/{name}.parquet"]) for name, c in TABLES.items()]
    tables = [grouped(duckdb.execute(*file).fetchall()) for file in files]
    for corpus in sorted({key for table in tables for key in table}):
        rows = [[row[1:] for row in table.get(corpus, ())] for table in tables]
        steps += len(rows[3])
        try:
            found += [f"corpus {corpus}: {fault}" for fault in faults(*rows)]
        except Exception as error:  # whatever a stranger wrote
            found += [f"corpus {corpus} is not understood: {error!r}"]
    print(*found, f"{folder}: {steps} steps, {len(found)} faults", sep="\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(any([main(folder) for folder in sys.argv[1:]]))
