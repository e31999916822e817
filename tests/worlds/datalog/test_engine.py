"""close(): what follows, every derivation once, the same on every thread count."""

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.seeding import stream
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse

ARRAYS = ("predicate", "arguments", "is_base", "height", "rule", "head", "premises")


def _named(closure, fact):
    """A fact as text, for tests that a person reads."""
    names = [closure.base.constants[c] for c in closure.arguments[fact] if c >= 0]
    return f"{closure.predicates[closure.predicate[fact]]}({','.join(names)})"


def _derivations(closure):
    return [
        (
            _named(closure, head),
            int(rule),
            tuple(_named(closure, p) for p in premises if p >= 0),
        )
        for head, rule, premises in zip(closure.head, closure.rule, closure.premises)
    ]


def test_every_proof_of_a_fact_is_kept():
    facts = Facts.of(
        {"c": ["foal", "zebra", "horse", "animal"]},
        isa=("c c", [[0, 1], [1, 2], [2, 3]]),
    )
    closure = close(parse("kind(X,Y) :- isa(X,Y).\nkind(X,Z) :- kind(X,Y), kind(Y,Z)."), facts)
    assert [d for d in _derivations(closure) if d[0] == "kind(foal,animal)"] == [
        ("kind(foal,animal)", 1, ("kind(foal,zebra)", "kind(zebra,animal)")),
        ("kind(foal,animal)", 1, ("kind(foal,horse)", "kind(horse,animal)")),
    ]
    assert closure.height[closure.find("kind", np.array([[0, 3]], np.int32))].tolist() == [3]


def test_a_stated_fact_that_also_follows_keeps_its_derivations_at_height_0():
    facts = Facts.of({"c": ["a", "b"]}, e=("c c", [[0, 1]]), p=("c", [[0]]))
    closure = close(parse("p(X) :- e(X,_)."), facts)
    assert closure.is_base.all() and closure.height.tolist() == [0, 0]
    assert _derivations(closure) == [("p(a)", 0, ("e(a,b)",))]


def test_a_circular_derivation_is_found_and_lowers_no_height():
    facts = Facts.of({"c": ["a", "b"]}, e=("c c", [[0, 1]]))
    closure = close(parse("s(X,Y) :- e(X,Y).\ns(X,Y) :- s(Y,X)."), facts)
    assert ("s(a,b)", 1, ("s(b,a)",)) in _derivations(closure)
    assert closure.height.tolist() == [0, 1, 2]


def test_an_exception_overrules_what_is_typical():
    facts = Facts.of({"c": ["zebra", "okapi"]}, kind=("c", [[0], [1]]), odd=("c", [[1]]))
    closure = close(parse("typical(X) :- kind(X), not odd(X)."), facts)
    assert _derivations(closure) == [("typical(zebra)", 0, ("kind(zebra)",))]


def test_a_wildcard_under_negation_means_for_no_value():
    facts = Facts.of({"c": ["a", "b", "d"]}, e=("c c", [[0, 1], [1, 2]]))
    closure = close(parse("leaf(Y) :- e(_,Y), not e(Y,_)."), facts)
    assert [h for h, *_ in _derivations(closure)] == ["leaf(d)"]


def test_less_means_declared_earlier():
    facts = Facts.of({"c": ["zoo", "10", "9"]}, e=("c c", [[0, 1], [1, 2], [2, 0]]))
    closure = close(parse("up(X,Y) :- e(X,Y), X < Y. late(X) :- e(X,_), X >= 10."), facts)
    assert {h for h, *_ in _derivations(closure)} == {
        "up(zoo,10)",
        "up(10,9)",
        "late(10)",
        "late(9)",
    }


def test_a_derivation_is_found_exactly_once_though_all_its_premises_are_new():
    edges = stream("test-engine", "dense").randint(0, 12, (60, 2))
    facts = Facts.of({"c": 12}, e=("c c", edges))
    closure = close(parse("e(X,W) :- e(X,Y), e(Y,Z), e(Z,W)."), facts)
    known = {tuple(row) for row in closure.rows("e").tolist()}
    expected = sum(
        (y, z) in known and (z, w) in known for x, y in known for z in range(12) for w in range(12)
    )
    found = np.column_stack([closure.head, closure.rule, closure.premises])
    assert len(np.unique(found, axis=0)) == len(found) == expected > 1_000


def test_facts_and_derivations_come_in_canonical_order():
    closure = _composition()
    facts = np.column_stack([closure.predicate, closure.arguments])
    derivations = np.column_stack([closure.head, closure.rule, closure.premises])
    for table in (facts, derivations):
        assert np.array_equal(table, table[np.lexsort(table.T[::-1])])
    assert [closure.predicates[i] for i in closure.predicate[[0, -1]]] == ["fact", "two"]
    first = closure.first
    assert first[0] == 0 and first[-1] == len(closure.head)
    assert (np.repeat(np.arange(len(closure.predicate)), np.diff(first)) == closure.head).all()


def _composition():
    rng = stream("test-engine", "composition")
    rows = np.column_stack([rng.randint(0, size, 20_000) for size in (500, 50, 500)])
    facts = Facts.of({"e": 500, "r": 50}, fact=("e r e", rows))
    return close(parse("two(X,R,S,Z) :- fact(X,R,Y), fact(Y,S,Z)."), facts)


def _random_graph(threads):
    rng = stream("test-engine", "graph")
    facts = Facts.of({"c": 250}, e=("c c", rng.randint(0, 250, (500, 2))), m=("c", [[1], [2]]))
    program = parse("""
      path(X,Y) :- e(X,Y).          path(X,Z) :- path(X,Y), e(Y,Z), X != Z.
      cut(X,Y) :- path(X,Y), not path(Y,X).       cut(X,Y) :- cut(Y,X), X < Y, not m(X).
    """)
    return close(program, facts, threads=threads)


def test_the_closure_is_bit_identical_for_1_2_and_8_threads():
    one, *others = (_random_graph(threads) for threads in (1, 2, 8))
    assert len(one.head) > 50_000
    for other in others:
        for name in ARRAYS:
            a, b = getattr(one, name), getattr(other, name)
            assert a.dtype == b.dtype and a.tobytes() == b.tobytes(), name


def test_what_no_rule_reads_comes_out_as_what_a_rule_reads():
    edges = stream("test", "last", 0).randint(0, 30, (200, 2))
    facts = Facts.of({"c": 30}, e=("c c", edges), p=("c c", edges[:20, ::-1]))
    rules = "p(X,Y) :- e(X,Y).\np(X,Z) :- e(X,Y), e(Y,Z)."
    for threads in (1, 2, 8):
        last = close(parse(rules), facts, threads)
        read = close(parse(f"{rules}\nz(X) :- p(X,X)."), facts, threads)
        of_z = read.rule == 2
        assert of_z.any() and last.is_base[last.head].any()
        for name in ("rule", "head", "premises"):
            assert np.array_equal(getattr(last, name), getattr(read, name)[~of_z]), name
        for name in ("predicate", "arguments", "is_base", "height"):
            assert np.array_equal(getattr(last, name), getattr(read, name)[: len(last.height)])


def test_arrays_have_the_types_and_shapes_of_the_contract():
    closure = _random_graph(2)
    facts, derivations = len(closure.predicate), len(closure.head)
    shapes = {name: getattr(closure, name).shape for name in ARRAYS}
    assert shapes["arguments"] == (facts, 2) and shapes["premises"] == (derivations, 2)
    assert shapes["is_base"] == shapes["height"] == (facts,) and shapes["rule"] == (derivations,)
    types = {getattr(closure, name).dtype for name in ARRAYS if name != "is_base"}
    assert types == {np.dtype(np.int32)} and closure.is_base.dtype == bool


def test_facts_are_found_by_their_arguments():
    closure = _composition()
    for predicate in ("fact", "two"):
        block = closure.blocks[predicate]
        every = closure.find(predicate, closure.rows(predicate))
        assert np.array_equal(every, np.arange(block.start, block.stop))
    true = {tuple(row) for row in closure.rows("fact").tolist()}
    wanted = stream("test-engine", "find").randint(0, 550, (2_000, 3)).astype(np.int32)
    found = closure.find("fact", wanted)
    assert [i >= 0 for i in found] == [tuple(row) in true for row in wanted.tolist()]
    assert closure.find("fact", np.zeros((0, 3), np.int32)).tolist() == []


def test_nothing_is_found_among_no_facts():
    closure = close(parse("p(X) :- q(X,X)."), Facts.of({"c": 2}, q=("c c", [[0, 1]])))
    assert closure.find("p", np.array([[0], [1]], np.int32)).tolist() == [-1, -1]
    assert len(closure.rule) == 0 and closure.premises.shape == (0, 1)


def test_sampled_predicates_that_no_rule_mentions_stay():
    facts = Facts.of({"c": 3}, q=("c", [[0]]), other=("c c c", [[0, 1, 2]]))
    closure = close(parse("p(X) :- q(X)."), facts)
    assert closure.predicates == ("other", "p", "q") and closure.rows("other").shape == (1, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p(X) :- edgy(X,X).", r"unknown predicate .* 'edgy'; did you mean 'edge'\?"),
        ("p(X) :- edge(X,_), not odge(X).", r"unknown predicate .* 'odge'; did you mean 'edge'\?"),
        ("p(X) :- edge(X,zebr).", r"unknown constant .* 'zebr'; did you mean 'zebra'\?"),
        ("p(9) :- edge(X,_).", r"unknown constant .* '9'; known: horse, zebra"),
        ("p(X) :- edge(X,_), X < horze.", r"unknown constant .* 'horze'; did you mean 'horse'\?"),
        ("p(X) :- edge(X,_), not edge(X,zebro).", r"unknown constant .* did you mean 'zebra'\?"),
        ("p(X) :- edge(X).", "edge has 2 arguments in the sampled facts and 1 in the rules; make"),
    ],
)
def test_what_does_not_fit_the_facts_is_refused_in_one_line(text, message):
    facts = Facts.of({"c": ["zebra", "horse"]}, edge=("c c", [[0, 1]]))
    with pytest.raises(UserError, match=message) as refused:
        close(parse(text), facts)
    assert "\n" not in str(refused.value)


def test_a_long_recursion_reaches_its_end():
    """150 rounds: a fact at the end of a chain has the height of the chain."""
    facts = Facts.of({"c": 152}, e=("c c", [[i, i + 1] for i in range(151)]), s=("c", [[0]]))
    closure = close(parse("at(X) :- s(X).\nat(Y) :- at(X), e(X,Y)."), facts, threads=1)
    assert closure.height[closure.blocks["at"]].tolist() == list(range(1, 153))


def test_a_closure_cannot_be_changed_by_assignment():
    closure = close(parse("p(X) :- q(X)."), Facts.of({"c": 1}, q=("c", [[0]])))
    with pytest.raises(dataclasses.FrozenInstanceError):
        closure.rule = closure.head  # type: ignore[misc]
