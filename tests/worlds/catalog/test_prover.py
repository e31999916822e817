"""prover-v2: theories in the prompt, and nothing that is carried from one to another."""

import dataclasses
from collections import Counter

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import lookup
from zebroid.worlds.catalog.prover import GAPS, Prover
from zebroid.worlds.corpus.audit import AuditError, audit
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.encode import Lines, encode
from zebroid.worlds.encoding.episodes import theories
from zebroid.worlds.encoding.proof_checker import valid_proofs
from zebroid.worlds.encoding.verbalize import theory_in_english
from zebroid.worlds.encoding.vocabulary import Lexicon
from zebroid.worlds.exposure import Exposure

ARITY = {"is": 3, "likes": 2, "implies": 3, "both": 4, "liking": 3}


@pytest.fixture(scope="module")
def tiny():
    return build_corpus(Prover(), "tiny")


@pytest.fixture(scope="module")
def direct(tiny):
    return encode(tiny, "direct", np.arange(len(tiny.prompt)))


def _read(tokens, row):
    """(lines of the theory, [person, attribute]) of a prompt, from its words alone."""
    words = [tokens.vocabulary[t] for t in row if t != tokens.end]
    lines = []
    while words[0] in ARITY and len(words) > 3:
        size = 1 + ARITY[words[0]]
        lines.append(tuple(words[:size]))
        words = words[size:]
    assert words[0] == "is"
    return lines, words[1:]


def _prove(lines):
    """(person, attribute) -> value, by naive chaining over the lines of one prompt."""
    known = {(x, a): v for p, x, a, v in (n for n in lines if n[0] == "is")}
    while True:
        new, bears = {}, {(x, v) for (x, _), v in known.items()}
        for line in lines:
            for x in sorted({x for x, _ in known}):
                of = [n[2] for n in lines if n[:2] == ("likes", x)] if line[0] == "liking" else [x]
                bodies = line[1:-2] if line[0] in ("implies", "both", "liking") else ()
                if bodies and any(all((y, v) in bears for v in bodies) for y in of):
                    new[x, line[-2]] = line[-1]
        if new.items() <= known.items():
            return known
        known |= new


def test_a_prompt_alone_settles_its_question(tiny, direct):
    """Who reads nothing but the words of one prompt gets every answer right, NONE included."""
    none = direct.vocabulary.index("none")
    queried = Counter()
    for row, members in zip(direct.query, direct.members):
        lines, (person, attribute) = _read(direct, row)
        value = _prove(lines).get((person, attribute), "none")
        assert [direct.vocabulary[t] for t in members if t >= 0] == [value]
        queried[value == "none"] += 1
    assert queried[False] > 200 and queried[True] > 3 and none in direct.members


def test_no_example_is_about_a_queried_tale(tiny, direct):
    demonstrated, queried = {*tiny.examples.prompt[:, 1].tolist()}, {*tiny.prompt[:, 1].tolist()}
    assert len(demonstrated) == 36 and len(queried) == 24 and not demonstrated & queried
    assert not any(w.startswith("tale") for w in direct.vocabulary)
    examples = dataclasses.replace(tiny.examples, prompt=tiny.examples.prompt.copy())
    examples.prompt[0, 1] = max(queried)
    with pytest.raises(AuditError, match="an example is about a queried episode"):
        audit(dataclasses.replace(tiny, examples=examples))


def test_every_prompt_holds_its_whole_theory_in_an_order_of_its_own(tiny, direct):
    (facts, starts), c = theories(tiny), tiny.closure
    first = c.base.sorts["tale"].start
    orders = {}
    for row, prompt in zip(direct.train[:, :-1], tiny.examples.prompt):
        lines, _ = _read(direct, row)
        names = [
            (
                c.predicates[c.predicate[f]],
                *(c.base.constants[a] for a in c.arguments[f, 1:] if a >= 0),
            )
            for f in facts[starts[prompt[1] - first] : starts[prompt[1] - first + 1]]
        ]
        assert sorted(lines) == sorted(names)
        orders.setdefault(int(prompt[1]), []).append(lines)
    assert all(len({*map(tuple, o)}) == len(o) for o in orders.values())
    again = encode(tiny, "direct", np.arange(len(tiny.prompt)))
    assert again.digest == direct.digest


def test_to_know_what_a_tale_mentions_is_no_help(tiny, direct):
    """A guess among the heads of the queried attribute's rules is right about once in three."""
    hits = []
    for q in np.flatnonzero((tiny.certificate.height > 0) & (np.diff(tiny.offsets) > 0)):
        lines, (_, attribute) = _read(direct, direct.query[q])
        heads = Counter(n[-1] for n in lines if n[0] not in ("is", "likes") and n[-2] == attribute)
        answer = tiny.closure.base.constants[tiny.answers(q)[0]]
        hits.append(heads[answer] / sum(heads.values()))
    assert np.mean(hits) < 1 / 4 / (1 - GAPS / 100) + 3 * np.sqrt(3 / 16 / len(hits))


def test_a_theory_known_by_hand():
    """Erin is young; the young are calm; calm and small makes kind; who likes the kind is merry."""
    names = ["young", "calm", "small", "kind", "merry"]
    v = {n: i for i, n in enumerate(names)}
    rows = {
        "is": ("tale person attribute value", [[0, 0, 0, v["young"]], [0, 0, 2, v["small"]]]),
        "likes": ("tale person person", [[0, 1, 0], [1, 1, 0]]),
        "implies": ("tale value attribute value", [[0, v["young"], 1, v["calm"]]]),
        "both": ("tale value value attribute value", [[0, v["calm"], v["small"], 3, v["kind"]]]),
        "liking": ("tale value attribute value", [[0, v["kind"], 4, v["merry"]]]),
    }
    sorts = {"tale": 2, "person": ["Erin", "Bob"], "attribute": 5, "value": names}
    c = close(Prover().program, Facts.of(sorts, **rows))
    known = [
        (*(c.base.constants[a] for a in row[[0, 1, 3]]), int(h))
        for row, h in zip(c.rows("is"), c.height[list(c.blocks["is"])])
    ]
    assert sorted(known) == [
        ("tale0", "Bob", "merry", 3),
        ("tale0", "Erin", "calm", 1),
        ("tale0", "Erin", "kind", 2),
        ("tale0", "Erin", "small", 0),
        ("tale0", "Erin", "young", 0),
    ]  # and nothing of the other tale, where Bob likes Erin too


def test_examples_are_no_higher_than_allowed_and_questions_go_to_the_top(tiny):
    height = tiny.closure.height
    assert {*height[tiny.demonstrated].tolist()} == {1, 2} and height.max() == 4
    assert {3, 4} == {*tiny.certificate.height[tiny.of_rung("depth")].tolist()}
    assert tiny.split.gold.counts.all() and not len(tiny.of_rung("constituent", pure=False))


def test_a_proof_cites_its_own_prompt(tiny):
    lexicon, lines = Lexicon(tiny), Lines(tiny, Lexicon(tiny))
    queried = tiny.of_rung("depth")[:20]
    tokens = encode(tiny, "chain", queried)
    rows = []
    for q in queried:
        proof = lines.tokens(int(tiny.fact[tiny.offsets[q]]))
        row = [*proof, tokens.answer_mark, int(lexicon.token[tiny.answers(q)[0]])]
        rows.append([*row, *[tokens.end] * tokens.max_new][: tokens.max_new])
    assert valid_proofs(tiny, tokens, np.array(rows)).all()
    tale = tiny.prompt[queried, 1]
    elsewhere = np.array([rows[int(np.flatnonzero(tale != t)[0])] for t in tale])
    assert not valid_proofs(tiny, tokens, elsewhere).any()


def test_an_answer_that_stands_in_the_prompt_is_recall(tiny):
    answer = lookup(tiny, np.arange(len(tiny.prompt))).answer
    recall = tiny.of_rung("recall")
    assert len(recall) == 24 * 2 * 2
    assert (answer[recall] == tiny.values[tiny.offsets[recall]]).all()
    assert (np.delete(answer, recall) == tiny.none).all()
    theory = theory_in_english(tiny, int(recall[0]))
    assert len(theory) > 10 and all(t.startswith("tale") and t.endswith(".") for t in theory)


def test_what_is_left_out_of_a_theory_cannot_be_known():
    made = build_corpus(
        Prover(), "tiny", Exposure(coverage=0.9, held=0.4, demonstrated=1.0, demonstrated_height=2)
    )
    lost = made.of_rung("unknowable")
    assert len(lost) > 50 and (made.certificate.leak[lost] >= 0).all()
