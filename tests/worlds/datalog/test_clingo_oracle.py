"""Engine, clingo and brute force agree, on closure and derivations, over random programs."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zebroid.worlds.datalog.brute_force import enumerate_model
from zebroid.worlds.datalog.clingo_oracle import decide
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.datalog.syntax import Variable

from ...fuzzing import fuzz

# Declared in an order that is neither alphabetical nor clingo's own (numbers before names).
NAMES = ("zoo", "ant", "7", "bee", "10")
ARITY = {"edge": 2, "kind": 1, "triple": 3, "near": 2, "far": 2, "mark": 1, "odd": 2, "top": 1}
LEVEL = {"edge": 0, "kind": 0, "triple": 0, "near": 1, "far": 1, "mark": 2, "odd": 2, "top": 3}
DERIVED = [p for p, level in LEVEL.items() if level]

SEEDS = st.sampled_from(  # half of the programs start from a recursion that surely fires
    [
        "",
        "near(X,Y) :- edge(X,Y).",
        "near(X,Y) :- edge(X,Y).\nnear(X,Z) :- near(X,Y), near(Y,Z).",
        "near(X,Y) :- edge(X,Y).\nfar(X,Z) :- near(X,Y), edge(Y,Z).\nnear(X,Z) :- far(X,Z).",
    ]
)


@st.composite
def _atom(draw, predicates, terms):
    predicate = draw(st.sampled_from(predicates))
    arguments = [draw(st.sampled_from(terms)) for _ in range(ARITY[predicate])]
    return f"{predicate}({','.join(arguments)})"


@st.composite
def _rule(draw):
    """Recursion inside a level, negation only of lower levels: stratified by construction."""
    head = draw(st.sampled_from(DERIVED))
    below = [p for p in ARITY if LEVEL[p] < LEVEL[head]]
    level = [p for p in ARITY if LEVEL[p] == LEVEL[head]]
    beside = [*below, *level * 2, "edge", "edge"]
    terms = ["X", "Y", "Z"] * 4 + ["_Z", "W0", "_", "_", "ant", "7"]
    body = draw(st.lists(_atom(beside, terms), min_size=1, max_size=3))
    used = {t for atom in body for t in atom.split("(")[1].rstrip(")").split(",")}
    bound = sorted(used - {"_", *NAMES})
    if (
        bound and draw(st.integers(0, 3)) == 0
    ):  # an equality that defines a variable, either way round
        pair = ["E", draw(st.sampled_from(bound))][:: draw(st.sampled_from([1, -1]))]
        body.append(" = ".join(pair))
        bound.append("E")
    safe = [*bound * 3, "zoo", "bee"]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        body.append("not " + draw(_atom(below, [*safe, "_"])))
    if draw(st.integers(0, 2)) == 0:
        chain = draw(st.lists(st.sampled_from(safe), min_size=2, max_size=3))
        signs = [draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="])) for _ in chain[1:]]
        body.append(" ".join(itertools.chain(*zip(chain, [*signs, ""]))).strip())
    body = draw(st.permutations(body))
    return f"{draw(_atom([head], safe))} :- {', '.join(body)}."


@st.composite
def _theory(draw):
    text = "\n".join([draw(SEEDS), *draw(st.lists(_rule(), min_size=3, max_size=6))])
    program = parse(text)
    needed = {a.predicate for r in program.rules for a in r.positive + r.negative}
    needed -= {r.head.predicate for r in program.rules}
    rng = np.random.RandomState(draw(st.integers(0, 2**32 - 1)))
    rows = {}
    for predicate, arity in ARITY.items():
        if LEVEL[predicate] == 0 or predicate in needed or rng.rand() < 0.3:
            cells = np.array(list(itertools.product(range(len(NAMES)), repeat=arity)))
            rows[predicate] = (
                " ".join("c" * arity),
                cells[rng.rand(len(cells)) < rng.uniform(2, 12) / len(cells)],
            )
    return text, Facts.of({"c": NAMES}, **rows)


def _check(text, facts):
    closure = close(parse(text), facts, threads=1)
    decision = decide(parse(text), facts)
    assert closure.predicates == decision.predicates
    for field in ("predicate", "arguments", "rule", "head", "premises"):
        ours, theirs = getattr(closure, field), getattr(decision, field)
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs), field
    _check_by_enumeration(closure, enumerate_model(parse(text), facts))
    derivations = np.column_stack([closure.head, closure.rule, closure.premises])
    assert len(np.unique(derivations, axis=0)) == len(derivations), "a derivation was found twice"
    return closure


def _check_by_enumeration(closure, model):
    rows = [[a for a in row if a >= 0] for row in closure.arguments.tolist()]
    facts = [(closure.predicates[p], *row) for p, row in zip(closure.predicate.tolist(), rows)]
    assert dict(zip(facts, closure.height.tolist())) == model.height
    derivations = zip(closure.rule.tolist(), closure.head.tolist(), closure.premises.tolist())
    assert model.derivations == {
        (rule, facts[head], tuple(facts[p] for p in premises if p >= 0))
        for rule, head, premises in derivations
    }


FUZZ = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.smoke
def test_clingo_agrees_on_40_random_programs():
    """They are worth the trouble: they recurse, negate, compare and derive at length."""
    seen = dict.fromkeys(("recursion", "negation", "comparison", "wildcard", "height 2", "all"), 0)

    @settings(max_examples=40, derandomize=True, database=None, **FUZZ)
    @given(_theory())
    def agree(theory):
        closure = _check(*theory)
        rules = [closure.program.rules[i] for i in np.unique(closure.rule)]  # those that fired
        atoms = [a for r in rules for a in r.positive + r.negative]
        seen["all"] += 1
        seen["recursion"] += any(r.head.predicate == a.predicate for r in rules for a in r.positive)
        seen["negation"] += any(r.negative for r in rules)
        seen["comparison"] += any(r.comparisons for r in rules)
        seen["wildcard"] += any(
            isinstance(t, Variable) and t.wildcard for a in atoms for t in a.terms
        )
        seen["height 2"] += int(closure.height.max()) >= 2

    agree()
    assert seen["all"] >= 40 and min(seen.values()) >= 6, seen


@pytest.mark.slow
@fuzz(300, new=True)
@given(_theory())
def test_clingo_agrees_on_new_random_programs(theory):
    _check(*theory)


@pytest.mark.parametrize(
    "text",
    [
        "d(X) :- e(X,_).",  # clingo would project the wildcard and show one instance per X
        "d(X) :- e(X,_), not e(_,X).",
        "d(X) :- e(X,Y), not e(Y,_), X != Y.",
        "d(V) :- e(X,Y), V = X.\nd(V) :- e(X,Y), Y = V, X < Y.",
        "d(V) :- e(X,Y), V = W, W = X, X = _.",
        "d(X) :- e(X,Y), X < Y <= 1 != 0.",
        "d(2) :- e(0,1).",  # no variable at all
        "d(X) :- e(X,Y), e(X,Y), e(Y,X).",
        "e(X,Y) :- e(Y,X).",
        "e(X,Z) :- e(X,Y), e(Y,Z).",
        "d(X) :- e(X,X).\ne(X,X) :- e(X,_).",
        "instance0(X) :- e(X,_).\ninstance(X) :- instance0(X).",  # names that the oracle would use
        "d(X) :- e(X,_X), not f(_X).\nf(W1) :- e(W0,_), e(_,W1), e(W1,_).",
    ],
)
def test_traps_of_clingo_are_avoided(text):
    edges = [[0, 1], [1, 2], [2, 0], [2, 3], [3, 3]]
    _check(text, Facts.of({"c": ["0", "1", "2", "3"]}, e=("c c", edges), f=("c", [[1]])))


def test_clingo_reads_quoted_constants_as_the_engine_does():
    text = """p(X,'Zürich, CH') :- q(X,'/a b'), not q(X,"it is \\"so\\""), X != '3.5'."""
    program = parse(text)
    facts = Facts.of(
        {"n": ["1", "3.5", "4"], "c": ["/a b", 'it is "so"', "Zürich, CH"]},
        q=("n c", [[0, 0], [1, 0], [2, 0], [2, 1]]),
    )
    closure = close(program, facts)
    assert closure.rows("p").tolist() == [[0, 5]]
    assert (decide(program, facts).premises == closure.premises).all()


def test_a_derivation_from_stated_facts_keeps_its_premises():
    facts = Facts.of({"c": 3}, e=("c c", [[0, 1], [1, 2]]))
    decision = decide(parse("d(X,Z) :- e(X,Y), e(Y,Z)."), facts)
    assert decision.head.tolist() == [0] and decision.premises.tolist() == [[1, 2]]


NO_ARGUMENT = {
    "only a negation": ("res(a) :- not e(b).", {("res", "a")}),
    "a negation that is false": ("res(a) :- not e(a).", set()),
    "a chain without arguments": (
        "wet :- raining. cold :- snowing. both :- wet, any. any :- e(X). no :- not both. "
        "yes :- not no.",
        {("wet",), ("both",), ("any",), ("yes",)},
    ),
    "a condition of all": (
        "w(X) :- e(X), wet. wet :- raining. d(X) :- e(X), not wet.",
        {("wet",), ("w", "a")},
    ),
    "recursion without arguments": ("p :- raining. p :- p, e(X).", {("p",)}),
    "ground heads": (
        "p(X) :- e(X). p(b) :- not snowing. p(c) :- p(b), raining.",
        {("p", "a"), ("p", "b"), ("p", "c")},
    ),
}


@pytest.mark.parametrize(("rules", "derived"), NO_ARGUMENT.values(), ids=[*NO_ARGUMENT])
def test_rules_without_arguments_or_positive_premises(rules, derived):
    facts = Facts.of({"t": [*"abc"]}, e=("t", [[0]]), raining=("", [[]]), snowing=("", []))
    program = parse(rules)
    found, oracle = close(program, facts, threads=1), decide(program, facts)
    for field in ("predicate", "arguments", "rule", "head", "premises"):
        assert np.array_equal(getattr(found, field), getattr(oracle, field)), field
    model = enumerate_model(program, facts)
    true = {
        (found.predicates[p], *(facts.constants[a] for a in row if a >= 0)): height
        for p, row, height in zip(found.predicate, found.arguments, found.height.tolist())
    }
    assert {fact for fact, height in true.items() if height} == derived
    constants = {name: i for i, name in enumerate(facts.constants)}
    assert model.height == {(p, *(constants[c] for c in row)): h for (p, *row), h in true.items()}
