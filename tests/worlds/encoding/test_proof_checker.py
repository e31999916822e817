"""Reading proofs back: each line must be true and earned, and the answer must follow."""

import numpy as np
import pytest
from zebroid.worlds.corpus.corpus import SENTENCE
from zebroid.worlds.corpus.examples import true_sentences
from zebroid.worlds.encoding.encode import Lines, encode
from zebroid.worlds.encoding.proof_checker import INVALID, LEANING, VALID, valid_proofs
from zebroid.worlds.encoding.vocabulary import Lexicon


class Writer:
    """Writes generations of a chain model by hand, for one question of a corpus."""

    def __init__(self, corpus, question):
        self.corpus, self.question = corpus, question
        self.lexicon = Lexicon(corpus)
        self.lines = Lines(corpus, self.lexicon)
        self.tokens = encode(corpus, "chain", np.array([question]))
        first = int(corpus.offsets[question])
        self.fact, self.answer = int(corpus.fact[first]), self.constant(corpus.values[first])

    def constant(self, number):
        return self.lexicon.constants + int(number)

    def line(self, fact):
        """A fact as a line."""
        c = self.corpus.closure
        token, places = self.lexicon.line[c.predicates[c.predicate[fact]]]
        return [token, *(self.constant(c.arguments[fact, i]) for i in places)]

    @property
    def proof(self):
        """The lines of the first lowest proof."""
        return [self.line(f) for f in self.lines.facts(self.fact)]

    def valid(self, *lines, answer=None, mark=True):
        """Whether these lines, then the answer, are a proof that starts at what is stated."""
        return self.validity(*lines, answer=answer, mark=mark) == VALID

    def validity(self, *lines, answer=None, mark=True):
        """INVALID, VALID or LEANING."""
        answer = self.answer if answer is None else answer
        row = [t for line in lines for t in line]
        row += [self.tokens.answer_mark, answer] if mark else [answer]
        row += [self.tokens.end] * max(0, self.tokens.max_new - len(row))
        (found,) = valid_proofs(self.corpus, self.tokens, np.array([row], np.int32))
        return int(found)


@pytest.fixture(scope="module")
def two_hop(corpus):
    """A question of composition whose proof is two stated facts."""
    made = corpus("composition-v1")
    return Writer(made, int(made.of_rung("instance")[0]))


@pytest.fixture(scope="module")
def deep(corpus):
    """A question of zebra with a derived fact among its lines."""
    made = corpus("zebra-v2")
    c, gold = made.closure, made.split.gold
    theorems = np.flatnonzero(np.diff(made.offsets) == 1)
    return next(
        Writer(made, int(q))
        for q in theorems
        if (f := made.fact[made.offsets[q]]) >= 0
        and c.height[f] > 1
        and not made.demonstrated[f]
        and not _contents(made, gold.best[f]) & {*np.flatnonzero(made.demonstrated).tolist()}
    )


def _contents(corpus, derivation):
    """The facts of the first lowest proof."""
    c, best, out = corpus.closure, corpus.split.gold.best, set()
    for premise in c.premises[derivation]:
        if premise >= 0:
            out |= {int(premise)}
            if not c.is_base[premise]:
                out |= _contents(corpus, best[premise])
    return out


def test_a_proof_as_it_would_be_demonstrated_is_valid(two_hop, deep):
    for writer in (two_hop, deep):
        assert len(writer.proof) >= 2
        assert writer.valid(*writer.proof)


def test_a_false_line_makes_it_invalid_though_the_answer_is_right(two_hop):
    first, second = two_hop.proof
    other = next(
        two_hop.constant(n) for n in range(16) if two_hop.constant(n) not in (*first, *second)
    )
    assert not two_hop.valid([*first[:-1], other], second)
    assert not two_hop.valid(first, second, [*first[:-1], other])  # even where it isn't needed


def test_an_answer_that_the_lines_do_not_yield_is_not_proved(two_hop):
    first, second = two_hop.proof
    assert not two_hop.valid(first)
    assert not two_hop.valid(second)
    assert not two_hop.valid()
    assert not two_hop.valid(first, second, answer=two_hop.answer + 1)


def test_the_proof_of_another_question_earns_nothing(two_hop):
    other = Writer(two_hop.corpus, int(two_hop.corpus.of_rung("instance")[1]))
    assert other.valid(*other.proof)
    assert not two_hop.valid(*other.proof)


def test_order_and_true_lines_to_spare_do_no_harm(two_hop):
    first, second = two_hop.proof
    c = two_hop.corpus.closure
    spare = two_hop.line(int(np.flatnonzero(c.is_base)[0]))
    assert two_hop.valid(second, first)
    assert two_hop.valid(spare, first, second, second)


def test_a_derived_line_must_be_earned_by_lines_before_it(deep):
    c, lines = deep.corpus.closure, deep.lines.facts(deep.fact)
    at = next(i for i, f in enumerate(lines) if not c.is_base[f])
    derived, rest = deep.proof[at], [*deep.proof[:at], *deep.proof[at + 1 :]]
    assert not deep.valid(derived, *rest)  # true, but written too early
    assert not deep.valid(*rest)  # left out
    assert deep.valid(*rest[:at], derived, *rest[at:])


def test_what_cannot_be_read_is_no_proof(two_hop):
    first, second = two_hop.proof
    end, mark = two_hop.tokens.end, two_hop.tokens.answer_mark
    assert not two_hop.valid(first, second, mark=False)
    assert not two_hop.valid(first, second[:-1])
    assert not two_hop.valid(first, second, [end])
    assert not two_hop.valid([mark], first, second)
    assert not two_hop.valid(first, second, answer=end)
    assert not two_hop.valid(first, second, answer=two_hop.lexicon.special["none"])


def test_a_stated_fact_completes_its_own_prompt_and_a_demonstrated_conclusion_leans(corpus):
    made = corpus("composition-v1")
    recalled = [Writer(made, int(q)) for q in made.of_rung("recall")[[0, -1]]]
    writers = {bool(made.closure.is_base[writer.fact]): writer for writer in recalled}
    assert set(writers) == {True, False}, "a stated fact, and a demonstrated conclusion"
    for is_base, writer in writers.items():
        assert writer.validity([writer.answer]) == (VALID if is_base else LEANING)
        assert writer.validity([writer.answer + 1]) == INVALID


@pytest.fixture(scope="module")
def leaning(corpus):
    """A question of order, one counting step above a demonstrated conclusion; that conclusion."""
    made = corpus("order-v2", demonstrated_height=2, demonstrated=0.5)
    c, gold = made.closure, made.split.gold
    for q in np.flatnonzero(made.certificate.height > 2):
        fact = int(made.fact[made.offsets[q]])
        for d in range(c.first[fact], c.first[fact + 1]):
            derived = [int(p) for p in c.premises[d] if p >= 0 and not c.is_base[p]]
            if gold.counts[d] and len(derived) == 1 and made.demonstrated[derived[0]]:
                return Writer(made, int(q)), derived[0], d
    raise AssertionError("no question is one step above a demonstrated conclusion")


def test_a_demonstrated_conclusion_is_earned_and_what_leans_on_it_is_kept_apart(leaning):
    writer, demonstrated, derivation = leaning
    c, silent = writer.corpus.closure, writer.lines.silent
    premises = [int(p) for p in c.premises[derivation] if p >= 0 and not silent[p]]
    short = [writer.line(p) for p in premises]
    assert writer.validity(*short) == LEANING
    assert writer.validity(*(line for p, line in zip(premises, short) if p != demonstrated)) == 0
    # with what it follows from before it, nothing is leant on
    below = [writer.line(f) for f in writer.lines.facts(demonstrated)]
    assert writer.validity(*below, *short) == VALID
    # and a conclusion that is neither stated nor demonstrated is not earned by being true
    other = np.flatnonzero(~c.is_base & ~writer.corpus.demonstrated & (c.height == 2))
    other = next(int(f) for f in other if f not in premises)
    assert writer.validity(*short, writer.line(other)) == INVALID


def test_a_rule_as_data_that_no_sentence_states_is_not_earned(corpus):
    """Of axioms a definition is written where it is stated, and only there."""
    made = corpus("axioms-v1")
    writer = Writer(made, int(made.of_rung("instance")[0]))
    axioms = np.flatnonzero(made.split.gold.axiom)
    stated = {*made.examples.fact[made.examples.kind == SENTENCE].tolist()}
    silent = [int(a) for a in axioms if int(a) not in stated]
    assert stated and silent
    assert writer.validity(*writer.proof) == VALID
    assert writer.validity(*writer.proof, writer.line(min(stated))) == VALID
    assert writer.validity(*writer.proof, writer.line(silent[0])) == INVALID


def test_in_a_twin_a_proof_has_no_line_for_a_rule_that_is_stated_falsely(corpus):
    made, twin = corpus("axioms-v1"), corpus("axioms-v1", twin="shuffled rules")
    true, written = (true_sentences(m.world, m.closure, m.cues, m.examples) for m in (made, twin))
    assert written.sum() < true.sum() and not (written & ~true).any()
    silent = [Lines(c, Lexicon(c)).silent for c in (made, twin)]
    assert ((silent[1] & ~silent[0]) == (true & ~written)).all()
