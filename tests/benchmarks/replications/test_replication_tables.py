"""The page of findings is computed from kept results, and says what was not run."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.probing import mechanism_tables
from zebroid.benchmarks.replications import replication_tables
from zebroid.benchmarks.replications.catalogue import built_in
from zebroid.benchmarks.replications.finding_result import FindingResult
from zebroid.eval.figures.score_figures import svg
from zebroid.eval.verdicts.replication import Effect, Quantity

MARKS = ("table", "figure", "each")


@pytest.fixture
def page(tmp_path):
    """page() -> the text of a page with all blocks, filled from results in a folder beside it."""

    def fill():
        path = tmp_path / "page.md"
        blocks = [f"<!-- replications {m} kept -->\n<!-- end of replications -->\n" for m in MARKS]
        path.write_text("\n".join(blocks))
        (tmp_path / "kept").mkdir(exist_ok=True)
        return replication_tables.main([str(path)]), path.read_text()

    return fill


def kept(tmp_path, name, **means):
    finding = built_in()[name]
    found = {n: Quantity({str(w): mean + 0.001 * w for w in range(8)}) for n, mean in means.items()}
    FindingResult.of(finding, found, 1.5).write(tmp_path / "kept" / f"{name}.json")


def test_without_results_every_finding_is_named_as_not_run_with_its_cost(page):
    status, text = page()
    assert status == 0 and f"{len(built_in())} findings: {len(built_in())} not run." in text
    assert text.count("**Not run**") == len(built_in()) and "Not measured yet." in text


def test_a_finding_that_was_run_has_its_numbers_null_verdict_and_figure(page, tmp_path):
    names = ("exact match", "tokens", "exact match, one token", "tokens, one token")
    kept(tmp_path, "emergence-mirage", **dict(zip(names, (0.5, 0.28, 0.29, 0.29))))
    status, text = page()
    assert status == 0 and "| **reproduced** | 1.5 |" in text
    assert "exact match 0.50, tokens 0.28" in text and "1 reproduced" in text
    assert "- Null: *exact match, one token* above *tokens, one token* by at most 0.05" in text
    figures = {path.name for path in (tmp_path / "figures").iterdir()}
    assert figures == {"replications.svg", "replications-emergence-mirage.svg"}
    assert "(figures/replications-emergence-mirage.svg)" in text
    assert (tmp_path / "data" / "replications.csv").read_text().count("\n") == 3


def test_a_result_by_another_criterion_is_refused_and_the_page_stays(page, tmp_path, capsys):
    names = ("exact match", "tokens", "exact match, one token", "tokens, one token")
    kept(tmp_path, "emergence-mirage", **dict(zip(names, (0.5, 0.28, 0.29, 0.29))))
    path = tmp_path / "kept" / "emergence-mirage.json"
    criterion = built_in()["emergence-mirage"].criterion
    path.write_text(path.read_text().replace(criterion, "0" * 64))
    status, text = page()
    assert (
        status == 2 and "reproduced" not in text and "replicate it again" in capsys.readouterr().err
    )


def test_a_page_without_a_probe_says_so(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("<!-- mechanism results none -->\n<!-- end of mechanism -->\n")
    assert mechanism_tables.main([str(path)]) == 0 and "Not measured yet" in path.read_text()


def test_a_difference_beyond_the_axis_stands_as_text_and_one_within_it_does_not():
    def drawn(mean):
        effect = Effect(mean, mean - 0.1, mean + 0.1, 0.01, spread=0.1, worlds=8)
        return svg(replication_tables._drawn([("a", "claim", 1, effect)]))

    assert "+7.33 [+7.23, +7.43] →" in drawn(7.33) and "← -7.33" in drawn(-7.33)
    assert "0.33 [" not in drawn(0.33)
