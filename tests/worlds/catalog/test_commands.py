"""commands-v2: the language of SCAN, its published counts, whole sequences, what is held out."""

import numpy as np
import pytest
from zebroid.errors import InvalidWorld
from zebroid.worlds.catalog.commands import Commands, clauses
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.encode import Lines, encode
from zebroid.worlds.encoding.proof_checker import valid_proofs
from zebroid.worlds.encoding.vocabulary import Lexicon, parts
from zebroid.worlds.novelty.rungs import RUNGS


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


def test_every_command_does_what_scan_says(tiny):
    names = tiny.closure.base.constants
    rows = tiny.closure.rows("does").tolist()
    done = {names[command]: names[sequence].split() for command, sequence in rows}
    assert len(done) == len(rows)  # one sequence each
    assert done["jump around right thrice"] == ["RTURN", "JUMP"] * 12
    assert done["turn opposite left"] == ["LTURN", "LTURN"]
    assert sum(" and " in c or " after " in c for c in done) == 60
    assert all(translate(command) == actions for command, actions in done.items())


def test_scan_has_its_published_counts():
    """20,910 commands, 16,990 of at most 22 actions and 3,920 longer, 7,706 around "jump"."""
    facts = Commands().facts("scan", 0)
    commands = [facts.constants[i] for i in facts.sorts["command"]]
    joined = len(facts.rows["is_and"]) + len(facts.rows["is_after"])
    assert len({*commands}) == len(commands) == 20_910 == joined + 102
    assert sum("jump" in c.split() and c != "jump" for c in commands) == 7_706
    length = [len(translate(c)) for c in commands]
    assert max(length) == 48 and sum(n <= 22 for n in length) == 16_990
    assert sum(n > 22 for n in length) == 3_920


@pytest.mark.slow
def test_with_one_verb_held_out_of_scan_the_action_never_demonstrated_is_all_that_is_new():
    """Each of its headline questions of constituent is about the one held verb."""
    made = build_corpus(Commands(), "scan")
    c, held = made.closure, np.flatnonzero(made.split.held)
    assert [c.predicates[p] for p in c.predicate[held]] == ["means"]
    verb = c.base.constants[c.arguments[held[0], 0]]
    constituent = made.certificate.rung == RUNGS.index("constituent")
    questions = np.flatnonzero(made.certificate.headline & constituent)
    names = [c.base.constants[a].split() for a in made.prompt[questions, 1]]
    assert names and all(verb in name for name in names)


def test_a_held_verb_stands_in_no_demonstrated_sequence_and_is_what_is_new(tiny):
    c = tiny.closure
    facts = np.flatnonzero(tiny.split.held)
    assert len(facts) >= 3 and {c.predicates[p] for p in c.predicate[facts]} == {"means"}
    held = {c.base.constants[a] for a in c.arguments[facts, 1]}
    learned = c.arguments[tiny.demonstrated, 1]
    assert not held & {w for a in learned for w in c.base.constants[a].split()}
    old, new = (
        [{*c.base.constants[tiny.answers(q)[0]].split()} for q in tiny.of_rung(rung)]
        for rung in ("instance", "constituent")
    )
    assert old and not any(words & held for words in old)
    # few conclusions are demonstrated: here and there a clause of a verb that is not held is new
    assert held <= set().union(*new) and np.mean([bool(held & words) for words in new]) > 0.8


def test_a_direction_held_out_of_a_construction_is_schema():
    """As the template splits hold out "around right": what is new is the frame alone."""
    made = build_corpus(Commands(), "small")
    proofs, c = made.split.gold, made.closure
    rows = proofs.rows
    held = made.split.held_frames[rows.frame]
    assert {*c.rule[rows.derivation[held]].tolist()} & {2, 3, 4, 5}
    for q in made.of_rung("schema")[:50]:
        fact = made.fact[made.offsets[q]]
        assert not made.demonstrated[fact] and not made.stated[fact]


def test_commands_and_sequences_are_written_word_by_word_and_their_tables_never(tiny):
    tokens = encode(tiny, "direct", tiny.of_rung("instance")[:50])
    assert not {w for w in tokens.vocabulary if " " in w or w in ("join", "repeat", "is_and")}
    rows = {" ".join(tokens.vocabulary[t] for t in row if t != tokens.end) for row in tokens.train}
    assert {"means walk WALK", "turns left LTURN"} <= rows
    assert any(row.startswith("does ") and row.count("LTURN") > 2 for row in rows)


def test_each_word_of_a_command_stands_in_its_prompt(tiny):
    tokens = encode(tiny, "direct", tiny.of_rung("instance")[:50])
    for q, row in zip(tokens.questions, tokens.query):
        (command,) = (tiny.closure.base.constants[a] for a in tiny.prompt[q, 1:] if a >= 0)
        words = [tokens.vocabulary[t] for t in row if t != tokens.end]
        assert words == ["does", *command.split()]


def test_guesses_see_the_words_of_a_command(tiny):
    seen = parts(tiny, tiny.prompt)
    assert seen.shape[0] == len(tiny.prompt) and seen.shape[1] > tiny.prompt.shape[1]
    assert np.array_equal(seen[:, 0], tiny.prompt[:, 0])
    widths = (seen >= 0).sum(1)
    for q in range(0, len(seen), 97):
        names = [tiny.closure.base.constants[a] for a in tiny.prompt[q, 1:] if a >= 0]
        assert widths[q] == 1 + sum(len(n.split()) for n in names)


def test_a_proof_with_a_command_cut_short_is_not_valid(tiny):
    lexicon, lines = Lexicon(tiny), Lines(tiny, Lexicon(tiny))
    questions = np.concatenate([tiny.of_rung(r)[:20] for r in ("instance", "constituent")])
    tokens = encode(tiny, "chain", questions)
    proofs = [[], [], []]  # whole, without its first word, with its first command cut short
    for q in questions:
        proof = lines.tokens(int(tiny.fact[tiny.offsets[q]]))
        answer = [tokens.answer_mark, *lexicon.spelling[tiny.answers(q)[0]]]
        for rows, text in zip(proofs, (proof, proof[1:], [proof[0], *proof[2:]])):
            rows.append([*text, *answer, *[tokens.end] * tokens.max_new][: tokens.max_new])
    whole, headless, short = (valid_proofs(tiny, tokens, np.array(rows)) for rows in proofs)
    assert whole.all() and not headless.any() and not short.any()


def test_a_spelled_constant_is_no_answer_of_one_token(tiny):
    names, lexicon = tiny.closure.base.constants, Lexicon(tiny)
    with pytest.raises(InvalidWorld, match="'walk' is an answer, and its sort is spelled"):
        lexicon.answers(np.array([names.index("walk")]), tiny.none)
    (none,) = lexicon.answers(np.array([tiny.none]), tiny.none)
    assert none >= 0


def test_which_commands_are_spoken_of_depends_on_the_seed_and_the_language_does_not():
    one, other = (Commands().facts("tiny", seed) for seed in (0, 1))
    assert isinstance(one, Facts)
    commands = [[f.constants[i] for i in f.sorts["command"]] for f in (one, other)]
    assert commands[0] == commands[1]
    assert not np.array_equal(one.rows["is_and"], other.rows["is_and"])


def test_each_verb_has_its_twenty_one_clauses():
    rows = clauses(["walk", "run"])
    mine = [r[0] for table in rows.values() for r in table if "run" in r[0].split()]
    assert len({*mine}) == 21
