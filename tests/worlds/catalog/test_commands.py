"""commands-v1: the language of SCAN, its published counts, and what is held out of it."""

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds.catalog.commands import Commands
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.encode import Lines, encode
from zebroid.worlds.encoding.proof_checker import valid_proofs
from zebroid.worlds.encoding.vocabulary import Lexicon, parts


@pytest.fixture(scope="module")
def tiny():
    return build_corpus(Commands(), "tiny")


def translate(command):
    """Lake & Baroni's interpretation function, written down from their table."""
    for word in ("and", "after"):
        if f" {word} " in command:
            first, second = map(translate, command.split(f" {word} "))
            return first + second if word == "and" else second + first
    *rest, last = command.split()
    if last in ("twice", "thrice"):
        return translate(" ".join(rest)) * (2 if last == "twice" else 3)
    verb = [] if rest[:1] == ["turn"] else [(rest or [last])[0].upper()]
    if not rest:
        return verb
    turn = ["LTURN" if last == "left" else "RTURN"]
    return {"opposite": turn * 2 + verb, "around": (turn + verb) * 4}.get(rest[-1], turn + verb)


def performed(closure):
    """command -> its actions, as derived."""
    names = closure.base.constants
    steps = {}
    for command, step, action in closure.rows("at").tolist():
        steps.setdefault(names[command], {})[int(names[step])] = names[action]
    return {c: [found[n] for n in sorted(found)] for c, found in steps.items() if min(found) == 1}


def test_every_command_does_what_scan_says(tiny):
    done = performed(tiny.closure)
    assert done["jump around right thrice"] == ["RTURN", "JUMP"] * 12
    assert done["turn opposite left"] == ["LTURN", "LTURN"]
    assert sum(" and " in c or " after " in c for c in done) == 40
    assert all(translate(command) == actions for command, actions in done.items())
    lengths = {tuple(row) for row in tiny.closure.rows("length").tolist()}
    names = {n: i for i, n in enumerate(tiny.closure.base.constants)}
    assert lengths == {(names[c], names[str(len(a))]) for c, a in done.items()}


def test_scan_has_its_published_counts():
    """20,910 commands, 16,990 of at most 22 actions and 3,920 longer, 7,706 around "jump"."""
    facts = Commands().facts("scan", 0)
    commands = [facts.constants[i] for i in facts.sorts["command"]]
    joined = len(facts.rows["is_and"]) + len(facts.rows["is_after"])
    assert len({*commands}) == len(commands) == 20_910 == joined + 102
    assert sum("jump" in c.split() and c != "jump" for c in commands) == 7_706
    none = {p: np.zeros((0, 3), np.int32) for p in ("is_and", "is_after")}
    clauses = close(Commands().program, facts.replace(**none)).rows("length")
    length = np.array([int(facts.constants[n]) for n in clauses[:, 1]])
    both = length[:, None] + length
    assert (len(length), both.max()) == (102, 48)
    assert (length <= 22).sum() + 2 * (both <= 22).sum() == 16_990
    assert (length > 22).sum() + 2 * (both > 22).sum() == 3_920


@pytest.mark.slow
def test_with_one_verb_held_out_of_scan_the_action_never_demonstrated_gives_it_away():
    from zebroid.eval.floors.measured import floors

    made = build_corpus(Commands(), "scan")
    (found,) = floors(made, made.of_rung("constituent")[::50])
    assert found.scores("chance") == 1


def test_a_held_verb_stands_in_no_demonstrated_action_and_is_most_of_what_is_new(tiny):
    c = tiny.closure
    facts = np.flatnonzero(tiny.split.held)
    held = {*c.arguments[facts, 1].tolist()}
    assert len(held) >= 2 and {c.predicates[p] for p in c.predicate[facts]} == {"means"}
    e = tiny.examples
    at = tiny.cues.index(("at", 2))
    demonstrated = {*e.answer[(e.kind == CONCLUSION) & (e.prompt[:, 0] == at)].tolist()}
    assert demonstrated and not demonstrated & held
    questions = tiny.of_rung("constituent")
    answers = [int(tiny.answers(q)[0]) for q in questions]
    # few conclusions are demonstrated: here and there a clause of a verb that is not held is new
    assert held <= {*answers} and np.isin(answers, [*held]).mean() > 0.8
    assert not {int(tiny.answers(q)[0]) for q in tiny.of_rung("instance")} & held


def test_commands_are_read_word_by_word_and_their_parse_is_never_stated(tiny):
    tokens = encode(tiny, "direct", tiny.of_rung("depth")[:50])
    assert not {w for w in tokens.vocabulary if " " in w or w.startswith("is_")}
    sentences = {
        " ".join(tokens.vocabulary[t] for t in row if t != tokens.end) for row in tokens.train
    }
    assert {"means walk WALK", "turns left LTURN", "plus 2 2 4"} <= sentences
    for q, row in zip(tokens.questions, tokens.query):
        command, *step = (tiny.closure.base.constants[a] for a in tiny.prompt[q, 1:] if a >= 0)
        words = [tokens.vocabulary[t] for t in row if t != tokens.end]
        assert words[1:] == [*command.split(), *step]


def test_proofs_with_spelled_commands_are_read_back(tiny):
    lexicon, lines = Lexicon(tiny), Lines(tiny, Lexicon(tiny))
    questions = np.concatenate([tiny.of_rung(r)[:20] for r in ("instance", "schema", "depth")])
    tokens = encode(tiny, "chain", questions)
    proofs = [[], [], []]  # whole, without its first word, with its first command cut short
    for q in questions:
        proof = lines.tokens(int(tiny.fact[tiny.offsets[q]]))
        answer = [tokens.answer_mark, int(lexicon.token[tiny.answers(q)[0]])]
        for rows, text in zip(proofs, (proof, proof[1:], [proof[0], *proof[2:]])):
            rows.append([*text, *answer, *[tokens.end] * tokens.max_new][: tokens.max_new])
    whole, headless, short = (valid_proofs(tiny, tokens, np.array(rows)) for rows in proofs)
    assert whole.all() and not headless.any() and not short.any()


def test_guesses_see_the_words_of_a_command(tiny):
    seen = parts(tiny, tiny.prompt)
    assert seen.shape[0] == len(tiny.prompt) and seen.shape[1] > tiny.prompt.shape[1]
    assert np.array_equal(seen[:, 0], tiny.prompt[:, 0])
    widths = (seen >= 0).sum(1)
    for q in range(0, len(seen), 97):
        names = [tiny.closure.base.constants[a] for a in tiny.prompt[q, 1:] if a >= 0]
        assert widths[q] == 1 + sum(len(n.split()) for n in names)


def test_a_spelled_constant_cannot_be_an_answer(tiny):
    answered_by_commands = dataclasses.replace(
        tiny,
        examples=dataclasses.replace(tiny.examples, answer=np.zeros_like(tiny.examples.answer)),
    )
    with pytest.raises(UserError, match="'walk' is an answer, and its sort is spelled"):
        encode(answered_by_commands, "direct", np.arange(3))


def test_which_commands_are_spoken_of_depends_on_the_seed_and_the_language_does_not():
    one, other = (Commands().facts("tiny", seed) for seed in (0, 1))
    assert isinstance(one, Facts) and one.constants == other.constants
    assert not np.array_equal(one.rows["is_and"], other.rows["is_and"])
