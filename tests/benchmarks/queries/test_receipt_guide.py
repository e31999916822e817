"""The guide on receipts: its commands run as they are printed, on a receipt of ours."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import zebroid as package
from zebroid.benchmarks.certificates import certcheck
from zebroid.benchmarks.citations.citation import CURRENT

from ..certificates.certified import corpus_of, tables_of

ROOT = Path(package.__file__).resolve().parent
GUIDE = (ROOT / "docs" / "guides" / "receipts.md").read_text("utf-8")
COMMANDS = [shlex.split(text) for text in re.findall(r"^```bash\n(.*?)^```", GUIDE, re.M | re.S)]


def test_the_queries_are_answered(zebroid, finished):
    queries = [words for words in COMMANDS if words[:2] == ["zebroid", "query"]]
    assert len(queries) == 3
    for _, command, sql, folder in queries:
        assert folder == "docs/receipts"
        status, out, err = zebroid(command, sql, finished, "--csv")
        assert (status, err) == (0, "")
        # no proof of a two-hop world takes four steps
        assert (out.count("\n") > 1) == ("height > 3" not in sql)


def test_the_program_is_where_the_guide_says(finished):
    (words,) = [words for words in COMMANDS if words[0] == "python"]
    assert ROOT / words[1] == Path(certcheck.__file__).resolve()
    command = [sys.executable, words[1], str(finished)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0 and " 0 faults" in done.stdout


def test_the_step_of_the_guide_is_one_of_zebra():
    corpus = corpus_of("zebra-v2")
    found = tables_of(corpus, np.arange(len(corpus.prompt)))
    heads = {step[3]: step for step in found["proofs"]}
    for rule, head, body, _ in found["rules"]:
        if rule == 1:
            assert head in GUIDE and body[0] in GUIDE and body[-1] in GUIDE
            assert corpus.closure.program.rules[0].text in GUIDE
    first = re.search(r"^step 1  (.+)$", GUIDE, re.M)
    assert first is not None
    step = heads[first[1]]
    assert step[1:3] == [1, 1] and step[4][0] in GUIDE and step[4][-1] in GUIDE


def test_the_statuses_are_those_that_are_printed():
    for word in (CURRENT, "superseded", "affected by an erratum"):
        assert f"\n| {word} |" in GUIDE
