"""What stands behind a receipt: an entrant cannot make it more than it is."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from zebroid.benchmarks.attestations import attesters
from zebroid.benchmarks.attestations.attestation import write
from zebroid.benchmarks.attestations.trust import trust_class
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.verification import verified_record
from zebroid.errors import UserError

OUTSIDE = {
    "outcome": "differs",
    "equal": 0.7,
    "step": 10,
}


def test_a_receipt_is_declared_until_it_is_verified(done, receipt):
    assert trust_class(done, receipt).kind == "declared"
    assert trust_class(done / "receipt.json", receipt, verified=True).kind == "verified"


def test_what_this_version_verified_here_is_remembered_for_this_content(
    done, receipt, monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    verified_record.remember(verified_record.mark(done))
    assert trust_class(done, receipt).kind == "verified"
    with monkeypatch.context() as patch:
        patch.setattr(verified_record, "__version__", "9.9")
        assert trust_class(done, receipt).kind == "declared"
    (record,) = (tmp_path / "cache").rglob("*.json")
    path = done / "receipt.json"
    path.write_text(path.read_text() + " ")
    assert trust_class(done, receipt).kind == "declared"
    shutil.copy(record, record.with_name(f"{verified_record.mark(done)}.json"))
    assert trust_class(done, receipt).kind == "declared"


def test_an_attestation_by_a_listed_attester_counts(done, receipt, attestation, listed, beside):
    found = attestation()
    beside(found)
    listed([found.digest])
    trust = trust_class(done, receipt)
    assert trust.kind == "retrained" and not trust.ignored
    assert "2 of 4 cells trained again by Ada on 2026-11-27" in trust.why


def test_it_counts_from_the_reviewed_folder_though_the_entrant_leaves_it_out(
    done, receipt, attestation, listed
):
    found = attestation(OUTSIDE)
    write(listed([found.digest]).parent / "attestations", found)
    trust = trust_class(done, receipt, verified=True)
    assert trust.kind == "verified" and "came out otherwise by Ada" in trust.why


def test_one_that_refutes_outweighs_one_that_confirms(done, receipt, attestation, listed, beside):
    good, bad = attestation(), attestation(OUTSIDE, salt="other")
    listed([good.digest, bad.digest])
    beside(good)
    assert trust_class(done, receipt).kind == "retrained"
    beside(bad)
    assert trust_class(done, receipt).kind == "declared"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"attester": "Eve"}, "no listed attester"),
        ({"attester": ""}, "no listed attester"),
        ({"entrant": "ADA "}, "Ada is the entrant"),
        ({"entrant": "ada-labs"}, "Ada is the entrant"),
        ({"entrant": ""}, "no entrant is named"),
        ({"receipt": "0" * 64}, "it is of receipt"),
        ({"of": 3}, "not those"),
    ],
)
def test_others_count_for_nothing_and_are_named(
    done, receipt, attestation, listed, beside, changes, why
):
    found = attestation(**{k: v.strip() if k == "entrant" else v for k, v in changes.items()})
    beside(found)
    listed([found.digest], also=["Ada Labs"])
    trust = trust_class(done, receipt)
    assert trust.kind == "declared"
    (line,) = trust.ignored
    assert why in line


def test_one_whose_digest_is_not_listed_counts_for_nothing(
    done, receipt, attestation, listed, beside
):
    beside(attestation())
    listed(["0" * 64])
    trust = trust_class(done, receipt)
    assert trust.kind == "declared" and "is not listed under Ada" in trust.ignored[0]


def test_the_entrant_of_the_submission_counts_too(done, receipt, attestation, listed, beside):
    found = attestation(entrant="")
    beside(found)
    listed([found.digest])
    entry = done / "submission.toml"
    for text, kind, why in (
        ('entrant = "Bob"', "retrained", ""),
        ('entrant = "Ada"', "declared", "Ada is the entrant"),
        ("entrant = 1", "declared", "submission.toml"),
        ('entrant = "Bob\\u001b[2J"', "declared", "submission.toml"),
        ('who = "Bob"', "declared", "submission.toml"),
    ):
        entry.write_text(text)
        trust = trust_class(done, receipt)
        assert trust.kind == kind and all(why in line for line in trust.ignored)
    named = attestation(entrant="Bob")
    beside(named)
    listed([named.digest])
    entry.write_text('entrant = "Carol"')
    assert "submission.toml Carol" in " ".join(trust_class(done, receipt).ignored)


def test_a_link_or_a_folder_beside_the_receipt_is_ignored(
    done, receipt, attestation, listed, beside
):
    path = beside(attestation())
    listed([attestation().digest])
    elsewhere = path.rename(done / "elsewhere.json")
    path.symlink_to(elsewhere)
    (path.parent / "x.json").mkdir()
    trust = trust_class(done, receipt)
    assert trust.kind == "declared" and len(trust.ignored) == 2


@pytest.fixture
def sign(tmp_path):
    """sign(file, namespace) -> the public key of a new pair that has signed it."""
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("no ssh-keygen")

    def make(path, namespace=attesters.NAMESPACE, name="key"):
        key = tmp_path / name
        if not key.exists():
            words = [program, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
            subprocess.run(words, check=True)
        path.with_name(f"{path.name}.sig").unlink(missing_ok=True)
        words = [program, "-q", "-Y", "sign", "-f", str(key), "-n", namespace, str(path)]
        subprocess.run(words, check=True, capture_output=True)
        return key.with_suffix(".pub").read_text().strip()

    return make


def test_a_signature_by_a_listed_key_binds_as_well(
    done, receipt, attestation, listed, beside, sign, monkeypatch
):
    path = beside(attestation())
    listed(keys=[sign(path)])
    assert trust_class(done, receipt).kind == "retrained"
    with monkeypatch.context() as patch:
        patch.setattr(attesters.shutil, "which", lambda name: None)
        trust = trust_class(done, receipt)
        assert trust.kind == "declared" and "no ssh-keygen here" in trust.ignored[0]


def test_other_signatures_bind_nothing(done, receipt, attestation, listed, beside, sign):
    path = beside(attestation())
    key = sign(path)
    listed(keys=[key])
    sign(path, name="another")
    assert "not by a listed key" in trust_class(done, receipt).ignored[0]
    sign(path, namespace="file")
    assert "not by a listed key" in trust_class(done, receipt).ignored[0]
    path.with_name(f"{path.name}.sig").write_bytes(b"\0" * 100)
    assert "not by a listed key" in trust_class(done, receipt).ignored[0]


def test_a_signature_of_another_attestation_binds_nothing(
    done, receipt, attestation, listed, beside, sign
):
    signed, other = beside(attestation()), beside(attestation(date="2026-11-28"))
    listed(keys=[sign(signed)])
    signed.with_name(f"{signed.name}.sig").rename(other.with_name(f"{other.name}.sig"))
    assert trust_class(done, receipt).kind == "declared"


def test_the_list_of_the_package_can_be_read_and_a_broken_one_is_one_line(listed):
    assert isinstance(attesters.listed(), tuple)
    path = listed(also=["ada"])
    with pytest.raises(UserError, match="stands twice"):
        attesters.listed()
    deep = "a = " + "[" * 2_000
    for text, why in (
        ("[", "not TOML"),
        (deep, "nests deeper"),
        ("[[attesters]]\nname = 1", "attesters.0"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=why) as error:
            attesters.listed()
        assert "\n" not in str(error.value)


def test_board_and_receipt_agree_on_the_class(zebroid, done, receipt, attestation, listed, beside):
    found = attestation()
    beside(found)
    beside(attestation(date="2026-11-28"))
    listed([found.digest])
    status, out, _ = zebroid("board", done)
    assert status == 0 and "| retrained |" in out
    assert "2 of 4 cells trained again by Ada" in out
    assert "Attestations that count for nothing:" in out
    assert isinstance(receipt, Receipt)
