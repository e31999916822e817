"""zebroid cite: what is cited, what stands behind it, and whether it still holds."""

from __future__ import annotations

import datetime
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid import __version__
from zebroid.benchmarks.attestations.trust import Trust
from zebroid.benchmarks.citations import citation, errata
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.printable import bibtex

from ...fuzzing import fuzz
from ..receipts.hostile import forged as forged
from ..receipts.hostile import read, row


@pytest.fixture
def receipt(finished):
    return Receipt.read(finished / "receipt.json")


@pytest.fixture
def change(forged):
    """change(function of the content) -> the folder of a receipt so changed."""

    def write(how):
        content = read(forged)
        how(content)
        (forged / "receipt.json").write_text(json.dumps(content))
        return forged

    return write


def entry(text):
    """Field -> value of the one BibTeX entry, read as BibTeX reads it: by braces."""
    body = text[text.index("@software{") :]
    assert body.endswith("\n}\n") and body.count("{") == body.count("}")
    return dict(re.findall(r"^  (\w+) = \{(.*)\},?$", body, re.MULTILINE))


def test_a_receipt_of_this_version_is_current_and_declared(zebroid, finished, receipt):
    status, out, _ = zebroid("cite", finished)
    assert status == 0
    assert "\ntrust class: declared: read, not recomputed; " in out
    assert f"\nstatus: current, as of zebroid {__version__}\n" in out
    fields = entry(out)
    assert {*fields} == {"author", "title", "version", "year", "note"}
    assert fields["version"] == receipt.versions["zebroid"]
    assert digest(receipt)[:16] in fields["note"] and digest(receipt)[:16] in out.partition("\n")[0]
    assert fields["note"].endswith(f"class declared; status current, as of zebroid {__version__}")


def test_a_citation_names_suite_version_commit_and_content(zebroid, forged):
    status, out, _ = zebroid("cite", forged)
    found = Receipt.read(forged / "receipt.json")
    assert status == 0
    for part in (out.partition("\n\n")[0], out[out.index("@software{zebroid-") :]):
        assert f"tiny@{found.suite.digest[:8]}" in part
        assert found.versions["zebroid"] in part and digest(found)[:16] in part
        assert "4 cells on 1 corpora of composition-v1" in part


def test_the_mark_of_a_citation_is_that_of_the_content_and_not_of_the_hour(forged):
    before = citation.citation(forged)
    content = read(forged)
    content["times"]["finished"] = content["times"]["finished"][:4] + "-01-01T00:00:00Z"
    (forged / "receipt.json").write_text(json.dumps(content))
    assert citation.citation(forged) == before
    row(content)["rungs"]["instance"]["accuracy"]["mean"] += 0.01
    (forged / "receipt.json").write_text(json.dumps(content))
    assert citation.citation(forged) != before


def test_the_trust_class_is_that_which_the_board_gives(monkeypatch, finished):
    found = Trust("retrained", "2 of 4 cells trained again by Ada", ("a.json: nobody",))
    monkeypatch.setattr(citation, "trust_class", lambda path, receipt: found)
    text = citation.citation(finished)
    assert "\ntrust class: retrained: 2 of 4 cells trained again by Ada\n" in text
    assert "\nnot counted: a.json: nobody\n" in text
    assert "trust class retrained" in entry(text)["note"]


def test_a_later_version_of_the_suite_supersedes(monkeypatch, receipt):
    monkeypatch.setattr(citation.origin, "otherwise", lambda receipt: "")
    monkeypatch.setattr(citation.registry, "suites", lambda: ("tiny-v2", "tiny-v10", "tin-v11"))
    assert [*citation.superseded(receipt)] == []  # "tiny" has no version
    for id, newer in (("tiny-v2", "tiny-v10"), ("tiny-v2+mlp-s", "tiny-v10"), ("tiny-v10", "")):
        suite = receipt.suite.model_copy(update={"id": id})
        found = [*citation.superseded(receipt.model_copy(update={"suite": suite}))]
        assert found == ([f"suite {newer} takes the place of {id}"] if newer else [])


def test_numbers_of_other_definitions_are_cited_as_superseded(zebroid, change):
    folder = change(lambda content: content.update(definitions=1))
    status, out, _ = zebroid("cite", folder)
    assert (
        status == 0 and "(definitions 1 there, 2 here)" in out.partition("status: superseded: ")[2]
    )
    assert "status superseded" in entry(out)["note"]


def test_another_training_is_named_with_the_version_that_had_it(change):
    text = citation.citation(change(lambda content: content.update(training="training-0")))
    status = text.partition("status: superseded: ")[2].partition("\n")[0]
    assert "would not give the same numbers (training-0 there, training-1 here)" in status
    assert f"zebroid=={__version__} " in status


def test_errata_are_quoted_and_stand_before_what_is_newer(monkeypatch, change, forged):
    found = errata.Erratum(
        id="2026-wrong",
        date=datetime.date(2026, 12, 1),
        text="The floors of 100% of {all} worlds_were too low.",
        affects=errata.Affected(suites=["tiny"]),
    )
    monkeypatch.setattr(citation, "affecting", lambda receipt: [found])
    text = citation.citation(change(lambda content: content.update(training="training-0")))
    assert f"status: affected by erratum 2026-wrong of 2026-12-01: {found.text}\n" in text
    assert "status affected by erratum 2026-wrong and superseded" in entry(text)["note"]


def test_names_of_strangers_break_no_entry(change):
    evil = "1}} @misc{x, title={%&#_~^$\\input{x}"
    text = citation.citation(change(lambda content: content["versions"].update(evil=evil)))
    fields = entry(text)
    assert (
        len(fields) == 5
        and r"@misc(x, title=(\%\&\#\_\char126 \char94 \$/input(x)" in fields["note"]
    )


@fuzz(100)
@given(st.text(max_size=60))
def test_no_text_ends_its_field_or_is_a_command(text):
    escaped = bibtex(text)
    assert not {*"{}\n"} & {*escaped}
    left = re.sub(r"\\([%&#$_]|char(94|126) )", "", escaped)
    left = re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt])", "", left)
    assert not {*"%&#$_~^"} & {*left}
