"""The lines of many proofs at once are those of each, followed premise by premise."""

import numpy as np
import pytest
from zebroid.worlds.encoding.encode import Lines
from zebroid.worlds.encoding.vocabulary import Lexicon
from zebroid.worlds.novelty.written_proofs import written_proofs


@pytest.mark.parametrize("world", ["order-v2", "taxonomy-v2", "zebra-v2"])
def test_a_proof_is_written_depth_first_and_each_line_once(corpus, world):
    made = corpus(world)
    gold, c = made.split.gold, made.closure
    lines = Lines(made, Lexicon(made))

    def visit(fact, out):
        for premise in c.premises[gold.best[fact]].tolist():
            if premise >= 0 and premise not in out and not lines.silent[premise]:
                if not c.is_base[premise]:
                    visit(premise, out)
                out[premise] = None
        return [*out]

    facts = np.arange(0, len(c.predicate), 3)
    expected = [[] if c.is_base[f] or gold.best[f] < 0 else visit(f, {}) for f in facts.tolist()]
    row, fact = written_proofs(gold, lines.silent, facts)
    assert [fact[row == i].tolist() for i in range(len(facts))] == expected
    assert (
        max(map(len, expected)) > 1 and [lines.facts(int(f)) for f in facts[:99]] == expected[:99]
    )
    text = [[t for f in proof for t in lines.lexicon.written(f)] for proof in expected]
    proofs = lines.of(np.append(facts, -1))
    assert [proofs.token[proofs.row == i].tolist() for i in range(len(facts))] == text
    assert proofs.length.tolist() == [*map(len, text), 0]
