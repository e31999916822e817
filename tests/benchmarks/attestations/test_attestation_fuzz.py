"""Attestations, lists of attesters and submissions changed at random: one line or a class, never a
traceback, and never more trust than there was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.attestations import attesters
from zebroid.benchmarks.attestations.trust import trust_class
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled

PIECES = (
    '"', "{", "}", "[", "]", ",", ":", "null", "NaN", "1e999", "9" * 5_000, "\\ud800", "\x1b[2J",
    "\u00e4", "\x00", "[" * 2_000, '"equal"', '"differs"', "0", "-1", "true", '"Ada"', '"Bob"',
)  # fmt: skip


@fuzz(50)
@given(seed=st.integers(0, 2**32))
def test_a_changed_attestation_counts_for_nothing(done, receipt, attestation, listed, beside, seed):
    for before in done.glob("attestations/*"):
        before.unlink()
    found = attestation()
    path = beside(found)
    listed([found.digest])
    path.write_text(garbled(found.text(), seed, PIECES), "utf-8", "surrogatepass")
    trust = trust_class(done, receipt)
    assert trust.kind == "declared" or path.read_text() == found.text()
    assert all(line.isprintable() for line in (*trust.ignored, str(trust)))


@fuzz(50)
@given(seed=st.integers(0, 2**32))
def test_a_changed_submission_is_read_or_ignored(done, receipt, attestation, listed, beside, seed):
    found = attestation(entrant="")
    beside(found)
    listed([found.digest])
    text = garbled('entrant = "Bob"\ncontact = "https://example.org"\n', seed, PIECES)
    (done / "submission.toml").write_text(text, "utf-8", "surrogatepass")
    trust = trust_class(done, receipt)
    assert trust.kind in ("declared", "retrained")
    assert all(line.isprintable() for line in (*trust.ignored, str(trust)))


@fuzz(50)
@given(seed=st.integers(0, 2**32))
def test_a_changed_list_of_attesters_is_read_or_one_line(listed, seed):
    path = listed(["0" * 64], also=["Ada Labs"])
    text = path.read_text()
    path.write_text(garbled(text, seed, PIECES), "utf-8", "surrogatepass")
    try:
        found = attesters.listed()
    except UserError as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(one, attesters.Attester) for one in found)
