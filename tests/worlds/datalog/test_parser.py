"""Rule text: what is read, and what is refused with line, column, what is wrong and the cure."""

import pytest
from zebroid.errors import UserError
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.datalog.syntax import Atom, Comparison, Constant, Variable

REFUSED = {
    # what: (text, line:column, a part of what is wrong, a part of the cure)
    "function symbol": ("p(X) :- q(X,f(X)).", "1:13", "function symbol", "use a predicate"),
    "tuple": ("p(X) :- q((X,X)).", "1:12", "function symbol", "use a predicate"),
    "script function": ("p(X) :- q(@f(X)).", "1:11", "function symbol", "use a predicate"),
    "unsafe head": ("p(X,Y) :- q(X).", "1:1", "variable Y of", "bind it in a positive premise"),
    "unsafe wildcard": ("p(_) :- q(X).", "1:1", "variable _ of", "bind it"),
    "unsafe comparison": ("p(X) :- q(X), Y < X.", "1:1", "variable Y of", "bind it"),
    "unsafe wildcard compared": ("p(X) :- q(X), X != _.", "1:1", "variable _ of", "bind it"),
    "unsafe equality": ("p(X) :- q(X), Y = Z.", "1:1", "variable Y of", "bind it"),
    "unsafe negative": ("p(X) :- q(X), not r(Y).", "1:1", "variable Y of", "bind it"),
    "a name that starts like a wildcard": (
        "p(X) :- q(X), not r(_X).",
        "1:1",
        "variable _X",
        "bind",
    ),
    "unstratified": (
        "a(X) :- q(X).\n  p(X) :- q(X), not r(X).\nr(X) :- p(X).",
        "2:3",
        "p depends on `not r`, which depends on p: unstratified",
        "break the loop",
    ),
    "negates itself": ("p(X) :- q(X), not p(X).", "1:1", "unstratified", "break the loop"),
    "arity clash": ("p(X) :- q(X).\n\n p(X) :- q(X,X).", "3:2", "q has 2 arguments", "two names"),
    "choice": ("{p(X)} :- q(X).", "1:1", "choice or an aggregate", "one atom as the head"),
    "aggregate head": ("#sum{1: p(X)} :- q(X).", "1:1", "choice or an aggregate", "one atom"),
    "disjunction": ("p(X) ; r(X) :- q(X).", "1:1", "disjunction", "one rule per head"),
    "conditional head": ("p(X) : r(X) :- q(X).", "1:1", "disjunction", "one rule per head"),
    "fact": ("p(a).", "1:1", "'p(a).' has no body", "give facts in sample()"),
    "constraint": (":- q(X).", "1:1", "derives no atom", "drop it"),
    "negative head": ("not p(X) :- q(X).", "1:1", "derives no atom", "drop it"),
    "comparison as head": ("X = 1 :- q(X).", "1:1", "derives no atom", "drop it"),
    "pool in a premise": ("p(X) :- q(X;X,X).", "1:9", "a pool or an external", "one atom per"),
    "pool in the head": ("p(a;b) :- q(X).", "1:1", "a pool or an external", "one atom per"),
    "pool as a term": ("p(X) :- q(X,(a;b)).", "1:13", "arithmetic or a pool", "base facts"),
    "interval": ("p(X) :- q(X), r(1..3).", "1:17", "arithmetic or a pool", "base facts"),
    "arithmetic": ("p(X+1) :- q(X).", "1:3", "'(X+1)' is arithmetic", "base facts"),
    "arithmetic compared": ("p(X) :- q(X), X = 1 + 1.", "1:19", "is arithmetic", "base facts"),
    "absolute value": ("p(X) :- q(X), |X| = 1.", "1:15", "is arithmetic", "base facts"),
    "empty quotes": ("p(X) :- q(X,'').", "1:13", "'' is no constant", "text that can be read"),
    "quoted variable": ('p(X) :- q(X,"?Y").', "1:13", "is no constant", "begin with ?"),
    "quotes in quotes": (
        "p(X) :- q(X,'a\"b').",
        "1:13",
        "a quotation mark inside",
        'quote it with "',
    ),
    "infimum": ("p(X) :- q(X,#inf).", "1:13", "is no constant", "a lower-case name"),
    "classical negation": ("p(X) :- -q(X).", "1:9", "classical negation", "use `not`"),
    "classical negation as head": ("-p(X) :- q(X).", "1:1", "classical negation", "use `not`"),
    "classical under not": ("p(X) :- q(X), not -r(X).", "1:19", "classical", "use `not`"),
    "double negation": ("p(X) :- q(X), not not r(X).", "1:15", "is no atom", "use p(..)"),
    "negated comparison": ("p(X) :- q(X), not X = 1.", "1:15", "negates a comparison", "opposite"),
    "boolean": ("p(X) :- q(X), #true.", "1:15", "is no atom", "use p(..)"),
    "aggregate": ("p(X) :- q(X), 1 < #count{Y: r(Y)}.", "1:15", "is no atom", "use p(..)"),
    "cardinality": ("p(X) :- q(X), 1 {r(X)}.", "1:15", "is no atom", "use p(..)"),
    "theory atom": ("p(X) :- q(X), &t{}.", "1:15", "is no atom", "use p(..)"),
    "condition": ("p(X) :- q(X) : r(X).", "1:9", "a condition", "use plain atoms"),
    "show": ("p(X) :- q(X).\n#show p/1.", "2:1", "is not a rule", "keep to rules"),
    "const": ("#const n=3.", "1:1", "is not a rule", "keep to rules"),
    "program part": ("#program step(t).", "1:1", "is not a rule", "keep to rules"),
    "weak constraint": (":~ p(X). [1]", "1:1", "is not a rule", "keep to rules"),
    "script": ("#script (python)\nprint(1)\n#end.", "1:1", "is not a rule", "keep to rules"),
    "include": ("\n #include 'x.lp'.", "2:2", "'#include' is not a rule", "one text"),
    "syntax": ("p(X) :- q(X)\n  r(X).", "2:3", "unexpected <IDENTIFIER>", "write rules"),
    "no full stop": ("p(X) :- q(X)", "1:13", "unexpected EOF", "write rules"),
    "open string": ('p(X) :- q(X), "a\nb.', "1:15", 'unexpected "', "write rules"),
    "open comment": ("p(X) :- q(X). %* open", "1:22", "unexpected <EOF>", "write rules"),
    "stray character": ("p(X) :- $ q(X).", "1:9", "unexpected $", "write rules"),
    "not ASCII": ("% Größe\np(X) :- größe(X).", "2:11", "'ö' is no character", "in ASCII"),
    "not ASCII, not a letter": ("p(X) :- q(X),\u00a0r(X).", "1:14", r"'\xa0' is no", "in ASCII"),
    "zero byte": ("p(X) :- q(X).\0 r(X).", "1:14", r"'\x00' is no character", "in ASCII"),
    "nothing": ("% only a comment", "1:1", "no rule in the text", "at least one"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_datalog_is_refused_with_place_reason_and_cure(what):
    text, place, reason, cure = REFUSED[what]
    with pytest.raises(UserError) as refused:
        parse(text)
    message = str(refused.value)
    assert message.startswith(f"{place}: ") and "\n" not in message
    before, _, after = message.rpartition("; ")
    assert reason in before and cure in after, message


def test_quoted_constants_are_names_of_any_letters():
    text = """
      % a comment's apostrophe, and "one more
      aunt(X,'son-in-law',Z) :- r(X,"/location/contains",Y), r(Y,'Zürich, CH',Z), %* 'no' *% s(Z').
      t(X,"a \\"b\\" \\\\ c") :- r(X,'Zörich','7'), X != "Mother".  % isn't
    """.replace("s(Z')", "s(Z)")
    one, two = parse(text).rules
    assert one.head.terms[1] == Constant("son-in-law")
    assert [atom.terms[1:2] for atom in one.positive[:2]] == [
        (Constant("/location/contains"),),
        (Constant("Zürich, CH"),),
    ]
    assert two.head.terms[1] == Constant('a "b" \\ c')
    assert two.positive[0].terms[1:] == (Constant("Zörich"), Constant("7"))
    assert two.comparisons[0].right == Constant("Mother")
    assert parse(one.text).rules[0].head == one.head and one.line == 3


def test_rules_keep_their_text_and_place_without_comments():
    text = """
      %* A block comment, with a rule in it: p(X) :- q(X).
         Über mehrere Zeilen. *%
      has(A,V) :- compound(A,T,K),   % 100% of them
                  of_kind(K,V),\t%* none *% not overrides(T,_).
      near(X,Y) :- near(Y,X). far(X) :- near(X,_), X != a.  % both on line 6\u2028
    """
    rules = parse(text).rules
    assert [r.text for r in rules] == [
        "has(A,V) :- compound(A,T,K), of_kind(K,V), not overrides(T,_).",
        "near(X,Y) :- near(Y,X).",
        "far(X) :- near(X,_), X != a.",
    ]
    assert [(r.line, r.column) for r in rules] == [(4, 7), (6, 7), (6, 31)]


def test_the_text_of_a_rule_parses_to_the_same_rule():
    (rule,) = parse("p(X,V) :- q(X,_,1), V = W, W = X, not r(_,V), X < a != 1.").rules
    (again,) = parse(rule.text).rules
    assert again == rule


def test_literals_are_sorted_by_kind_and_chains_taken_apart():
    (rule,) = parse("p(X) :- not r(X,_), q(X,1), X < Y <= b, s(Y).").rules
    x, y = Variable("X"), Variable("Y")
    assert rule.positive == (Atom("q", (x, Constant("1"))), Atom("s", (y,)))
    assert rule.negative == (Atom("r", (x, Variable("_1"))),)
    assert rule.comparisons == (Comparison(x, "<", y), Comparison(y, "<=", Constant("b")))


def test_each_wildcard_is_a_variable_of_its_own():
    (rule,) = parse("p(X) :- q(_,_), r(X,_X,_).").rules
    names = [t.name for a in rule.positive for t in a.terms if isinstance(t, Variable)]
    assert len(set(names)) == 5
    wild = [t for a in rule.positive for t in a.terms if isinstance(t, Variable) and t.wildcard]
    assert len(wild) == 3 and Variable("_X") not in wild


def test_an_equality_with_an_unbound_variable_defines_it():
    (rule,) = parse("p(V,W) :- q(X), V = X, a = W.").rules
    assert rule.head == Atom("p", (Variable("X"), Constant("a"))) and not rule.comparisons
    (rule,) = parse("p(X) :- q(X,Y), X = Y.").rules  # both bound: a test, not a definition
    assert rule.comparisons == (Comparison(Variable("X"), "=", Variable("Y")),)


def test_binding_is_where_a_variable_is_first_bound():
    (rule,) = parse("p(X,Z) :- q(X,Y), q(Y,Z).").rules
    assert [rule.binding(v) for v in "XYZ"] == [(0, 0), (0, 1), (1, 1)]
    with pytest.raises(UserError, match="no positive premise binds variable 'V'"):
        rule.binding("V")


def test_strata_come_after_what_they_need_and_loops_share_one():
    program = parse("""
      top(X) :- odd(X,Y), not even(X,Y).
      even(X,Z) :- odd(X,Y), edge(Y,Z).   odd(X,Z) :- even(X,Y), edge(Y,Z).
      odd(X,Y) :- edge(X,Y), not banned(X).
      banned(X) :- black(X).
    """)
    assert program.strata == (("banned",), ("even", "odd"), ("top",))
    assert program.arity["edge"] == 2


def test_what_negation_depends_on_is_known():
    program = parse("p(X) :- q(X), not r(X). r(X) :- s(X), t(X). u(X) :- p(X).")
    assert program.negated == {"r", "s", "t"}


def test_a_program_without_some_rules_keeps_its_arities():
    program = parse("p(X) :- q(X). r(X,Y) :- p(X), p(Y).")
    fewer = program.without({1})
    assert [r.text for r in fewer.rules] == ["p(X) :- q(X)."] and fewer.arity == program.arity
    assert fewer.strata == (("p",),)


def test_what_has_no_argument_and_what_only_negations_say_are_rules():
    made = parse("wet :- raining. res(a) :- not e(b). p(X) :- q(X), wet, not dry.")
    assert [r.head.predicate for r in made.rules] == ["wet", "res", "p"]
    assert made.arity == {"wet": 0, "raining": 0, "res": 1, "e": 1, "p": 1, "q": 1, "dry": 0}
    assert made.rules[1].positive == () and made.rules[1].negative[0].words() == ("e", "b")
    with pytest.raises(UserError, match=r"variable X of .* is unsafe"):
        parse("res(X) :- not e(X).")
