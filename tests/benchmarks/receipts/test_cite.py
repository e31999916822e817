"""How a receipt is cited: by suite, version, commit and content, never by the hour."""

from __future__ import annotations

import json

from zebroid.benchmarks.receipts.cite import citation, digest
from zebroid.benchmarks.receipts.receipt import Receipt

from .hostile import finished as finished
from .hostile import forged as forged
from .hostile import kept as kept
from .hostile import read, row


def test_a_citation_names_suite_version_commit_and_content(zebroid, forged):
    status, out, _ = zebroid("cite", forged)
    found = Receipt.read(forged / "receipt.json")
    assert status == 0
    line, _, bibtex = out.partition("\n\n")
    assert bibtex.startswith("@software{zebroid-") and bibtex.count("{") == bibtex.count("}")
    for part in (line, bibtex):
        assert f"tiny@{found.suite.digest[:8]}" in part
        assert found.versions["zebroid"] in part and digest(found)[:16] in part
        assert "4 cells on 1 corpora of composition-v1" in part


def test_the_mark_of_a_citation_is_that_of_the_content_and_not_of_the_hour(forged):
    before = citation(forged)
    content = read(forged)
    content["times"]["finished"] = content["times"]["finished"][:4] + "-01-01T00:00:00Z"
    (forged / "receipt.json").write_text(json.dumps(content))
    assert citation(forged) == before
    row(content)["rungs"]["instance"]["accuracy"]["mean"] += 0.01
    (forged / "receipt.json").write_text(json.dumps(content))
    assert citation(forged) != before
