"""How often verdicts are wrong is computed, and verdicts go into receipts with their evidence."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import zebroid
from zebroid import canonical
from zebroid.benchmarks.docs import verdict_tables
from zebroid.benchmarks.docs.writing.doc_blocks import filled, pattern
from zebroid.benchmarks.docs.writing.page_files import Simulated
from zebroid.benchmarks.receipts import receipt
from zebroid.benchmarks.receipts.row_records import verdict_of
from zebroid.errors import UserError
from zebroid.eval.stats.trend import Slope
from zebroid.eval.verdicts import simulation
from zebroid.eval.verdicts.hypotheses import Hypotheses, Knee
from zebroid.eval.verdicts.simulation import UNDECIDED, VERDICTS, judgements
from zebroid.eval.verdicts.verdict import Verdict, Weighed

ROOT = Path(zebroid.__file__).resolve().parent
PAGE = ROOT / "docs" / "internals" / "verdict-errors.md"
NOTHING = Simulated(Path("nowhere.json"), {})
NOISE = "<!-- recovery noise docs/receipts/headline-v2 -->\nold\n<!-- end of recovery -->\n"


def test_the_noise_of_each_world_stands_beside_what_is_simulated() -> None:
    page = filled(NOISE, verdict_tables.KIND, verdict_tables.tables(ROOT, NOTHING))
    cells = [[c.strip(" `") for c in line.split("|")[1:4]] for line in page.splitlines()]
    found = {c[0]: c[1:] for c in cells if len(c) == 3}
    simulated = next(v for name, v in found.items() if name.startswith("simulated"))
    assert "old" not in page and {"composition-v1", "axioms-v1"} <= {*found}
    assert float(found["composition-v1"][0]) < float(simulated[0])
    quieter = [w for w in ("composition-v1", "axioms-v1") if found[w][1] > simulated[1]]
    assert not quieter or "quieter than" in " ".join(_page().split()), quieter


def test_a_page_is_filled_in_place_and_its_words_are_kept(tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- recovery worlds -->\n<!-- end of recovery -->\nend\n")
    assert verdict_tables.main([str(page)]) == 0
    text = page.read_text()
    assert text.startswith("# Title\n") and text.endswith("end\n")
    assert "| 3 | " in text and "1,000 questions" in text
    assert verdict_tables.main([str(page)]) == 0 and page.read_text() == text


def test_a_simulation_goes_on_where_it_was_cut_off(tmp_path, monkeypatch) -> None:
    done = []

    def judgements(name, design, repeats):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(name)
        return [UNDECIDED] * repeats

    monkeypatch.setattr(verdict_tables.simulation, "judgements", judgements)
    path = tmp_path / "page.json"
    with pytest.raises(KeyboardInterrupt):
        verdict_tables.simulate(Simulated.at(path), 5, lambda _: None)
    kept = Simulated.at(path)
    design, (first, second, third, fourth, *_) = str(verdict_tables.DESIGNS[0]), VERDICTS
    assert done == [first, second, third]
    assert not kept.lacks("verdicts", design, third, 5)
    assert kept.lacks("verdicts", design, fourth, 5) and kept.lacks("verdicts", design, third, 6)
    assert kept.read("verdicts", design, [first]) == {first: {UNDECIDED: 5}}
    with pytest.raises(UserError, match="no simulation of"):
        kept.read("verdicts", design, VERDICTS)


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"verdicts": {"a": {"b": {"flat": "c"}}}}', '{"a": 1}']
)
def test_a_file_that_holds_no_counts_is_one_line(text, tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- recovery worlds -->\n<!-- end of recovery -->\n")
    page.with_suffix(".json").write_text(text)
    assert verdict_tables.main([str(page)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "delete it and --simulate anew" in line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing here", "names no table"),
        ("<!-- recovery lawz -->\n<!-- end of recovery -->", "laws"),
        ("<!-- recovery noise nowhere -->\n<!-- end of recovery -->", "cannot read"),
        ("<!-- recovery verdicts -->\n<!-- end of recovery -->", "--simulate N makes it"),
    ],
)
def test_a_page_that_cannot_be_filled_is_one_line(text, message, tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert verdict_tables.main([str(page)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert page.read_text() == text


def test_the_docs_show_the_tables_of_the_data_beside_them() -> None:
    body = {m[2].split()[0]: m[0] for m in pattern(verdict_tables.KIND).finditer(_page())}
    assert set(body) == set(verdict_tables.TABLES)
    data = Simulated.at(PAGE.with_suffix(".json"))
    for name in ("verdicts", "slow", "laws", "worlds"):
        lines = verdict_tables.TABLES[name](data, PAGE.parent)
        assert "\n".join(lines).strip() in body[name], name


def test_the_data_are_what_this_code_simulates() -> None:
    """A hundred curves of the quickest case, within what the luck of a thousand allows."""
    data = Simulated.at(PAGE.with_suffix(".json"))
    design = verdict_tables.DESIGNS[0]
    for name in ("rises by 0.05", "plateau at 0.5"):
        kept = data.read("verdicts", str(design), [name])[name]
        assert kept.total() == 1_000
        now = Counter(judgements(name, design, 100))
        for word, count in kept.items():
            share = count / 1_000
            room = 4 * (share * (1 - share) / 100) ** 0.5 + 0.01
            assert abs(now[word] / 100 - share) < room, (name, word)


def test_false_verdicts_in_the_docs_are_few_and_power_is_high() -> None:
    """The promise of the page, on the figures that are published."""
    data = Simulated.at(PAGE.with_suffix(".json"))
    usual = [str(d) for d in verdict_tables.DESIGNS if d.jitter == simulation.JITTER]
    assert 3 < len(usual) < len(verdict_tables.DESIGNS)
    for design in usual:
        for name, counts in data.read("verdicts", design, VERDICTS).items():
            true = {*VERDICTS[name].true, UNDECIDED}
            false = sum(n for word, n in counts.items() if word not in true) / counts.total()
            assert false <= 0.05, (design, name)
            if name not in verdict_tables.SLOW:
                given = sum(counts[word] for word in VERDICTS[name].true) / counts.total()
                assert given >= 0.8, (design, name)
    for design, truths in data.tables["laws"].items():
        for name, counts in truths.items():
            false = sum(n for law, n in counts.items() if law not in (name, UNDECIDED))
            assert false <= 0.05 * sum(counts.values()), (design, name)


def test_a_rise_of_three_hundredths_is_called_flat_less_than_once_in_a_hundred() -> None:
    data = Simulated.at(PAGE.with_suffix(".json"))
    for design in map(str, verdict_tables.DESIGNS):
        for name in ("rises by 0.03", "rises by 0.04", "rises by 0.05"):
            counts = data.read("verdicts", design, [name])[name]
            assert counts["flat"] < 0.01 * counts.total(), (design, name)


def _page() -> str:
    return PAGE.read_text("utf-8")


def test_a_verdict_goes_into_a_receipt_with_all_its_evidence() -> None:
    triple = np.full((3, 3), 0.5)
    hypotheses = Hypotheses(np.array([1e9, 1e10, 1e11]), 1, triple[:, :2], triple, triple, None)
    verdict = Verdict(
        rung="instance",
        kind="plateau",
        ceiling="reuser",
        evidence="flat",
        level=0.5,
        error=0.02,
        laws=(Weighed("logistic", 0.9, 0.01),),
        knee=Knee(1e10, 9e9, 2e10, 5, 5),
        hypotheses=hypotheses,
        slope=Slope(0.06, False),
    )
    found = json.loads(canonical.text(receipt.plain(verdict)))
    assert found["laws"] == [{"law": "logistic", "weight": 0.9, "missed": 0.01}]
    assert found["knee"]["bending"] == 5 and found["hypotheses"]["known"] == 1
    assert found["hypotheses"]["observed"] == [[0.5, 0.5]] * 3
    assert found["slope"] == {"largest": 0.06, "flat": False}
    back = verdict_of(found)
    assert str(back) == str(verdict) and "slope at most +0.060 a decade" in str(back)
    assert (
        json.loads(canonical.text(receipt.plain(Verdict("a", "undecided", "", ""))))["level"]
        is None
    )


def test_a_receipt_without_runs_between_floor_and_ceiling_has_no_noise(tmp_path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        verdict_tables.spread(tmp_path)
