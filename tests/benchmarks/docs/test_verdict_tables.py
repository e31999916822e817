"""How often verdicts are wrong is computed, and verdicts go into receipts with their evidence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zebroid
from zebroid import canonical
from zebroid.benchmarks.docs import verdict_tables
from zebroid.benchmarks.docs.doc_blocks import filled, pattern
from zebroid.benchmarks.receipts import receipt
from zebroid.errors import UserError
from zebroid.eval.verdicts.hypotheses import Hypotheses, Knee
from zebroid.eval.verdicts.verdict import Verdict, Weighed

ROOT = Path(zebroid.__file__).resolve().parent
NOISE = "<!-- recovery noise docs/receipts/headline-v1 -->\nold\n<!-- end of recovery -->\n"


def test_the_noise_that_is_simulated_is_no_less_than_that_of_the_headline() -> None:
    page = filled(NOISE, verdict_tables.KIND, verdict_tables.tables(ROOT, 1))
    rows = [line.split("|")[2:4] for line in page.splitlines() if line.startswith("| ")][1:]
    assert "old" not in page and len(rows) == 2
    for measured, simulated in rows:
        assert float(simulated) / 1.4 < float(measured) < float(simulated) * 1.05


def test_a_page_is_filled_in_place_and_its_words_are_kept(tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- recovery worlds -->\n<!-- end of recovery -->\nend\n")
    assert verdict_tables.main([str(page), "--repeats", "1"]) == 0
    text = page.read_text()
    assert text.startswith("# Title\n") and text.endswith("end\n")
    assert "| 3 | " in text and "1,000 questions" in text
    assert verdict_tables.main([str(page), "--repeats", "1"]) == 0 and page.read_text() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing here", "names no table"),
        ("<!-- recovery lawz -->\n<!-- end of recovery -->", "laws"),
        ("<!-- recovery noise nowhere -->\n<!-- end of recovery -->", "cannot read"),
    ],
)
def test_a_page_that_cannot_be_filled_is_one_line(text, message, tmp_path, capsys) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    assert verdict_tables.main([str(page)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert page.read_text() == text


def test_the_docs_show_the_tables_of_this_code() -> None:
    page = (ROOT / "docs" / "internals" / "verdict-errors.md").read_text("utf-8")
    body = {m[2].split()[0]: m[0] for m in pattern(verdict_tables.KIND).finditer(page)}
    assert set(body) == set(verdict_tables.TABLES)
    assert "\n".join(verdict_tables.worlds(ROOT, 1)).strip() in body["worlds"]
    for design in verdict_tables.DESIGNS:
        assert str(design) in body["verdicts"]


def test_false_verdicts_in_the_docs_are_few_and_power_is_high() -> None:
    """The promise of the issue, on the figures that are published."""
    page = (ROOT / "docs" / "internals" / "verdict-errors.md").read_text("utf-8")
    for name in ("verdicts", "laws"):
        (body,) = (m[0] for m in pattern(verdict_tables.KIND).finditer(page) if m[2] == name)
        lines = [line.strip("| ").split(" | ") for line in body.splitlines() if "**" in line]
        expected_message = [line for line in lines if len(line) > 2 and "0.05" not in line[0]]
        assert len(expected_message) >= 15
        for truth, *shares, undecided in expected_message:
            right = [float(s.strip("*")) for s in shares if s.startswith("**")]
            wrong = sum(float(s) for s in shares if not s.startswith("**"))
            if right:
                assert wrong <= 5, truth
                assert name == "laws" or right[0] >= 80, (truth, undecided)


def test_a_verdict_goes_into_a_receipt_with_all_its_evidence() -> None:
    triple = np.full((3, 3), 0.5)
    hypotheses = Hypotheses(np.array([1e9, 1e10, 1e11]), 1, triple, triple, None)
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
        observed=triple[:, :2],
    )
    found = json.loads(canonical.text(receipt.plain(verdict)))
    assert found["laws"] == [{"law": "logistic", "weight": 0.9, "missed": 0.01}]
    assert found["knee"]["bending"] == 5 and found["hypotheses"]["known"] == 1
    assert found["observed"] == [[0.5, 0.5]] * 3
    assert (
        json.loads(canonical.text(receipt.plain(Verdict("a", "undecided", "", ""))))["level"]
        is None
    )


def test_a_receipt_without_runs_between_floor_and_ceiling_has_no_noise(tmp_path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        verdict_tables.spread(tmp_path)
