"""Attesters: who may attest, and by what an attestation is known to be theirs.

``benchmarks/board/attesters.toml`` is changed by reviewed pull requests alone. There stands under
the name of an attester either the SHA-256 of the attestation's file, or an SSH key by which a
signature beside it (``FILE.sig``) is valid. Anybody can check both: with ``sha256sum``, or with
``ssh-keygen -Y verify`` of OpenSSH. Where that is not installed, signatures count for nothing.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import pydantic

from ... import canonical
from ...errors import InvalidSuite
from ...printable import printable
from ..receipts.strict_toml import read_strict
from ..receipts.untrusted import read_bytes

LISTED = Path(__file__).parents[1] / "board" / "attesters.toml"
NAMESPACE = "zebroid-attestation"  # of signatures: one for something else is none for this
EXPECTED = "a list of attesters"
SIGNATURE = 2**14  # bytes
SECONDS = 10
KEY = r"^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d{3}|sk-[a-z0-9-]+@openssh\.com) [A-Za-z0-9+/]+=*$"

Name = Annotated[str, pydantic.Field(min_length=1, max_length=100)]


class Attester(pydantic.BaseModel):
    """One entry of the list."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    name: Name
    contact: Annotated[str, pydantic.Field(min_length=1, max_length=200)]
    since: datetime.date
    also: list[Name] = []
    attestations: list[Annotated[str, pydantic.Field(pattern=r"^[0-9a-f]{64}$")]] = []
    keys: list[Annotated[str, pydantic.Field(pattern=KEY)]] = []

    def is_called(self, name: str) -> bool:
        """Whether ``name`` is theirs, however it is written."""
        return folded(name) in {folded(own) for own in (self.name, *self.also)}


class _Document(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")

    attesters: list[Attester] = []


@dataclasses.dataclass(frozen=True)
class Binding:
    """Whether an attestation is of the attester whom it names, and by what, or why not."""

    attester: Attester | None
    why: str


def listed(path: Path | None = None) -> tuple[Attester, ...]:
    """The attesters of the list. Raises UserError where that is not what it should be."""
    path = path or LISTED
    found = read_strict(path, _Document, EXPECTED).attesters
    names = [folded(name) for one in found for name in (one.name, *one.also)]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InvalidSuite(
            f"{path}: {twice[0]!r} stands twice; give each attester names of its own"
        )
    return tuple(found)


def bound(path: Path, data: bytes, name: str, attesters: Iterable[Attester]) -> Binding:
    """By what the attestation ``data`` of the file ``path`` is that of the attester ``name``."""
    found = next((one for one in attesters if one.name == name), None)
    if found is None:
        who = printable(repr(name), 80) if name else "nobody"
        return Binding(None, f"it names {who}, who is no listed attester")
    if canonical.digest_bytes([data]) in found.attestations:
        return Binding(found, "its SHA-256 is listed")
    signature = path.with_name(f"{path.name}.sig")
    if not found.keys or not signature.exists():
        return Binding(None, f"its SHA-256 is not listed under {found.name}, and nothing signs it")
    program = shutil.which("ssh-keygen")
    if program is None:
        return Binding(None, "it is signed, and there is no ssh-keygen here to check that")
    if _signed(program, data, read_bytes(signature, SIGNATURE, links=False), found.keys):
        return Binding(found, "signed by a listed key")
    return Binding(None, f"its signature is not by a listed key of {found.name}")


def _signed(program: str, data: bytes, signature: bytes, keys: Iterable[str]) -> bool:
    with tempfile.TemporaryDirectory(prefix="zebroid-") as folder:
        signers, mark = Path(folder) / "signers", Path(folder) / "signature"
        # one identity: which of the attester's keys it is does not matter
        signers.write_text("".join(f"attester {key}\n" for key in keys), "ascii")
        mark.write_bytes(signature)
        words = ["-Y", "verify", "-f", str(signers), "-I", "attester", "-n", NAMESPACE]
        try:
            done = subprocess.run(
                [program, *words, "-s", str(mark)],
                input=data,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return done.returncode == 0


def folded(name: str) -> str:
    """A name as it is compared: whatever its letters' case, width and spaces."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s._-]+", " ", text).strip()
